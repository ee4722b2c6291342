import type { DetailsPart } from '../../message.ts';
import {
  type CardDraft,
  type CardPlace,
  type DrawScope,
  filled,
  finishCard,
  fitsInto,
  Obstacle,
  thumbnailOf,
  tidy,
} from './card-draft.ts';
import type { ItemCard } from './schema.ts';

const LIMITS = {
  single: { rows: 10, wordsChars: 200 },
  carousel: { rows: 5, wordsChars: 100 },
} as const;
const MAX_ROW_LABEL_CHARS = 6;
/** Two lines are shown; ours: what they hold beside the label. */
const MAX_ROW_VALUE_CHARS = 50;
/** One line is shown; ours: what it holds. */
const MAX_HEAD_CHARS = 30;
const MAX_SUMMARY_CHARS = 14;
const MAX_WORDS_LINES = 12;
/** Currency letters or symbols, digits, commas, two decimals at most. */
const PRICE = /^[\p{L}\p{Sc} ]*\d[\d,]*(?:\.\d{1,2})?[\p{L}\p{Sc} ]*$/u;

interface Row {
  readonly label: string;
  readonly value: string;
}

export function drawItemCard(part: DetailsPart, place: CardPlace, scope: DrawScope): CardDraft | Obstacle {
  const limits = LIMITS[place];
  const heading = tidy(part.heading);
  if (!fitsInto(heading, MAX_HEAD_CHARS, 1)) return new Obstacle('itemCard with an unfit heading');
  const summary = part.summary === undefined ? undefined : tidyRow(part.summary);
  const hasPrice = summary !== undefined && isPriceRow(summary);
  const rows = [...part.rows.map(tidyRow), ...(summary === undefined || hasPrice ? [] : [summary])];
  if (summary !== undefined && !hasPrice) scope.degrade('summary that is no price shown as a row');
  const shown = rows.filter(({ label, value }) => label !== '' || value !== '');
  if (shown.length === 0 || shown.length > limits.rows) return new Obstacle(`itemCard of ${shown.length} rows`);
  if (!shown.every(fitsRow)) return new Obstacle('itemCard with a row of too many characters');

  // A description stands under a title only.
  const [title, description] =
    tidy(part.title) === '' ? [tidy(part.description), ''] : [tidy(part.title), tidy(part.description)];
  if (
    title.length + description.length > limits.wordsChars ||
    !fitsInto(`${title}\n${description}`, Number.POSITIVE_INFINITY, MAX_WORDS_LINES)
  ) {
    return new Obstacle('itemCard with too many words below its rows');
  }
  const thumbnail = itemThumbnail(part, place, heading || title, scope);
  const body: ItemCard = {
    ...(thumbnail === undefined ? {} : { thumbnail }),
    ...(heading === '' ? {} : { head: { title: heading } }),
    itemList: shown.map(({ label, value }) => ({ title: label, description: value })),
    ...(part.rowAlignment === undefined ? {} : { itemListAlignment: part.rowAlignment }),
    ...(summary !== undefined && hasPrice
      ? { itemListSummary: { title: summary.label, description: summary.value } }
      : {}),
    ...filled({ title, description }),
  };
  return finishCard('itemCard', body, part, scope);
}

function tidyRow(row: Row): Row {
  return { label: tidy(row.label), value: tidy(row.value) };
}

function fitsRow({ label, value }: Row): boolean {
  return (
    label !== '' && fitsInto(label, MAX_ROW_LABEL_CHARS, 1) && value !== '' && fitsInto(value, MAX_ROW_VALUE_CHARS, 2)
  );
}

function isPriceRow(row: Row): boolean {
  return fitsRow(row) && fitsInto(row.value, MAX_SUMMARY_CHARS, 1) && PRICE.test(row.value);
}

/** Sizes must be named, or Kakao shows 1:1. In a carousel 2:1 is all there is. */
function itemThumbnail(part: DetailsPart, place: CardPlace, title: string, scope: DrawScope): ItemCard['thumbnail'] {
  const thumbnail = thumbnailOf(part, title);
  if (thumbnail === undefined) return undefined;
  const { fixedRatio, ...picture } = thumbnail;
  const isSquare = fixedRatio === true && place === 'single';
  if (fixedRatio === true && !isSquare) scope.degrade('square picture of an itemCard cut to 2:1 in a carousel');
  return { ...picture, width: 800, height: isSquare ? 800 : 400 };
}
