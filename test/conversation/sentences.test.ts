import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSentences } from '../../src/conversation/sentences.ts';

describe('firstSentences', () => {
  it.each([
    ['', ''],
    ['아직 끝나지 않은 문', ''],
    ['배송비는 3,000원입니다. 반품은 7일 안에', '배송비는 3,000원입니다.'],
    ['네! 가능해요. 다만 3.5만', '네! 가능해요.'],
    ['첫 줄\n둘째 줄', '첫 줄'],
    ['전부 끝난 문장입니다.', '전부 끝난 문장입니다.'],
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
        expect(firstSentences(`${growing}\n가`)).toBe(growing.trim());
      }),
    );
  });
});
