/** Emphasis around Korean words, which CommonMark mostly does not close, and names that only look like it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownToPlainText } from '../../src/channels/plain-text.ts';

const word = fc.constantFrom('배송비', '무료 배송', '환불 규정', '반품', '3,000원 이상', 'VIP 등급', '교환·반품');
const particle = fc.constantFrom(
  '은',
  '는',
  '이',
  '가',
  '을',
  '를',
  '과',
  '와',
  '도',
  '만',
  '에서',
  '으로',
  '입니다',
  '이라고',
);
const quotes = fc.constantFrom(
  ['', ''],
  ['"', '"'],
  ['‘', '’'],
  ['“', '”'],
  ['(', ')'],
  ['「', '」'],
  ['[', ']'],
  ['', '!'],
  ['', '%'],
);
const marks = fc.constantFrom(
  ...['**', '__', '*', '_', '***', '___', '~~'].map((mark) => [mark, mark] as const),
  ...[['**', '_'] as const, ['__', '*'] as const, ['~~', '**'] as const].map(
    ([outer, inner]) => [outer + inner, inner + outer] as const,
  ),
);
const before = fc.constantFrom('', '이번 달 ', '안내: ', '(', '- ', '1. ', '## ', '"');
/** Written on without a blank, as in 이것은__밑줄__입니다. */
const glued = fc.constantFrom('이것은', '저희 매장은', '상품을', '안내에서');
const phrase = fc
  .tuple(fc.oneof(before, glued), marks, quotes, word, particle)
  .map(([lead, [open, close], [left = '', right = ''], words, ending]) => ({
    written: `${lead}${open}${left}${words}${right}${close}${ending}`,
    plain: `${lead.replace(/^- /, '• ').replace(/^## /, '')}${left}${words}${right}${ending}`,
  }));

describe('emphasis', () => {
  it('leaves no mark around Korean words with particles', () => {
    fc.assert(
      fc.property(phrase, ({ written, plain }) => {
        expect(markdownToPlainText(`${written} 알려 드려요.`)).toBe(`${plain} 알려 드려요.`);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves no mark where there are several', () => {
    fc.assert(
      fc.property(fc.array(phrase, { minLength: 2, maxLength: 5 }), (phrases) => {
        const lines = (key: 'written' | 'plain') =>
          phrases.map((one) => `말씀하신 내용은 ${one[key]} 같아요.`).join('\n\n');
        expect(markdownToPlainText(lines('written')).replace(/[•#] ?/g, '')).not.toMatch(/[*_~]/);
      }),
    );
  });
});

describe('names and numbers', () => {
  const lower = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const snake = fc.array(lower, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('_'));
  const dunder = fc.oneof(lower, snake).map((name) => `__${name}__`);
  const name = fc.oneof(
    snake,
    snake.map((text) => text.toUpperCase()),
    dunder,
    dunder.map((text) => `${text}.py`),
    lower.map((text) => `_${text}`),
    fc.constantFrom(
      '변수_이름_값',
      '고객은_이름_값',
      '이름__전화__주소',
      '가로*세로*를',
      'hong__gil__dong@shop.com',
      'my_file__v2__final.txt',
      '010-****-1234',
      '홍*동',
      '김**님',
      '2*3*4',
      '가로*세로*높이',
      '2024년 __월__일',
      '9시~18시',
    ),
  );
  const around = fc.constantFrom('', '은', ' 파일', '을 열고', ', ');

  it('keep their marks', () => {
    fc.assert(
      fc.property(name, around, name, (one, between, other) => {
        const text = `파일 이름은 ${one}${between} 그리고 ${other}`.trim();
        expect(markdownToPlainText(text)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
