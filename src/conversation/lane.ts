/** One turn at a time per conversation, in memory. Order is the order of `enter`, which the caller keeps equal to the
 *  order of the store's sequence numbers by entering before the first await. */

export type LaneStart =
  /** Go. `absorbed` are the turns that became one with this one, oldest first. */
  | { readonly kind: 'run'; readonly absorbed: readonly string[] }
  | { readonly kind: 'merged'; readonly into: string }
  | { readonly kind: 'cancelled' };

export interface LaneSlot {
  /** Nobody was before it: it may start as soon as it is admitted. */
  readonly isFirst: boolean;
  readonly start: Promise<LaneStart>;
  /** The store has taken the turn; only now may it run or be merged. */
  admit(): void;
  /** Done, failed or never admitted: the next one may go. Calling it twice is harmless. */
  leave(): void;
}

export interface LaneEntry {
  readonly turnId: string;
  /** Taps, reset words, calls for a person: before ordinary turns that wait, never merged. */
  readonly goesFirst: boolean;
  /** May become one with neighbours that still wait. */
  readonly mergeable: boolean;
  /** Aborted when the turn is cancelled. */
  readonly abort: AbortController;
}

interface Place extends LaneEntry {
  readonly resolve: (start: LaneStart) => void;
  admitted: boolean;
  running: boolean;
}

export class Lanes {
  /** Empty lanes are deleted, so this is bounded by the number of open turns. */
  readonly #lanes = new Map<string, Place[]>();

  isBusy(key: string): boolean {
    return this.#lanes.has(key);
  }

  enter(key: string, entry: LaneEntry): LaneSlot {
    const lane = this.#lanes.get(key) ?? [];
    this.#lanes.set(key, lane);
    const { promise, resolve } = Promise.withResolvers<LaneStart>();
    const place: Place = { ...entry, resolve, admitted: false, running: false };
    const isFirst = lane.length === 0;
    const firstOrdinaryWaiting = lane.findIndex((other) => !other.running && !other.goesFirst);
    if (entry.goesFirst && firstOrdinaryWaiting !== -1) lane.splice(firstOrdinaryWaiting, 0, place);
    else lane.push(place);
    return {
      isFirst,
      start: promise,
      admit: () => {
        place.admitted = true;
        this.#startNext(key);
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
    if (lane.length === 0) this.#lanes.delete(key);
  }

  #startNext(key: string): void {
    const lane = this.#lanes.get(key);
    const head = lane?.[0];
    if (lane === undefined || head === undefined || head.running || !head.admitted) return;
    // The neighbours that may become one turn: the last of them answers, so that nothing it should know comes after it.
    let end = 1;
    while (head.mergeable && lane[end]?.mergeable && lane[end]?.admitted) end += 1;
    const absorbed = lane.splice(0, end - 1);
    const leader = lane[0];
    if (leader === undefined) return;
    for (const place of absorbed) place.resolve({ kind: 'merged', into: leader.turnId });
    leader.running = true;
    leader.resolve({ kind: 'run', absorbed: absorbed.map((place) => place.turnId) });
  }
}
