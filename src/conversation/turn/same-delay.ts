import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';

/** Many things that each come due the same time after they were added. They do so in the order in which they came, so one timer is enough:
 *  with one for each, thousands of open questions keep a timer and three functions more. */
export class SameDelay<Item extends object> {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #onDue: (item: Item) => void;
  /** A Map keeps insertion order. */
  readonly #dueAt = new Map<Item, EpochMs>();
  #isTimed = false;

  constructor(clock: Clock, delayMs: number, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  /** Counts anew for one that is there already. */
  add(item: Item): void {
    this.#dueAt.delete(item);
    this.#dueAt.set(item, this.#clock.now() + this.#delayMs);
    this.#wait();
  }

  /** Nothing happens to one that is not there. */
  remove(item: Item): void {
    this.#dueAt.delete(item);
  }

  #wait(): void {
    if (this.#isTimed) return;
    const [next] = this.#dueAt.values();
    if (next === undefined) return;
    this.#isTimed = true;
    // Never longer than the delay, even if somebody has set the clock back.
    const leftMs = Math.min(next - this.#clock.now(), this.#delayMs);
    this.#clock.schedule(Math.max(0, leftMs), () => {
      this.#isTimed = false;
      this.#tell();
      this.#wait();
    });
  }

  #tell(): void {
    const now = this.#clock.now();
    for (const [item, dueAt] of this.#dueAt) {
      if (dueAt > now) return;
      this.#dueAt.delete(item);
      this.#onDue(item);
    }
  }
}
