/** Rich parts as TalkTalk's cards, inside the two rules of a composite: something to read, and two fields at least. */
import {
  type Choice,
  type DetailsPart,
  type ListItem,
  type ListPart,
  partText,
  type ReplyPart,
} from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import { isHttpUrl, needsLinking } from '../plain-parts.ts';
import { type SimplePart, simpleParts } from '../simple-parts.ts';
import { splitText } from '../split-text.ts';
import { drawButtons, drawElementButton, fillerFor } from './buttons.ts';
import { buttonChoices, type DrawScope, findPicture } from './draw-scope.ts';
import { evenGroups } from './even-groups.ts';
import {
  MAX_BUTTONS,
  MAX_DESCRIPTION_CHARS,
  MAX_ELEMENT_GRAPHEMES,
  MAX_ELEMENTS,
  MAX_TEXT_CHARS,
  MAX_TITLE_GRAPHEMES,
  SEE_PICTURE_LABEL,
} from './limits.ts';
import type { Button, Composite, Element, SendContent } from './schema.ts';
import { fitsTitle, oneLine } from './titles.ts';

export type RichPart = Exclude<ReplyPart, { readonly type: 'text' | 'image' }>;

export interface DrawnCards {
  /** What has no room on the cards. */
  readonly before: readonly SendContent[];
  readonly composites: readonly Composite[];
}

const SEE_MORE_LABEL = '자세히 보기';

export function drawCards(part: RichPart, scope: DrawScope): DrawnCards {
  switch (part.type) {
    case 'card':
      return drawCard(draftOf(part), scope);
    case 'list':
      return drawList(part, scope);
    case 'details':
      return drawDetails(part, scope);
    case 'product':
      return drawSimply(part, scope);
    case 'carousel': {
      const header: readonly RichPart[] =
        part.header === undefined ? [] : [{ type: 'card', ...part.header, buttons: [] }];
      return joined([...header, ...part.cards].map((card) => drawCards(card, scope)));
    }
  }
}

export function textContents(text: string): readonly SendContent[] {
  return splitText(text, { preferredChars: MAX_TEXT_CHARS, maxChars: MAX_TEXT_CHARS }).map((piece) => ({
    textContent: { text: piece },
  }));
}

/** Buttons that belong to no card. @param labels of buttons whose titles were cut */
export function choiceCards(buttons: readonly Button[], labels: readonly string[]): readonly Composite[] {
  const [first, ...more] = evenGroups(buttons, MAX_BUTTONS);
  if (first === undefined) return [];
  const description = [fillerFor(first), ...labels.map(labelLine)].join('\n');
  return [{ description, buttonList: first }, ...more.map(silentCard)];
}

function silentCard(buttonList: readonly Button[]): Composite {
  return { description: fillerFor(buttonList), buttonList };
}

/** The whole of what a button shows cut. */
export function labelLine(label: string): string {
  return `• ${label}`;
}

interface CardDraft {
  readonly title: string;
  readonly description: string;
  readonly imageUrl?: string;
  readonly elements?: readonly Element[];
  readonly choices: readonly Choice[];
}

function draftOf(part: Extract<SimplePart, { type: 'card' }>): CardDraft {
  const { imageUrl, imageLinkUrl, buttons } = part;
  const hasLink = buttons.some((choice) => choice.type === 'link' && choice.url === imageLinkUrl);
  const link: Choice | undefined =
    imageLinkUrl === undefined || hasLink || !isHttpUrl(imageLinkUrl)
      ? undefined
      : { type: 'link', label: SEE_MORE_LABEL, url: imageLinkUrl };
  return {
    title: tidy(part.title),
    description: tidy(part.description),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    choices: link === undefined ? buttons : [...buttons, link],
  };
}

function drawCard(draft: CardDraft, scope: DrawScope): DrawnCards {
  const { image, linkUrl } = findPicture(draft.imageUrl, scope);
  const seePicture: readonly Choice[] =
    linkUrl === undefined ? [] : [{ type: 'link', label: SEE_PICTURE_LABEL, url: linkUrl }];
  const drawn = drawButtons([...buttonChoices(draft.choices, scope), ...seePicture]);
  const [buttonList = [], ...moreButtons] = evenGroups(
    drawn.map(({ button }) => button),
    MAX_BUTTONS,
  );
  const titleFits = fitsTitle(draft.title, MAX_TITLE_GRAPHEMES);
  const head = [titleFits ? '' : draft.title, draft.description];
  const read = `${draft.title}\n${draft.description}`;
  const labels = [...new Set(drawn.flatMap(({ cutLabels }) => cutLabels))].filter((label) => !read.includes(label));
  const description = [...head, ...labels.map(labelLine)].filter(Boolean).join('\n');
  const title = titleFits ? draft.title : '';
  const fits = description.length <= MAX_DESCRIPTION_CHARS;
  const card = toCard(
    { title, description: fits ? description : '', elements: draft.elements ?? [], buttonList },
    image,
  );
  const before = fits ? [] : textContents([title, description].filter(Boolean).join('\n'));
  const more = moreButtons.map(silentCard);
  return 'content' in card
    ? { before: [...before, ...card.content], composites: more }
    : { before, composites: [card.composite, ...more] };
}

interface CardFields {
  readonly title: string;
  readonly description: string;
  readonly elements: readonly Element[];
  readonly buttonList: readonly Button[];
}

type Card = { readonly composite: Composite } | { readonly content: readonly SendContent[] };

/** A message of its own where there is too little for a card. */
function toCard(fields: CardFields, image: { readonly imageUrl: string } | undefined): Card {
  const { title, description, elements, buttonList } = fields;
  const isBare = elements.length === 0 && buttonList.length === 0;
  const text = [title, description].filter(Boolean).join('\n');
  if (isBare && image === undefined && (title === '' || description === '' || needsLinking(text)))
    return { content: textContents(text) };
  if (isBare && image !== undefined && text === '') return { content: [{ imageContent: image }] };
  // With nothing else to read, buttons and pictures alone are refused; and so is a list alone.
  const needsWords = title === '' && description === '';
  return {
    composite: {
      ...(title === '' ? {} : { title }),
      ...(needsWords ? { description: fillerFor(buttonList) } : description === '' ? {} : { description }),
      ...(image === undefined ? {} : { image }),
      ...(elements.length === 0 ? {} : { elementList: { type: 'LIST', data: elements } }),
      ...(buttonList.length === 0 ? {} : { buttonList }),
    },
  };
}

/** Three rows a card, under the same heading; the buttons stand on the last. */
function drawList(part: ListPart, scope: DrawScope): DrawnCards {
  const title = tidy(part.title);
  const rows = part.items.map((item) => drawRow(item, scope));
  const groups = evenGroups(
    rows.flatMap((row) => (row === 'unfit' ? [] : (row.element ?? []))),
    MAX_ELEMENTS,
  );
  if (title === '' || groups.length === 0 || rows.includes('unfit')) {
    scope.degrade('list shown as a card: a row or the heading does not fit');
    return drawSimply(part, scope);
  }
  const left = rows.flatMap((row) => (row === 'unfit' ? [] : row.left));
  return joined(
    groups.map((elements, index) => {
      const choices = index === groups.length - 1 ? [...left, ...part.buttons] : [];
      return drawCard({ title, description: '', elements, choices }, scope);
    }),
  );
}

interface Row {
  /** None for a row without words. */
  readonly element?: Element;
  /** Choices that cannot stand in a row. */
  readonly left: readonly Choice[];
}

function drawRow(item: ListItem, scope: DrawScope): Row | 'unfit' {
  const words = [oneLine(cleanText(item.title)), tidy(item.description)].filter(Boolean);
  const choices = item.choice === undefined ? [] : [item.choice];
  const [title, details = ''] = words;
  if (title === undefined) return { left: choices };
  const lines = elementLines(details);
  if (!fitsTitle(title, MAX_ELEMENT_GRAPHEMES) || lines === undefined) return 'unfit';
  const { image, linkUrl } = findPicture(item.imageUrl, scope);
  const picture: Choice | undefined =
    linkUrl === undefined ? undefined : { type: 'link', label: SEE_PICTURE_LABEL, url: linkUrl };
  const choice = item.choice ?? picture;
  const drawn = choice === undefined ? undefined : drawElementButton(choice);
  const cutLabels = (drawn?.cutLabels ?? []).filter((label) => !`${title}\n${details}`.includes(label));
  const [description, subDescription, ...tooMuch] = [...lines, ...cutLabels];
  if (tooMuch.length > 0 || !cutLabels.every((label) => fitsTitle(label, MAX_ELEMENT_GRAPHEMES))) return 'unfit';
  return {
    left: drawn === undefined ? choices : [],
    element: {
      title,
      ...(description === undefined ? {} : { description }),
      ...(subDescription === undefined ? {} : { subDescription }),
      ...(image === undefined ? {} : { image }),
      ...(drawn === undefined ? {} : { button: drawn.button }),
    },
  };
}

/** The description of an element, and the line beneath; undefined when they do not hold it. */
function elementLines(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (fitsTitle(text, MAX_ELEMENT_GRAPHEMES)) return [text];
  const pieces = splitText(text, { preferredChars: MAX_ELEMENT_GRAPHEMES, maxChars: MAX_ELEMENT_GRAPHEMES });
  return pieces.length <= 2 ? pieces : undefined;
}

function drawDetails(part: DetailsPart, scope: DrawScope): DrawnCards {
  const { heading, title, ...rest } = part;
  if (tidy(heading) === '') return drawSimply(part, scope);
  const description = partText({ ...rest, ...(title === undefined ? {} : { title }) });
  return drawCard({ ...draftOf({ ...rest, type: 'card', title: heading ?? '', description }) }, scope);
}

function drawSimply(part: RichPart, scope: DrawScope): DrawnCards {
  const cards = simpleParts(part).filter((simple) => simple.type === 'card');
  return joined(cards.map((card) => drawCard(draftOf(card), scope)));
}

export function joined(drawn: readonly DrawnCards[]): DrawnCards {
  return {
    before: drawn.flatMap(({ before }) => before),
    composites: drawn.flatMap(({ composites }) => composites),
  };
}

function tidy(text: string | undefined): string {
  return text === undefined ? '' : cleanText(text).trim();
}
