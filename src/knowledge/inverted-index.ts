/** Which entries a question may mean: how much of the question they say, and how much else they say. */
import { PostingLists, read } from './posting-lists.ts';

/** What of the question, and of the phrasing, is not found in the other counts against the entry, by these shares of its rarity.
 *  A concept that the entry does not speak of is strong evidence; a word that no entry has may be chatter. */
const MISSING_CONCEPT = 0.9;
const UNKNOWN_WORD = 0.4;
const UNASKED = 0.5;
/** What the phrasing does not say but the entry's answer or another phrasing does: "체크카드" stands in the answer about payment only. */
const BACKGROUND = 0.4;
/** The heaviest terms of a long message say what it is about; the rest only costs time. */
const MAX_QUESTION_TERMS = 80;

type Terms = ReadonlyMap<string, number>;

export interface IndexedEntry {
  /** One for the question and each alias: the best of them decides, because customers use one at a time. */
  readonly phrasings: readonly Terms[];
  readonly answer: Terms;
}

export interface Hit {
  /** Index of the entry. */
  readonly owner: number;
  /** 0..1; 1 means that question and phrasing say the same, whatever they say. */
  readonly score: number;
}

/** A search reuses the accumulators, so one index serves one search at a time; nothing in it waits. */
export class InvertedIndex {
  readonly #termIds = new Map<string, number>();
  readonly #phrasings: PostingLists;
  readonly #entries: PostingLists;
  readonly #rarity: Float32Array;
  readonly #unknownRarity: number;
  /** Phrasings of entry `i` are numbered from `firstPhrasing[i]` to before `firstPhrasing[i + 1]`. */
  readonly #firstPhrasing: Uint32Array;
  readonly #phrasingTotals: Float32Array;
  readonly #sharedWithPhrasing: Float32Array;
  readonly #sharedWithEntry: Float32Array;
  readonly #touchedEntries: Uint32Array;

  constructor(entries: readonly IndexedEntry[]) {
    const phrasings = entries.flatMap((entry) => entry.phrasings);
    this.#phrasings = new PostingLists(phrasings, this.#termIds);
    this.#entries = new PostingLists(entries.map(everythingSaid), this.#termIds);
    this.#rarity = Float32Array.from({ length: this.#termIds.size }, (_, id) =>
      rarity(entries.length, this.#entries.documentsWith(id)),
    );
    this.#unknownRarity = rarity(entries.length, 0);
    this.#firstPhrasing = new Uint32Array(entries.length + 1);
    entries.forEach((entry, i) => {
      this.#firstPhrasing[i + 1] = read(this.#firstPhrasing, i) + entry.phrasings.length;
    });
    this.#phrasingTotals = Float32Array.from(phrasings, (terms) => this.#totalOf(terms));
    this.#sharedWithPhrasing = new Float32Array(phrasings.length);
    this.#sharedWithEntry = new Float32Array(entries.length);
    this.#touchedEntries = new Uint32Array(entries.length);
  }

  has(term: string): boolean {
    return this.#termIds.has(term);
  }

  /** Entries by their best phrasing, best first, at most `limit`. */
  search(terms: Terms, limit: number): Hit[] {
    const { known, asked, unknown } = this.#weigh(terms);
    let touchedCount = 0;
    for (const { id, weight, rarity } of known) {
      this.#phrasings.addTo(this.#sharedWithPhrasing, id, weight, rarity);
      touchedCount = this.#entries.addTo(this.#sharedWithEntry, id, weight, rarity, this.#touchedEntries, touchedCount);
    }
    const hits: Hit[] = [];
    for (let i = 0; i < touchedCount; i += 1) {
      const owner = read(this.#touchedEntries, i);
      insert(hits, { owner, score: this.#takeScore(owner, asked, unknown) }, limit);
    }
    return hits;
  }

  #weigh(terms: Terms) {
    let known: { id: number; weight: number; rarity: number }[] = [];
    let unknown = 0;
    for (const [term, weight] of terms) {
      const id = this.#termIds.get(term);
      if (id === undefined) unknown += weight * this.#unknownRarity;
      else known.push({ id, weight, rarity: read(this.#rarity, id) });
    }
    if (known.length > MAX_QUESTION_TERMS) {
      known = known.sort((a, b) => b.weight * b.rarity - a.weight * a.rarity).slice(0, MAX_QUESTION_TERMS);
    }
    const asked = known.reduce((sum, { weight, rarity }) => sum + weight * rarity, 0);
    return { known, asked, unknown };
  }

  /** The entry's best score; leaves its accumulators empty for the next search. */
  #takeScore(owner: number, asked: number, unknown: number): number {
    const withEntry = read(this.#sharedWithEntry, owner);
    this.#sharedWithEntry[owner] = 0;
    let best = 0;
    const end = read(this.#firstPhrasing, owner + 1);
    for (let phrasing = read(this.#firstPhrasing, owner); phrasing < end; phrasing += 1) {
      const said = read(this.#sharedWithPhrasing, phrasing);
      this.#sharedWithPhrasing[phrasing] = 0;
      const shared = said + BACKGROUND * Math.max(0, withEntry - said);
      const missing = MISSING_CONCEPT * Math.max(0, asked - shared) + UNKNOWN_WORD * unknown;
      const unasked = UNASKED * Math.max(0, read(this.#phrasingTotals, phrasing) - said);
      best = Math.max(best, shared / (shared + missing + unasked));
    }
    return best;
  }

  #totalOf(terms: Terms): number {
    let total = 0;
    for (const [term, weight] of terms) total += weight * read(this.#rarity, this.#termIds.get(term) ?? 0);
    return total;
  }
}

function everythingSaid({ phrasings, answer }: IndexedEntry): Terms {
  const all = new Map<string, number>();
  for (const terms of [...phrasings, answer]) {
    for (const [term, weight] of terms) all.set(term, Math.max(weight, all.get(term) ?? 0));
  }
  return all;
}

/** Keeps the best `limit`; equal scores keep the order of the operator's file. */
function insert(hits: Hit[], hit: Hit, limit: number): void {
  if (hits.length >= limit && !comesBefore(hit, hits[limit - 1])) return;
  let place = hits.length;
  while (place > 0 && comesBefore(hit, hits[place - 1])) place -= 1;
  hits.splice(place, 0, hit);
  if (hits.length > limit) hits.pop();
}

function comesBefore(hit: Hit, other: Hit | undefined): boolean {
  return other !== undefined && (hit.score > other.score || (hit.score === other.score && hit.owner < other.owner));
}

/** The inverse document frequency of BM25, which is never negative. */
function rarity(entryCount: number, entriesWithTerm: number): number {
  return Math.log(1 + (entryCount - entriesWithTerm + 0.5) / (entriesWithTerm + 0.5));
}
