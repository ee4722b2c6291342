import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesPaymentRequest } from '../../../src/channels/index.ts';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
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
    ['send-vphone', { type: 'message-received', input: 'other', action: { kind: 'person' } }],
    [
      'send-product',
      {
        type: 'message-received',
        input: 'product',
        text: '',
        product: { name: '니트', url: 'https://shop.example/items/7', price: '39,000원' },
      },
    ],
    ['send-product-without-details', { type: 'message-received', input: 'product', text: '' }],
    ['send-calendar', { type: 'message-received', input: 'tap', text: '2026년 11월 24일부터 2026년 11월 26일까지' }],
    ['send-time', { type: 'message-received', input: 'tap', text: '14:30' }],
    ['send-time-interval', { type: 'message-received', input: 'tap', text: '09:30' }],
    ['send-standby', { type: 'message-received', standby: true }],
    [
      'send-image',
      { type: 'message-received', input: 'image', text: '', images: ['https://talk-phinf.pstatic.net/a/b.jpg'] },
    ],
    ['send-image-netnull', { type: 'message-received', input: 'image', images: [] }],
    ['open', { type: 'conversation-opened', isUnder14: false }],
    ['open-under14', { type: 'conversation-opened', isUnder14: true }],
    ['leave', { type: 'conversation-left', replyWindows: [] }],
    ['echo-bot', { type: 'message-echoed', author: 'bot', text: '3,000원입니다.' }],
    ['echo-agent', { type: 'message-echoed', author: 'agent', text: '안녕하세요, 상담사입니다.' }],
    ['echo-composite', { type: 'message-echoed', author: 'bot', text: '안내\n고르세요' }],
    ['echo-file', { type: 'message-echoed', author: 'agent' }],
    ['echo-marketing', { type: 'message-echoed', author: 'system', text: '(광고) 겨울 세일' }],
    ['echo-product', { type: 'message-echoed', author: 'bot', echoKeys: ['product'] }],
    ['echo-leave', { type: 'event-ignored', name: 'echo:leave' }],
    ['friend', { type: 'subscription-changed', isSubscribed: true }],
    ['profile', { type: 'profile-received', profile: { nickname: '홍길동' } }],
    ['profile-phone', { type: 'profile-received', profile: { phone: '01012345678' } }],
    [
      'profile-address',
      {
        type: 'profile-received',
        profile: {
          address: { street: '경기도 성남시 분당구 불정로 6', detail: '1층', postCode: '13561' },
        },
      },
    ],
    ['profile-cancel', { type: 'profile-declined' }],
    ['profile-disagree', { type: 'profile-declined' }],
    ['profile-withdraw', { type: 'profile-withdrawn', fields: ['phone', 'address'] }],
    ['profile-withdraw-unknown-names', { type: 'profile-withdrawn', fields: ['nickname', 'phone', 'address'] }],
    ['profile-withdraw-unreadable', { type: 'profile-withdrawn', fields: ['nickname', 'phone', 'address'] }],
    ['handover', { type: 'thread-returned' }],
    [
      'pay-confirm',
      { type: 'payment-settled', payment: { isSuccess: true, serviceId: '20261121NP0001', details: {} } },
    ],
    [
      'pay-confirm-failed',
      { type: 'payment-settled', payment: { isSuccess: false, id: 'order-1', reason: '잔액이 부족합니다.' } },
    ],
    ['unknown-event', { type: 'event-ignored', name: 'reaction' }],
    [
      'pay-complete',
      {
        type: 'payment-requested',
        conversation: { user: 'AAECAwQFBgcICQoLDA0ODw' },
        payment: { isSuccess: true, id: 'order-1', serviceId: '20261121NP0001' },
      },
    ],
    ['pay-complete-failed', { type: 'payment-requested', payment: { isSuccess: false, reason: 'OwnerAuthFail' } }],
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

  it('keeps no digest of personal data: a phone number could be guessed from it', () => {
    const event = {
      event: 'profile',
      user: 'u',
      messageId: 7,
      options: { result: 'SUCCESS', cellphone: '01012345678' },
    };
    expect(pushing.parse(webhookRequest(event))).not.toHaveProperty('dedupeKey');
  });

  it.each(['a\nb', '010-9876-5432', 'call_01098765432', 'hong.gildong', '환불', 'a'.repeat(31)])(
    'keeps %j, which is no name of an event, out of the log',
    (name) => {
      const ignored = { type: 'event-ignored', name: 'unknown' };
      expect(pushing.parse(webhookRequest({ event: name, user: 'u' }))).toMatchObject(ignored);
      const echo = webhookRequest({ event: 'echo', echoedEvent: name, user: 'u' });
      expect(pushing.parse(echo)).toMatchObject({ ...ignored, name: 'echo:unknown' });
    },
  );

  it.each(['', '[]', '{"event":', '{"event":"send"}', '{"event":"open","user":{}}'])('refuses %s', (body) => {
    expect(() => pushing.parse(webhookRequest(body))).toThrowError(
      expect.objectContaining({ code: 'INBOUND_MALFORMED' }),
    );
  });
});

describe('payment requests', () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
  const fullwidth = (text: string) =>
    text.replace(/[a-z_]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  const seen: readonly (readonly [string, string | Buffer])[] = [
    ['its name', '{"event":"pay_complete"}'],
    ['another case', '{"event":" PAY_COMPLETE "}'],
    ['an escape', '{"event":"pay\\u005fcomplete"}'],
    ['an escape of every letter', '{"\\u0065vent":"\\u0070\\u0061\\u0079\\u005f\\u0063\\u006f\\u006d\\u0070lete"}'],
    ['no underscore', '{"event":"payComplete"}'],
    ['another ending', '{"event":"pay_completed.v2"}'],
    ['other separators', '{"event":"pay-complete"}'],
    ['fullwidth letters', `{"event":"${fullwidth('pay_complete')}"}`],
    ['a zero-width space', '{"event":"pay_\u200bcomplete"}'],
    ['a broken character', Buffer.from('{"event":"pay_complete\xff"}', 'latin1')],
    ['the first of two names', '{"event":"pay_complete","user":"u","event":"send"}'],
    ['the second of two names', '{"event":"send","user":"u","event" : "pay_complete"}'],
    ['the first of two names, escaped', '{"event":"\\u0070ay_complete","user":"u","event":"send"}'],
    ['a result under another name', '{"event":"send","user":"u","options":{"paymentResult":{"code":"Success"}}}'],
    ['a result without a name', '{"user":"u","options":{"paymentResult":{}}}'],
    ['a name in another case', '{"Event":"pay_complete"}'],
    ['an array', '[{"event":"pay_complete"}]'],
    ['text', '"{\\"event\\":\\"pay_complete\\"}"'],
    ['a name that is no text', '{"event":7,"was":"pay_complete"}'],
    ['UTF-16', utf16('{"event":"pay_complete"}')],
    ['UTF-16, the other way round', utf16('{"event":"pay_complete"}').swap16()],
    ['UTF-16 with half a character at its end', utf16('{"event":"pay_complete"}').subarray(0, -1)],
    ['null bytes', '{"event":"pay\0_complete"}\0'],
    ['fullwidth letters that do not parse', `{"event":"${fullwidth('pay_complete')}"`],
    ['zero-width characters that do not parse', '{"event":"pa\u200by_\u00adcomp\u2060lete"'],
    ['escapes that do not parse', '{"event":"pay\\u005Fcomplete",'],
    ['a cut after the name', '{"event":"pay_complete","user":'],
    ['a cut in the result', '{"user":"u","options":{"paymentResult":{"code":"Succ'],
    ['a form', 'event=pay_complete&user=u'],
    ...Array.from('pay_complete', (_, index): readonly [string, string] => [
      'a cut inside the name',
      `{"event":"${'pay_complete'.slice(0, index + 1)}`,
    ]),
    ['a cut inside the name, other spacing', '{"user":"u", "event" : "pay_co\n'],
    ['a cut inside an escape', '{"event":"pay\\u00'],
    ['a cut inside a fullwidth letter', Buffer.from(`{"event":"${fullwidth('pay')}`).subarray(0, -1)],
  ];

  it.each(seen)('are seen with %s', (_, body) => {
    expect(namesPaymentRequest(Buffer.from(body))).toBe(true);
    expect(pushing.parse(webhookRequest(body)).type).toBe('payment-requested');
    expect(namesPaymentRequest(Buffer.from(body))).toBe(true);
  });

  const send = (text: string) => JSON.stringify({ event: 'send', user: 'u', textContent: { text } });
  const unseen: readonly (readonly [string, string])[] = [
    ['a customer who writes the name', send('pay_complete 가 뭐예요?')],
    ['a customer who writes the field', send('"event":"pay_complete", "options":{"paymentResult":{}}')],
    ['a customer who writes a whole request', send('{"event":"pay_complete"}')],
    ['the same escaped by code', send('{"event":"pay_complete"}').replaceAll('\\"', '\\u0022')],
    ['the same with backslashes', send('\\"event\\":\\"pay_complete\\"')],
    ['a customer who writes the result', send('paymentResult')],
    ['a code that says it', '{"event":"send","user":"u","textContent":{"text":"a","code":"event:pay_complete"}}'],
    ['a result that is no object', '{"event":"send","user":"u","options":{"paymentResult":"no"}}'],
    [
      'a payment that is confirmed',
      '{"event":"pay_confirm","user":"u","options":{"paymentResult":{"code":"Success"}}}',
    ],
    ['an echo', '{"event":"echo","user":"u","echoedEvent":"pay_complete"}'],
    ['another event', '{"event":"payment_method","user":"u"}'],
    ['a message', send('결제 완료')],
  ];

  it.each(unseen)('are not seen in %s', (_, body) => {
    expect(namesPaymentRequest(Buffer.from(body))).toBe(false);
    expect(pushing.parse(webhookRequest(body)).type).not.toBe('payment-requested');
  });

  it.each(['{"event":"send","user":"u","textContent":{"te', '{"event":"profile', '{"event":"', 'pa', '', '\0'])(
    'are not seen in the remains %j',
    (body) => {
      expect(namesPaymentRequest(Buffer.from(body))).toBe(false);
    },
  );

  it('are seen whatever a customer writes beside them, and never because of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...WORDS), (noise, word) => {
        const text = `${noise}${word}${noise}`;
        expect(namesPaymentRequest(Buffer.from(send(text)))).toBe(false);
        expect(namesPaymentRequest(Buffer.from(JSON.stringify({ text, event: 'pay_complete' })))).toBe(true);
      }),
    );
  });

  it.each([
    ['marks that would be sorted', `${'\u0301'.repeat(100_000)}${'\u0323'.repeat(100_000)}`],
    ['names', '"event":'.repeat(60_000)],
    ['blanks after a name', `"event"${' '.repeat(500_000)}`.repeat(2)],
    ['escapes', '\\u0070'.repeat(80_000)],
    ['brackets', '['.repeat(500_000)],
    ['broken characters', `${'\uFFFD'.repeat(300_000)}a`],
  ])('are looked for in linear time among %s', (_, body) => {
    const startedAt = performance.now();
    namesPaymentRequest(Buffer.from(body));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

const WORDS = ['pay_complete', '"event":"pay_complete"', '"event" : "paycomp', 'paymentResult', '\\"event\\":\\"pay_c'];

describe('odd events', () => {
  const warnings: Record<string, unknown>[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push({ ...fields }) };
  const channel = createNaverChannel({ ...common, authorization: 'key', logger });
  const user = 'AAECAwQFBgcICQoLDA0ODw';
  const reasonOf = (body: unknown, type = 'application/json;charset=UTF-8') => {
    warnings.length = 0;
    channel.parse(webhookRequest(body, { headers: { 'content-type': type } }));
    expect(warnings.length).toBeLessThan(2);
    return warnings[0]?.reason;
  };
  const said = (textContent: unknown) => ({ event: 'send', user, textContent });

  it.each([
    ['a usual message', said({ text: '네', inputType: 'typing' }), undefined],
    [
      'a photo',
      { event: 'send', user, textContent: {}, imageContent: { imageUrl: 'https://a.example/b.jpg' } },
      undefined,
    ],
    ['a file', { event: 'send', user, textContent: {}, fileContent: { name: 'a' } }, undefined],
    ['a tap that is its code alone', said({ code: 'x', inputType: 'button' }), undefined],
    ['an open', { event: 'open', user }, undefined],
    ['no event', {}, 'The field "event" is missing'],
    ['a number as event', { event: 5 }, 'The field "event" is not text'],
    ['an event of blanks', { event: ' ' }, 'The field "event" is empty'],
    ['text as content', said('비밀'), 'The field "textContent" is not an object; it was passed over'],
    ['a number as text', said({ text: 5 }), 'The field "textContent.text" is not text; it was passed over'],
    ['no content', { event: 'send', user }, 'A message came without content: the field "textContent" is missing'],
    ['an empty content', said({}), 'A message came without content: the field "textContent" is missing'],
    ['a text with a null byte', said({ text: '비밀\0' }), expect.stringContaining('control characters')],
    ['half a pair', said({ text: '비밀\ud83d' }), expect.stringContaining('half a surrogate pair')],
    ['a text that is cut', said({ text: '가'.repeat(10_001) }), expect.stringContaining('was cut to 10000')],
  ])('%s', (_name, body, reason) => {
    expect(reasonOf(body)).toEqual(reason);
    expect(JSON.stringify(warnings)).not.toContain('비밀');
  });

  it('says of the body what is odd about it', () => {
    expect(reasonOf(said({ text: '네' }), 'text/plain')).toBe('The content type is not application/json');
    const broken = Buffer.from(JSON.stringify(said({ text: 'X' })));
    broken[broken.indexOf('"X"') + 1] = 0xff;
    expect(reasonOf(broken)).toContain('not valid UTF-8');
  });

  it.each([
    [undefined, 'is missing'],
    ['', 'is empty'],
    ['가'.repeat(100_000), 'is longer than 256 characters'],
    ['a\0b', 'holds control characters'],
    [{}, 'is neither text nor a number'],
  ])('refuses a user that is %j for the true reason', (bad, reason) => {
    expect(() => channel.parse(webhookRequest({ ...said({ text: '네' }), user: bad }))).toThrowError(
      `The field "user" ${reason}`,
    );
  });
});
