import { describe, expect, it } from 'vitest';
import { detectIntent } from '../../../src/conversation/arrival/intent.ts';
import type { MessageReceived } from '../../../src/message.ts';

const bot = { resetWords: ['처음부터', '초기화'] };

function message(text: string, rest: Partial<MessageReceived> = {}): MessageReceived {
  return {
    type: 'message-received',
    id: 'e',
    conversation: { botId: 'default', channel: 'test', user: 'u' },
    receivedAt: 0,
    requestId: 'r',
    replyWindows: [],
    text,
    input: 'typed',
    ...rest,
  };
}

describe('detectIntent', () => {
  it.each(['처음부터', ' 처음부터 ', '초기화', '초기화!', '처음 부터'])('%s resets', (text) => {
    expect(detectIntent(message(text), bot)).toBe('reset');
  });

  it.each([
    '상담원',
    '상담원 연결',
    '상담원 연결해 주세요',
    '상담사님 연결해주세요',
    '사람이랑 통화하고 싶어요',
    '직원 바꿔줘',
    '담당자와 통화 부탁드려요',
    '사람이랑 얘기하고싶어',
    '매니저 연결 부탁해요',
    '상담원이랑 직접 대화할래요',
  ])('%s calls a person', (text) => {
    expect(detectIntent(message(text), bot)).toBe('person');
  });

  it.each([
    '반품 배송비는 얼마예요?',
    '상담원 연결 시간은 언제인가요?',
    '초기화 버튼은 어디 있나요?',
    '처음부터 끝까지 설명해 주세요',
    '직원 할인 되나요?',
    '사람 많나요?',
    '상담 시간이 어떻게 되나요',
    '안녕하세요',
  ])('%s is a question', (text) => {
    expect(detectIntent(message(text), bot)).toBe('question');
  });

  it('goes by what a tapped button carries, not by its text', () => {
    expect(detectIntent(message('다시', { action: { kind: 'reset' } }), bot)).toBe('reset');
    expect(detectIntent(message('연결', { action: { kind: 'person' } }), bot)).toBe('person');
    const action = { kind: 'engine', engine: 'clova-chatbot', data: 'x' } as const;
    expect(detectIntent(message('상담원 연결', { action }), bot)).toBe('question');
    expect(detectIntent(message('처음부터', { action }), bot)).toBe('question');
  });
});
