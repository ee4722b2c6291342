import type { TermLists } from './term-lists.ts';

/** Which documents hold a term, and with what weight: one run of typed arrays per term, so that 10,000 entries cost megabytes
 *  and no garbage. */
export class PostingLists {
  readonly #starts: Uint32Array;
  readonly #documents: Uint32Array;
  readonly #weights: Float32Array;

  /** @param termCount above every number of a term */
  constructor({ starts, termIds, weights, documentCount }: TermLists, termCount: number) {
    this.#starts = new Uint32Array(termCount + 1);
    for (let i = 0; i < termIds.length; i += 1) {
      const id = termIds[i] ?? 0;
      this.#starts[id + 1] = (this.#starts[id + 1] ?? 0) + 1;
    }
    for (let id = 0; id < termCount; id += 1) {
      this.#starts[id + 1] = (this.#starts[id + 1] ?? 0) + (this.#starts[id] ?? 0);
    }
    this.#documents = new Uint32Array(termIds.length);
    this.#weights = new Float32Array(termIds.length);
    const free = this.#starts.slice();
    for (let document = 0; document < documentCount; document += 1) {
      const end = starts[document + 1] ?? 0;
      for (let i = starts[document] ?? 0; i < end; i += 1) {
        const id = termIds[i] ?? 0;
        const slot = free[id] ?? 0;
        free[id] = slot + 1;
        this.#documents[slot] = document;
        this.#weights[slot] = weights[i] ?? 0;
      }
    }
  }

  documentsWith(termId: number): number {
    return (this.#starts[termId + 1] ?? 0) - (this.#starts[termId] ?? 0);
  }

  holds(document: number, termId: number): boolean {
    const documents = this.#documents;
    const end = this.#starts[termId + 1] ?? 0;
    let low = this.#starts[termId] ?? 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((documents[middle] ?? 0) < document) low = middle + 1;
      else high = middle;
    }
    return low < end && documents[low] === document;
  }

  /** Adds `factor` × the smaller of both weights to the sum of every document that holds the term. `touched`, when given,
   *  gets the documents whose sum was 0 until now, from `touchedCount` on; the new count is returned. */
  addTo(
    sums: Float32Array,
    termId: number,
    weight: number,
    factor: number,
    touched?: Uint32Array,
    touchedCount = 0,
  ): number {
    const documents = this.#documents;
    const weights = this.#weights;
    let count = touchedCount;
    const end = this.#starts[termId + 1] ?? 0;
    for (let slot = this.#starts[termId] ?? 0; slot < end; slot += 1) {
      const document = documents[slot] ?? 0;
      const before = sums[document] ?? 0;
      if (before === 0 && touched !== undefined) touched[count++] = document;
      const inDocument = weights[slot] ?? 0;
      sums[document] = before + factor * (inDocument < weight ? inDocument : weight);
    }
    return count;
  }
}
