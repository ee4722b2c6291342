import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isConcept, pairTerm, singleTerm } from '../../src/knowledge/term.ts';
import { TermWeights } from '../../src/knowledge/term-weights.ts';

function listOf(terms: TermWeights): [number, number][] {
  return Array.from({ length: terms.size }, (_, place) => [terms.termAt(place), terms.weightAt(place)]);
}

const step = fc.record({
  how: fc.constantFrom('raise', 'set'),
  term: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer()),
  weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
});

it('keeps the order and the weights that a Map keeps, for one text after the other', () => {
  const terms = new TermWeights();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 700 }), (steps) => {
      terms.clear();
      const expected = new Map<number, number>();
      for (const { how, term, weight } of steps) {
        if (how === 'set') {
          terms.set(term, weight);
          expected.set(term, weight);
        } else {
          terms.raise(term, weight);
          expected.set(term, Math.max(weight, expected.get(term) ?? 0));
        }
      }
      expect(listOf(terms)).toEqual([...expected]);
      for (let term = 1; term <= 30; term += 1) expect(terms.has(term)).toBe(expected.has(term));
    }),
  );
});

it('lowers a weight only when told to', () => {
  const terms = new TermWeights();
  terms.raise(7, 0.5);
  terms.raise(7, 0.2);
  expect(listOf(terms)).toEqual([[7, 0.5]]);
  terms.set(7, 0);
  expect(listOf(terms)).toEqual([[7, 0]]);
});

it('tells concepts, single characters and pairs apart', () => {
  const [ga, hih] = ['가'.charCodeAt(0), '힣'.charCodeAt(0)];
  const texts = [singleTerm(ga), singleTerm(hih), pairTerm(ga, hih), pairTerm(hih, ga), pairTerm(0x61, 0x31)];
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.some(isConcept)).toBe(false);
  expect([1, 2, 0xffff].every(isConcept)).toBe(true);
});
