import { type DetailsPart, priceText, type ReplyPart } from '../../../src/message.ts';

const TEXT_FIELDS = ['text', 'title', 'description', 'nickname'];

/** Every text that a customer can read in a wire message, in reading order; labels of buttons apart. */
export function wireTexts(wire: unknown): readonly string[] {
  if (Array.isArray(wire)) return wire.flatMap(wireTexts);
  if (typeof wire !== 'object' || wire === null) return [];
  return Object.entries(wire).flatMap(([key, value]) => {
    if (TEXT_FIELDS.includes(key) && typeof value === 'string') return [value];
    if (key === 'price' || key === 'discountedPrice') return [`${value}원`];
    return ['buttons', 'quickReplies', 'data', 'context'].includes(key) ? [] : wireTexts(value);
  });
}

/** Every text of a part that a customer must be able to read. */
export function partTexts(part: ReplyPart): readonly string[] {
  switch (part.type) {
    case 'text':
      return [part.text];
    case 'image':
      return [];
    case 'card':
      return given(part.title, part.description);
    case 'list': // a heading over no rows heads nothing, but is still a word
      return given(part.title, ...part.items.flatMap((item) => [item.title, item.description]));
    case 'details':
      return given(part.heading, ...rowTexts(part), part.title, part.description);
    case 'product':
      return given(part.title, part.description, part.seller?.name);
    case 'carousel':
      return [...given(part.header?.title, part.header?.description), ...part.cards.flatMap(partTexts)];
  }
}

/** `39000` of `39,000원`, as cards carry it. */
export function prices(part: ReplyPart): readonly string[] {
  if (part.type === 'carousel') return part.cards.flatMap(prices);
  return part.type === 'product' ? (priceText(part).match(/[\d,]+원/g) ?? []) : [];
}

function rowTexts({ rows, summary }: DetailsPart): readonly string[] {
  const all = summary === undefined ? rows : [...rows, summary];
  return all.flatMap(({ label, value }) => [label, value]);
}

function given(...texts: readonly (string | undefined)[]): readonly string[] {
  return texts.filter((text) => text !== undefined);
}
