import type { ListItem, ListPart } from '../../message.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { toRowAction } from './actions.ts';
import {
  type CardDraft,
  type CardPlace,
  type DrawScope,
  filled,
  finishCard,
  fitsInto,
  Obstacle,
  tidy,
} from './card-draft.ts';
import { jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES } from './limits.ts';
import type { ListCardItem } from './schema.ts';

const MAX_ROWS: Readonly<Record<CardPlace, number>> = { single: 5, carousel: 4 };
/** Ours: the guide names no lengths; about what the phone shows of a heading and of a row. */
const MAX_HEADER_CHARS = 30;
const MAX_ROW_TITLE_CHARS = 36;
const MAX_ROW_DESCRIPTION_CHARS = 40;
/** Of all rows of one card: the heading and a button still find room. */
const MAX_ROWS_BYTES = MAX_BUBBLE_BYTES - 2_400;

/** Several cards under the same heading where the rows are too many for one; the buttons stand on the last. */
export function drawListCards(part: ListPart, place: CardPlace, scope: DrawScope): readonly CardDraft[] | Obstacle {
  const title = tidy(part.title);
  if (title === '' || !fitsInto(title, MAX_HEADER_CHARS, 1)) return new Obstacle('listCard with an unfit heading');
  const rows: { readonly item: ListItem; readonly wire: ListCardItem }[] = [];
  for (const item of part.items) {
    const wire = drawRow(item, scope);
    if (wire instanceof Obstacle) return wire;
    if (wire !== undefined) rows.push({ item, wire });
  }
  if (rows.length === 0) return new Obstacle('listCard without rows');

  const groups = groupRows(rows, MAX_ROWS[place]);
  if (groups.length > 1) scope.degrade(`list of ${rows.length} rows shown as ${groups.length} listCards`);
  const drafts: CardDraft[] = [];
  for (const [index, group] of groups.entries()) {
    const buttons = index === groups.length - 1 ? part.buttons : [];
    const body = { header: { title }, items: group.map(({ wire }) => wire) };
    const draft = finishCard('listCard', body, { ...part, items: group.map(({ item }) => item), buttons }, scope);
    if (draft instanceof Obstacle) return draft;
    drafts.push(draft);
  }
  return drafts;
}

/** `undefined` for a row without words. */
function drawRow(item: ListItem, scope: DrawScope): ListCardItem | Obstacle | undefined {
  const title = tidy(item.title);
  const description = tidy(item.description);
  if (title === '') return description === '' ? undefined : new Obstacle('listCard with a row without title');
  if (!fitsInto(title, MAX_ROW_TITLE_CHARS) || !fitsInto(description, MAX_ROW_DESCRIPTION_CHARS)) {
    return new Obstacle('listCard with a row of too many characters');
  }
  const { imageUrl } = item;
  return {
    title,
    ...filled({ description }),
    ...(imageUrl !== undefined && isHttpUrl(imageUrl) ? { imageUrl } : {}),
    ...toRowAction(item.choice, scope),
  };
}

/** Evenly filled: six rows are 3 + 3, not 5 + 1. */
function groupRows<Row extends { readonly wire: ListCardItem }>(rows: readonly Row[], maxRows: number): Row[][] {
  const rowsPerCard = Math.ceil(rows.length / Math.ceil(rows.length / maxRows));
  const groups: Row[][] = [];
  let sizeBytes = 0;
  for (const row of rows) {
    const group = groups.at(-1);
    const rowBytes = jsonSizeBytes(row.wire);
    if (group === undefined || group.length === rowsPerCard || sizeBytes + rowBytes > MAX_ROWS_BYTES) {
      groups.push([row]);
      sizeBytes = rowBytes;
    } else {
      group.push(row);
      sizeBytes += rowBytes;
    }
  }
  return groups;
}
