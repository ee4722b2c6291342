/** An answer of the chatbot in the words of our reply model. */

import { type Fields, fieldsOf, listOf } from '../../http-client/answer-fields.ts';
import type { Choice, Reply, ReplyPart } from '../../message.ts';
import { distinct, linkTo, toButton, toButtons } from './choices.ts';
import { type Draft, draftBasic, draftTemplate, toCard, toList, toParts } from './draft.ts';
import type { TapData } from './tap-data.ts';
import { joined, wordsOf } from './words.ts';

export interface DrawnAnswer {
  readonly reply: Pick<Reply, 'parts' | 'quickReplies'>;
  /** Types of components that could not be shown: stickers, and what the documents do not know. */
  readonly skipped: readonly string[];
}

/** Where an answer is nothing but buttons. */
const CHOOSE_TEXT = '아래에서 골라 주세요.';

export function drawAnswer(answer: Fields, taps: TapData): DrawnAnswer {
  const skipped: string[] = [];
  const parts: ReplyPart[] = [];
  const quick: Choice[] = [];
  for (const bubble of listOf(answer.bubbles).map(fieldsOf)) {
    const button = toButton(bubble, taps);
    if (button === undefined) parts.push(...drawComponent(bubble, taps, skipped));
    else quick.push(button);
  }
  const quickReplies = distinct([...quick, ...toButtons(answer.quickButtons, taps)]);
  if (parts.length === 0 && quickReplies.length > 0) parts.push({ type: 'text', text: CHOOSE_TEXT, format: 'plain' });
  return { reply: { parts, quickReplies }, skipped };
}

/** The menu that the answer brings along, as a card; `undefined` where it brings none. Its title is the label of the bar, and nothing
 *  but the table is shown of it. */
export function drawMenu(answer: Fields, taps: TapData): readonly ReplyPart[] | undefined {
  // One page spells it differently from all others.
  const menu = fieldsOf(answer.persistentMenu ?? answer.persistMenu);
  const { cover: _, footTable: __, ...data } = fieldsOf(menu.data);
  const parts = toParts(draftTemplate({ ...menu, data }, taps));
  return parts.length === 0 ? undefined : parts;
}

function drawComponent(component: Fields, taps: TapData, skipped: string[]): readonly ReplyPart[] {
  switch (component.type) {
    case 'text':
    case 'image':
      return toParts(draftBasic(component, taps));
    case 'template':
      return toParts(draftTemplate(component, taps));
    case 'carousel':
      return drawCarousel(component, taps, skipped);
    case 'flex':
      return drawFlex(component);
    default: {
      skipped.push(typeof component.type === 'string' ? component.type.slice(0, 40) : 'untyped');
      return toParts(draftBasic(component, taps));
    }
  }
}

function drawCarousel(component: Fields, taps: TapData, skipped: string[]): readonly ReplyPart[] {
  const drafts = listOf(fieldsOf(component.data).cards)
    .map(fieldsOf)
    .flatMap((card): readonly Draft[] => {
      if (card.type === 'template') return [draftTemplate(card, taps)];
      if (card.type !== 'text' && card.type !== 'image') skipped.push(`card ${String(card.type).slice(0, 40)}`);
      return [draftBasic(card, taps)];
    });
  const shown = drafts.filter((draft) => toParts(draft).length > 0);
  const heading = toParts({ ...draftBasic(component, taps), buttons: [] });
  const [only, second] = shown;
  if (only === undefined) return heading;
  if (second === undefined) return [...heading, ...toParts(only)];
  const areLists = shown.every(({ rows, lines, imageUrl }) => {
    return rows.length > 0 && lines.length === 0 && imageUrl === undefined;
  });
  return [...heading, { type: 'carousel', cards: areLists ? shown.map(toList) : shown.map(toCard) }];
}

const MAX_FLEX_TEXTS = 20;
const MAX_FLEX_LINKS = 3;
const MAX_FLEX_DEPTH = 20;

/** LINE's own layout. Its alternative text stands for it; the documents do not agree on where that is. Without one, what can be read
 *  and opened in it. */
function drawFlex({ title, subTitle, data }: Fields): readonly ReplyPart[] {
  const alternative = wordsOf(title) ?? wordsOf(subTitle);
  const texts: string[] = [];
  const links: Choice[] = [];
  collectFlex(data, texts, links, 0);
  const text = alternative ?? joined(texts.slice(0, MAX_FLEX_TEXTS));
  return toParts({
    lines: text === undefined ? [] : [text],
    rows: [],
    buttons: distinct(links).slice(0, MAX_FLEX_LINKS),
  });
}

function collectFlex(value: unknown, texts: string[], links: Choice[], depth: number): void {
  if (depth > MAX_FLEX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) collectFlex(item, texts, links, depth + 1);
    return;
  }
  const { uri, label, text, ...rest } = fieldsOf(value);
  const link = linkTo(wordsOf(uri), wordsOf(label));
  if (link !== undefined) links.push(link);
  const words = wordsOf(text);
  if (words !== undefined) texts.push(words);
  for (const inner of Object.values(rest)) collectFlex(inner, texts, links, depth + 1);
}
