/** Buttons on cards: how many fit, and which way they lie. */
import { type CardContent, type Content, jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES, MAX_BUTTONS_SIDE_BY_SIDE, MAX_NARROW_LABEL_CHARS, MAX_TEXT_CARD_CHARS } from './limits.ts';
import type { ButtonFrame, SkillAction } from './schema.ts';

type Layout = ButtonFrame['buttonLayout'];

/** Side by side only where the labels can be read there; `isSquare`: the picture's shape decides where nothing else does. */
function buttonFrame(buttons: readonly SkillAction[], wanted: Layout, isSquare: boolean): ButtonFrame {
  if (buttons.length === 0) return {};
  const layout = wanted ?? (isSquare ? 'horizontal' : 'vertical');
  const fits =
    buttons.length === 1 ||
    (buttons.length <= MAX_BUTTONS_SIDE_BY_SIDE &&
      buttons.every((button) => button.label.length <= MAX_NARROW_LABEL_CHARS));
  if (layout === 'horizontal' && !fits) return { buttons, buttonLayout: 'vertical' };
  return wanted === undefined ? { buttons } : { buttons, buttonLayout: wanted };
}

export interface Hung<C extends Content> {
  readonly content: C;
  /** For these there was no room. */
  readonly rest: readonly SkillAction[];
}

interface Room {
  readonly maxButtons: number;
  /** With everything else on the card. */
  readonly maxBytes?: number;
}

/** As many more buttons as the card has room for, in count and in bytes. */
export function withButtons(
  card: CardContent,
  more: readonly SkillAction[],
  { maxButtons, maxBytes = MAX_BUBBLE_BYTES }: Room,
  wanted: Layout = card.body.buttonLayout,
): Hung<CardContent> {
  const present = card.body.buttons ?? [];
  let sizeBytes = jsonSizeBytes(card.body);
  let taken = 0;
  for (const action of more) {
    sizeBytes += jsonSizeBytes(action) + 1;
    if (present.length + taken === maxButtons || sizeBytes > maxBytes) break;
    taken += 1;
  }
  if (taken === 0) return { content: card, rest: more };
  const { buttonLayout, ...body } = card.body;
  const frame = buttonFrame([...present, ...more.slice(0, taken)], wanted, isSquare(card));
  // The icon for passing on is not shown beside buttons.
  const { forwardable, ...bare } = { forwardable: undefined, ...body };
  return { content: { type: card.type, body: { ...bare, ...frame } } as CardContent, rest: more.slice(taken) };
}

/** The same content as a card that can carry buttons; `undefined` where nothing of the kind exists. */
export function asCard(content: Content): CardContent | undefined {
  switch (content.type) {
    case 'carousel':
      return undefined;
    case 'simpleText': {
      const { text } = content.body;
      return text.length <= MAX_TEXT_CARD_CHARS ? { type: 'textCard', body: { description: text } } : undefined;
    }
    case 'simpleImage': {
      const { imageUrl, altText } = content.body;
      return { type: 'basicCard', body: { thumbnail: { imageUrl, altText, fixedRatio: true } } };
    }
    default:
      return content;
  }
}

function isSquare(card: CardContent): boolean {
  if (card.type === 'basicCard') return card.body.thumbnail.fixedRatio === true;
  return card.type === 'commerceCard' && card.body.thumbnails[0].fixedRatio === true;
}
