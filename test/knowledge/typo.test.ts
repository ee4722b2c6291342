import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jamoOfWord } from '../../src/knowledge/jamo.ts';
import { TypoIndex } from '../../src/knowledge/typo.ts';

function indexOf(...words: string[]) {
  return new TypoIndex(words.map((word) => [word, word] as const));
}

describe('nearest', () => {
  const typos = indexOf('현금영수증', '비밀번호', '반품', '세일', '환불', '결제');

  it.each([
    ['현금영슈증', '현금영수증'],
    ['현금영수승', '현금영수증'],
    ['현그영수중', '현금영수증'],
    ['비밀번허', '비밀번호'],
    ['비미번호', '비밀번호'],
    ['반푸', '반품'],
    ['겨제', '결제'],
    ['겯제', '결제'],
  ])('reads "%s" as "%s"', (typed, meant) => {
    expect(typos.nearest(typed)).toBe(meant);
  });

  it.each(['내일', '환율', '방구', '현금', '', '가', '비밀본허요', '뷁'.repeat(30)])('leaves "%s" alone', (typed) => {
    expect(typos.nearest(typed)).toBeUndefined();
  });

  it('prefers the nearer of two words', () => {
    expect(indexOf('주문취소했', '주문취소햐').nearest('주문취소햐')).toBe('주문취소햐');
  });

  it('counts a swap of neighbours as one slip', () => {
    expect(indexOf('password').nearest('passwrod')).toBe('password');
    expect(indexOf('login').nearest('logni')).toBe('login');
  });
});

it('finds what looking at every word would find', () => {
  const word = fc.string({ unit: fc.constantFrom(...'가나다간난단고노도각낙닥as1'), minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 30 }), word, (words, typed) => {
      const letters = jamoOfWord(typed);
      const most = letters.length >= 10 ? 2 : 1;
      const distances = words
        .filter(
          (known) => jamoOfWord(known).length >= 4 && letters.length >= 4 && shareGram(jamoOfWord(known), letters),
        )
        .filter((known) => typed.length > 2 || jamoOfWord(known)[0] === letters[0])
        .map((known) => slips(jamoOfWord(known), letters));
      const nearest = indexOf(...words).nearest(typed);
      const found = nearest === undefined ? Number.POSITIVE_INFINITY : slips(jamoOfWord(nearest), letters);
      const best = Math.min(...distances);
      expect(found).toBe(best > most ? Number.POSITIVE_INFINITY : best);
    }),
    { numRuns: 2_000 },
  );
});

function shareGram(left: string, right: string): boolean {
  const marked = `^${left}$`;
  return Array.from({ length: marked.length - 2 }, (_, i) => marked.slice(i, i + 3)).some((gram) =>
    `^${right}$`.includes(gram),
  );
}

/** By the definition: the whole table, each cell from its neighbours. */
function slips(left: string, right: string): number {
  const at = (i: number, j: number): number => table[i]?.[j] ?? Number.POSITIVE_INFINITY;
  const table = Array.from({ length: left.length + 1 }, (_, i) => Array.from({ length: right.length + 1 }, () => i));
  for (let i = 0; i <= left.length; i += 1) {
    const row = table[i] ?? [];
    for (let j = 0; j <= right.length; j += 1) {
      if (i === 0) row[j] = j;
      if (i === 0 || j === 0) continue;
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (left[i - 1] === right[j - 1] ? 0 : 1),
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(left.length, right.length);
}
