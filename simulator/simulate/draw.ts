import type { Bubble, Card, CardRow, Choice } from '../bubble.ts';
import { displayWidth, padToWidth, withoutControls, wrapText } from './terminal-width.ts';

const MAX_BUBBLE_COLUMNS = 64;
const FOLDED_LENGTH = 500;
const FORWARD_ICON = '↗ 전달';

/** Hands out the numbers by which choices are touched. */
export type NumberOf = (choice: Choice) => number;

/** Bubbles as boxes, quick replies in a row beneath; ends with a newline unless there is nothing to draw. */
export function drawMessage(
  bubbles: readonly Bubble[],
  quickReplies: readonly Choice[],
  numberOf: NumberOf,
  columns: number,
): string {
  const width = Math.max(20, Math.min(columns - 4, MAX_BUBBLE_COLUMNS));
  const boxes = bubbles.flatMap((bubble) => drawBubble(bubble, numberOf, width));
  const replies = quickReplies.map((choice) => `(${numberOf(choice)}) ${withoutControls(choice.label)}`);
  const lines = [...boxes, ...joinInRows(replies, width)];
  return lines.map((line) => `  ${line}\n`).join('');
}

function drawBubble(bubble: Bubble, numberOf: NumberOf, width: number): readonly string[] {
  switch (bubble.type) {
    case 'text': {
      const forward = bubble.forwardable ? [[FORWARD_ICON]] : [];
      if (!bubble.folded) return box([wrap(bubble.text, width), ...forward], width);
      return box([wrap(`${bubble.text.slice(0, FOLDED_LENGTH)}…`, width), ['[전체 보기]'], ...forward], width);
    }
    case 'image':
      return box([imageLines(bubble, width), ...(bubble.forwardable ? [[FORWARD_ICON]] : [])], width);
    case 'card': {
      const sections = cardSections(bubble, numberOf, width);
      return box(bubble.forwardable ? [...sections, [FORWARD_ICON]] : sections, width);
    }
    case 'carousel': {
      const header = bubble.header === undefined ? [] : box(cardSections(bubble.header, numberOf, width), width);
      const cards = bubble.cards.flatMap((card, index) => [
        `‹ ${index + 1} / ${bubble.cards.length} ›`,
        ...box(cardSections(card, numberOf, width), width),
      ]);
      return [...header, ...cards];
    }
  }
}

function cardSections(card: Card, numberOf: NumberOf, width: number): readonly (readonly string[])[] {
  const top = [...imageLines(card, width), ...linesOf(card.heading, width)];
  const words = [...linesOf(card.title, width), ...priceLines(card, width), ...linesOf(card.description, width)];
  const rows = card.rows.filter((row) => !row.isSummary).flatMap((row) => rowLines(row, '· ', numberOf, width));
  const summary = card.rows.filter((row) => row.isSummary).flatMap((row) => rowLines(row, '= ', numberOf, width));
  const buttons = card.buttons.flatMap((button) => buttonLines(button, numberOf, width));
  const body = card.rowsFirst ? [top, rows, summary, words] : [[...top, ...words], rows, summary];
  return [...body, card.sideBySide ? joinInRows(buttons, width - 4) : buttons].filter((section) => section.length > 0);
}

function linesOf(text: string | undefined, width: number): readonly string[] {
  return text === undefined || text === '' ? [] : wrap(text, width);
}

function priceLines({ price, discount, regularPrice }: Card, width: number): readonly string[] {
  if (price === undefined) return [];
  const regular = regularPrice === undefined ? undefined : `(정가 ${regularPrice})`;
  return wrap([price, discount, regular].filter((word) => word !== undefined).join(' '), width);
}

function rowLines(row: CardRow, bullet: string, numberOf: NumberOf, width: number): readonly string[] {
  const mark = row.choice === undefined ? bullet : `[${numberOf(row.choice)}] `;
  const label = row.choice === undefined || row.choice.label === row.title ? '' : ` (${row.choice.label})`;
  const goal = `${label}${row.choice?.url === undefined ? '' : ` → ${row.choice.url}`}`;
  const details = [...linesOf(row.description, width - 4), ...imageLines(row, width - 4)];
  return [...wrap(`${mark}${row.title}${goal}`, width), ...details.map((line) => `    ${line}`)];
}

/** What a touch does that neither speaks nor opens anything. */
const OTHER_EFFECTS: Readonly<Record<string, string>> = { share: '공유', operator: '상담 연결' };

function buttonLines(button: Choice, numberOf: NumberOf, width: number): readonly string[] {
  const goal = button.url ?? button.phoneNumber ?? OTHER_EFFECTS[button.type];
  const line = `[${numberOf(button)}] ${button.label}${goal === undefined ? '' : ` → ${goal}`}`;
  const inner = (button.inner ?? []).map((choice) => `    [${numberOf(choice)}] ${choice.label}`);
  return [line, ...inner].flatMap((text) => wrap(text, width));
}

function imageLines({ imageUrl, altText, imageLinkUrl }: Picture, width: number): readonly string[] {
  if (imageUrl === undefined) return [];
  const goal = imageLinkUrl === undefined ? '' : ` → ${imageLinkUrl}`;
  return wrap(`[사진${altText === undefined ? '' : `: ${altText}`}] ${imageUrl}${goal}`, width);
}

type Picture = Pick<Card, 'imageUrl' | 'altText' | 'imageLinkUrl'>;

function wrap(text: string, width: number): readonly string[] {
  return wrapText(withoutControls(text), width - 4);
}

function box(sections: readonly (readonly string[])[], width: number): readonly string[] {
  const inner = Math.min(width - 4, Math.max(...sections.flat().map(displayWidth), 8));
  const rule = '─'.repeat(inner + 2);
  const body = sections.map((lines) => lines.map((line) => `│ ${padToWidth(line, inner)} │`));
  return [`╭${rule}╮`, ...body.flatMap((lines, index) => (index === 0 ? lines : [`├${rule}┤`, ...lines])), `╰${rule}╯`];
}

function joinInRows(items: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const item of items) {
    const row = rows.at(-1);
    if (row !== undefined && displayWidth(row) + 2 + displayWidth(item) <= width)
      rows[rows.length - 1] = `${row}  ${item}`;
    else rows.push(item);
  }
  return rows;
}
