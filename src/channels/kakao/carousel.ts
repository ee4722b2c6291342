/** Cards side by side. Kakao breaks the whole bubble when they do not look alike, so each run of cards that do becomes one. */
import type { CarouselPart } from '../../message.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { simpleParts } from '../simple-parts.ts';
import { type CardDraft, type DrawScope, fitsInto, Obstacle, tidy } from './card-draft.ts';
import { type Bubble, type CardContent, type Content, jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES } from './limits.ts';
import type { CardType, Carousel, CarouselHeader, SkillAction } from './schema.ts';
import { type Drawn, draftCards, drawSingle, type SinglePart } from './single-card.ts';

const RULES: Readonly<Record<CardType, { readonly maxCards: number; readonly mayHaveHeader: boolean }>> = {
  textCard: { maxCards: 10, mayHaveHeader: false },
  basicCard: { maxCards: 10, mayHaveHeader: true },
  commerceCard: { maxCards: 10, mayHaveHeader: true },
  listCard: { maxCards: 5, mayHaveHeader: false },
  itemCard: { maxCards: 10, mayHaveHeader: true },
};
/** Two lines of title and three of description are shown; ours: what they hold. */
const MAX_HEADER_TITLE_CHARS = 50;
const MAX_HEADER_DESCRIPTION_CHARS = 100;

export function drawCarousel(part: CarouselPart, scope: DrawScope): Drawn {
  const headerCard: SinglePart[] = part.header === undefined ? [] : [{ type: 'card', ...part.header, buttons: [] }];
  if (scope.isGroup) {
    scope.degrade('carousel in a group room shown card by card');
    return join([...headerCard, ...part.cards].map((card) => drawSingle(card, scope)));
  }
  const header = part.header === undefined ? undefined : headerOf(part.header);
  const headerBytes = header === undefined ? 0 : jsonSizeBytes(header);
  const drawn = drawRuns(part.cards, scope.maxBubbles * MAX_BUBBLE_BYTES - headerBytes, scope);
  if (drawn.bubbles.length > 1) scope.degrade(`carousel shown in ${drawn.bubbles.length} bubbles`);

  const [first, ...rest] = drawn.bubbles;
  if (first !== undefined && header !== undefined && mayHaveHeader(first.content)) {
    const text = `${header.title}\n${header.description}\n\n${first.text}`;
    return { ...drawn, bubbles: [{ content: withHeader(first.content, header), text }, ...rest] };
  }
  if (headerCard.length > 0) scope.degrade('header of a carousel shown as a card before it');
  return join([...headerCard.map((card) => drawSingle(card, scope)), drawn]);
}

function drawRuns(cards: readonly SinglePart[], maxBytes: number, scope: DrawScope): Drawn {
  const bubbles: Bubble[] = [];
  const overflow: SkillAction[] = [];
  let run: CardDraft[] = [];
  const endRun = () => {
    bubbles.push(...chunks(run, maxBytes).map(toBubble));
    run = [];
  };
  for (const [card, drafts] of draftAll(cards, scope)) {
    if (drafts instanceof Obstacle) {
      endRun();
      const drawn = drawSingle(card, scope);
      bubbles.push(...drawn.bubbles);
      overflow.push(...drawn.overflow);
      continue;
    }
    for (const draft of drafts) {
      if (run[0] !== undefined && looks(run[0].content) !== looks(draft.content)) endRun();
      run.push(draft);
    }
  }
  endRun();
  return { bubbles, overflow };
}

type Drafted = readonly [SinglePart, readonly CardDraft[] | Obstacle];

/** All as they are, or all one step simpler where only that fits all of them. */
function draftAll(cards: readonly SinglePart[], scope: DrawScope): readonly Drafted[] {
  const drafted = cards.map((card): Drafted => [card, draftForCarousel(card, scope)]);
  const obstacle = drafted.map(([, drafts]) => drafts).find((drafts) => drafts instanceof Obstacle);
  if (obstacle === undefined) return drafted;
  const simple = cards.flatMap(simpleParts).flatMap((card) => (card.type === 'card' ? [card] : []));
  const simpler = simple.map((card): Drafted => [card, draftForCarousel(card, scope)]);
  if (simpler.some(([, drafts]) => drafts instanceof Obstacle)) return drafted;
  scope.degrade(`${obstacle.why} in a carousel: all its cards shown simpler`);
  return simpler;
}

/** A card with more buttons than it has room for is better shown alone, where they follow at once. */
function draftForCarousel(card: SinglePart, scope: DrawScope): readonly CardDraft[] | Obstacle {
  const drafts = draftCards(card, 'carousel', scope);
  if (drafts instanceof Obstacle) return drafts;
  return drafts.some(({ overflow }) => overflow.length > 0) ? new Obstacle('card with too many buttons') : drafts;
}

/** What must be the same in all cards: type, shape of the picture, and the parts that all have or none. */
function looks({ type, body }: CardContent): string {
  switch (type) {
    case 'basicCard':
      return `${type} ${body.thumbnail.fixedRatio === true}`;
    case 'commerceCard':
      return `${type} ${body.thumbnails[0].fixedRatio === true}`;
    case 'itemCard':
      return `${type} ${body.thumbnail !== undefined} ${body.head !== undefined}`;
    default:
      return type;
  }
}

type Chunk = readonly [CardDraft, ...CardDraft[]];

/** Evenly filled: eleven cards are 6 + 5, not 10 + 1. */
function chunks(run: readonly CardDraft[], maxBytes: number): readonly Chunk[] {
  const [first] = run;
  if (first === undefined) return [];
  const { maxCards } = RULES[first.content.type];
  const cardsPerChunk = Math.ceil(run.length / Math.ceil(run.length / maxCards));
  const result: [CardDraft, ...CardDraft[]][] = [];
  let sizeBytes = 0;
  for (const draft of run) {
    const chunk = result.at(-1);
    const cardBytes = jsonSizeBytes(draft.content.body) + 1;
    if (chunk === undefined || chunk.length === cardsPerChunk || sizeBytes + cardBytes > maxBytes - FRAME_BYTES) {
      result.push([draft]);
      sizeBytes = cardBytes;
    } else {
      chunk.push(draft);
      sizeBytes += cardBytes;
    }
  }
  return result;
}

/** `{"type":"commerceCard","items":[],"header":}` */
const FRAME_BYTES = 64;

/** One card is no carousel. */
function toBubble(chunk: Chunk): Bubble {
  const [first] = chunk;
  const text = chunk.map((draft) => draft.text).join('\n\n');
  if (chunk.length === 1) return { content: first.content, text };
  const body = { type: first.content.type, items: chunk.map(({ content }) => content.body) } as Carousel;
  return { content: { type: 'carousel', body }, text };
}

function mayHaveHeader(content: Content): content is Extract<Content, { type: 'carousel' }> {
  return content.type === 'carousel' && RULES[content.body.type].mayHaveHeader;
}

function withHeader(content: Extract<Content, { type: 'carousel' }>, header: CarouselHeader): Content {
  return { type: 'carousel', body: { ...content.body, header } };
}

/** Complete and short enough, or none. */
function headerOf(header: NonNullable<CarouselPart['header']>): CarouselHeader | undefined {
  const title = tidy(header.title);
  const description = tidy(header.description);
  const fits = fitsInto(title, MAX_HEADER_TITLE_CHARS, 2) && fitsInto(description, MAX_HEADER_DESCRIPTION_CHARS, 3);
  if (!fits || title === '' || description === '' || !isHttpUrl(header.imageUrl)) return undefined;
  return { title, description, thumbnail: { imageUrl: header.imageUrl } };
}

function join(drawn: readonly Drawn[]): Drawn {
  return { bubbles: drawn.flatMap(({ bubbles }) => bubbles), overflow: drawn.flatMap(({ overflow }) => overflow) };
}
