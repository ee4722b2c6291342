import fc from 'fast-check';
import type { Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { plainTextOf, readMarkdown } from '../../console/chat/markdown.ts';

/** "strong(환불)은": the tree of the first block on one line. */
function outline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const inner = 'tokens' in token && token.tokens !== undefined ? outline(token.tokens) : token.raw;
      return token.type === 'text' || token.type === 'paragraph' ? inner : `${token.type}(${inner})`;
    })
    .join('');
}

const read = (text: string, stillArriving = false) => outline(readMarkdown(text, { stillArriving }));

describe('readMarkdown', () => {
  it.each([
    ['**"환불 규정"**은 이래요', 'strong("환불 규정")은 이래요'],
    ['**배송비(3,000원)**는', 'strong(배송비(3,000원))는'],
    ['이것은 **굵게**입니다', '이것은 strong(굵게)입니다'],
    ['**가**와 **나**', 'strong(가)와 strong(나)'],
    ['**한 줄\n두 줄**', 'strong(한 줄br(\n)두 줄)'],
    ['**바깥 *안* 바깥**', 'strong(바깥 em(안) 바깥)'],
    ['`**코드**`', 'codespan(`**코드**`)'],
    ['2*3*4', '2*3*4'],
    ['2**3**4', '2**3**4'],
    ['snake_case_name', 'snake_case_name'],
    ['** 아님 **', '** 아님 **'],
    ['1~3일, 5~7일', '1~3일, 5~7일'],
    ['네~~ 그럼요~~', '네~~ 그럼요~~'],
    ['https://a.kr/x에서', 'https://a.kr/x에서'],
  ])('reads %j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['배송은 **2~3', '배송은 strong(2~3)'],
    ['배송은 **', '배송은 '],
    ['배송은 **2일**', '배송은 strong(2일)'],
    ['배송은 **2일*', '배송은 strong(2일)'],
    ['**가** 나\n\n다 **라', 'strong(가) 나space(\n\n)다 strong(라)'],
  ])('shows %j without its open marks while more is to come', (text, expected) => {
    expect(read(text, true)).toBe(expected);
  });

  it('reads any text without throwing, and ends', () => {
    const mark = fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '```',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '| a |',
      '[',
      '](',
      ')',
      '<br>',
      '가',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 60 }), fc.boolean(), (marks, stillArriving) => {
        readMarkdown(marks.join(''), { stillArriving });
        plainTextOf(marks.join(''));
      }),
    );
  });
});

describe('plainTextOf', () => {
  it('keeps the words, the order of lists and the targets of links, and no marks', () => {
    const text =
      '## 환불\n\n**"7일"** 안에 [안내](https://a.kr/r)를 보세요.<br>A &amp; B\n\n1. 신청\n   - 앱\n2. 반송\n\n| 가 | 나 |\n|---|---|\n| 1 | 2 |';
    expect(plainTextOf(text)).toBe(
      '환불\n\n"7일" 안에 안내 (https://a.kr/r)를 보세요.\nA & B\n\n1. 신청\n  - 앱\n2. 반송\n\n가 | 나\n1 | 2',
    );
  });
});
