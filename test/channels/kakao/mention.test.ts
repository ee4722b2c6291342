import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMention } from '../../../src/channels/kakao/mention.ts';

const NAMES = ['말길 상담봇', '말길', 'A-100 Shop'];

describe('a mention at the beginning of what is said in a group room', () => {
  it.each([
    ['@말길 상담봇 배송비는요?', '배송비는요?'],
    ['@말길상담봇 배송비는요?', '배송비는요?'],
    ['＠말길 상담봇\n배송비는요?', '배송비는요?'],
    ['@말길 상담봇, 배송비는요?', '배송비는요?'],
    ['@말길 상담봇: 배송비는요?', '배송비는요?'],
    ['@말길\u00A0상담봇\u200B 배송비는요?', '배송비는요?'],
    ['@말길 배송비는요?', '배송비는요?'],
    ['@a-100 shop 배송비는요?', '배송비는요?'],
    ['@말길', ''],
    ['@말길?', '?'],
  ])('%j leaves %j', (text, question) => {
    expect(withoutMention(text, NAMES)).toBe(question);
  });

  it.each([
    '@말길 상담사 연결',
    '@말길상담사 연결',
    '@말길봇 안녕',
    '@말길.kr 로 보내요',
    '@말길-100 재고 있나요?',
    '@A-100 재고 있나요?',
    '@철수 이거 봐',
    'help@malgil.kr 로 보내면 되나요?',
    '배송비는요 @말길',
    '@',
    '',
  ])('%j is left as it is', (text) => {
    expect(withoutMention(text, ['말길 상담봇', 'A-100 Shop', '', ' '])).toBe(text);
  });

  it('never takes anything else away', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('@', '말', '길', ' ', 'a', ',', '.') }),
        fc.string(),
        (text, name) => {
          const rest = withoutMention(text, [name, '말길']);
          expect(text.trimEnd().endsWith(rest.trimEnd())).toBe(true);
          if (!text.startsWith('@')) expect(rest).toBe(text);
        },
      ),
    );
  });
});
