/** One turn at a time per conversation, in memory. Order is the order of `enter`, which the caller keeps equal to the
 *  order of the store's sequence numbers by entering before the first await; what is taken over from other processes is put in by its number. */
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';

/** People send one thought in several messages: how long it must be quiet before the first of them is answered. */
export interface QuietTime {
  readonly quietMs: number;
  /** From the first message on, however many follow. */
  readonly longestMs: number;
}

export type LaneStart =
  /** Go. `absorbed` are the turns that became one with this one, oldest first. */
  | { readonly kind: 'run'; readonly absorbed: readonly string[] }
  | { readonly kind: 'merged'; readonly into: string }
  | { readonly kind: 'cancelled' };

export interface LaneSlot {
  /** Nobody was before it, and it need not wait for others: it may start as soon as it is admitted. */
  readonly isFirst: boolean;
  readonly start: Promise<LaneStart>;
  /** The store has taken the turn and given it this number; only now may it run or be merged. */
  admit(sequence: number): void;
  /** It only waits, for what other processes answer: until {@link goOn}, what was asked before it and has been taken over from one of them
   *  may go before it. */
  stepAside(): void;
  /** True when nothing has come before it; otherwise it still stands aside. */
  goOn(): boolean;
  /** Resolves when what came before it is over, or when it was cancelled. */
  isFirstAgain(): Promise<void>;
  /** Done, failed or never admitted: the next one may go. Calling it twice is harmless. */
  leave(): void;
}

export interface LaneEntry {
  readonly turnId: string;
  /** Before ordinary turns that wait; such a turn is never merged. `behind-quiet` (taps): but not before those that only wait for quiet,
   *  which it ends instead. */
  readonly goesFirst: boolean | 'behind-quiet';
  /** May become one with neighbours that still wait; waits for some itself. */
  readonly mergeable: QuietTime | false;
  /** What came apart stays apart, however long both have waited. */
  readonly receivedAt: EpochMs;
  /** Quiet is waited for from here on; the receipt, unless that was before a restart. */
  readonly quietFrom?: EpochMs;
  /** Of a turn that another process had taken in: it stands among the others by this number. */
  readonly sequence?: number;
  /** Aborted when the turn is cancelled. */
  readonly abort: AbortController;
}

interface Place extends Omit<LaneEntry, 'sequence'> {
  readonly resolve: (start: LaneStart) => void;
  admitted: boolean;
  /** The start was given; of one that stands aside, too. */
  running: boolean;
  isAside: boolean;
  /** What has none yet is the latest. */
  sequence: number;
  tellFirst: () => void;
}

export class Lanes {
  /** Empty lanes are deleted, so this is bounded by the number of open turns. */
  readonly #lanes = new Map<string, Place[]>();
  readonly #clock: Clock;
  /** Lanes whose first turn waits for quiet; calling it stops the wait. */
  readonly #waits = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whoever enters now has to wait for somebody whom it cannot join. */
  isBusy(key: string): boolean {
    return this.#lanes.get(key)?.some((place) => place.running || place.mergeable === false) ?? false;
  }

  enter(key: string, entry: LaneEntry): LaneSlot {
    const lane = this.#lanes.get(key) ?? [];
    this.#lanes.set(key, lane);
    const { promise, resolve } = Promise.withResolvers<LaneStart>();
    const place: Place = {
      ...entry,
      resolve,
      admitted: false,
      running: false,
      isAside: false,
      sequence: entry.sequence ?? Number.POSITIVE_INFINITY,
      tellFirst: () => {},
    };
    const isFirst = lane.length === 0 && (entry.mergeable === false || entry.mergeable.quietMs === 0);
    const firstOrdinaryWaiting = lane.findIndex((other) => !other.running && other.goesFirst === false);
    const overtakes = entry.goesFirst === true || (entry.goesFirst === 'behind-quiet' && lane[0]?.running === true);
    if (entry.sequence !== undefined) lane.splice(placeOf(entry.sequence, lane), 0, place);
    else if (overtakes && firstOrdinaryWaiting !== -1) lane.splice(firstOrdinaryWaiting, 0, place);
    else lane.push(place);
    return {
      isFirst,
      start: promise,
      admit: (sequence) => {
        place.admitted = true;
        place.sequence = sequence;
        this.#startNext(key);
      },
      stepAside: () => {
        place.isAside = true;
      },
      goOn: () => {
        const isFirst = this.#lanes.get(key)?.[0] === place;
        if (isFirst) place.isAside = false;
        return isFirst;
      },
      isFirstAgain: () => {
        const { promise: first, resolve: tellFirst } = Promise.withResolvers<void>();
        place.tellFirst = tellFirst;
        if (!lane.includes(place) || lane[0] === place) tellFirst();
        return first;
      },
      leave: () => {
        this.#remove(key, place);
        this.#startNext(key);
      },
    };
  }

  /** Ends everything that runs or waits in the conversation but `exceptTurnId`. */
  cancel(key: string, exceptTurnId?: string): void {
    for (const place of [...(this.#lanes.get(key) ?? [])]) {
      if (place.turnId === exceptTurnId) continue;
      place.abort.abort();
      place.resolve({ kind: 'cancelled' });
      this.#remove(key, place);
    }
    this.#startNext(key);
  }

  #remove(key: string, place: Place): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    const index = lane.indexOf(place);
    if (index !== -1) lane.splice(index, 1);
    place.tellFirst();
    lane[0]?.tellFirst();
    if (lane.length === 0) this.#lanes.delete(key);
  }

  #startNext(key: string): void {
    this.#waits.get(key)?.();
    this.#waits.delete(key);
    const lane = this.#lanes.get(key);
    const head = lane?.[0];
    if (lane === undefined || head === undefined || head.running || !head.admitted) return;
    const waitMs = this.#quietAt(lane) - this.#clock.now();
    if (waitMs > 0) {
      this.#waits.set(
        key,
        this.#clock.schedule(waitMs, () => this.#startNext(key)),
      );
      return;
    }
    // The neighbours that may become one turn: the last of them answers, so that nothing it should know comes after it.
    const firstNotStored = lane.findIndex((place) => !place.admitted);
    const end = Math.min(groupEnd(lane), firstNotStored === -1 ? lane.length : firstNotStored);
    const absorbed = lane.splice(0, end - 1);
    const leader = lane[0];
    if (leader === undefined) return;
    for (const place of absorbed) place.resolve({ kind: 'merged', into: leader.turnId });
    leader.running = true;
    leader.resolve({ kind: 'run', absorbed: absorbed.map((place) => place.turnId) });
  }

  /** When the messages at the head of the lane have been followed by none for long enough. */
  #quietAt(lane: readonly Place[]): EpochMs {
    const end = groupEnd(lane);
    const head = lane[0];
    const last = lane[end - 1];
    // Whoever waits behind them ends the quiet, too: nothing can join them any more.
    if (head === undefined || last === undefined || head.mergeable === false || end < lane.length) return 0;
    const { quietMs, longestMs } = head.mergeable;
    return Math.min(quietFrom(last) + quietMs, quietFrom(head) + longestMs);
  }
}

/** Where what was taken over belongs: behind what is being answered and what goes first, before the first that was asked later. */
function placeOf(sequence: number, lane: readonly Place[]): number {
  const begun = lane.findLastIndex((place) => place.running && !place.isAside) + 1;
  const later = lane.findIndex((place, at) => at >= begun && place.goesFirst === false && place.sequence > sequence);
  return later === -1 ? lane.length : later;
}

function quietFrom(place: Place): EpochMs {
  return place.quietFrom ?? place.receivedAt;
}

/** The index behind those at the head of the lane that belong together: each came within the quiet time of the one before. */
function groupEnd(lane: readonly Place[]): number {
  const [head] = lane;
  if (head === undefined || head.mergeable === false) return 1;
  let end = 1;
  for (let before = head; ; end += 1) {
    const next = lane[end];
    if (next === undefined || next.mergeable === false || next.running) return end;
    if (!belongsTo(head, before, next, next.mergeable)) return end;
    before = next;
  }
}

interface Received {
  readonly receivedAt: EpochMs;
}

/** Whether the next message goes on with what the first one and the one before it began to say. */
export function belongsTo(
  first: Received,
  before: Received,
  next: Received,
  { quietMs, longestMs }: QuietTime,
): boolean {
  return next.receivedAt - before.receivedAt <= quietMs && next.receivedAt - first.receivedAt <= longestMs;
}
