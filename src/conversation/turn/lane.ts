/** One turn at a time per conversation, in memory. Order is the order of `enter`, which the caller keeps equal to the
 *  order of the store's sequence numbers by entering before the first await; what is taken over from other processes is put in by its number. */
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import { AwaitedValue } from './awaited-value.ts';

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

export class Lanes {
  /** Empty lanes are deleted, so this is bounded by the number of open turns. */
  readonly #lanes = new Map<string, Lane>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whoever enters now has to wait for somebody whom it cannot join. */
  isBusy(key: string): boolean {
    return this.#lanes.get(key)?.isBusy ?? false;
  }

  enter(key: string, entry: LaneEntry): LaneSlot {
    const lane = this.#lanes.get(key) ?? new Lane(key, this.#lanes, this.#clock);
    return lane.enter(entry);
  }

  /** Ends everything that runs or waits in the conversation but `exceptTurnId`. */
  cancel(key: string, exceptTurnId?: string): void {
    this.#lanes.get(key)?.cancel(exceptTurnId);
  }
}

/** Among the lanes for as long as somebody is in it. */
class Lane {
  readonly #key: string;
  readonly #lanes: Map<string, Lane>;
  readonly #clock: Clock;
  #places: readonly Place[] = [];
  /** Of the wait for quiet of its first turn. */
  #cancelWait: (() => void) | undefined;

  constructor(key: string, lanes: Map<string, Lane>, clock: Clock) {
    this.#key = key;
    this.#lanes = lanes;
    this.#clock = clock;
  }

  get isBusy(): boolean {
    return this.#places.some((place) => place.isRunning || place.mergeable === false);
  }

  has(place: Place): boolean {
    return this.#places.includes(place);
  }

  isFirst(place: Place): boolean {
    return this.#places[0] === place;
  }

  enter(entry: LaneEntry): LaneSlot {
    const isFirst = this.#places.length === 0 && (entry.mergeable === false || entry.mergeable.quietMs === 0);
    const place = new Place(entry, this, isFirst);
    // Not pushed: an empty array that is pushed to makes room for seventeen.
    this.#places = this.#places.toSpliced(this.#indexFor(entry), 0, place);
    this.#lanes.set(this.#key, this);
    return place;
  }

  #indexFor({ sequence, goesFirst }: LaneEntry): number {
    const places = this.#places;
    if (sequence !== undefined) return indexByNumber(sequence, places);
    const overtakes = goesFirst === true || (goesFirst === 'behind-quiet' && places[0]?.isRunning === true);
    const firstOrdinaryWaiting = places.findIndex((other) => !other.isRunning && other.goesFirst === false);
    return overtakes && firstOrdinaryWaiting !== -1 ? firstOrdinaryWaiting : places.length;
  }

  cancel(exceptTurnId: string | undefined): void {
    for (const place of this.#places) {
      if (place.turnId === exceptTurnId) continue;
      place.abort.abort();
      place.tellStart({ kind: 'cancelled' });
      this.remove(place);
    }
    this.startNext();
  }

  remove(place: Place): void {
    if (!this.has(place)) return;
    this.#places = this.#places.filter((other) => other !== place);
    place.tellFirst();
    this.#places[0]?.tellFirst();
    if (this.#places.length === 0) this.#lanes.delete(this.#key);
  }

  startNext(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    const [head] = this.#places;
    if (head === undefined || head.isRunning || !head.isAdmitted) return;
    const waitMs = this.#quietAt() - this.#clock.now();
    if (waitMs > 0) {
      this.#cancelWait = this.#clock.schedule(waitMs, () => this.startNext());
      return;
    }
    // The neighbours that may become one turn: the last of them answers, so that nothing it should know comes after it.
    const firstNotStored = this.#places.findIndex((place) => !place.isAdmitted);
    const end = Math.min(groupEnd(this.#places), firstNotStored === -1 ? this.#places.length : firstNotStored);
    const absorbed = this.#places.slice(0, end - 1);
    this.#places = this.#places.slice(end - 1);
    const [leader] = this.#places;
    if (leader === undefined) return;
    for (const place of absorbed) place.tellStart({ kind: 'merged', into: leader.turnId });
    leader.isRunning = true;
    leader.tellStart(absorbed.length === 0 ? ALONE : { kind: 'run', absorbed: absorbed.map(({ turnId }) => turnId) });
  }

  /** When the messages at the head of the lane have been followed by none for long enough. */
  #quietAt(): EpochMs {
    const places = this.#places;
    const end = groupEnd(places);
    const head = places[0];
    const last = places[end - 1];
    // Whoever waits behind them ends the quiet, too: nothing can join them any more.
    if (head === undefined || last === undefined || head.mergeable === false || end < places.length) return 0;
    const { quietMs, longestMs } = head.mergeable;
    return Math.min(last.quietFrom + quietMs, head.quietFrom + longestMs);
  }
}

const ALONE: LaneStart = { kind: 'run', absorbed: [] };

/** An object, not functions of a closure: it is kept for as long as the turn is open. */
class Place implements LaneSlot {
  readonly turnId: string;
  readonly goesFirst: LaneEntry['goesFirst'];
  readonly mergeable: LaneEntry['mergeable'];
  readonly receivedAt: EpochMs;
  readonly quietFrom: EpochMs;
  readonly abort: AbortController;
  /** What has none yet is the latest. */
  sequence: number;
  isAdmitted = false;
  /** The start was given; of one that stands aside, too. */
  isRunning = false;
  isAside = false;
  readonly isFirst: boolean;
  readonly #lane: Lane;
  readonly #start = new AwaitedValue<LaneStart>();
  #tellFirst: (() => void) | undefined;

  constructor(entry: LaneEntry, lane: Lane, isFirst: boolean) {
    this.turnId = entry.turnId;
    this.goesFirst = entry.goesFirst;
    this.mergeable = entry.mergeable;
    this.receivedAt = entry.receivedAt;
    this.quietFrom = entry.quietFrom ?? entry.receivedAt;
    this.abort = entry.abort;
    this.sequence = entry.sequence ?? Number.POSITIVE_INFINITY;
    this.isFirst = isFirst;
    this.#lane = lane;
  }

  get start(): Promise<LaneStart> {
    return this.#start.promise;
  }

  tellStart(start: LaneStart): void {
    this.#start.give(start);
  }

  admit(sequence: number): void {
    this.isAdmitted = true;
    this.sequence = sequence;
    this.#lane.startNext();
  }

  stepAside(): void {
    this.isAside = true;
  }

  goOn(): boolean {
    const isFirst = this.#lane.isFirst(this);
    if (isFirst) this.isAside = false;
    return isFirst;
  }

  isFirstAgain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tellFirst = resolve;
    if (!this.#lane.has(this) || this.#lane.isFirst(this)) resolve();
    return promise;
  }

  tellFirst(): void {
    this.#tellFirst?.();
  }

  leave(): void {
    this.#lane.remove(this);
    this.#lane.startNext();
  }
}

/** Where what was taken over belongs: behind what is being answered and what goes first, before the first that was asked later. */
function indexByNumber(sequence: number, lane: readonly Place[]): number {
  const begun = lane.findLastIndex((place) => place.isRunning && !place.isAside) + 1;
  const later = lane.findIndex((place, at) => at >= begun && place.goesFirst === false && place.sequence > sequence);
  return later === -1 ? lane.length : later;
}

/** The index behind those at the head of the lane that belong together: each came within the quiet time of the one before. */
function groupEnd(lane: readonly Place[]): number {
  const [head] = lane;
  if (head === undefined || head.mergeable === false) return 1;
  let end = 1;
  for (let before = head; ; end += 1) {
    const next = lane[end];
    if (next === undefined || next.mergeable === false || next.isRunning) return end;
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
