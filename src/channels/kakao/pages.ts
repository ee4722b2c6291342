/** Bubbles in responses: what does not fit into one waits behind "이어서 보기". */
import { encodeTap } from '../../message.ts';
import { asCard, withButtons } from './buttons.ts';
import { type Bubble, jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES, MAX_CONTINUE_BUTTON_BYTES, MAX_GROUP_BUTTONS } from './limits.ts';
import type { SkillAction } from './schema.ts';

const CONTINUE_LABEL = '이어서 보기';

/** The room that a bubble takes: a large carousel fills the bytes of several. */
export function roomOf({ content }: Bubble): number {
  // Texts are short by construction, and measuring them would cost more than drawing them.
  if (content.type !== 'carousel') return 1;
  return Math.ceil(jsonSizeBytes(content.body) / MAX_BUBBLE_BYTES);
}

export function continueAction(turnId: string, position: number): SkillAction {
  const malgil = encodeTap({ kind: 'continue', turnId, position });
  return { label: CONTINUE_LABEL, action: 'message', messageText: CONTINUE_LABEL, extra: { malgil } };
}

export interface PageSizes {
  /** On the first page. */
  readonly maxBubbles: number;
  readonly maxBubblesLater: number;
}

/** Never empty; an empty reply is one empty page. */
export function paginate(
  bubbles: readonly Bubble[],
  { maxBubbles, maxBubblesLater }: PageSizes,
): readonly (readonly Bubble[])[] {
  const pages: Bubble[][] = [[]];
  let room = 0;
  for (const bubble of bubbles) {
    const needed = roomOf(bubble);
    if (room > 0 && room + needed > (pages.length === 1 ? maxBubbles : maxBubblesLater)) {
      pages.push([]);
      room = 0;
    }
    pages.at(-1)?.push(bubble);
    room += needed;
  }
  return pages;
}

/** In a group room, without quick replies, the way on is a button: under the last bubble of a page, else on a card of its own.
 *  With one bubble a page, every bubble must have room for a button. */
export function paginateWithButtons(
  bubbles: readonly Bubble[],
  sizes: PageSizes,
  actionFor: (nextPage: number) => SkillAction,
): readonly (readonly Bubble[])[] {
  const pages: Bubble[][] = [];
  let rest = bubbles;
  for (let { maxBubbles } = sizes; rest.length > maxBubbles; maxBubbles = sizes.maxBubblesLater) {
    const next = actionFor(pages.length + 1);
    const page = rest.slice(0, maxBubbles);
    const last = page.at(-1);
    const carrier = last === undefined ? undefined : withContinue(last, next);
    if (carrier !== undefined) pages.push([...page.slice(0, -1), carrier]);
    else {
      if (maxBubbles > 1) page.pop();
      pages.push([...page, continueCard(next)]);
    }
    rest = rest.slice(page.length);
  }
  return [...pages, [...rest]];
}

function withContinue(bubble: Bubble, next: SkillAction): Bubble | undefined {
  const card = asCard(bubble.content);
  if (card === undefined) return undefined;
  const hung = withButtons(card, [next], {
    maxButtons: MAX_GROUP_BUTTONS,
    maxBytes: MAX_BUBBLE_BYTES + MAX_CONTINUE_BUTTON_BYTES,
  });
  return hung.rest.length === 0 ? { ...bubble, content: hung.content } : undefined;
}

function continueCard(next: SkillAction): Bubble {
  const text = '답변이 더 있습니다.';
  return { content: { type: 'textCard', body: { description: text, buttons: [next] } }, text };
}
