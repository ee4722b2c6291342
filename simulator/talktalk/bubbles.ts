import type { Bubble, Card, Choice } from '../bubble.ts';
import { fieldOf, listField, optional, textField } from '../json-reading.ts';

/** The address behind the id of an uploaded picture. */
export type PictureUrl = (imageId: string) => string | undefined;

/** What TalkTalk draws for a `send` event that passed the validator. */
export function bubblesOfSend(event: unknown, pictureUrl: PictureUrl): readonly Bubble[] {
  const text = textField(fieldOf(event, 'textContent'), 'text');
  if (text !== undefined) return [{ type: 'text', text, folded: false }];
  const image = fieldOf(event, 'imageContent');
  if (image !== undefined) return [{ type: 'image', imageUrl: imageOf(image, pictureUrl) ?? '' }];
  const cards = listField(fieldOf(event, 'compositeContent'), 'compositeList').map((card) =>
    readCard(card, pictureUrl),
  );
  if (cards.length > 1) return [{ type: 'carousel', cards }];
  return cards.map((card) => ({ type: 'card', ...card }));
}

export function quickRepliesOfSend(event: unknown): readonly Choice[] {
  for (const content of ['textContent', 'imageContent', 'compositeContent', 'options']) {
    const quickReply = fieldOf(fieldOf(event, content), 'quickReply');
    if (quickReply !== undefined) return listField(quickReply, 'buttonList').map((b) => readButton(b, 'quick-reply'));
  }
  return [];
}

/** Cards of the partner's shop. What is in the shop is not known here, so a card says the number of its product. */
export function bubblesOfProducts(event: unknown): readonly Bubble[] {
  const options = fieldOf(event, 'options');
  const buttons = new Map(
    listField(options, 'customButtonList').map((entry) => [fieldOf(entry, 'id'), listField(entry, 'buttonList')]),
  );
  const cards = listField(options, 'ids').map((id) => ({
    title: `스마트스토어 상품 ${String(id)}`,
    rows: [],
    buttons: (buttons.get(id) ?? []).map((button) => readButton(button, 'button')),
  }));
  return cards.length > 1 ? [{ type: 'carousel', cards }] : cards.map((card) => ({ type: 'card', ...card }));
}

/** Everything in the persistent menu that can be pressed, inner levels included. */
export function choicesOfMenu(event: unknown): readonly Choice[] {
  const read = (menus: readonly unknown[]): readonly Choice[] =>
    menus.flatMap((menu) => {
      const data = fieldOf(menu, 'data');
      return textField(menu, 'type') === 'NESTED' ? read(listField(data, 'menus')) : [readButton(menu, 'button')];
    });
  return read(listField(listField(event, 'menuContent')[0], 'menus'));
}

function readCard(composite: unknown, pictureUrl: PictureUrl): Card {
  const list = fieldOf(composite, 'elementList');
  return {
    ...optional('title', textField(composite, 'title')),
    ...optional('description', textField(composite, 'description')),
    ...optional('imageUrl', imageOf(fieldOf(composite, 'image'), pictureUrl)),
    rows: listField(list, 'data').map((element) => {
      const lines = [textField(element, 'description'), textField(element, 'subDescription')].filter(Boolean);
      const button = fieldOf(element, 'button');
      return {
        title: textField(element, 'title') ?? '',
        ...(lines.length === 0 ? {} : { description: lines.join('\n') }),
        ...optional('imageUrl', imageOf(fieldOf(element, 'image'), pictureUrl)),
        ...(button === undefined ? {} : { choice: readButton(button, 'list-item') }),
      };
    }),
    buttons: listField(composite, 'buttonList').map((button) => readButton(button, 'button')),
  };
}

/** A picture that was uploaded before has an id instead of an address. */
function imageOf(image: unknown, pictureUrl: PictureUrl): string | undefined {
  const imageId = textField(image, 'imageId');
  return textField(image, 'imageUrl') ?? (imageId === undefined ? undefined : (pictureUrl(imageId) ?? imageId));
}

const EFFECTS: ReadonlyMap<string, Choice['effect']> = new Map([
  ['TEXT', 'say'],
  ['LINK', 'link'],
  ['TIME', 'pick'],
  ['CALENDAR', 'pick'],
  ['TIMEINTERVAL', 'pick'],
]);

/** Titles that a UI component shows when it has none of its own. */
const DEFAULT_TITLES: ReadonlyMap<string, string> = new Map([
  ['TIME', '시간 선택하기'],
  ['CALENDAR', '날짜 선택하기'],
  ['TIMEINTERVAL', '시간 선택하기'],
  ['PAY', '결제하기'],
]);

function readButton(button: unknown, place: Choice['place']): Choice {
  const type = textField(button, 'type') ?? '';
  const data = fieldOf(button, 'data');
  const label = textField(data, 'title') ?? DEFAULT_TITLES.get(type) ?? '';
  const effect = EFFECTS.get(type) ?? 'other';
  const url = textField(data, 'mobileUrl') ?? textField(data, 'url');
  return {
    label,
    place,
    effect: url?.startsWith('tel:') === true ? 'call' : effect,
    type,
    ...(effect === 'say' ? { spoken: label } : {}),
    ...optional('code', textField(data, 'code')),
    ...optional('url', url),
    ...(type === 'OPTION' ? { inner: listField(data, 'buttonList').map((inner) => readButton(inner, place)) } : {}),
    ...optional('payment', fieldOf(data, 'paymentInfo')),
  };
}
