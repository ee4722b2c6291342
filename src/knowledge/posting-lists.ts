/** Which documents hold a term, and with what weight: one run of typed arrays per term, so that 10,000 entries cost megabytes
 *  and no garbage. */
export class PostingLists {
  readonly #starts: Uint32Array;
  readonly #documents: Uint32Array;
  readonly #weights: Float32Array;

  /** `termIds` gets an id for every term that it has not yet. */
  constructor(documents: readonly ReadonlyMap<string, number>[], termIds: Map<string, number>) {
    const counts: number[] = [];
    for (const terms of documents) {
      for (const term of terms.keys()) {
        const id = termIds.get(term) ?? termIds.size;
        termIds.set(term, id);
        counts[id] = (counts[id] ?? 0) + 1;
      }
    }
    this.#starts = new Uint32Array(termIds.size + 1);
    for (let id = 0; id < termIds.size; id += 1) this.#starts[id + 1] = read(this.#starts, id) + (counts[id] ?? 0);
    const size = read(this.#starts, termIds.size);
    this.#documents = new Uint32Array(size);
    this.#weights = new Float32Array(size);
    const free = this.#starts.slice();
    documents.forEach((terms, document) => {
      for (const [term, weight] of terms) {
        const id = termIds.get(term) ?? 0;
        const slot = read(free, id);
        free[id] = slot + 1;
        this.#documents[slot] = document;
        this.#weights[slot] = weight;
      }
    });
  }

  documentsWith(termId: number): number {
    return read(this.#starts, termId + 1) - read(this.#starts, termId);
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
    let count = touchedCount;
    const end = read(this.#starts, termId + 1);
    for (let slot = read(this.#starts, termId); slot < end; slot += 1) {
      const document = read(this.#documents, slot);
      const before = read(sums, document);
      if (before === 0 && touched !== undefined) touched[count++] = document;
      sums[document] = before + factor * Math.min(weight, read(this.#weights, slot));
    }
    return count;
  }
}

/** Reads that are in bounds by construction, and 0 where a term came into the dictionary after these lists were made. */
export function read(array: Uint32Array | Float32Array, index: number): number {
  return array[index] ?? 0;
}
