import type { Bubble, Card, CardRow, Choice } from '../bubble.ts';
import { fieldOf, listField, optional, textField } from '../json-reading.ts';

/** From here on the chat shows a "전체 보기" button instead of the rest. */
const FOLDED_FROM = 500;

/** What KakaoTalk draws for a template that passed the validator; anything else in it is left out. */
export function bubblesOfTemplate(template: unknown): readonly Bubble[] {
  return listField(template, 'outputs').flatMap((output): readonly Bubble[] => {
    if (typeof output !== 'object' || output === null) return [];
    const [key = '', body] = Object.entries(output)[0] ?? [];
    switch (key) {
      case 'simpleText': {
        const text = textField(body, 'text') ?? '';
        return [{ type: 'text', text, folded: text.length > FOLDED_FROM, ...forwardIcon(body) }];
      }
      case 'simpleImage': {
        const imageUrl = textField(body, 'imageUrl') ?? '';
        return [{ type: 'image', imageUrl, ...optional('altText', textField(body, 'altText')), ...forwardIcon(body) }];
      }
      case 'carousel': {
        const type = textField(body, 'type') ?? '';
        const header = fieldOf(body, 'header');
        const cards = listField(body, 'items').map((item) => readCard(type, item));
        return [
          { type: 'carousel', ...(header === undefined ? {} : { header: readCard('basicCard', header) }), cards },
        ];
      }
      default:
        return [{ type: 'card', ...readCard(key, body), ...forwardIcon(body) }];
    }
  });
}

export function quickRepliesOfTemplate(template: unknown): readonly Choice[] {
  return listField(template, 'quickReplies').map((reply) => readChoice(reply, 'quick-reply'));
}

/** `{{#webhook.path}}` of a message that was written in the admin centre, filled from `data`. */
export function fillConsoleMessage(message: string, data: unknown): string {
  return message.replaceAll(/\{\{#webhook\.([^}]+)\}\}/g, (_, path: string) => {
    let value: unknown = data;
    for (const step of path.split('.')) value = fieldOf(value, step);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
}

function readCard(type: string, body: unknown): Card {
  const thumbnail = type === 'commerceCard' ? listField(body, 'thumbnails')[0] : fieldOf(body, 'thumbnail');
  const link = fieldOf(thumbnail, 'link');
  const layout = fieldOf(body, 'buttonLayout');
  const sideBySide = layout === undefined ? fieldOf(thumbnail, 'fixedRatio') === true : layout === 'horizontal';
  return {
    ...optional('heading', readHeading(body)),
    ...optional('title', textField(fieldOf(body, 'header'), 'title') ?? textField(body, 'title')),
    ...optional('description', textField(body, 'description')),
    ...optional('imageUrl', textField(thumbnail, 'imageUrl')),
    ...optional('altText', textField(thumbnail, 'altText')),
    ...optional('imageLinkUrl', readLink(link)),
    ...(type === 'commerceCard' ? readPrices(body) : {}),
    rows: readRows(type, body),
    ...(type === 'itemCard' ? { rowsFirst: true } : {}),
    buttons: listField(body, 'buttons').map((button) => readChoice(button, 'button')),
    ...(sideBySide ? { sideBySide } : {}),
  };
}

/** The head or profile of an itemCard with the title beside its small picture; the seller of a product. */
function readHeading(body: unknown): string | undefined {
  const profile = fieldOf(body, 'profile');
  const imageTitle = fieldOf(body, 'imageTitle');
  const lines = [
    textField(fieldOf(body, 'head'), 'title'),
    textField(profile, 'title') ?? textField(profile, 'nickname'),
    textField(imageTitle, 'title'),
    textField(imageTitle, 'description'),
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.join('\n');
}

function readLink(link: unknown): string | undefined {
  return textField(link, 'web') ?? textField(link, 'mobile') ?? textField(link, 'pc');
}

/** Not shown beside anything that can be touched; in a carousel it is never read. */
function forwardIcon(body: unknown): { readonly forwardable?: true } {
  const rows = listField(body, 'items');
  const hasTouch =
    listField(body, 'buttons').length > 0 ||
    rows.some((row) => fieldOf(row, 'link') !== undefined || fieldOf(row, 'action') !== undefined);
  return fieldOf(body, 'forwardable') === true && !hasTouch ? { forwardable: true } : {};
}

function readRows(type: string, body: unknown): readonly CardRow[] {
  if (type === 'listCard') {
    return listField(body, 'items').map((item) => ({
      title: textField(item, 'title') ?? '',
      ...optional('description', textField(item, 'description')),
      ...optional('imageUrl', textField(item, 'imageUrl')),
      ...optional('choice', readRowChoice(item)),
    }));
  }
  if (type !== 'itemCard') return [];
  const summary = fieldOf(body, 'itemListSummary');
  const rows = listField(body, 'itemList').map(readItem);
  return summary === undefined ? rows : [...rows, { ...readItem(summary), isSummary: true }];
}

function readItem(item: unknown): CardRow {
  return { title: textField(item, 'title') ?? '', ...optional('description', textField(item, 'description')) };
}

function readRowChoice(item: unknown): Choice | undefined {
  const label = textField(item, 'title') ?? '';
  const action = textField(item, 'action');
  if (action === 'block') return { ...readChoice(item, 'list-item'), label, spoken: label };
  if (action !== undefined) return { ...readChoice(item, 'list-item'), label };
  const url = readLink(fieldOf(item, 'link'));
  return url === undefined ? undefined : { label, place: 'list-item', effect: 'link', url, type: 'link' };
}

const EFFECTS: ReadonlyMap<string, Choice['effect']> = new Map([
  ['message', 'say'],
  ['block', 'block'],
  ['webLink', 'link'],
  ['phone', 'call'],
]);

function readChoice(wire: unknown, place: Choice['place']): Choice {
  const label = textField(wire, 'label') ?? '';
  const type = textField(wire, 'action') ?? '';
  const effect = EFFECTS.get(type) ?? 'other';
  return {
    label,
    place,
    effect,
    type,
    ...(effect === 'say' || effect === 'block' ? { spoken: textField(wire, 'messageText') ?? label } : {}),
    ...optional('url', textField(wire, 'webLinkUrl')),
    ...optional('phoneNumber', textField(wire, 'phoneNumber')),
    ...optional('blockId', textField(wire, 'blockId')),
    ...optional('extra', fieldOf(wire, 'extra')),
  };
}

/** `discountedPrice` wins over everything; `discount` alone is taken off the price; a rate is shown beside `discountedPrice` only. */
function readPrices(body: unknown): Pick<Card, 'price' | 'regularPrice' | 'discount'> {
  const price = Number(fieldOf(body, 'price'));
  const discountedPrice = fieldOf(body, 'discountedPrice');
  const discount = fieldOf(body, 'discount');
  const rate = fieldOf(body, 'discountRate');
  if (typeof discountedPrice === 'number') {
    const shownRate = typeof rate === 'number' ? `${rate}%` : undefined;
    return { price: won(discountedPrice), regularPrice: won(price), ...optional('discount', shownRate) };
  }
  if (typeof discount !== 'number') return { price: won(price) };
  return { price: won(price - discount), regularPrice: won(price) };
}

function won(amount: number): string {
  return `${amount.toLocaleString('ko-KR')}원`;
}
