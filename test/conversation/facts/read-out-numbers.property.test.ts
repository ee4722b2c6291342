/** Phone numbers as they are read aloud, and prices and quantities in the same words. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { protectFacts, restoreFacts } from '../../../src/conversation/facts/facts.ts';

const { table } = protectFacts([{ answer: '매장은 02-777-1234' }], '고객센터 1577-0000');

const SIGNS = '공일이삼사오육칠팔구';
const PLACES = ['천', '백', '십', ''];

function digitByDigit(digits: string): string {
  return digits.replace(/\d/g, (digit) => SIGNS.charAt(Number(digit)));
}

/** "1588" → "천오백팔십팔" */
function asNumber(digits: string): string {
  return [...digits]
    .map((digit, i) => {
      if (digit === '0') return '';
      return (digit === '1' && i < 3 ? '' : SIGNS.charAt(Number(digit))) + PLACES[i];
    })
    .join('');
}

const four = fc.stringMatching(/^[1-9]\d{3}$/);
const head = fc.constantFrom(
  '1522',
  '1544',
  '1566',
  '1577',
  '1588',
  '1599',
  '1600',
  '1644',
  '1661',
  '1688',
  '1800',
  '1899',
);
/** With none of those whose groups may be times of the day. */
const line = fc.stringMatching(/^[1-9]\d{2}[1-9]$/);

it('a company’s number whose head is read as a number does not go out', () => {
  const dash = fc.constantFrom('에 ', ' ', '의 ', ' 다시 ', '국에 ', '-', ' 그리고 ');
  const ending = fc.constantFrom('로 전화 주세요.', '입니다.', '번이에요.', ', 24시간 받아요.', ' 1544 아님.');
  fc.assert(
    fc.property(head, dash, line, ending, (first, between, last, end) => {
      const source = `문의는 ${asNumber(first)}${between}${digitByDigit(last)}${end}`;
      expect(restoreFacts(source, table).removed, source).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it('nor does one whose every group is read as a number', () => {
  const number = fc.oneof(
    fc
      .tuple(head, fc.constantFrom('국에 ', ' 다시 ', '에 '), line)
      .map(([first, dash, last]) => [first, last, dash] as const),
    fc.tuple(four, four).map(([exchange, last]) => ['010', exchange, last] as const),
  );
  fc.assert(
    fc.property(number, ([first, second, third]) => {
      const source =
        first === '010'
          ? `문의는 공일공에 ${asNumber(second)}에 ${asNumber(third)}입니다.`
          : `문의는 ${asNumber(first)}${third}${asNumber(second)}번으로 전화 주세요.`;
      expect(restoreFacts(source, table).removed, source).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it('prices and quantities in words stay as they are', () => {
  const amount = fc.oneof(four, head).map(asNumber);
  const unit = fc.constantFrom('원', '개', '명', '점', '포인트', '년');
  const sentence = fc
    .tuple(amount, amount, unit, unit)
    .chain(([one, other, its, others]) =>
      fc.constantFrom(
        `${one} ${its}입니다.`,
        `${one}${its}에 ${other}${others}을 더해 주세요.`,
        `${one} ${its} 그리고 ${other} ${others}입니다.`,
        `${one}에 ${other} ${others}을 더한 값이에요.`,
        `${one}에서 ${other} ${others}까지예요.`,
        `${one}, ${other} ${others}입니다.`,
      ),
    );
  fc.assert(
    fc.property(sentence, (source) => {
      expect(restoreFacts(source, table)).toEqual({ text: source, removed: 0 });
    }),
    { numRuns: 1_000 },
  );
});
