/** At most `limit` engine calls at once; waiting bots take turns, so a noisy one cannot starve another. */
export class FairSlots {
  readonly #limit: number;
  #used = 0;
  /** Waiting callers by bot. A Map keeps insertion order: the bot just served moves to the end. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get areTaken(): boolean {
    return this.#used >= this.#limit;
  }

  /** Resolves with the function that gives the slot back, or with undefined when the signal fired first. */
  async acquire(botId: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#used < this.#limit) {
      this.#used += 1;
      return this.#releaser();
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const grant = () => resolve(true);
    const queue = this.#waiting.get(botId) ?? [];
    queue.push(grant);
    this.#waiting.set(botId, queue);
    const giveUp = () => {
      const index = queue.indexOf(grant);
      if (index === -1) return; // granted in the same moment
      queue.splice(index, 1);
      if (queue.length === 0) this.#waiting.delete(botId);
      resolve(false);
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
      const next = this.#waiting.entries().next();
      if (next.done) {
        this.#used -= 1;
        return;
      }
      const [botId, queue] = next.value;
      const grant = queue.shift();
      this.#waiting.delete(botId);
      if (queue.length > 0) this.#waiting.set(botId, queue);
      grant?.();
    };
  }
}
