/** One card in a bubble of its own; step by step simpler where a limit would break: card, basicCard or textCard, text. */
import type { CardPart, DetailsPart, ListPart, ProductPart } from '../../message.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { simpleParts } from '../simple-parts.ts';
import { attachButtons } from './attach-buttons.ts';
import { drawBasicCard, MAX_TITLE_CHARS } from './basic-card.ts';
import {
  actionsOf,
  type CardDraft,
  type CardPlace,
  type DrawScope,
  fitsInto,
  Obstacle,
  PICTURE_LEFT_OUT,
  thumbnailOf,
  tidy,
} from './card-draft.ts';
import { drawCommerceCard } from './commerce-card.ts';
import type { Bubble } from './content.ts';
import { drawItemCard } from './item-card.ts';
import { drawListCards } from './list-card.ts';
import { hasWords } from './said-on-card.ts';
import type { SkillAction } from './schema.ts';
import { imageBubble, textBubbles } from './simple-bubbles.ts';

export type SinglePart = CardPart | ListPart | DetailsPart | ProductPart;

export interface Drawn {
  readonly bubbles: readonly Bubble[];
  /** Buttons that found no room on the cards. */
  readonly overflow: readonly SkillAction[];
}

export function drawSingle(part: SinglePart, scope: DrawScope): Drawn {
  if (part.type === 'card' && isBare(part, scope)) return drawLoose(part, scope);
  const drafts = draftCards(part, 'single', scope);
  if (!(drafts instanceof Obstacle)) {
    return { bubbles: drafts, overflow: drafts.flatMap((draft) => draft.overflow) };
  }
  if (part.type === 'card') {
    scope.degrade(`${drafts.why}: its words shown as text`);
    return drawLoose(part, scope);
  }
  scope.degrade(`${drafts.why}: shown as a simpler card`);
  const drawn = simpleParts(part).map((simple) => (simple.type === 'card' ? drawSingle(simple, scope) : NOTHING));
  return { bubbles: drawn.flatMap(({ bubbles }) => bubbles), overflow: drawn.flatMap(({ overflow }) => overflow) };
}

/** Whether its words stay on it. */
export function becomesCard(part: CardPart, scope: DrawScope): boolean {
  if (isBare(part, scope)) return !hasWords(part);
  return !(draftCard(part, 'single', silently(scope)) instanceof Obstacle);
}

/** A card without buttons links nothing: text does. And nothing but buttons is drawn as what buttons need. */
function isBare(part: CardPart, scope: DrawScope): boolean {
  if (thumbnailOf(part, '') !== undefined) return false;
  return !hasWords(part) || actionsOf(part.buttons, silently(scope)).length === 0;
}

/** What is only tried has not been left out. */
function silently(scope: DrawScope): DrawScope {
  return { ...scope, degrade: () => {} };
}

const NOTHING: Drawn = { bubbles: [], overflow: [] };

/** Several for a list with many rows. */
export function draftCards(part: SinglePart, place: CardPlace, scope: DrawScope): readonly CardDraft[] | Obstacle {
  if (part.type === 'list') return drawListCards(part, place, scope);
  const draft = draftCard(part, place, scope);
  return draft instanceof Obstacle ? draft : [draft];
}

function draftCard(part: Exclude<SinglePart, ListPart>, place: CardPlace, scope: DrawScope): CardDraft | Obstacle {
  switch (part.type) {
    case 'card':
      return drawBasicCard(part, place, scope);
    case 'details':
      return drawItemCard(part, place, scope);
    case 'product':
      return drawCommerceCard(part, scope);
  }
}

/** A card that does not fit: its picture, then its words as text, the buttons under the last of it. */
function drawLoose(part: CardPart, scope: DrawScope): Drawn {
  const title = tidy(part.title);
  const description = tidy(part.description);
  const { imageUrl } = part;
  if (imageUrl !== undefined && isHttpUrl(imageUrl)) {
    const short = fitsInto(title, MAX_TITLE_CHARS) ? title : '';
    const head = drawBasicCard({ ...part, title: short, description: '' }, 'single', scope);
    if (!(head instanceof Obstacle)) {
      const below = short === '' ? joined(title, description) : description;
      return { bubbles: [head, ...textBubbles(below, scope, part.forwardable)], overflow: head.overflow };
    }
  }
  const actions = actionsOf(part.buttons, scope);
  const isShown = imageUrl !== undefined && isHttpUrl(imageUrl);
  if (imageUrl !== undefined && !isShown) scope.degrade(PICTURE_LEFT_OUT);
  const picture = isShown ? [imageBubble(imageUrl, part.imageAltText)] : [];
  const words = textBubbles(joined(title, description), scope, part.forwardable === true && actions.length === 0);
  return { bubbles: attachButtons([...picture, ...words], actions, scope.maxButtons), overflow: [] };
}

function joined(title: string, description: string): string {
  return [title, description].filter(Boolean).join('\n');
}
