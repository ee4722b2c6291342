import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSentences, longestBeginning } from '../../../src/conversation/answering/sentences.ts';

describe('firstSentences', () => {
  it.each([
    ['', ''],
    ['아직 끝나지 않은 문', ''],
    ['배송비는 3,000원입니다. 반품은 7일 안에', '배송비는 3,000원입니다.'],
    ['네! 가능해요. 다만 3.5만', '네! 가능해요.'],
    ['첫 줄\n둘째 줄', '첫 줄'],
    ['전부 끝난 문장입니다.', '전부 끝난 문장입니다.'],
    ['돼요. “먼저 접수하세요. 그리고', '돼요.'],
    ['돼요. (단, 개봉하면 안 돼요. 또', '돼요.'],
    ['돼요. **꼭 접수하세요. 그리고', '돼요.'],
    ['“먼저 접수하세요.” 그다음 포장', '“먼저 접수하세요.”'],
    ['27" 모니터예요. 무게는', '27" 모니터예요.'],
    ['1) 접수하세요. 2) 포장', '1) 접수하세요.'],
    ['1. 접수하세요.\n2.', '1. 접수하세요.'],
    ['1. 접수하세요.\n2. 포장', '1. 접수하세요.'],
    ['1. 접수하세요.\n**2. 포장', '1. 접수하세요.'],
    ['가. 접수하세요. 나. 포장', '가. 접수하세요.'],
    ['네. 무게는 3.', '네.'],
  ])('%j → %j', (growing, complete) => {
    expect(firstSentences(growing)).toBe(complete);
  });

  it('is never shortened by what follows', () => {
    const pieces = fc.constantFrom(
      '네',
      '가능해요',
      '.',
      '!',
      '?',
      '…',
      ' ',
      '\n',
      '"',
      ')',
      '3.5',
      '만 원',
      '。',
      '💛',
      '\uD83D',
      'A',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const growing = parts.join('');
        const complete = firstSentences(growing);
        expect(growing.trimStart().startsWith(complete)).toBe(true);
        if (!growing.includes('"')) expect(firstSentences(`${growing}\n가`)).toBe(growing.trim());
      }),
    );
  });
});

describe('the longest beginning that fits', () => {
  const text = '하나입니다. “둘입니다. 셋입니다.” 넷은 3.5개예요. 다섯입니다.';
  const upTo = (maxChars: number) => longestBeginning(text, (beginning) => beginning.length <= maxChars);

  it('ends with a sentence, and in no quotation', () => {
    expect(upTo(1_000)).toBe(text);
    expect(upTo(text.length - 1)).toBe('하나입니다. “둘입니다. 셋입니다.” 넷은 3.5개예요.');
    expect(upTo(19)).toBe('하나입니다.');
    expect(upTo(3)).toBe('');
    expect(longestBeginning('', () => false)).toBe('');
  });

  it('does not end with the number of an item', () => {
    const list = '1. 접수하세요.\n2. 포장하세요.';
    expect(longestBeginning(list, (beginning) => beginning.length < list.length)).toBe('1. 접수하세요.');
  });
});
