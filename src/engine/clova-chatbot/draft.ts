/** One component on its way to our reply model: what it says, shows and offers, whatever it was drawn as.
 *  Sources: https://api.ncloud-docs.com/docs/ai-application-service-chatbot-basic,
 *  https://api.ncloud-docs.com/docs/ai-application-service-chatbot-composite (read 2026-11-22) */

import { type Fields, fieldsOf, listOf, present } from '../../http-client/answer-fields.ts';
import type { CardPart, Choice, ListItem, ListPart, ReplyPart } from '../../message.ts';
import { distinct, doesTheSame, linkTo, toButton, toChoice } from './choices.ts';
import { webAddress } from './link.ts';
import type { TapData } from './tap-data.ts';
import { joined, wordsOf } from './words.ts';

export interface Draft {
  readonly title?: string;
  /** Paragraphs below the title, in reading order. */
  readonly lines: readonly string[];
  readonly imageUrl?: string;
  readonly imageAltText?: string;
  readonly rows: readonly ListItem[];
  readonly buttons: readonly Choice[];
  /** What a touch of the whole does. */
  readonly press?: Choice;
}

/** `text`, `image` and what else has words in the same places. */
export function draftBasic({ type, title, subTitle, data: rawData }: Fields, taps: TapData): Draft {
  const data = fieldsOf(rawData);
  const url = wordsOf(data.url);
  const urlAlias = wordsOf(data.urlAlias);
  const link = linkTo(url, urlAlias);
  const press = toChoice(data.action, undefined, taps);
  const shownTitle = wordsOf(title);
  // An address that nobody can open is at least read.
  const unusable = url !== undefined && link === undefined ? joined([urlAlias, url], ': ') : undefined;
  const imageUrl = type === 'image' ? webAddress(wordsOf(data.imageUrl)) : undefined;
  const imageAltText = wordsOf(data.alt);
  return {
    ...present('title', shownTitle),
    lines: [wordsOf(subTitle), wordsOf(data.description), unusable].filter((line) => line !== undefined),
    ...present('imageUrl', imageUrl),
    ...(imageUrl === undefined || imageAltText === undefined ? {} : { imageAltText }),
    rows: [],
    buttons: link === undefined ? [] : [link],
    ...present('press', press),
  };
}

/** A cover and tables of cells, which are read row by row. Spans and folding are layout. */
export function draftTemplate(component: Fields, taps: TapData): Draft {
  const data = fieldsOf(component.data);
  const contentTable = listOf(data.contentTable);
  const own = draftBasic(component, taps);
  const cover = draftBasic(fieldsOf(data.cover), taps);
  const tables = [
    draftTable(contentTable, taps),
    // A foot without a body is not shown there either.
    ...(contentTable.length === 0 ? [] : [draftTable(listOf(data.footTable), taps)]),
  ];
  const title = own.title ?? cover.title;
  const [tablePicture] = tables.flatMap(({ imageUrl }) => imageUrl ?? []);
  const imageUrl = cover.imageUrl ?? webAddress(wordsOf(data.contentBackgroundImage)) ?? tablePicture;
  const { imageAltText } = cover;
  const press = own.press ?? cover.press;
  return {
    ...present('title', title),
    lines: [
      ...own.lines,
      ...(own.title !== undefined && cover.title !== undefined ? [cover.title] : []),
      ...cover.lines,
      ...tables.flatMap(({ lines }) => lines),
    ],
    ...present('imageUrl', imageUrl),
    ...present('imageAltText', imageAltText),
    rows: tables.flatMap(({ rows }) => rows),
    buttons: [...own.buttons, ...cover.buttons, ...tables.flatMap(({ buttons }) => buttons)],
    ...present('press', press),
  };
}

function draftTable(table: readonly unknown[], taps: TapData): Draft {
  const lines: string[] = [];
  const rows: ListItem[] = [];
  const buttons: Choice[] = [];
  let picture: string | undefined;
  for (const row of table) {
    const words: string[] = [];
    for (const cell of listOf(row)) {
      const component = fieldsOf(fieldsOf(cell).data);
      if (component.type === 'button') {
        buttons.push(...[toButton(component, taps)].filter((button) => button !== undefined));
        continue;
      }
      const draft = draftBasic(component, taps);
      const item = component.type === 'image' ? toRow(draft) : undefined;
      if (item !== undefined) {
        rows.push(item);
        continue;
      }
      picture ??= draft.imageUrl;
      words.push(...[joined([draft.title, ...draft.lines])].filter((text) => text !== undefined));
      buttons.push(...draft.buttons, ...(draft.press === undefined ? [] : [draft.press]));
    }
    if (words.length > 0) lines.push(words.join(' · '));
  }
  return { lines, rows, buttons, ...present('imageUrl', picture) };
}

/** A picture beside words, or one that can be touched, is a row; `undefined` for a mere picture. */
function toRow({ title, lines, imageUrl, imageAltText, buttons, press }: Draft): ListItem | undefined {
  const choice = press ?? buttons[0];
  const [first, ...rest] = title === undefined ? lines : [title, ...lines];
  const heading = first ?? choice?.label ?? imageAltText;
  if (heading === undefined) return undefined;
  const description = rest.length === 0 ? undefined : rest.join('\n');
  return {
    title: heading,
    ...present('description', description),
    ...present('imageUrl', imageUrl),
    ...present('choice', choice),
  };
}

/** The fewest parts that show all of it. */
export function toParts(draft: Draft): readonly ReplyPart[] {
  const { title, lines, imageUrl, imageAltText, rows } = draft;
  if (rows.length > 0) {
    const { title: _, ...above } = { ...draft, rows: [], buttons: [] };
    const { press: __, ...beside } = above;
    return [...toParts(beside), toList(draft)];
  }
  const buttons = buttonsOf(draft);
  if (imageUrl === undefined && buttons.length === 0) {
    const text = joined([title, ...lines]);
    return text === undefined ? [] : [{ type: 'text', text, format: 'plain' }];
  }
  if (title === undefined && lines.length === 0 && buttons.length === 0 && imageUrl !== undefined) {
    return [{ type: 'image', url: imageUrl, ...present('altText', imageAltText) }];
  }
  return [toCard(draft)];
}

/** Cards of a carousel are of one kind: rows become lines and buttons where not all of the cards are lists. */
export function toCard(draft: Draft): CardPart {
  const { title, imageUrl, imageAltText, press } = draft;
  const rowLines = draft.rows.map((row) => `- ${joined([row.title, row.description], ': ') ?? ''}`);
  const description = joined([...draft.lines, ...rowLines]);
  return {
    type: 'card',
    ...present('title', title),
    ...present('description', description),
    ...present('imageUrl', imageUrl),
    ...present('imageAltText', imageAltText),
    ...(imageUrl === undefined || press?.type !== 'link' ? {} : { imageLinkUrl: press.url }),
    buttons: buttonsOf(draft),
  };
}

/** Platforms want a heading over a list. */
const UNTITLED_LIST = '안내';

export function toList(draft: Draft): ListPart {
  return {
    type: 'list',
    title: draft.title ?? UNTITLED_LIST,
    items: draft.rows,
    buttons: buttonsOf({ ...draft, rows: [] }),
  };
}

function buttonsOf({ buttons, rows, press }: Draft): readonly Choice[] {
  const all = distinct([...buttons, ...rows.flatMap(({ choice }) => choice ?? [])]);
  return press === undefined || all.some((button) => doesTheSame(button, press)) ? all : [...all, press];
}
