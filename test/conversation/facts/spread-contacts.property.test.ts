/** Contacts in pieces, over the cells of a table or over lines, and the numbers for which tables are made. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFactStream, protectFacts, restoreFacts } from '../../../src/conversation/facts/facts.ts';

const { table } = protectFacts([{ answer: '매장은 02-777-1234' }], '고객센터 1577-0000');

const digits = (length: number) => fc.stringMatching(new RegExp(`^[2-9]{${length}}$`));
const invented = fc.oneof(
  fc.tuple(digits(4), digits(4)).map(([a, b]) => `010-${a}-${b}`),
  digits(4).map((a) => `1588-${a}`),
  fc
    .tuple(fc.constantFrom('02', '031', '051', '070'), fc.oneof(digits(3), digits(4)), digits(4))
    .map((parts) => parts.join('-')),
);
const label = fc.constantFrom('전화', '연락처', '대표번호', '고객센터', '**문의**', '팩스');
const BORDERS = [' | ', '|', '     |   ', ' | | ', '** | **'];
const BREAKS = ['\n', '  \n', '\\\n', '\n> ', '<br>', '\n\n', '<br/>\n'];

/** `contact` cut at up to three places, a dash at the cut kept or left out. */
function inPieces(contact: fc.Arbitrary<string>, seams: readonly string[]) {
  return contact.chain((whole) =>
    fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 1, max: whole.length - 1 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...seams),
        fc.boolean(),
      )
      .map(([cuts, seam, keepsDash]) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((to, i) => whole.slice(places[i], to));
        const kept = keepsDash ? pieces : pieces.map((piece) => piece.replace(/^-|-$/g, ''));
        return { whole, pieces: kept.filter((piece) => /\d/.test(piece)).join(seam) };
      }),
  );
}

const framed = fc.oneof(
  fc.tuple(label, inPieces(invented, BORDERS)).map(([name, { whole, pieces }]) => ({
    whole,
    source: `| 구분 | 번호 |\n|---|---|\n| ${name} | ${pieces} |\n\n감사합니다.`,
  })),
  fc.tuple(label, inPieces(invented, BREAKS)).map(([name, { whole, pieces }]) => ({
    whole,
    source: `급하시면 ${name}: ${pieces} 입니다.`,
  })),
);

const digitsOf = (text: string) => text.replace(/\D/g, '');

it('in pieces, no invented contact goes out', () => {
  fc.assert(
    fc.property(framed, ({ whole, source }) => {
      const { text, removed } = restoreFacts(source, table);
      expect(removed, source).toBeGreaterThan(0);
      expect(digitsOf(text)).not.toContain(digitsOf(whole));
    }),
    { numRuns: 2_000 },
  );
});

it('in pieces, it comes to the same in a stream, and is never seen on the way', () => {
  fc.assert(
    fc.property(framed, fc.integer({ min: 1, max: 7 }), ({ whole, source }, size) => {
      const stream = createFactStream(table);
      let shown = '';
      const show = ({ text, instead }: { readonly text: string; readonly instead: boolean }) => {
        shown = instead ? text : shown + text;
        expect(digitsOf(shown)).not.toContain(digitsOf(whole));
      };
      for (let at = 0; at < source.length; at += size) show(stream.push(source.slice(at, at + size)));
      show(stream.end());
      expect(shown).toBe(restoreFacts(source, table).text);
    }),
    { numRuns: 500 },
  );
});

it('in pieces, a contact of the operator is put together again', () => {
  const own = fc.constantFrom('02-777-1234', '1577-0000');
  fc.assert(
    fc.property(label, inPieces(own, BORDERS), (name, { whole, pieces }) => {
      const { text, removed } = restoreFacts(`| ${name} | ${pieces} |`, table);
      expect(removed, pieces).toBe(0);
      expect(text).toContain(whole);
    }),
    { numRuns: 500 },
  );
});

describe('ordinary numbers', () => {
  const quantity = fc.oneof(
    fc.nat(99_999).map(String),
    fc.integer({ min: 1_500, max: 1_899 }).map(String),
    fc.nat(9_999_999).map((amount) => amount.toLocaleString('en-US')),
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([month, day]) => {
      return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    }),
    fc.integer({ min: 1, max: 12 }).map((month) => String(month).padStart(2, '0')),
    fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`),
    fc.nat(100).map((share) => `${share}%`),
  );
  const name = fc.constantFrom('가방', '1월', '서울점', '배송비', 'L', '무게(g)', '가격', '2026년');
  const border = fc.constantFrom(' | ', '|', '   |  ');

  it('in the rows of a table stay as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.array(quantity, { minLength: 2, maxLength: 6 })), { minLength: 1, maxLength: 6 }),
        border,
        (rows, between) => {
          const source = ['구분|값', '---|---', ...rows.map(([first, cells]) => [first, ...cells].join(between))]
            .map((row) => `|${row}|`)
            .join('\n');
          expect(restoreFacts(source, table)).toEqual({ text: source, removed: 0 });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '| 상품 | 가격 | 재고 |\n|---|---|---|\n| 가방 | 1588 | 2000 |',
    '| 월 | 건수 | 금액 |\n|---|---|---|\n| 02 | 123 | 4567 |\n| 03 | 456 | 7890 |',
    '|월|건수|금액|\n|---|---|---|\n|02|123|4567|',
    '| 상품코드 | 02-123 | 4567 |',
    '| 국민은행 | 1234 | 567890 |',
    '| 전화 상담 | 1588 | 1600 | 1700 |',
    '| 인스타그램 | Instagram | @brand.official |',
    '가격\n1588\n2000',
  ])('%j stays as it is', (source) => {
    expect(restoreFacts(source, table)).toEqual({ text: source, removed: 0 });
  });
});

it.each([
  ['an account', '| 국민은행 | 123456-04 | 567890 |'],
  ['an account over lines', '계좌: 국민 123456-04\n567890'],
  ['an account in cells of its own', '| 계좌번호 | 123456 | 04 | 567890 |'],
  ['an e-mail address', '| 메일 | help | @shop.com |'],
  ['an e-mail address over lines', '메일은 help\n@shop.com'],
  ['without a label, by its dash', '| 서울 | 02 | 123-4567 |'],
  ['without a label, a mobile number', '| 010 | 9876 | 5432 |'],
])('in pieces, %s does not go out', (_, source) => {
  expect(restoreFacts(source, table).removed).toBeGreaterThan(0);
});
