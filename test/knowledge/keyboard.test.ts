import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hangulTypedOnLatin } from '../../src/knowledge/keyboard.ts';

describe('hangulTypedOnLatin', () => {
  it.each([
    ['qksvna', '반품'],
    ['qksvna qothdql?', '반품 배송비?'],
    ['QKSVNA', '반품'],
    ['ghksqnf djswp ehodyd bb', '환불 언제 돼용 bb'],
    ['3000dnjs durlfp qkRnj', '3000원 여기레 바꿔'],
  ])('%s is %s', (typed, meant) => {
    expect(hangulTypedOnLatin(typed)).toBe(meant);
  });

  it.each([
    'how much is shipping?',
    'how long does delivery take?',
    'how do i return this?',
    'how can i pay?',
    'KakaoPay',
    'XL',
    'asdf',
    'ㅗㅐㅈ',
    '',
    '반품 qothdql',
  ])('%s was meant as it stands', (typed) => {
    expect(hangulTypedOnLatin(typed)).toBeUndefined();
  });

  it('gives whole syllables or nothing, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 120 }), (typed) => {
        const meant = hangulTypedOnLatin(typed);
        if (meant !== undefined) expect(meant).toMatch(/[가-힣]/);
      }),
      { numRuns: 2_000 },
    );
  });
});
