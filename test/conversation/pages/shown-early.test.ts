import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restAfter } from '../../../src/conversation/pages/shown-early.ts';

describe('the rest of an answer whose beginning was shown', () => {
  it.each([
    ['가요. 나요.', '', '가요. 나요.'],
    ['가요. 나요.', '가요.', '나요.'],
    ['가요.\n\n나요. 다요.', '가요.\n\n\n나요.', '다요.'],
    ['가요.\n나요. 다요.', '가요.\n# 링크\n나요.', '다요.'],
    ['가요.\n나요. 다요.', '가요.\n나요.\n# 링크', '다요.'],
    ['바뀐 답이에요. 나요.', '가요. 나요.', '바뀐 답이에요. 나요.'],
    ['무게는 3.5kg이에요.', '무게는 3.', '5kg이에요.'],
    ['나요. 무게는 3.5kg이에요.', '# 링크\n나요. 무게는 3.', '5kg이에요.'],
    ['가요.', '가요.\n# 링크', ''],
  ])('of %j after %j is %j', (text, shown, rest) => {
    expect(restAfter(text, shown)).toBe(rest);
  });

  it('has a heading that comes a second time, where the first one was taken out', () => {
    const shown = '안내예요.\n## 주소\n다음과 같아요:';
    expect(restAfter('안내예요.\n## 시간\n다음과 같아요:\n- 9시', shown)).toBe('## 시간\n다음과 같아요:\n- 9시');
  });

  it('is every sentence once and in order, whatever the end took out of what was shown', () => {
    const gap = fc.constantFrom(' ', '\n', '\n\n', '\n\n\n', '\n\n\n\n');
    const sentence = fc.record({ gap, isTakenOut: fc.boolean() });
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 12 }), fc.nat(12), gap, (written, cut, endGap) => {
        const named = written.map((one, index) => ({ ...one, text: `문장${index}입니다.` }));
        const seen = named.slice(0, cut);
        const shown = seen.map(({ text, gap }) => text + gap).join('');
        const kept = [...seen.filter(({ isTakenOut }) => !isTakenOut), ...named.slice(cut)];
        const text = kept.map(({ text }) => text).join(endGap);
        const unseen = named.slice(cut).map(({ text }) => text);
        expect(restAfter(text, shown.trim()).match(/문장\d+입니다\./g) ?? []).toEqual(unseen);
      }),
    );
  });
});
