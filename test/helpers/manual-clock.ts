import type { Clock } from '../../src/platform/clock.ts';

/** For what must not run out of time on a busy machine, and does not wait. */
export const frozenClock: Clock = { now: () => 0, schedule: () => () => {} };

/** A clock that moves only when told to; `advance` runs what comes due, in order of its time. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Whoever waits for the disk or the network between two waits for the time counts again when that has answered. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** The event loop is busy: time passes, and what comes due has to wait for the next `advance`. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Lets promises settle between timers, as a real event loop would. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
