import { spread } from './number-map.ts';
import type { Term } from './term.ts';

const SMALLEST = 256;

/** Terms with a weight each, in the order in which they came. Made once and emptied for the next text: a Map for each question
 *  was most of the garbage that questions left. */
export class TermWeights {
  /** Of each slot, 1 + the place of its term; 0 is free. Half of the slots are. */
  #places = new Uint32Array(SMALLEST * 2);
  #terms = new Int32Array(SMALLEST);
  #weights = new Float64Array(SMALLEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  termAt(place: number): Term {
    return this.#terms[place] ?? 0;
  }

  weightAt(place: number): number {
    return this.#weights[place] ?? 0;
  }

  has(term: Term): boolean {
    return (this.#places[this.#slotOf(term)] ?? 0) !== 0;
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  /** The term keeps the larger of its weight and this one. */
  raise(term: Term, weight: number): void {
    const place = this.#placeOf(term);
    if (weight > (this.#weights[place] ?? 0)) this.#weights[place] = weight;
  }

  set(term: Term, weight: number): void {
    this.#weights[this.#placeOf(term)] = weight;
  }

  /** A term that was not there comes last, with the weight 0. */
  #placeOf(term: Term): number {
    if (this.#size === this.#terms.length) this.#grow();
    const slot = this.#slotOf(term);
    const known = this.#places[slot] ?? 0;
    if (known !== 0) return known - 1;
    const place = this.#size;
    this.#size += 1;
    this.#places[slot] = this.#size;
    this.#terms[place] = term;
    this.#weights[place] = 0;
    return place;
  }

  /** Where the term is, or the free slot for it. */
  #slotOf(term: Term): number {
    const places = this.#places;
    const lastSlot = places.length - 1;
    let slot = spread(term) & lastSlot;
    for (let place = places[slot] ?? 0; place !== 0; place = places[slot] ?? 0) {
      if (this.#terms[place - 1] === term) return slot;
      slot = (slot + 1) & lastSlot;
    }
    return slot;
  }

  #grow(): void {
    const terms = this.#terms;
    const weights = this.#weights;
    this.#terms = new Int32Array(terms.length * 2);
    this.#weights = new Float64Array(terms.length * 2);
    this.#places = new Uint32Array(terms.length * 4);
    this.#size = 0;
    for (let i = 0; i < terms.length; i += 1) this.set(terms[i] ?? 0, weights[i] ?? 0);
  }
}
