/** When a fault strikes, counted in requests that it concerns. Without a rhythm it takes the very next ones. */
export interface FaultTiming {
  /** How often at most; 1, or without end when there is a rhythm. */
  readonly times?: number;
  /** Only every n-th request. */
  readonly every?: number;
  /** Only this share of the requests, drawn by the seed. */
  readonly percent?: number;
}

interface Waiting<Fault> {
  readonly fault: Fault;
  readonly every: number;
  readonly percent: number;
  left: number;
  met: number;
}

/** Faults wait in order; a request meets the first one that is due. */
export class FaultSchedule<Fault> {
  readonly #draw: () => number;
  #waiting: Waiting<Fault>[] = [];

  /** `draw` gives a number from 0 to below 1. */
  constructor(draw: () => number) {
    this.#draw = draw;
  }

  add(fault: Fault, timing: FaultTiming = {}): void {
    const { every = 1, percent = 100 } = timing;
    const times = timing.times ?? (every === 1 && percent === 100 ? 1 : Number.POSITIVE_INFINITY);
    if (times > 0) this.#waiting.push({ fault, every, percent, left: times, met: 0 });
  }

  /** The fault of one request, if it meets any; `concerns` leaves alone what waits for another kind of request. */
  take(concerns: (fault: Fault) => boolean = () => true): Fault | undefined {
    let taken: Waiting<Fault> | undefined;
    for (const waiting of this.#waiting) {
      if (!concerns(waiting.fault)) continue;
      waiting.met += 1;
      // Drawn for every request, or an earlier fault would shift what the seed says of a later one.
      const drawn = waiting.percent === 100 || this.#draw() * 100 < waiting.percent;
      if (taken === undefined && drawn && waiting.met % waiting.every === 0) taken = waiting;
    }
    if (taken === undefined) return undefined;
    taken.left -= 1;
    if (taken.left <= 0) this.#waiting = this.#waiting.filter((waiting) => waiting !== taken);
    return taken.fault;
  }

  clear(): void {
    this.#waiting = [];
  }
}
