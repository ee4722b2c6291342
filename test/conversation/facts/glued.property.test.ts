/** What a model glues to a fact of the operator never makes another contact of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFactStream,
  type FactUpdate,
  protectFacts,
  restoreFacts,
} from '../../../src/conversation/facts/facts.ts';
import { type ContactDetail, findContactDetails } from '../../../src/privacy/contact-details.ts';

const CONTACT = '고객센터 1600-0000';
const { table } = protectFacts(
  [
    { answer: '안내 https://myshop.kr, 전화 1600-0000, 본사 02-123-4567, 메일 help@myshop.kr' },
    {
      answer:
        '카톡 아이디 @myshop, 인스타 아이디 myshop_kr, 블로그 https://blog.myshop.kr/faq, 몰 shop.myshop.kr, 계좌 국민은행 123456-01-234567',
    },
  ],
  CONTACT,
);
const OWN = table.facts.map(({ key }) => key);
const PLACEHOLDERS = table.facts.map(({ placeholder }) => placeholder);

const glue = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '@evil.com/pay',
      '.io',
      '/refund/pay',
      ':8080',
      'evil',
      '.evil.com',
      '-evil.com',
      '?u=evil.com',
      '#x',
      '%2e',
    ],
    ...['1', '-1', '~9', '~0009', '.1', '02-', '02)', '(02)', '0', '+82-', '+', '82-2-', '010', '2-3'],
    ...['2', '.official', '_', '_kr', '@', 'evil.', 'evil-', 'evil@', 'https://', 'http://evil.com/', 'user:pw@'],
    ...[
      '로',
      '에서',
      '번',
      '입니다.',
      '(평일 9~18시)',
      '**',
      '"',
      '(',
      ')',
      '[',
      ']',
      '](',
      '<b>',
      '</b>',
      '/',
      ',',
      ':',
    ],
    ...['가.com', '\u200B', '\u200B1', '**1**', '<b></b>1', '&#49;', '\\.io', '①', '１', '．', '＠', '·', '。'],
    ...PLACEHOLDERS,
  ),
  fc.string({
    unit: fc.constantFrom(...'abz019.-_~@/:?#&=%+,;!\'"()[]<>*|\\가에서로\u200B\u00AD'.split('')),
    maxLength: 6,
  }),
);
const frame = fc.constantFrom(
  (what: string) => what,
  (what: string) => `문의는 ${what} 으로 해 주세요.`,
  (what: string) => `카톡 아이디 ${what} 예요. 감사합니다.`,
  (what: string) => `| 문의 | ${what} |`,
);
const glued = fc
  .tuple(frame, glue, fc.constantFrom(...PLACEHOLDERS), glue)
  .map(([framed, before, fact, behind]) => framed(before + fact + behind));

function streamed(text: string, size: number): string {
  const stream = createFactStream(table);
  let shown = '';
  const show = (update: FactUpdate) => {
    shown = update.instead ? update.text : shown + update.text;
  };
  for (let at = 0; at < text.length; at += size) show(stream.push(text.slice(at, at + size)));
  show(stream.end());
  return shown;
}

/** One of the operator's, or a part of one: what looks like an id in an address. */
function isOwn({ key, start, end }: ContactDetail, text: string): boolean {
  return (
    OWN.includes(key) ||
    table.facts.some(({ wording }) => {
      const at = text.lastIndexOf(wording, start);
      return at !== -1 && end <= at + wording.length;
    })
  );
}

/** Written for this test alone: the digits of whatever looks like one number. */
function numbersIn(text: string): readonly string[] {
  return (text.match(/\d+(?:[-~]\d+)*/g) ?? []).map((number) => number.replace(/\D/g, '')).filter((n) => n.length > 7);
}

describe('whatever is glued to a fact', () => {
  it('every contact in the answer is one of the operator', () => {
    fc.assert(
      fc.property(glued, (text) => {
        const shown = restoreFacts(text, table).text;
        expect(
          findContactDetails(shown).filter((detail) => !detail.starred && !isOwn(detail, shown)),
          shown,
        ).toEqual([]);
        expect(
          numbersIn(shown.replaceAll('\u200B', '').replaceAll('\u00AD', '')).filter((number) => !OWN.includes(number)),
          shown,
        ).toEqual([]);
      }),
      { numRuns: Number(process.env.RUNS ?? 3_000) },
    );
  });

  it('it comes to the same in a stream', () => {
    fc.assert(
      fc.property(glued, fc.integer({ min: 1, max: 7 }), (text, size) => {
        expect(streamed(text, size)).toBe(restoreFacts(text, table).text);
      }),
      { numRuns: 500 },
    );
  });
});
