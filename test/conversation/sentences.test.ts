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
});
