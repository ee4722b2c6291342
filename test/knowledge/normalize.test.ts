import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, normalize } from '../../src/knowledge/normalize.ts';

describe('normalize', () => {
  it.each([
    ['반품 배송비는 얼마인가요?', '반품 베송비는 얼마인가요'],
    ['  반품…배송비 ', '반품 베송비'],
    ['안녕하세요요요~~', '안녕하세요'],
    ['네네 네네네 네네네네', '네네 네 네'],
    ['ㅠㅠ왜 안와요ㅋㅋㅋ', '외 안와요'],
    ['10,000원 1111번', '10 000원 1111번'],
    ['KakaoPay 되나요', '카카오페이 되나요'],
    ['ＶＩＰ　회원', 'vip 회원'],
    ['반품\u200b 배송비', '반품 베송비'],
    ['안돼 않되 됬어요', '안되 안되 됫어요'],
    ['½ 크기 É', '1 2 크기 é'],
    ['𠮷野家 𠮷𠮷𠮷', '𠮷野家 𠮷'],
    ['‘세탁’ — “건조”', '세탁 건조'],
    ['\ud800가\udc00', '가'],
    ['', ''],
    ['?!😀', ''],
  ])('makes of "%s" "%s"', (text, normalized) => {
    expect(normalize(text)).toBe(normalized);
  });

  it('leaves letters, digits and single spaces, whatever it gets', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const normalized = normalize(any);
        expect(normalized).toMatch(/^(?:[\p{L}\p{N}]+(?: [\p{L}\p{N}]+)*)?$/u);
        expect(normalized).not.toMatch(/(\p{L})\1\1/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes the same of a text whose syllables come in parts', () => {
    const piece = fc.constantFrom('반품', ' ', '값', '뷁', 'A', '9', '·', '~', '‘', '쓰', '얘');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        expect(normalize(text.normalize('NFD'))).toBe(normalize(text));
      }),
    );
  });
});

it('compact takes the spaces out', () => {
  expect(compact('반품 베송비 얼마')).toBe('반품베송비얼마');
});
