const SMALLEST = 1024;

/** Documents while an index is being built: numbers and weights of their terms, one document behind the other in arrays that grow.
 *  A Map for each document took ten times the memory and most of the time. */
export class TermLists {
  /** Document `i` has the terms from `starts[i]` to before `starts[i + 1]`. */
  readonly starts: number[] = [0];
  #termIds = new Uint32Array(SMALLEST);
  #weights = new Float64Array(SMALLEST);
  #size = 0;

  get documentCount(): number {
    return this.starts.length - 1;
  }

  get termIds(): Uint32Array {
    return this.#termIds.subarray(0, this.#size);
  }

  get weights(): Float64Array {
    return this.#weights.subarray(0, this.#size);
  }

  /** To the document that is not ended yet. */
  add(termId: number, weight: number): void {
    if (this.#size === this.#termIds.length) this.#grow();
    this.#termIds[this.#size] = termId;
    this.#weights[this.#size] = weight;
    this.#size += 1;
  }

  endDocument(): void {
    this.starts.push(this.#size);
  }

  #grow(): void {
    const termIds = new Uint32Array(this.#size * 2);
    const weights = new Float64Array(this.#size * 2);
    termIds.set(this.#termIds);
    weights.set(this.#weights);
    this.#termIds = termIds;
    this.#weights = weights;
  }
}
