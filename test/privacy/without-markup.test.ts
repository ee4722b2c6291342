import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asWritten } from '../../src/privacy/normalise.ts';
import {
  settledLength,
  withoutEmphasis,
  withoutMarkup,
  withoutSettledMarkup,
} from '../../src/privacy/without-markup.ts';

describe('a text without its markup', () => {
  it.each([
    ['010-98<b></b>76', '010-9876'],
    ['010-98<!-- a > b -->76', '010-9876'],
    ['1588<!-->-0001', '1588-0001'],
    ['<span title="a > b">가</span>', '가'],
    ['가<br>나<br/>다', '가\n나\n다'],
    ['evil\\.kr', 'evil.kr'],
    ['&#49;&#x35;88&hyphen;0001', '1588-0001'],
    ['[010-98](https://a.example "제목")76', '010-9876'],
    ['010-98[^1]76', '010-9876'],
    ['`010`-9876', '010-9876'],
  ])('%s', (text, shown) => {
    expect(withoutMarkup(asWritten(text)).text).toBe(shown);
  });

  it.each([
    '<주문번호>',
    '10 < 20 > 5',
    'A&B',
    '<https://a.example>',
    '<a@b.example>',
    '3 <b 이면',
    '[[전화1]] [안내]',
    'a[0]',
  ])('keeps %s', (text) => {
    expect(withoutMarkup(asWritten(text)).text).toBe(text);
  });

  it('knows where everything stood', () => {
    const shown = withoutMarkup(asWritten('가 <b>15</b>88'));
    expect(shown.text).toBe('가 1588');
    expect(shown.originalSpan(2, 6)).toEqual({ start: 5, end: 13 });
  });

  it('looks the same at its settled beginning, whatever follows', () => {
    const piece = fc.constantFrom(
      '<',
      '<b',
      '<b ',
      'a="',
      '">',
      '>',
      '/',
      '!',
      '--',
      '<!--',
      '-->',
      '&',
      '#4',
      '5;',
      'period;',
      '\\',
      '.',
      '가',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 6 }), (begin, rest) => {
        const text = begin.join('');
        const settled = withoutSettledMarkup(asWritten(text.slice(0, settledLength(text)))).text;
        expect(withoutSettledMarkup(asWritten(text + rest.join(''))).text.startsWith(settled)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a text without emphasis inside its words', () => {
  it.each([
    ['ev*il*.kr', 'evil.kr'],
    ['01**0-98**76', '010-9876'],
    ['evil~~.~~kr', 'evil.kr'],
    ['010-****-1234', '010-****-1234'],
    ['**중요** 안내', '**중요** 안내'],
  ])('%s', (text, level) => {
    expect(withoutEmphasis(asWritten(text)).text).toBe(level);
  });
});
