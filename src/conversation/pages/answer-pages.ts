/** A long answer is shown page by page: each is a delivery, and its position is the number that "이어서 보기" names. */
import type { Choice } from '../../message.ts';
import type { Delivery } from '../../storage/store.ts';
import { continueChoice, pickupChoice } from '../texts.ts';

/** Of a waiting text that went out as a message of its own: no page of the answer, and never shown in its place. */
export const WAITING_TEXT_POSITION = -1;

type Placed = Pick<Delivery, 'position'>;

export function isPage({ position }: Placed): boolean {
  return position > WAITING_TEXT_POSITION;
}

/** Where a message rests that the platform did not take: a waiting text has nothing to be fetched. */
export function restOf(delivery: Placed): 'held' | 'expired' {
  return isPage(delivery) ? 'held' : 'expired';
}

/** While it is held, nobody has seen anything of its answer. */
export function isFirstPage({ position }: Placed): boolean {
  return position === 0;
}

/** A page that is part of a response. */
export interface ShownPage {
  readonly delivery: Delivery;
  /** For this response; else it was shown before. */
  readonly isClaimed: boolean;
  /** It has a button of its own to the next one. */
  readonly leadsOn: boolean;
}

/** A turn whose answer is still being made. */
export interface ToFetch {
  readonly turnId: string;
  /** Of the next page: more than 0 when some of it was shown already. */
  readonly position: number;
}

export function wayTo({ turnId, position }: ToFetch): Choice {
  return position === 0 ? pickupChoice(turnId) : continueChoice(turnId, position);
}

export interface AfterPages {
  /** Of answers that were held. */
  readonly pages: readonly ShownPage[];
  /** Something else in the response has a button to its next page. */
  readonly leadsOn?: boolean;
  /** Pages that are still held, oldest question first. */
  readonly left: readonly Delivery[];
  readonly toFetch: ToFetch | undefined;
}

/** How the customer gets to what a response left out; answers that nobody has begun to read come before the rest of others. */
export function waysOn({ pages, leadsOn = false, left, toFetch }: AfterPages): readonly Choice[] {
  const unread = left.filter(isFirstPage);
  const next = unread[0] ?? left[0];
  const lastUnread = unread.at(-1);
  const ways: Choice[] = [];
  // Several "이어서 보기" could not be told apart: where the one ends, the next is offered. And it goes on with something that was begun.
  const hasContinue = leadsOn || pages.some((page) => page.leadsOn);
  if (next !== undefined && !hasContinue && (pages.length > 0 || !isFirstPage(next))) {
    ways.push(continueChoice(next.turnId, next.position));
  }
  const isShown = pages.some(({ delivery }) => delivery.turnId === toFetch?.turnId);
  const readsOn = hasContinue || ways.length > 0;
  if (toFetch !== undefined && !isShown) ways.push(readsOn ? pickupChoice(toFetch.turnId) : wayTo(toFetch));
  else if (lastUnread !== undefined && ways.length === 0) ways.push(pickupChoice(lastUnread.turnId));
  return ways;
}
