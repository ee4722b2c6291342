import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../src/privacy/normalise.ts';
import { findAllStarredOut, findStarredOut } from '../../src/privacy/starred-out.ts';
import { mixedText } from './mixed-text.ts';

const starsAndDigits = fc.string({ unit: fc.constantFrom(...'**0158-. ()가@a'.split('')), maxLength: 24 });

describe('findStarredOut', () => {
  it('finds in any text what it finds without the look before', () => {
    fc.assert(
      fc.property(fc.oneof(mixedText, starsAndDigits), (text) => {
        const plain = normalise(text).text;
        expect(findStarredOut(plain)).toEqual(findAllStarredOut(plain));
      }),
      { numRuns: 10_000 },
    );
  });

  it.each(['02****', '158-****', '***-1234', '******', 'a*@b.kr'])('looks closely at %s', (text) => {
    const sentence = `번호는 ${text} 입니다`;
    expect(findAllStarredOut(sentence)).not.toEqual([]);
    expect(findStarredOut(sentence)).toEqual(findAllStarredOut(sentence));
  });
});
