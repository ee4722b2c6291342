import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsTitle, fitTitle, oneLine } from '../../../src/channels/naver/titles.ts';

const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });
const graphemesOf = (text: string): readonly string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

const grapheme = fc.constantFrom(
  '가',
  '힣',
  'A',
  ' ',
  '9',
  '👩‍👩‍👧‍👦',
  '🇰🇷',
  '👍🏽',
  '한'.normalize('NFD'),
  'é',
  '…',
  '\n',
);
const title = fc.array(grapheme, { maxLength: 40 }).map((list) => list.join(''));

describe('titles', () => {
  it('keep at most so many graphemes, whole ones from the beginning', () => {
    fc.assert(
      fc.property(title, fc.integer({ min: 1, max: 20 }), (text, max) => {
        const whole = graphemesOf(oneLine(text));
        const cut = fitTitle(text, max);
        const shown = graphemesOf(cut);
        expect(shown.length).toBeLessThanOrEqual(max);
        if (whole.length <= max) expect(cut).toBe(whole.join(''));
        else {
          expect(shown.at(-1)).toBe('…');
          expect(shown.slice(0, -1)).toEqual(whole.slice(0, shown.length - 1));
          // Nothing but a blank at the cut is given away.
          expect(
            whole
              .slice(shown.length - 1, max - 1)
              .join('')
              .trim(),
          ).toBe('');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are cut exactly where they become too long', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(fitTitle(family.repeat(18), 18)).toBe(family.repeat(18));
    expect(fitTitle(family.repeat(19), 18)).toBe(`${family.repeat(17)}…`);
    expect(fitsTitle(family.repeat(19), 18)).toBe(false);
  });

  it('count a syllable that was taken apart as one', () => {
    expect(fitTitle('한국어'.normalize('NFD'), 3)).toBe('한국어');
  });

  it('do not grow without end under accents', () => {
    const accents = `e${'\u0301'.repeat(1_000)}`;
    expect(fitTitle(accents, 18).length).toBeLessThanOrEqual(18 * 12 + 1);
    expect(fitTitle('가'.repeat(100_000), 18)).toBe(`${'가'.repeat(17)}…`);
  });
});
