import type { CardPart } from '../../message.ts';
import {
  type CardDraft,
  type CardPlace,
  type DrawScope,
  filled,
  finishCard,
  fitsInto,
  Obstacle,
  PICTURE_LEFT_OUT,
  thumbnailOf,
  tidy,
} from './card-draft.ts';
import { MAX_TEXT_CARD_CHARS } from './limits.ts';

export const MAX_TITLE_CHARS = 50;
const MAX_DESCRIPTION_CHARS = 230;
const MAX_CAROUSEL_TEXT_CARD_DESCRIPTION_CHARS = 128;
/** In a carousel two lines are shown; ours: what two lines of a phone hold. */
const MAX_TWO_LINES_CHARS = 76;

/** A basicCard with a picture, a textCard without. */
export function drawBasicCard(part: CardPart, place: CardPlace, scope: DrawScope): CardDraft | Obstacle {
  const title = tidy(part.title);
  const description = tidy(part.description);
  const thumbnail = thumbnailOf(part, title);
  const inCarousel = place === 'carousel';
  if (!fitsInto(title, MAX_TITLE_CHARS)) return new Obstacle('card with a title of too many characters');
  if (thumbnail === undefined) {
    if (part.imageUrl !== undefined) scope.degrade(PICTURE_LEFT_OUT);
    if (title === '' && description === '') return new Obstacle('card without words');
    const isTooLong = inCarousel
      ? !fitsInto(description, MAX_CAROUSEL_TEXT_CARD_DESCRIPTION_CHARS)
      : title.length + description.length > MAX_TEXT_CARD_CHARS;
    if (isTooLong) return new Obstacle('textCard with a description of too many characters');
    return finishCard('textCard', filled({ title, description }), part, scope);
  }
  const [maxChars, maxLines] = inCarousel ? [MAX_TWO_LINES_CHARS, 2] : [MAX_DESCRIPTION_CHARS];
  if (!fitsInto(description, maxChars, maxLines) || (inCarousel && !fitsInto(title, MAX_TITLE_CHARS, 2))) {
    return new Obstacle('basicCard with a description of too many characters or lines');
  }
  const forwardable = part.forwardable === true && !inCarousel ? { forwardable: true as const } : {};
  return finishCard('basicCard', { ...filled({ title, description }), thumbnail, ...forwardable }, part, scope);
}
