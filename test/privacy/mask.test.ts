import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPersonalData } from '../../src/privacy/mask.ts';
import {
  BUSINESS_EXAMPLES,
  EVASIONS,
  MISLABELLED,
  NEAR_MISSES,
  PERSONAL_DATA_EXAMPLES,
} from './personal-data-examples.ts';

const PLACEHOLDER = /\[(?:전화번호|주민등록번호|외국인등록번호|카드번호|계좌번호|이메일)\]/;

/** Pieces that sit badly together: halves of numbers, labels, separators, placeholders, broken characters. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      '010',
      '1234',
      '5678',
      '010-1234-5678',
      '01012345678',
      '02',
      '031',
      '82',
      '+82',
      '110-123-456789',
      '3333-01-1234567',
    ],
    ...[
      '900101',
      '1234567',
      '900101-1234567',
      '9001011234567',
      '4111111111111111',
      '4111-1111-1111-1111',
      '1******',
      '0',
    ],
    ...['-', '.', ' ', '\n', '~', ', ', '/', '(', ')', '_', '[', ']', '에', '다시', ':', '*', '원', '#', '+'],
    ...[
      '계좌',
      '국민',
      '신한',
      '하나',
      '주문번호',
      '송장',
      '카드',
      '전화',
      '주민번호',
      '외국인',
      '입금',
      '번호',
      '은행',
    ],
    ...['[전화번호]', '[계좌번호]', '[카드번호]', '[주민등록번호]', '[이메일]'],
    ...[
      '=',
      '|',
      ';',
      '💛',
      'l',
      'I234',
      'abc',
      '뒤',
      '앞',
      '뒷자리',
      '골뱅이',
      '(at)',
      '닷컴',
      'hong',
      '예시.한국',
      '٠١٠',
    ],
    ...['공일공', '일이삼사', '오육칠팔', '이', '구요', '하나둘셋', '에요', 'O1O', 'ㅇ1ㅇ'],
    ...[
      'a@b.com',
      '@',
      'naver.com',
      '.com',
      'A',
      'ORD-',
      'tel',
      '０１０',
      '①②③',
      '\u200B',
      '–',
      'ㅡ',
      '\uFE0F\u20E3',
      '\uD800',
      '\uDC00',
      '공',
    ],
  ),
  fc.stringMatching(/^\d{1,8}$/),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const messyText = fc.array(fragment, { maxLength: 24 }).map((pieces) => pieces.join(''));
const anyUtf16 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));

describe('maskPersonalData', () => {
  it('masks at least 99 % of the examples with personal data, as the right kind', () => {
    expect(PERSONAL_DATA_EXAMPLES.length).toBeGreaterThanOrEqual(300);
    const missed = PERSONAL_DATA_EXAMPLES.filter(({ text, kind, secret }) => {
      const masked = maskPersonalData(text);
      return masked.text.includes(secret) || !masked.found.includes(kind);
    });
    const rate = 1 - missed.length / PERSONAL_DATA_EXAMPLES.length;
    expect(
      rate,
      `${(rate * 100).toFixed(2)} % masked; missed: ${JSON.stringify(missed, null, 1)}`,
    ).toBeGreaterThanOrEqual(0.99);
  });

  it.each([...EVASIONS, ...MISLABELLED])('sees through $text', ({ text, kind, secret }) => {
    for (const framed of [text, `제 것은 ${text} 입니다`]) {
      const masked = maskPersonalData(framed);
      expect(masked.text).not.toContain(secret);
      expect(masked.found).toContain(kind);
    }
  });

  it.each(NEAR_MISSES)('leaves %j alone', (text) => {
    expect(maskPersonalData(text)).toEqual({ text, found: [] });
  });

  it('touches less than 1 % of the examples without personal data', () => {
    expect(BUSINESS_EXAMPLES.length).toBeGreaterThanOrEqual(300);
    const touched = BUSINESS_EXAMPLES.filter((text) => maskPersonalData(text).text !== text);
    const rate = touched.length / BUSINESS_EXAMPLES.length;
    expect(rate, `${(rate * 100).toFixed(2)} % false hits: ${JSON.stringify(touched, null, 1)}`).toBeLessThan(0.01);
  });

  it.each([
    ['제 번호는 010-1234-5678이에요', '제 번호는 [전화번호]이에요'],
    ['공일공 일이삼사 오육칠팔이구요', '[전화번호]이구요'],
    ['공1공-1234-5678', '[전화번호]'],
    ['02-123-4567~8', '[전화번호]~8'],
    ['(02) 123-4567, +82 10-1234-5678', '[전화번호], [전화번호]'],
    ['주문번호 20261122-0012345, 연락처 01012345678', '주문번호 20261122-0012345, 연락처 [전화번호]'],
    ['환불은 카카오뱅크 3333-01-1234567 홍길동, 50,000원', '환불은 카카오뱅크 [계좌번호] 홍길동, 50,000원'],
    ['900101-1234567 / 900101-5234567', '[주민등록번호] / [외국인등록번호]'],
    ['4111 1111 1111 1111 12/28', '[카드번호] 12/28'],
    ['hong@naver.com에서 보냈어요.', '[이메일]에서 보냈어요.'],
    ['8\uFE0F\u20E30️⃣ 0️⃣1️⃣0️⃣-1️⃣2️⃣3️⃣4️⃣-5️⃣6️⃣7️⃣8️⃣!', '8\uFE0F\u20E30️⃣ [전화번호]!'],
    ['계좌 110-123-456789 그리고 1588-1234', '계좌 [계좌번호] 그리고 1588-1234'],
    ['010-1234-5678 010-9999-8888 hong@naver.com', '[전화번호] [전화번호] [이메일]'],
    ['900101-1234567-010-1234-5678!', '[주민등록번호]!'],
    ['주민번호 앞 900101 뒤 1234567이요', '주민번호 앞 [주민등록번호]이요'],
    ['메일 hong 골뱅이 naver 닷컴으로요', '메일 [이메일]으로요'],
    ['번호는 010-I234-5678, 끝', '번호는 [전화번호], 끝'],
    ['٠١٠-١٢٣٤-٥٦٧٨ 번', '[전화번호] 번'],
  ])('%j becomes %j', (text, masked) => {
    expect(maskPersonalData(text).text).toBe(masked);
  });

  it('names one kind per masked place, in order', () => {
    expect(maskPersonalData('a@b.com 010-1234-5678 계좌 110-123-456789 c@d.com').found).toEqual([
      'email',
      'phone-number',
      'account-number',
      'email',
    ]);
  });

  it('gives back the same text when there is nothing to mask', () => {
    const masked = maskPersonalData('배송은 며칠 걸리나요?');
    expect(masked).toEqual({ text: '배송은 며칠 걸리나요?', found: [] });
  });

  it('masking twice changes nothing, on every example', () => {
    for (const { text } of PERSONAL_DATA_EXAMPLES) {
      const once = maskPersonalData(text).text;
      expect(maskPersonalData(once)).toEqual({ text: once, found: [] });
    }
  });

  it('masking twice changes nothing, on messy text', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        const once = maskPersonalData(text).text;
        expect(maskPersonalData(once)).toEqual({ text: once, found: [] });
      }),
      { numRuns: 3_000 },
    );
  });

  it('never throws, and gives a string, for any sequence of UTF-16 code units', () => {
    fc.assert(
      fc.property(anyUtf16, (text) => {
        expect(typeof maskPersonalData(text).text).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves text without digits, words for digits and @ unchanged', () => {
    const harmless = fc.string({
      unit: fc.constantFrom(...'가나라마바자차카타파하의를은는가도 계좌번호전화은행카드,.?!-()[]ABCabc\n~'.split('')),
      maxLength: 200,
    });
    fc.assert(
      fc.property(harmless, (text) => {
        expect(maskPersonalData(text).text).toBe(text);
      }),
    );
  });

  it('keeps every character outside the masked places', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        // A placeholder that the customer typed is text like any other here: only texts without one can be split at ours.
        fc.pre(!PLACEHOLDER.test(text));
        const { text: masked, found } = maskPersonalData(text);
        const kept = masked.split(PLACEHOLDER);
        expect(kept.length).toBe(found.length + 1);
        expect(text.startsWith(kept[0] ?? '')).toBe(true);
        expect(text.endsWith(kept.at(-1) ?? '')).toBe(true);
        let at = 0;
        for (const piece of kept) {
          const found = text.indexOf(piece, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + piece.length;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a long run of numbers in its stride that is no concatenation', () => {
    const startedAt = performance.now();
    expect(maskPersonalData(`${'010-1234-5678-'.repeat(20_000)}9`).found.length).toBeGreaterThan(1);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  // Milliseconds each; a backtracking expression would take minutes, so a slow machine cannot fail this and a slow expression cannot pass.
  it.each([
    '1',
    '0 ',
    '1 ',
    '12-',
    '010-',
    '010 ',
    '+82',
    '@',
    'a@',
    'a.a@a.',
    '일',
    '1일',
    '공 ',
    '계좌 110-',
    '900101-1*',
    '900101 뒤 ',
    '900101-1234567-',
    '1:',
    'a골뱅이a.',
    'a (at) ',
    'a ',
    'a @ ',
    '가@',
    '010 가 1234 가 ',
    'a@가',
    'l1-',
    '٠',
    '０',
    '(',
    '.',
    'ᄀ',
  ])('takes 100 KB of %j in its stride', (unit) => {
    const startedAt = performance.now();
    maskPersonalData(unit.repeat(Math.ceil(100_000 / unit.length)));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
