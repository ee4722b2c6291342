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

  /** Resolves with true once there is a slot, to be given back with {@link release}; with false when the signal fired first. */
  async acquire(owner: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#used < this.#limit) {
      this.#used += 1;
      return true;
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
    return granted;
  }

  /** Whoever waits next has the slot. */
  release(): void {
    const grant = this.#waiting.shift();
    if (grant === undefined) this.#used -= 1;
    else grant();
  }
}
