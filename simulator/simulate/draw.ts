import type { Bubble, Card, Choice } from '../bubble.ts';
import { displayWidth, padToWidth, withoutControls, wrapText } from './terminal-width.ts';

const MAX_BUBBLE_COLUMNS = 64;
const FOLDED_LENGTH = 500;

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
      if (!bubble.folded) return box([wrap(bubble.text, width)], width);
      return box([wrap(`${bubble.text.slice(0, FOLDED_LENGTH)}…`, width), ['[전체 보기]']], width);
    }
    case 'image':
      return box([imageLines(bubble.imageUrl, bubble.altText, width)], width);
    case 'card':
      return box(cardSections(bubble, numberOf, width), width);
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
  const words = [
    ...(card.imageUrl === undefined ? [] : imageLines(card.imageUrl, card.altText, width)),
    ...(card.title === undefined ? [] : wrap(card.title, width)),
    ...(card.price === undefined ? [] : [card.price]),
    ...(card.description === undefined ? [] : wrap(card.description, width)),
  ];
  const rows = card.rows.flatMap((row) => {
    const mark = row.choice === undefined ? '· ' : `[${numberOf(row.choice)}] `;
    return [
      ...wrap(`${mark}${row.title}`, width),
      ...(row.description === undefined ? [] : wrap(row.description, width - 4).map((line) => `    ${line}`)),
    ];
  });
  const buttons = card.buttons.flatMap((button) => buttonLines(button, numberOf, width));
  return [words, rows, buttons].filter((section) => section.length > 0);
}

function buttonLines(button: Choice, numberOf: NumberOf, width: number): readonly string[] {
  const goal = button.url ?? button.phoneNumber;
  const line = `[${numberOf(button)}] ${button.label}${goal === undefined ? '' : ` → ${goal}`}`;
  const inner = (button.inner ?? []).map((choice) => `    [${numberOf(choice)}] ${choice.label}`);
  return [line, ...inner].flatMap((text) => wrap(text, width));
}

function imageLines(url: string, altText: string | undefined, width: number): readonly string[] {
  return wrap(`[사진${altText === undefined ? '' : `: ${altText}`}] ${url}`, width);
}

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
