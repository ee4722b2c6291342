import { expect, it } from 'vitest';
import { maskMessage } from '../../../src/conversation/arrival/mask-message.ts';
import type { MessageReceived } from '../../../src/message.ts';

const message: MessageReceived = {
  type: 'message-received',
  id: 'turn-1',
  conversation: { botId: 'default', channel: 'kakao', user: 'u' },
  receivedAt: 0,
  requestId: 'r',
  replyWindows: [],
  text: '배송 조회요',
  input: 'typed',
};

it('masks what the platform recognised as it masks the text, and counts each place', () => {
  const found: string[] = [];
  const masked = maskMessage(
    {
      ...message,
      text: '010-1234-5678로 연락 주세요',
      scenario: {
        block: { id: 'b', name: '연락처' },
        params: { phone: '010-1234-5678', who: { name: '홍길동', mail: 'hong@example.com' } },
        contexts: [{ name: 'order', lifespan: 3, params: { phone: '010 1234 5678', item: '신발' } }, { name: 'empty' }],
        platformAnswers: [{ question: '전화번호', answer: '02-1234-5678로 전화해 주세요.' }],
      },
    },
    (kind) => void found.push(kind),
  );
  expect(masked).toMatchObject({
    text: '[전화번호]로 연락 주세요',
    scenario: {
      params: { phone: '[전화번호]', who: { name: '홍길동', mail: '[이메일]' } },
      contexts: [{ name: 'order', lifespan: 3, params: { phone: '[전화번호]', item: '신발' } }, { name: 'empty' }],
    },
  });
  expect(found).toHaveLength(4);
});

it('leaves the operator’s own words to be given out', () => {
  const platformAnswers = [{ question: '전화번호', answer: '02-1234-5678로 전화해 주세요.' }];
  expect(maskMessage({ ...message, scenario: { platformAnswers } }, () => {}).scenario).toEqual({ platformAnswers });
});

it('copies nothing where nothing is found', () => {
  expect(maskMessage(message, () => {})).toBe(message);
});
