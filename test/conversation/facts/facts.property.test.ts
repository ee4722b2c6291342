import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFactStream,
  type FactUpdate,
  protectFacts,
  restoreFacts,
} from '../../../src/conversation/facts/facts.ts';

const { table } = protectFacts(
  [
    { answer: '교환 1588-1234, https://shop.example.com/return' },
    { answer: '본사 02-123-4567, 계좌 국민은행 123456-01-234567, help@example.com' },
  ],
  '고객센터 1588-1234 (평일 9~18시)',
);
const emptyTable = protectFacts([], '').table;
const onePhone = protectFacts([{ answer: '문의 070-7777-1234' }], '').table;
const anyTable = fc.constantFrom(table, emptyTable, onePhone);

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '[[전화1]]',
      '[[링크1]]',
      '[ [ 전화 2 ] ]',
      '[전화9]',
      '[[이메일',
      '1]]',
      '[[',
      ']]',
      '[',
      ']',
      '(',
      ')',
      '](',
      '**',
      '*',
      '****',
    ],
    ...[
      '02-123-4567',
      '010-9999-8888',
      '1588-1234',
      '1588-****',
      '***-****-****',
      '02 ',
      '- 99',
      '+82 10',
      '0109999',
      '8888',
      '110-123-456789',
    ],
    ...[
      'https://shop.example.com/return',
      'https://',
      'www.',
      'fake.com',
      'evil.top',
      '오렌지.한국',
      '일오팔팔',
      '구구구구',
      '공일공 ',
      '이',
      '카톡 ID: ',
      '라인 아이디는 ',
      'shop123',
      '(카톡)',
      'zero one ',
      'Zero-',
      ' six six',
      'http:',
      'kakaotalk://a',
      ' (dot) ',
      ' 골뱅이 ',
      '다시 ',
      '1.2.3.4',
      '.com',
      'a@b.kr',
      '@',
      'https://****.***',
      '<b>',
      '</b>',
      '<b class="',
      '">',
      '<!--',
      '-->',
      '&#48;',
      '&#',
      '45;',
      '&period;',
      '\\',
      '`',
      '](x)',
      '[^1]',
      '[::1]',
      '/경로',
      '/',
    ],
    ...[
      '로',
      '으로',
      ' 에서 ',
      '입니다',
      '를',
      '고객센터',
      '계좌',
      '국민은행',
      '홈페이지',
      '안녕하세요. ',
      '자세한 내용은 ',
      ', ',
      '. ',
      ': ',
    ],
    ...[
      '1,234,567원',
      '2026-11-22',
      '20261122-0012345',
      '3개',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '\t',
      'hello',
      '①',
      '０',
      '–',
      '😀',
      '\uD83D',
      '\u200B',
    ],
  ),
  fc.stringMatching(/^[0-9*\-. ]{1,12}$/),
  fc.string({ maxLength: 5, unit: 'binary' }),
);
const modelText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

/** The text cut at random places, empty pieces among them. */
function cutsOf(text: string): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.nat({ max: text.length }), { maxLength: 40 }).map((places) => {
    const sorted = [0, ...places.toSorted((a, b) => a - b), text.length];
    return sorted.slice(1).map((place, i) => text.slice(sorted[i], place));
  });
}

function streamed(deltas: readonly string[], facts: typeof table): { text: string; removed: number } {
  const stream = createFactStream(facts);
  let shown = '';
  const show = ({ text, instead }: FactUpdate) => {
    shown = instead ? text : shown + text;
  };
  for (const delta of deltas) show(stream.push(delta));
  const end = stream.end();
  show(end);
  return { text: shown, removed: end.removed };
}

/** Written for this test alone: not the product's own idea of a phone number. */
const PHONE_SHAPED =
  /(?<![\d-])(?:0\d{1,2}[-. ]\d{3,4}[-. ]\d{4}|01\d{9}|1[568]\d\d-\d{4}|\+82[- ]\d{1,2}-\d{3,4}-\d{4})(?![\d-])/g;

describe('facts, whatever the text', () => {
  it('stream and whole text agree for every cut', () => {
    const cases = modelText.chain((text) => fc.tuple(fc.constant(text), cutsOf(text), anyTable));
    fc.assert(
      fc.property(cases, ([text, deltas, facts]) => {
        expect(streamed(deltas, facts)).toEqual(restoreFacts(text, facts));
      }),
      { numRuns: 1_500 },
    );
  });

  it('stream and whole text agree character by character, long texts included', () => {
    const long = fc.array(piece, { minLength: 100, maxLength: 200 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(modelText, long), anyTable, (text, facts) => {
        expect(streamed(text.split(''), facts)).toEqual(restoreFacts(text, facts));
      }),
      { numRuns: 200 },
    );
  });

  const two = fc.stringMatching(/^\d{2}$/);
  const four = fc.stringMatching(/^\d{4}$/);
  const phone = fc.oneof(
    four.chain((a) => four.map((b) => `010-${a}-${b}`)),
    four.chain((a) => four.map((b) => `010${a}${b}`)),
    four.map((a) => `1588-${a}`),
    four.map((a) => `02-321-${a}`),
    four.map((a) => `(031) 777-${a}`),
    four.map((a) => `+82 10-5555-${a}`),
    four.map((a) => `02)987-${a}`),
  );
  const link = four.map((a) => `https://shop${a}.example.com/p/${a}?q=${a}`);
  const email = two.map((a) => `help${a}@example.co.kr`);
  const account = two.map((a) => `계좌 110-4${a}-987654`);
  const filler = fc.constantFrom(
    '교환은',
    '문의:',
    '(평일)',
    '3,000원',
    '2026-11-22',
    '안내드려요.',
    '또는',
    '\n-',
    '**중요**',
  );
  const ground = fc
    .array(fc.tuple(filler, fc.oneof(phone, link, email, account), fc.constantFrom('', '로', '입니다.', '에서', ',')), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.map(([before, fact, after]) => `${before} ${fact}${after}`).join(' '));

  it('every fact of the grounds comes back byte by byte, and none is in what the model sees', () => {
    fc.assert(
      fc.property(fc.array(ground, { minLength: 1, maxLength: 4 }), phone, (answers, contact) => {
        const safe = protectFacts(
          answers.map((answer) => ({ answer })),
          contact,
        );
        safe.grounds.forEach(({ answer }, i) => {
          expect(answer).not.toMatch(PHONE_SHAPED);
          expect(answer).not.toMatch(/https?:|@/);
          expect(restoreFacts(answer, safe.table)).toEqual({ text: answers[i], removed: 0 });
        });
        expect(restoreFacts(safe.contact, safe.table).text).toBe(contact);
      }),
      { numRuns: 300 },
    );
  });

  it('no phone number leaves that the operator did not write', () => {
    const said = fc
      .array(
        fc.oneof(
          phone,
          filler,
          fc.constantFrom('[[전화1]]', '[[전화5]]', '010-****-1234', '고객센터로', '1,234,567원'),
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(said, anyTable, (text, facts) => {
        const allowed = new Set([
          ...facts.facts.map((fact) => fact.wording),
          ...(facts.contact.match(PHONE_SHAPED) ?? []),
        ]);
        const leaving = restoreFacts(text, facts).text.match(PHONE_SHAPED) ?? [];
        expect(leaving.filter((number) => !allowed.has(number))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('text without digits, stars, links and brackets stays as it is', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'가나다라마 바사아\n자차.,!?:ABCabc-~()😀'.split('')),
      maxLength: 400,
    });
    fc.assert(
      fc.property(plain, (text) => {
        fc.pre(!/[a-c]\.[a-c]/i.test(text));
        expect(restoreFacts(text, table)).toEqual({ text, removed: 0 });
      }),
    );
  });
});
