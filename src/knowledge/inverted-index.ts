/** Which phrasings share terms with a question, and how much of both is shared. */

/** Shares of what was asked, and of what the phrasing says, that may go unmatched before the score falls by half. */
const UNMATCHED_QUESTION = 0.62;
const UNMATCHED_PHRASING = 0.3;
/** A term that no phrasing has is as rare as can be, but may be chatter around the question. */
const UNSEEN_SHARE = 0.75;
/** The heaviest terms of a long message say what it is about; the rest only costs time. */
const MAX_QUESTION_TERMS = 80;

export interface Phrasing {
  /** Index of the entry that it belongs to. */
  readonly owner: number;
  readonly terms: ReadonlyMap<string, number>;
}

export interface Hit {
  readonly owner: number;
  /** 0..1; 1 means that question and phrasing say the same, whatever they say. */
  readonly score: number;
}

/** Typed arrays, one run of postings per term. A search reuses its accumulators, so one index serves one search at a time. */
export class InvertedIndex {
  readonly #termIds = new Map<string, number>();
  readonly #starts: Uint32Array;
  readonly #postingPhrasings: Uint32Array;
  readonly #postingWeights: Float32Array;
  readonly #rarity: Float32Array;
  readonly #unseenRarity: number;
  readonly #owners: Uint32Array;
  readonly #totals: Float32Array;
  readonly #shared: Float32Array;
  readonly #touched: Uint32Array;
  readonly #bestOfOwner: Float32Array;
  readonly #touchedOwners: Uint32Array;

  constructor(phrasings: readonly Phrasing[], ownerCount: number) {
    const ownersOfTerm: number[] = [];
    const lastOwner: number[] = [];
    const postingsOfTerm: number[] = [];
    for (const { owner, terms } of phrasings) {
      for (const term of terms.keys()) {
        const id = this.#termIds.get(term) ?? this.#termIds.size;
        this.#termIds.set(term, id);
        postingsOfTerm[id] = (postingsOfTerm[id] ?? 0) + 1;
        // phrasings of one entry stand together, so that a term is counted once per entry
        if (lastOwner[id] !== owner) ownersOfTerm[id] = (ownersOfTerm[id] ?? 0) + 1;
        lastOwner[id] = owner;
      }
    }
    const termCount = this.#termIds.size;
    this.#rarity = Float32Array.from({ length: termCount }, (_, id) => rarity(ownerCount, ownersOfTerm[id] ?? 0));
    this.#unseenRarity = rarity(ownerCount, 0) * UNSEEN_SHARE;
    this.#starts = new Uint32Array(termCount + 1);
    for (let id = 0; id < termCount; id += 1) this.#starts[id + 1] = at(this.#starts, id) + (postingsOfTerm[id] ?? 0);
    const postingCount = at(this.#starts, termCount);
    this.#postingPhrasings = new Uint32Array(postingCount);
    this.#postingWeights = new Float32Array(postingCount);
    this.#owners = Uint32Array.from(phrasings, ({ owner }) => owner);
    this.#totals = new Float32Array(phrasings.length);
    const free = this.#starts.slice();
    phrasings.forEach(({ terms }, phrasing) => {
      for (const [term, weight] of terms) {
        const id = this.#termIds.get(term) ?? 0;
        const slot = at(free, id);
        free[id] = slot + 1;
        this.#postingPhrasings[slot] = phrasing;
        this.#postingWeights[slot] = weight;
        this.#totals[phrasing] = at(this.#totals, phrasing) + weight * at(this.#rarity, id);
      }
    });
    this.#shared = new Float32Array(phrasings.length);
    this.#touched = new Uint32Array(phrasings.length);
    this.#bestOfOwner = new Float32Array(ownerCount);
    this.#touchedOwners = new Uint32Array(ownerCount);
  }

  has(term: string): boolean {
    return this.#termIds.has(term);
  }

  /** Entries by their best phrasing, best first, at most `limit`. */
  search(terms: ReadonlyMap<string, number>, limit: number): Hit[] {
    let asked = 0;
    let touchedCount = 0;
    const seen: { id: number; weight: number; worth: number }[] = [];
    for (const [term, weight] of terms) {
      const id = this.#termIds.get(term);
      if (id === undefined) asked += weight * this.#unseenRarity;
      else seen.push({ id, weight, worth: weight * at(this.#rarity, id) });
    }
    if (seen.length > MAX_QUESTION_TERMS) {
      seen.sort((left, right) => right.worth - left.worth);
      seen.length = MAX_QUESTION_TERMS;
    }
    for (const { id, weight, worth } of seen) {
      asked += worth;
      const termRarity = at(this.#rarity, id);
      const end = at(this.#starts, id + 1);
      for (let slot = at(this.#starts, id); slot < end; slot += 1) {
        const phrasing = at(this.#postingPhrasings, slot);
        const before = at(this.#shared, phrasing);
        if (before === 0) this.#touched[touchedCount++] = phrasing;
        this.#shared[phrasing] = before + termRarity * Math.min(weight, at(this.#postingWeights, slot));
      }
    }
    let ownerCount = 0;
    for (let i = 0; i < touchedCount; i += 1) {
      const phrasing = at(this.#touched, i);
      const shared = at(this.#shared, phrasing);
      this.#shared[phrasing] = 0;
      const score =
        shared /
        (shared +
          UNMATCHED_QUESTION * Math.max(0, asked - shared) +
          UNMATCHED_PHRASING * Math.max(0, at(this.#totals, phrasing) - shared));
      const owner = at(this.#owners, phrasing);
      const best = at(this.#bestOfOwner, owner);
      if (best === 0) this.#touchedOwners[ownerCount++] = owner;
      if (score > best) this.#bestOfOwner[owner] = score;
    }
    return this.#takeBest(ownerCount, limit);
  }

  #takeBest(ownerCount: number, limit: number): Hit[] {
    const hits: Hit[] = [];
    for (let i = 0; i < ownerCount; i += 1) {
      const owner = at(this.#touchedOwners, i);
      const score = at(this.#bestOfOwner, owner);
      this.#bestOfOwner[owner] = 0;
      if (hits.length === limit && score <= (hits[limit - 1]?.score ?? 0)) continue;
      let place = hits.length;
      while (place > 0 && comesBefore(owner, score, hits[place - 1])) place -= 1;
      hits.splice(place, 0, { owner, score });
      if (hits.length > limit) hits.pop();
    }
    return hits;
  }
}

/** Equal scores keep the order of the operator's file. */
function comesBefore(owner: number, score: number, other: Hit | undefined): boolean {
  return other !== undefined && (score > other.score || (score === other.score && owner < other.owner));
}

/** The inverse document frequency of BM25, which is never negative. */
function rarity(entryCount: number, entriesWithTerm: number): number {
  return Math.log(1 + (entryCount - entriesWithTerm + 0.5) / (entriesWithTerm + 0.5));
}

/** Reads that are in bounds by construction; the fallback only satisfies the type. */
function at(array: Uint32Array | Float32Array, index: number): number {
  return array[index] ?? 0;
}
