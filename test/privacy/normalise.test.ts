import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLookAlikeDigits } from '../../src/privacy/look-alike-digits.ts';
import { normalise } from '../../src/privacy/normalise.ts';
import { withSpokenDigits } from '../../src/privacy/spoken-digits.ts';

describe('normalise', () => {
  it.each([
    ['０１０－１２３４', '010-1234'],
    ['①②⑩', '1210'],
    ['x²³', 'x23'],
    ['٠٩०९๐๙', '090909'],
    ['\u{1D7CE}\u{116D9}\u{116DA}', '090'],
    ['0\u200B1\u20600', '010'],
    ['1\uFE0F\u20E32\uFE0F\u20E3', '12'],
    ['1–2—3−4ㅡ5ー6', '1-2-3-4-5-6'],
    ['1·2。3', '1.2.3'],
    ['1\u00A02\u3000\u20093', '1 2  3'],
    ['a＠b．com', 'a@b.com'],
    ['공일공'.normalize('NFD'), '공일공'],
    ['㈜말길 😀', '㈜말길 😀'],
  ])('spells %j as %j', (original, plain) => {
    expect(normalise(original).text).toBe(plain);
  });

  it('leads back to the characters that a piece came from', () => {
    const original = '제 ０\u200B１０ 번';
    const plain = normalise(original);
    const start = plain.text.indexOf('010');
    const span = plain.originalSpan(start, start + 3);
    expect(original.slice(span.start, span.end)).toBe('０\u200B１０');
  });

  it('spells each character as it does alone, and leads back to where that stood', () => {
    // Neither composed syllables nor marks: those reach over several characters.
    const character = fc.constantFrom(
      ...'가힣 a~-0.\n',
      '１',
      '①',
      '⑩',
      '㏂',
      '\u200B',
      '·',
      '—',
      '\u3000',
      '💛',
      '\uD83D',
      'é',
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
        const plain = normalise(characters.join(''));
        let at = 0;
        let start = 0;
        for (const original of characters) {
          for (const spelled of normalise(original).text) {
            expect(plain.text.startsWith(spelled, at)).toBe(true);
            expect(plain.originalSpan(at, at + spelled.length)).toEqual({ start, end: start + original.length });
            at += spelled.length;
          }
          start += original.length;
        }
        expect(at).toBe(plain.text.length);
      }),
    );
  });

  it('is the text itself where there is nothing to respell, broken characters included', () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xac00, max: 0xdfff })));
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes.filter((code) => code <= 0xd7a3 || code >= 0xd800));
        fc.pre(text.isWellFormed() === false || !/[\u{10000}-\u{10FFFF}]/u.test(text));
        expect(normalise(text).text).toBe(text);
      }),
    );
  });
});

describe('withSpokenDigits', () => {
  it.each([
    ['공일공 일이삼사 오육칠팔', '010 1234 5678'],
    ['공일공-1234-오육칠팔', '010-1234-5678'],
    ['공일공에 일이삼사에 오육칠팔', '010에 1234에 5678'],
    ['하나둘셋넷다섯여섯일곱여덟아홉', '123456789'],
    ['공일공일이삼사오육칠팔이에요', '01012345678이에요'],
    ['010-1234-5678이구요', '010-1234-5678이구요'],
    ['이사 오이 칠판 팔찌', '이사 오이 칠판 팔찌'],
    ['하나둘셋 세고 눌러요', '하나둘셋 세고 눌러요'],
  ])('reads %j as %j', (text, digits) => {
    expect(withSpokenDigits(normalise(text)).text).toBe(digits);
  });
});

describe('withLookAlikeDigits', () => {
  it.each([
    ['O1O-1234-5678', '010-1234-5678'],
    ['공1공-1234-5678', '010-1234-5678'],
    ['900101-l234567', '900101-1234567'],
    ['010|1234|5678', '010|1234|5678'],
    ['010💛I234💛5678', '010💛1234💛5678'],
    ['aㅇl0-1234-5678', 'aㅇ10-1234-5678'],
    ['ㅇ1ㅇ.1234.56l8', '010.1234.5618'],
    ['4lll·1111 1111|1111', '4111.1111 1111|1111'],
    ['가나 O1O-12가34-5678', '가나 O1O-12가34-5678'],
    ['010-I234-5678x', '010-I234-5678x'],
    ['Oil 1234 5678', 'Oil 1234 5678'],
    ['lIlI-OOOO-1234', 'lIlI-OOOO-1234'],
  ])('reads %j as %j', (text, digits) => {
    expect(withLookAlikeDigits(normalise(text)).text).toBe(digits);
  });
});
