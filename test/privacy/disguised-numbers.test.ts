import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPersonalData } from '../../src/privacy/mask.ts';
import type { PersonalDataKind } from '../../src/privacy/personal-data.ts';

const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));

const mobile = fc.tuple(digits(4), digits(4)).map((rest) => ['010', ...rest]);
const resident = fc
  .tuple(fc.integer({ min: 40, max: 99 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), digits(6))
  .map(([year, month, day, rest]) => {
    const two = (number: number) => String(number).padStart(2, '0');
    return [`${year}${two(month)}${two(day)}`, `2${rest}`];
  });
const dash = fc.constantFrom('-', ' ', '.', ' - ', '–');

const NUMERALS = ['공영〇零', '일一', '이二', '삼三', '사四', '오五', '육륙六', '칠七', '팔八', '구九'];
/** Each digit as itself or as one of its numerals. */
function withNumerals(text: string): fc.Arbitrary<string> {
  const spellings = [...text].map((sign) =>
    fc.constantFrom(sign, ...(/\d/.test(sign) ? (NUMERALS[Number(sign)] ?? '') : '')),
  );
  return fc.tuple(...spellings).map((signs) => signs.join(''));
}

function expectMasked(text: string, kind: PersonalDataKind): void {
  const masked = maskPersonalData(text);
  expect(masked.found).toEqual([kind]);
  expect(masked.text).not.toMatch(/\d/);
}

describe('numbers in disguise', () => {
  it.each([
    ['phone-number', mobile],
    ['resident-number', resident],
  ] as const)('a %s with numerals in place of any of its digits', (kind, number) => {
    const written = fc.tuple(number, dash).chain(([groups, separator]) => withNumerals(groups.join(separator)));
    fc.assert(
      fc.property(written, (text) => expectMasked(text, kind)),
      { numRuns: 500 },
    );
  });

  it('a resident number with its second half in any pieces', () => {
    const torn = fc
      .tuple(resident, fc.constantFrom('-', ' ', ' - '), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
      .map(([[head, tail = ''], separator, cuts]) => {
        const pieces = [...tail].map((digit, i) => (cuts[i] === true ? `${digit} ` : digit)).join('');
        return `${head}${separator}${pieces}`;
      });
    fc.assert(
      fc.property(torn, (text) => expectMasked(text, 'resident-number')),
      { numRuns: 500 },
    );
  });

  it('a mobile number with its 010 torn', () => {
    const torn = fc
      .tuple(mobile, fc.constantFrom('-', ' ', ' - '), fc.constantFrom('0?10', '01?0', '0?1?0'), fc.boolean())
      .map(([[, exchange, line], separator, head, isJoined]) =>
        [...head.split('?'), ...(isJoined ? [`${exchange}${line}`] : [exchange, line])].join(separator),
      );
    fc.assert(
      fc.property(torn, (text) => expectMasked(text, 'phone-number')),
      { numRuns: 300 },
    );
  });

  it('a mobile number with the same words between its groups', () => {
    const words = fc.stringMatching(/^[가나마하a-d"'( ]{1,6}$/).filter((between) => /[가-힣a-d]/.test(between));
    const written = fc.tuple(mobile, words).map(([groups, between]) => groups.join(between));
    fc.assert(
      fc.property(written, (text) => expectMasked(text, 'phone-number')),
      { numRuns: 300 },
    );
  });

  it('an address letter by letter', () => {
    const name = fc.stringMatching(/^[a-z0-9]{2,10}$/);
    const host = fc.constantFrom('naver.com', 'example.co.kr', 'a-b.org');
    fc.assert(
      fc.property(name, host, (local, domain) => {
        expect(maskPersonalData(`메일은 ${[...`${local}@${domain}`].join(' ')} 이에요`).text).toBe(
          '메일은 [이메일] 이에요',
        );
      }),
    );
  });
});
