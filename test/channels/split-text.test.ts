import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '../../src/channels/split-text.ts';

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });
const solid = (text: string) => text.replace(/\s/g, '');

/** Pieces of text that must not be cut, all shorter than the limits below. */
const unbreakable = [
  'https://shop.example/help?id=1&x=%EA%B0%80#top',
  'www.malgil.example/배송',
  'help@malgil.example',
  '02-1234-5678',
  '010 1234 5678',
  '+82 10-1234-5678',
  '1588-0000',
  '3,000원',
  '3만 5천 원',
  '30 일',
  '12.5 kg',
  '99%',
  '👩‍👩‍👧‍👦',
  '🇰🇷',
  '각́̂̃',
];
const filler = [
  '배송은 보통 걸립니다. ',
  '감사합니다!\n',
  '\n\n',
  ' ',
  '가나다라마바사아자차카타파하',
  '- 항목\n',
  ', ',
];

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...unbreakable).map((piece) => ` ${piece} `),
      fc.constantFrom(...filler),
    ),
    {
      maxLength: 80,
    },
  )
  .map((pieces) => pieces.join(''));
const limits = fc
  .tuple(fc.integer({ min: 60, max: 300 }), fc.integer({ min: 0, max: 300 }))
  .map(([preferredChars, more]) => ({ preferredChars, maxChars: preferredChars + more }));

describe('splitText', () => {
  it('keeps every character that shows, in order, in pieces within the limit', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary', maxLength: 400 })), limits, (text, limit) => {
        const pieces = splitText(text, limit);
        expect(solid(pieces.join(''))).toBe(solid(text));
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(limit.maxChars);
          expect(piece.trim()).not.toBe('');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never cuts an address, a number or a grapheme', () => {
    fc.assert(
      fc.property(texts, limits, (text, limit) => {
        const pieces = splitText(text, limit);
        const count = (haystack: string, needle: string) => haystack.split(needle).length - 1;
        for (const piece of unbreakable) {
          const inPieces = pieces.reduce((sum, found) => sum + count(found, piece), 0);
          expect([piece, inPieces]).toEqual([piece, count(text, piece)]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['3만 5천 원', '배송비는 3만 5천 원'],
    ['010 1234 5678', '1588-0000  010 1234 5678'],
    ['1억 2천만 원', '모두 합하면 1억 2천만 원'],
    ['02 - 000 - 0000', '문의는 02 - 000 - 0000'],
  ])('keeps %s whole at every limit', (whole, text) => {
    for (let maxChars = whole.length; maxChars <= text.length; maxChars += 1) {
      const pieces = splitText(text, { preferredChars: maxChars, maxChars });
      expect(pieces.some((piece) => piece.includes(whole))).toBe(true);
    }
  });

  it('cuts foreign text between graphemes only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 50, maxLength: 400 }), limits, (text, limit) => {
        const boundaries = new Set([...graphemes.segment(text)].map((segment) => segment.index));
        let at = 0;
        for (const piece of splitText(text, limit)) {
          at = text.indexOf(piece.trimStart(), at);
          expect(boundaries.has(at)).toBe(true);
          at += piece.trimStart().length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('prefers a paragraph to a sentence and a sentence to a word', () => {
    const sentence = '배송은 보통 이틀에서 사흘쯤 걸립니다. ';
    const limit = { preferredChars: 100, maxChars: 200 };
    const [first] = splitText(`${sentence.repeat(3).trim()}\n\n${sentence.repeat(10)}`, limit);
    expect(first).toBe(sentence.repeat(3).trim());
    expect(splitText(sentence.repeat(10), limit)[0]).toBe(sentence.repeat(4).trim());
    const [words = ''] = splitText('배송은 '.repeat(50), limit);
    expect(words.endsWith('배송은')).toBe(true);
    expect(words.length).toBeGreaterThan(90);
  });

  it('lets a long address exceed the preferred length, and cuts only what exceeds the limit', () => {
    const address = `https://a.example/${'x'.repeat(140)}`;
    expect(splitText(`보세요 ${address} 감사합니다`, { preferredChars: 100, maxChars: 200 })).toContain(address);
    expect(
      splitText(`https://a.example/${'x'.repeat(500)}`, { preferredChars: 100, maxChars: 200 }).map((p) => p.length),
    ).toEqual([200, 200, 118]);
  });

  it('keeps the indentation of a line and the number of an item with its text', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `  ${i + 1}. 항목을 설명합니다`).join('\n');
    for (const piece of splitText(lines, { preferredChars: 60, maxChars: 100 })) {
      expect(piece).toMatch(/^ {2}\d/);
      expect(piece).not.toMatch(/\d\.$/);
    }
  });

  it.each([
    ['digits', '1'.repeat(20_000)],
    ['marks', '\u0301'.repeat(20_000)],
    ['spaces', `${' '.repeat(20_000)}a`],
    ['at signs', 'a@'.repeat(10_000)],
    ['brackets', '(1'.repeat(10_000)],
  ])('comes to an end on many %s', (_, text) => {
    expect(solid(splitText(text, { preferredChars: 500, maxChars: 1_000 }).join(''))).toBe(solid(text));
  });
});
