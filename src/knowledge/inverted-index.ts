/** Which entries a question may mean: how much of the question they say, and how much else they say. */
import type { NumberMap } from './number-map.ts';
import { PostingLists } from './posting-lists.ts';
import type { Term } from './term.ts';
import type { TermLists } from './term-lists.ts';
import type { TermWeights } from './term-weights.ts';

/** What of the question, and of the phrasing, is not found in the other counts against the entry, by these shares of its rarity.
 *  A concept that the entry does not speak of is strong evidence; a word that no entry has may be chatter. */
const MISSING_CONCEPT = 0.9;
const UNKNOWN_WORD = 0.4;
const UNASKED = 0.5;
/** What the phrasing does not say but the entry's answer or another phrasing does: "체크카드" stands in the answer about payment only. */
const BACKGROUND = 0.4;
/** The heaviest terms of a long message say what it is about; the rest only costs time. */
const MAX_QUESTION_TERMS = 80;

/** What `IndexBuilder` gathers. */
interface IndexParts {
  /** Terms are numbered from 1. */
  readonly termIds: NumberMap;
  /** One for the question and each alias: the best of them decides, because customers use one at a time. */
  readonly phrasings: TermLists;
  /** What the phrasings and the answer of an entry say together. */
  readonly entries: TermLists;
  /** Phrasings of entry `i` are numbered from `firstPhrasing[i]` to before `firstPhrasing[i + 1]`. */
  readonly firstPhrasing: Uint32Array;
  /** Concept → how many entries have it in a phrasing. */
  readonly entriesAsking: NumberMap;
}

export interface Hit {
  /** Index of the entry. */
  readonly owner: number;
  /** 0..1; 1 means that question and phrasing say the same, whatever they say. */
  readonly score: number;
}

/** The part of a question that the entries speak of, and how much is lost on them. */
interface Weighed {
  readonly ids: readonly number[];
  readonly weights: readonly number[];
  /** Weight × rarity of all that is known, and of all that is not. */
  readonly asked: number;
  readonly unknown: number;
}

/** A search reuses the accumulators, so one index serves one search at a time; nothing in it waits. */
export class InvertedIndex {
  readonly #termIds: NumberMap;
  readonly #phrasings: PostingLists;
  readonly #entries: PostingLists;
  readonly #entriesAsking: NumberMap;
  readonly #rarity: Float32Array;
  readonly #unknownRarity: number;
  readonly #firstPhrasing: Uint32Array;
  readonly #phrasingTotals: Float32Array;
  readonly #sharedWithPhrasing: Float32Array;
  readonly #sharedWithEntry: Float32Array;
  readonly #touchedEntries: Uint32Array;

  constructor({ termIds, phrasings, entries, firstPhrasing, entriesAsking }: IndexParts) {
    const termCount = termIds.size + 1;
    const entryCount = entries.documentCount;
    this.#termIds = termIds;
    this.#phrasings = new PostingLists(phrasings, termCount);
    this.#entries = new PostingLists(entries, termCount);
    this.#entriesAsking = entriesAsking;
    this.#rarity = new Float32Array(termCount);
    for (let id = 0; id < termCount; id += 1) {
      this.#rarity[id] = rarity(entryCount, this.#entries.documentsWith(id));
    }
    this.#unknownRarity = rarity(entryCount, 0);
    this.#firstPhrasing = firstPhrasing;
    this.#phrasingTotals = this.#totalsOf(phrasings);
    this.#sharedWithPhrasing = new Float32Array(phrasings.documentCount);
    this.#sharedWithEntry = new Float32Array(entryCount);
    this.#touchedEntries = new Uint32Array(entryCount);
  }

  has(term: Term): boolean {
    return this.#termIds.get(term) !== 0;
  }

  /** How many entries have the concept in a phrasing. */
  entriesAsking(concept: Term): number {
    return this.#entriesAsking.get(concept);
  }

  /** How many entries say the term, in a phrasing or in the answer. */
  entriesSaying(term: Term): number {
    return this.#entries.documentsWith(this.#termIds.get(term));
  }

  says(owner: number, term: Term): boolean {
    return this.#entries.holds(owner, this.#termIds.get(term));
  }

  /** Entries by their best phrasing, best first, at most `limit`. */
  search(terms: TermWeights, limit: number): Hit[] {
    const { ids, weights, asked, unknown } = this.#weigh(terms);
    let touchedCount = 0;
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i] ?? 0;
      const weight = weights[i] ?? 0;
      const rarity = this.#rarity[id] ?? 0;
      this.#phrasings.addTo(this.#sharedWithPhrasing, id, weight, rarity);
      touchedCount = this.#entries.addTo(this.#sharedWithEntry, id, weight, rarity, this.#touchedEntries, touchedCount);
    }
    const hits: Hit[] = [];
    for (let i = 0; i < touchedCount; i += 1) {
      const owner = this.#touchedEntries[i] ?? 0;
      insert(hits, owner, this.#takeScore(owner, asked, unknown), limit);
    }
    return hits;
  }

  #weigh(terms: TermWeights): Weighed {
    let places: number[] = [];
    let unknown = 0;
    for (let place = 0; place < terms.size; place += 1) {
      const weight = terms.weightAt(place);
      if (weight === 0) continue; // what a typo is made of: an entry with nothing else in common would be found with the score 0
      if (this.has(terms.termAt(place))) places.push(place);
      else unknown += weight * this.#unknownRarity;
    }
    const idAt = (place: number) => this.#termIds.get(terms.termAt(place));
    const valueAt = (place: number) => terms.weightAt(place) * (this.#rarity[idAt(place)] ?? 0);
    if (places.length > MAX_QUESTION_TERMS) {
      places = places.sort((a, b) => valueAt(b) - valueAt(a)).slice(0, MAX_QUESTION_TERMS);
    }
    return {
      ids: places.map(idAt),
      weights: places.map((place) => terms.weightAt(place)),
      asked: places.reduce((sum, place) => sum + valueAt(place), 0),
      unknown,
    };
  }

  /** The entry's best score; leaves its accumulators empty for the next search. */
  #takeScore(owner: number, asked: number, unknown: number): number {
    const withEntry = this.#sharedWithEntry[owner] ?? 0;
    this.#sharedWithEntry[owner] = 0;
    let best = 0;
    const end = this.#firstPhrasing[owner + 1] ?? 0;
    for (let phrasing = this.#firstPhrasing[owner] ?? 0; phrasing < end; phrasing += 1) {
      const said = this.#sharedWithPhrasing[phrasing] ?? 0;
      this.#sharedWithPhrasing[phrasing] = 0;
      const shared = said + BACKGROUND * Math.max(0, withEntry - said);
      const missing = MISSING_CONCEPT * Math.max(0, asked - shared) + UNKNOWN_WORD * unknown;
      const unasked = UNASKED * Math.max(0, (this.#phrasingTotals[phrasing] ?? 0) - said);
      best = Math.max(best, shared / (shared + missing + unasked));
    }
    return best;
  }

  #totalsOf({ starts, termIds, weights, documentCount }: TermLists): Float32Array {
    const totals = new Float32Array(documentCount);
    for (let document = 0; document < documentCount; document += 1) {
      const end = starts[document + 1] ?? 0;
      let total = 0;
      for (let i = starts[document] ?? 0; i < end; i += 1) {
        total += (weights[i] ?? 0) * (this.#rarity[termIds[i] ?? 0] ?? 0);
      }
      totals[document] = total;
    }
    return totals;
  }
}

/** Keeps the best `limit`; equal scores keep the order of the operator's file. */
function insert(hits: Hit[], owner: number, score: number, limit: number): void {
  if (hits.length >= limit && !comesBefore(owner, score, hits[limit - 1])) return;
  let place = hits.length;
  while (place > 0 && comesBefore(owner, score, hits[place - 1])) place -= 1;
  hits.splice(place, 0, { owner, score });
  if (hits.length > limit) hits.pop();
}

function comesBefore(owner: number, score: number, other: Hit | undefined): boolean {
  return other !== undefined && (score > other.score || (score === other.score && owner < other.owner));
}

/** The inverse document frequency of BM25, which is never negative. */
function rarity(entryCount: number, entriesWithTerm: number): number {
  return Math.log(1 + (entryCount - entriesWithTerm + 0.5) / (entriesWithTerm + 0.5));
}
