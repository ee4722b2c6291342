/** Reply → TalkTalk messages: one per call of the send API, or all of it in the single event of a webhook response. */
import { encodeTap, type Reply } from '../../message.ts';
import type { OutboundMessage, RenderContext } from '../channel.ts';
import { needsLinking, type PlainPart, plainParts, usableChoices } from '../plain-parts.ts';
import { shorten } from '../shorten.ts';
import type { SimpleChoice } from '../simple-parts.ts';
import { splitText } from '../split-text.ts';
import { contentText, isEmptyContent, withQuickReply } from './content.ts';
import {
  CHOOSE_TEXT,
  MAX_BUTTONS,
  MAX_COMPOSITES,
  MAX_DESCRIPTION_CHARS,
  MAX_QUICK_REPLIES,
  MAX_QUICK_TITLE_CHARS,
  MAX_TEXT_CHARS,
} from './limits.ts';
import { mergeContents } from './merge.ts';
import type { Button, Composite, SendContent, SendEvent } from './schema.ts';

const MAX_TITLE_CHARS = 200;
const MAX_BUTTON_TITLE_CHARS = 18;
const MAX_CODE_CHARS = 1_000;

type Card = Extract<PlainPart, { type: 'card' }>;

export function renderReply(reply: Reply, context: RenderContext): readonly OutboundMessage[] {
  const { parts, choices } = withPhoneNumbers(reply);
  const several = contentsOf(parts, choices);
  const contents = context.mode === 'inline' ? [mergeContents(several)] : several;
  return contents.map((content) => ({
    wire: { event: 'send', ...content } satisfies SendEvent,
    text: contentText(content),
    bubbles: isEmptyContent(content) ? 0 : 1,
  }));
}

/** No button dials, but TalkTalk links phone numbers in text messages: phone choices become lines of text. */
function withPhoneNumbers(reply: Reply): {
  readonly parts: readonly PlainPart[];
  readonly choices: readonly SimpleChoice[];
} {
  const lines: string[] = [];
  const keep = (choice: SimpleChoice) => {
    if (choice.type === 'phone') lines.push(`${choice.label.trim()}: ${choice.phoneNumber}`);
    return choice.type !== 'phone';
  };
  const parts = plainParts(reply).map((part) =>
    part.type === 'card' ? { ...part, buttons: part.buttons.filter(keep) } : part,
  );
  const choices = usableChoices(reply.quickReplies).filter(keep);
  if (lines.length === 0) return { parts, choices };
  const last = parts.findLastIndex((part) => part.type === 'text');
  const text = lines.join('\n');
  if (last === -1) return { parts: [...parts, { type: 'text', text }], choices };
  return {
    parts: parts.map((part, i) =>
      i === last && part.type === 'text' ? { ...part, text: `${part.text}\n\n${text}` } : part,
    ),
    choices,
  };
}

/** Images, then texts and cards in their order; neighbouring cards slide side by side. Choices hang on the last message,
 *  because TalkTalk takes quick replies away as soon as anything newer is shown. */
function contentsOf(parts: readonly PlainPart[], choices: readonly SimpleChoice[]): readonly SendContent[] {
  const contents: SendContent[] = [];
  for (const part of parts) {
    if (part.type === 'image') contents.push({ imageContent: { imageUrl: part.url } });
    else if (part.type === 'text') contents.push(...textContents(part.text));
    else for (const content of cardContents(part)) pushMerging(contents, content);
  }
  const { quick, long } = sortChoices(choices);
  if (long.length > 0) attachButtons(contents, long);
  const last = contents.pop() ?? { textContent: { text: quick.length > 0 ? CHOOSE_TEXT : '' } };
  return [...contents, withQuickReply(last, quick)];
}

function textContents(text: string): SendContent[] {
  return splitText(text, { preferredChars: MAX_TEXT_CHARS, maxChars: MAX_TEXT_CHARS }).map((piece) => ({
    textContent: { text: piece },
  }));
}

/** A card inside both rules of a composite (some text; two fields at least); what is too long goes before it as text. */
function cardContents(card: Card): readonly SendContent[] {
  const buttonList = card.buttons.slice(0, MAX_BUTTONS).map((choice) => toButton(choice, MAX_BUTTON_TITLE_CHARS));
  const titleFits = card.title.length <= MAX_TITLE_CHARS;
  const title = titleFits ? card.title : '';
  const description = titleFits ? card.description : [card.title, card.description].filter(Boolean).join('\n');
  const fits = description.length <= MAX_DESCRIPTION_CHARS;
  const before = fits ? [] : textContents(description);
  const composite = toComposite(title, fits ? description : '', card.imageUrl, buttonList);
  return composite === undefined ? before : [...before, composite];
}

/** The smallest message that holds these fields. */
function toComposite(
  title: string,
  description: string,
  imageUrl: string | undefined,
  buttonList: readonly Button[],
): SendContent | undefined {
  const text = [title, description].filter(Boolean).join('\n');
  if (imageUrl === undefined && buttonList.length === 0) return text === '' ? undefined : { textContent: { text } };
  if (text === '' && imageUrl !== undefined && buttonList.length === 0) return { imageContent: { imageUrl } };
  const composite: Composite = {
    ...(title === '' ? {} : { title }),
    ...(description === '' && title !== '' ? {} : { description: description === '' ? CHOOSE_TEXT : description }),
    ...(imageUrl === undefined ? {} : { image: { imageUrl } }),
    ...(buttonList.length === 0 ? {} : { buttonList }),
  };
  return { compositeContent: { compositeList: [composite] } };
}

function pushMerging(contents: SendContent[], content: SendContent): void {
  const last = contents.at(-1);
  if (last !== undefined && 'compositeContent' in last && 'compositeContent' in content) {
    const compositeList = [...last.compositeContent.compositeList, ...content.compositeContent.compositeList];
    if (compositeList.length <= MAX_COMPOSITES) {
      contents[contents.length - 1] = { compositeContent: { compositeList } };
      return;
    }
  }
  contents.push(content);
}

function sortChoices(choices: readonly SimpleChoice[]): {
  readonly quick: readonly Button[];
  readonly long: readonly Button[];
} {
  const isQuick = (choice: SimpleChoice) => choice.label.trim().length <= MAX_QUICK_TITLE_CHARS;
  return {
    quick: choices
      .filter(isQuick)
      .slice(0, MAX_QUICK_REPLIES)
      .map((choice) => toButton(choice, MAX_QUICK_TITLE_CHARS)),
    long: choices
      .filter((choice) => !isQuick(choice))
      .slice(0, MAX_BUTTONS)
      .map((choice) => toButton(choice, MAX_BUTTON_TITLE_CHARS)),
  };
}

/** Under the last text, unless it holds a number or an address: in a composite those are not linked. */
function attachButtons(contents: SendContent[], buttonList: readonly Button[]): void {
  const last = contents.at(-1);
  if (last !== undefined && 'textContent' in last) {
    const { text } = last.textContent;
    if (text.length <= MAX_DESCRIPTION_CHARS && !needsLinking(text)) {
      contents[contents.length - 1] = { compositeContent: { compositeList: [{ description: text, buttonList }] } };
      return;
    }
  }
  contents.push({ compositeContent: { compositeList: [{ description: CHOOSE_TEXT, buttonList }] } });
}

function toButton(choice: SimpleChoice, maxTitleChars: number): Button {
  const title = shorten(choice.label, maxTitleChars);
  if (choice.type === 'link') return { type: 'LINK', data: { title, url: choice.url, mobileUrl: choice.url } };
  const code = choice.type === 'message' && choice.action !== undefined ? encodeTap(choice.action) : '';
  return { type: 'TEXT', data: { title, ...(code === '' || code.length > MAX_CODE_CHARS ? {} : { code }) } };
}
