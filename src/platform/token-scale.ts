/** How many tokens a text has, without asking anybody: an estimate by kinds of letters, and a scale that brings it to what a model really
 *  counts, learned from the figures that come with its answers. */

/** On the high side for HyperCLOVA X, which needs about two tokens for three Hangul syllables and one for three to four Latin letters. */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) wide += 1;
  return Math.ceil(wide * 0.75 + (text.length - wide) * 0.35) + 4;
}

/** A shorter text says more about its frame than about its letters. */
const LEAST_ESTIMATE = 50;
/** Further off, somebody counted something else: pictures, or a prompt of the service's own. */
const CREDIBLE = { min: 0.2, max: 4 };
const MEAN_SHARE = 1 / 8;
const DEVIATION_SHARE = 1 / 4;
const FIRST_DEVIATION = 0.1;
/** So far above the mean lies all but a rare prompt. */
const DEVIATIONS = 2;

/** What is estimated to be `n` tokens is hardly ever more than `scale.of(n)`. Mean and deviation are followed as TCP follows round trips:
 *  a model whose texts change is known again after some ten answers. */
export class TokenScale {
  #mean: number | undefined;
  #deviation = 0;

  /** 1 until something was learned. */
  get factor(): number {
    return this.#mean === undefined ? 1 : this.#mean + DEVIATIONS * this.#deviation;
  }

  of(estimated: number): number {
    return Math.ceil(estimated * this.factor);
  }

  tokens(text: string): number {
    return this.of(estimateTokens(text));
  }

  learn(estimated: number, counted: number): void {
    const ratio = counted / estimated;
    if (estimated < LEAST_ESTIMATE || !(ratio >= CREDIBLE.min && ratio <= CREDIBLE.max)) return;
    if (this.#mean === undefined) {
      this.#mean = ratio;
      this.#deviation = ratio * FIRST_DEVIATION;
      return;
    }
    const error = ratio - this.#mean;
    this.#mean += error * MEAN_SHARE;
    this.#deviation += (Math.abs(error) - this.#deviation) * DEVIATION_SHARE;
  }
}
