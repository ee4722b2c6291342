import { describe, expect, it } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { namesPaymentRequest } from '../../../src/channels/naver/parse.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { countingIds, fixtureBytes, RECEIVED_AT, webhookRequest } from '../../helpers/channel-requests.ts';

const common = {
  botId: 'default',
  secrets: [],
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: countingIds(),
  logger: silentLogger,
};
const pushing = createNaverChannel({ ...common, authorization: 'key' });
const answering = createNaverChannel(common);
const parse = (name: string, channel = pushing) => channel.parse(webhookRequest(fixtureBytes(`naver/${name}.json`)));
const inline = { mode: 'inline', closesAt: RECEIVED_AT + 900 };

describe('reading a TalkTalk event', () => {
  it.each([
    ['send-typing', { type: 'message-received', input: 'typed', text: '배송비가 얼마예요?' }],
    [
      'send-button',
      { type: 'message-received', input: 'tap', action: { kind: 'continue', turnId: 'turn-1', position: 1 } },
    ],
    ['send-button-foreign-code', { type: 'message-received', input: 'tap', text: '주문 조회' }],
    ['send-sticker', { type: 'message-received', input: 'sticker' }],
    ['send-vphone', { type: 'message-received', input: 'other' }],
    ['send-product', { type: 'message-received', input: 'other', text: '상품에 대해 문의합니다.' }],
    ['send-standby', { type: 'message-received', standby: true }],
    [
      'send-image',
      { type: 'message-received', input: 'image', text: '', images: ['https://talk-phinf.pstatic.net/a/b.jpg'] },
    ],
    ['send-image-netnull', { type: 'message-received', input: 'image', images: [] }],
    ['open', { type: 'conversation-opened' }],
    ['leave', { type: 'conversation-left', replyWindows: [] }],
    ['echo-bot', { type: 'message-echoed', author: 'bot', text: '3,000원입니다.' }],
    ['echo-agent', { type: 'message-echoed', author: 'agent', text: '안녕하세요, 상담사입니다.' }],
    ['echo-composite', { type: 'message-echoed', author: 'bot', text: '안내\n고르세요' }],
    ['echo-file', { type: 'message-echoed', author: 'agent' }],
    ['echo-marketing', { type: 'message-echoed', author: 'system', text: '(광고) 겨울 세일' }],
    ['echo-product', { type: 'event-ignored', name: 'echo:product' }],
    ['echo-leave', { type: 'event-ignored', name: 'echo:leave' }],
    ['friend', { type: 'event-ignored', name: 'friend' }],
    ['profile', { type: 'event-ignored', name: 'profile' }],
    ['handover', { type: 'event-ignored', name: 'handover' }],
    ['pay-confirm', { type: 'event-ignored', name: 'pay_confirm' }],
    ['unknown-event', { type: 'event-ignored', name: 'reaction' }],
    ['pay-complete', { type: 'payment-requested', conversation: { user: 'AAECAwQFBgcICQoLDA0ODw' } }],
    ['pay-complete-broken', { type: 'payment-requested' }],
  ])('reads %s', (name, expected) => {
    expect(parse(name)).toMatchObject(expected);
  });

  it('does not take a foreign code for one of our buttons', () => {
    expect(parse('send-button-foreign-code')).not.toHaveProperty('action');
  });

  it('pushes with a key, and answers inside the response without one', () => {
    expect(parse('send-typing').replyWindows).toEqual([{ mode: 'push' }]);
    expect(parse('send-typing', answering).replyWindows).toEqual([inline, { mode: 'pickup' }]);
    expect(parse('open').replyWindows[0]).toEqual(inline);
    expect(parse('open', answering).replyWindows[0]).toEqual(inline);
    expect(pushing.deliver).toBeDefined();
    expect(answering.deliver).toBeUndefined();
    expect(answering.showTyping).toBeUndefined();
  });

  it('knows a duplicate only by its message id: people say "네" twice', () => {
    expect(parse('send-typing').dedupeKey).toBe(parse('send-typing').dedupeKey);
    expect(parse('send-typing').dedupeKey).not.toBe(parse('send-button').dedupeKey);
    expect(parse('send-typing')).toHaveProperty('dedupeKey');
    expect(parse('send-typing-without-message-id')).not.toHaveProperty('dedupeKey');
  });

  it('keeps foreign event names out of the log', () => {
    const event = pushing.parse(webhookRequest({ event: 'a\nb', user: 'u' }));
    expect(event).toMatchObject({ type: 'event-ignored', name: 'unknown' });
  });

  it.each(['', '[]', '{"event":', '{"event":"send"}', '{"event":"open","user":{}}'])('refuses %s', (body) => {
    expect(() => pushing.parse(webhookRequest(body))).toThrowError(
      expect.objectContaining({ code: 'INBOUND_MALFORMED' }),
    );
  });
});

describe('payment requests', () => {
  it.each([
    '{"event":"pay_complete"}',
    '{"event":" PAY_COMPLETE "}',
    '{"event":"pay\\u005fcomplete"}',
    '{"event":"pay\\u005Fcomplete",',
    '[{"event":"pay_complete"}]',
    '{"event":"pay_complete","user":',
    '{"event":7,"was":"pay_complete"}',
  ])('are seen in %s', (body) => {
    expect(namesPaymentRequest(Buffer.from(body))).toBe(true);
    expect(pushing.parse(webhookRequest(body)).type).toBe('payment-requested');
    expect(pushing.asksForPayment?.(Buffer.from(body))).toBe(true);
  });

  it.each([
    '{"event":"send","user":"u","textContent":{"text":"pay_complete 가 뭐예요?"}}',
    '{"event":"pay_confirm","user":"u"}',
    '{"event":"send","user":"u"}',
  ])('are not seen in %s', (body) => {
    expect(namesPaymentRequest(Buffer.from(body))).toBe(false);
    expect(pushing.parse(webhookRequest(body)).type).not.toBe('payment-requested');
  });
});
