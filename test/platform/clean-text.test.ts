import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, PieceCleaner } from '../../src/platform/clean-text.ts';

function cleanInPieces(pieces: readonly string[]): string {
  const cleaner = new PieceCleaner();
  return pieces.map((piece) => cleaner.clean(piece)).join('');
}

describe('clean text', () => {
  it.each([
    ['a\rb', 'a\nb'],
    ['a\r\nb\r\rc', 'a\nb\n\nc'],
    ['1\u0000\u001B[31m2\u007F', '1[31m2'],
    ['\u202E010-1234-5678\u202C', '010-1234-5678'],
    ['\u2066주문\u2069 \u202A번호\u202C', '주문 번호'],
    ['오른쪽\u200F 왼쪽\u200E', '오른쪽\u200F 왼쪽\u200E'],
    ['\uD83D', '\uFFFD'],
    ['\uFDD0*', '*'],
    ['탭\t과 줄\n', '탭\t과 줄\n'],
  ])('%j is %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});

describe('a text that comes in pieces', () => {
  it.each([
    [['a\r', '\nb'], 'a\nb'],
    [['a\r', 'b'], 'a\nb'],
    [['a\r', '', '\nb'], 'a\nb'],
    [['a', '\r', '\r', '\n', '\n', 'b'], 'a\n\n\nb'],
  ])('%j', (pieces, clean) => {
    expect(cleanInPieces(pieces)).toBe(clean);
  });

  it('is the same as in one', () => {
    const piece = fc.string({ unit: fc.constantFrom('\r', '\n', '가', 'a', '\u0000', '\u202E', '\u2069', '\t') });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(cleanInPieces(pieces)).toBe(cleanText(pieces.join('')));
      }),
    );
  });
});
