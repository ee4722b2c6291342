import { FairQueue } from '../../platform/fair-queue.ts';

/** At most `limit` calls at once, of engines for example; those who wait take turns, so a noisy one cannot starve another. */
export class FairSlots {
  readonly #limit: number;
  #used = 0;
  readonly #waiting = new FairQueue<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get areTaken(): boolean {
    return this.#used >= this.#limit;
  }

  /** Resolves with the function that gives the slot back, or with undefined when the signal fired first. */
  async acquire(owner: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#used < this.#limit) {
      this.#used += 1;
      return this.#releaser();
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const grant = () => resolve(true);
    this.#waiting.push(owner, grant);
    const giveUp = () => {
      if (this.#waiting.remove(owner, grant)) resolve(false);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const granted = await promise;
    signal.removeEventListener('abort', giveUp);
    return granted ? this.#releaser() : undefined;
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const grant = this.#waiting.shift();
      if (grant === undefined) this.#used -= 1;
      else grant();
    };
  }
}
