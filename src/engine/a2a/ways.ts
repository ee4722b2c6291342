import type { Way } from './dialect.ts';

/** Which way of asking works, learned for all conversations. */
export class Ways {
  readonly #ways: readonly [Way, ...Way[]];
  #index = 0;

  /** @param ways likeliest first, at least one */
  constructor(ways: readonly Way[]) {
    const [first, ...others] = ways;
    if (first === undefined) throw new RangeError('there must be a way');
    this.#ways = [first, ...others];
  }

  get current(): Way {
    return this.#ways[this.#index] ?? this.#ways[0];
  }

  /** The agent refuses `way`. False when none is left: then the next question begins with the first again, because agents change.
   *  Questions that were asked at the same time give it up once. */
  giveUp(way: Way): boolean {
    if (way !== this.current) return true;
    this.#index = (this.#index + 1) % this.#ways.length;
    return this.#index !== 0;
  }
}
