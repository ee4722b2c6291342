import { InvertedIndex } from './inverted-index.ts';
import { NumberMap } from './number-map.ts';
import { isConcept, type Term } from './term.ts';
import { TermLists } from './term-lists.ts';
import { TermWeights } from './term-weights.ts';

/** Of an answer, single letters and the wording itself prove nothing; concepts and unknown words do. */
const MIN_ANSWER_WEIGHT = 0.3;

/** Takes the entries one after the other: the phrasings and the answer of one, then `endEntry`. */
export class IndexBuilder {
  readonly #termIds = new NumberMap();
  readonly #phrasings = new TermLists();
  readonly #entries = new TermLists();
  readonly #firstPhrasing: number[] = [0];
  /** Numbers of terms, each with its largest weight in the phrasings and the answer of the entry at hand. */
  readonly #saidByEntry = new TermWeights();
  readonly #entriesAsking = new NumberMap();
  /** Concept → 1 + the last entry that was counted for it. */
  readonly #lastAsking = new NumberMap();

  addPhrasing(terms: TermWeights): void {
    const entry = this.#entries.documentCount + 1;
    for (let place = 0; place < terms.size; place += 1) {
      const term = terms.termAt(place);
      const weight = terms.weightAt(place);
      const id = this.#idOf(term);
      this.#phrasings.add(id, weight);
      this.#saidByEntry.raise(id, weight);
      if (!isConcept(term) || this.#lastAsking.get(term) === entry) continue;
      this.#lastAsking.set(term, entry);
      this.#entriesAsking.set(term, this.#entriesAsking.get(term) + 1);
    }
    this.#phrasings.endDocument();
  }

  addAnswer(terms: TermWeights): void {
    for (let place = 0; place < terms.size; place += 1) {
      const weight = terms.weightAt(place);
      if (weight >= MIN_ANSWER_WEIGHT) this.#saidByEntry.raise(this.#idOf(terms.termAt(place)), weight);
    }
  }

  endEntry(): void {
    for (let place = 0; place < this.#saidByEntry.size; place += 1) {
      this.#entries.add(this.#saidByEntry.termAt(place), this.#saidByEntry.weightAt(place));
    }
    this.#entries.endDocument();
    this.#saidByEntry.clear();
    this.#firstPhrasing.push(this.#phrasings.documentCount);
  }

  build(): InvertedIndex {
    return new InvertedIndex({
      termIds: this.#termIds,
      phrasings: this.#phrasings,
      entries: this.#entries,
      firstPhrasing: Uint32Array.from(this.#firstPhrasing),
      entriesAsking: this.#entriesAsking,
    });
  }

  /** Numbered from 1. */
  #idOf(term: Term): number {
    const known = this.#termIds.get(term);
    if (known !== 0) return known;
    const id = this.#termIds.size + 1;
    this.#termIds.set(term, id);
    return id;
  }
}
