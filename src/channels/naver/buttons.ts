/** Choices as TalkTalk's buttons, and where they may stand. */
import { type Choice, encodeTap, type TapAction } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import { fillerText } from '../fillers.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { withoutMenus } from '../simple-parts.ts';
import { evenGroups } from './even-groups.ts';
import { MAX_BUTTON_TITLE_GRAPHEMES, MAX_BUTTONS, MAX_CODE_CHARS, MAX_SMALL_TITLE_GRAPHEMES } from './limits.ts';
import { paymentButton } from './payment-button.ts';
import { calendarOf, timeIntervalOf } from './pickers.ts';
import type { Button } from './schema.ts';
import { encodeSpoken } from './spoken-code.ts';
import { fitTitle, oneLine } from './titles.ts';

export interface DrawnButton {
  readonly button: Button;
  /** What is on it was cut: the whole of it has to stand somewhere else. */
  readonly cutLabels: readonly string[];
}

/** Under a composite, where everything may stand. A menu of many choices becomes several menus. */
export function drawButtons(choices: readonly Choice[]): readonly DrawnButton[] {
  return choices.flatMap((choice) =>
    choice.type === 'menu' ? drawMenu(choice) : (drawButton(choice, MAX_BUTTON_TITLE_GRAPHEMES) ?? []),
  );
}

/** Among quick replies, where nothing unfolds and nothing may be cut; undefined for what must go under a composite instead. */
export function drawQuickReply(choice: Choice): Button | undefined {
  const drawn = choice.type === 'menu' ? undefined : drawButton(choice, MAX_SMALL_TITLE_GRAPHEMES);
  return drawn?.cutLabels.length === 0 ? drawn.button : undefined;
}

/** In an element of a list: no menu, no payment. */
export function drawElementButton(choice: Choice): DrawnButton | undefined {
  if (choice.type === 'menu' || choice.type === 'payment') return undefined;
  return drawButton(choice, MAX_SMALL_TITLE_GRAPHEMES);
}

/** With their titles cut to what a quick reply shows. */
export function asQuickReplies(button: Button): readonly Button[] {
  switch (button.type) {
    case 'OPTION':
      return button.data.buttonList; // whose titles are as short already
    case 'TEXT':
      return [{ type: 'TEXT', data: { ...button.data, title: short(button.data.title) } }];
    case 'LINK':
      return [{ type: 'LINK', data: { ...button.data, title: short(button.data.title) } }];
    case 'PAY':
      return [button];
    case 'TIME':
      return [{ type: 'TIME', data: withShortTitle(button.data) }];
    case 'CALENDAR':
      return [{ type: 'CALENDAR', data: withShortTitle(button.data) }];
    case 'TIMEINTERVAL':
      return [{ type: 'TIMEINTERVAL', data: withShortTitle(button.data) }];
  }
}

/** For a card that would otherwise hold these and nothing to read, which TalkTalk refuses. */
export function fillerFor(buttons: readonly Button[]): string {
  return fillerText(buttons.length > 0 && buttons.every(({ type }) => type === 'LINK'));
}

/** What a button says of itself, menus with all that is in them. */
export function buttonTitles(button: Button): readonly string[] {
  switch (button.type) {
    case 'PAY':
      return [];
    case 'OPTION':
      return [button.data.title, ...button.data.buttonList.flatMap(buttonTitles)];
    default:
      return button.data.title === undefined ? [] : [button.data.title];
  }
}

type Leaf = Exclude<Choice, { type: 'menu' }>;

function drawMenu(menu: Extract<Choice, { type: 'menu' }>): readonly DrawnButton[] {
  const inner = withoutMenus(menu.choices).flatMap((choice) => drawButton(choice, MAX_SMALL_TITLE_GRAPHEMES) ?? []);
  const label = labelOf(menu);
  if (label === '') return drawButtons(withoutMenus(menu.choices));
  const title = fitTitle(label, MAX_BUTTON_TITLE_GRAPHEMES);
  return evenGroups(inner, MAX_BUTTONS).map((group) => ({
    button: { type: 'OPTION', data: { title, buttonList: group.map(({ button }) => button) } },
    cutLabels: [...(title === label ? [] : [label]), ...group.flatMap(({ cutLabels }) => cutLabels)],
  }));
}

function drawButton(choice: Leaf, maxTitleGraphemes: number): DrawnButton | undefined {
  const label = labelOf(choice);
  const title = fitTitle(label, maxTitleGraphemes);
  const button = toButton(choice, label, title);
  return button === undefined
    ? undefined
    : { button, cutLabels: title === label || button.type === 'PAY' ? [] : [label] };
}

/** `undefined` for what cannot be shown: TalkTalk refuses the whole message for one bad button. */
function toButton(choice: Leaf, label: string, title: string): Button | undefined {
  switch (choice.type) {
    case 'message':
    case 'block':
      return title === '' ? undefined : { type: 'TEXT', data: { title, ...codeOf(choice, label, title) } };
    case 'person':
      return title === '' ? undefined : { type: 'TEXT', data: { title, code: encodeTap({ kind: 'person' }) } };
    case 'link':
      if (title === '' || !isHttpUrl(choice.url)) return undefined;
      return { type: 'LINK', data: { title, url: choice.url, mobileUrl: choice.url } };
    case 'pick-date': {
      const calendar = calendarOf(choice, choice.isRange);
      return {
        type: 'CALENDAR',
        data: { ...titled(title), ...(calendar === undefined ? {} : { options: { calendar } }) },
      };
    }
    case 'pick-time':
      return { type: 'TIME', data: titled(title) };
    case 'pick-time-slot': {
      const timeInterval = timeIntervalOf(choice);
      const options = timeInterval === undefined ? {} : { options: { timeInterval } };
      return { type: 'TIMEINTERVAL', data: { ...titled(title), ...options } };
    }
    case 'payment':
      return paymentButton(choice.payment);
    case 'phone': // no button dials
    case 'share':
      return undefined;
  }
}

function codeOf(
  choice: { readonly text?: string; readonly action?: TapAction },
  label: string,
  title: string,
): { readonly code?: string } {
  const spoken = oneLine(cleanText(choice.text ?? '')) || label;
  const code =
    choice.action !== undefined ? encodeTap(choice.action) : spoken === title ? undefined : encodeSpoken(spoken);
  return code === undefined || code.length > MAX_CODE_CHARS || !code.isWellFormed() ? {} : { code };
}

/** The platform has titles of its own for pickers ("날짜 선택하기"). */
function titled(title: string): { readonly title?: string } {
  return title === '' ? {} : { title };
}

function labelOf(choice: Choice): string {
  return oneLine(cleanText(choice.label));
}

function short(title: string): string {
  return fitTitle(title, MAX_SMALL_TITLE_GRAPHEMES);
}

function withShortTitle<Data extends { readonly title?: string }>(data: Data): Data {
  return data.title === undefined ? data : { ...data, title: short(data.title) };
}
