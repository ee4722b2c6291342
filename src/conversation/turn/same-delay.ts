import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';

/** Until something comes due. */
class Wait<Item> {
  readonly dueAt: EpochMs;
  #item: Item | undefined;
  next: Wait<Item> | undefined;

  constructor(item: Item, dueAt: EpochMs) {
    this.#item = item;
    this.dueAt = dueAt;
  }

  /** Undefined when it was cancelled. */
  get item(): Item | undefined {
    return this.#item;
  }

  cancel(): void {
    this.#item = undefined;
  }
}

export type Cancellable = Pick<Wait<unknown>, 'cancel'>;

/** Many things that each come due the same time after they were added. They do so in the order in which they came, so a list and one timer
 *  are enough: with one for each, thousands of open questions keep a timer and three functions more. */
export class SameDelay<Item extends object> {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #onDue: (item: Item) => void;
  #first: Wait<Item> | undefined;
  #last: Wait<Item> | undefined;
  #isTimed = false;

  constructor(clock: Clock, delayMs: number, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  add(item: Item): Cancellable {
    const wait = new Wait(item, this.#clock.now() + this.#delayMs);
    if (this.#last === undefined) this.#first = wait;
    else this.#last.next = wait;
    this.#last = wait;
    this.#startTimer();
    return wait;
  }

  #startTimer(): void {
    if (this.#isTimed || this.#first === undefined) return;
    this.#isTimed = true;
    // Never longer than the delay, even if somebody has set the clock back.
    const leftMs = Math.min(this.#first.dueAt - this.#clock.now(), this.#delayMs);
    this.#clock.schedule(Math.max(0, leftMs), () => {
      this.#isTimed = false;
      this.#tell();
      this.#startTimer();
    });
  }

  #tell(): void {
    const now = this.#clock.now();
    for (;;) {
      const wait = this.#first;
      if (wait === undefined || wait.dueAt > now) return;
      this.#first = wait.next;
      if (wait.next === undefined) this.#last = undefined;
      // One that has grown old would keep all that came after it until the old generation is collected.
      wait.next = undefined;
      if (wait.item !== undefined) this.#onDue(wait.item);
    }
  }
}
