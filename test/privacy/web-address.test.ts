import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../src/privacy/normalise.ts';
import { findAllWebAddresses, findWebAddresses } from '../../src/privacy/web-address.ts';
import { mixedText } from './mixed-text.ts';

describe('findWebAddresses', () => {
  it('finds in any text what it finds without the look before', () => {
    fc.assert(
      fc.property(mixedText, (text) => {
        const plain = normalise(text).text;
        expect(findWebAddresses(plain)).toEqual(findAllWebAddresses(plain));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['WWW.가나', '예시.com', 'naver.한국', 'a.닷컴', '****.***', 'ftp://a/b', 'h**ps://a.kr'])(
    'looks closely at %s',
    (text) => {
      expect(findWebAddresses(`보세요 ${text} 여기`)).toEqual(findAllWebAddresses(`보세요 ${text} 여기`));
    },
  );
});
