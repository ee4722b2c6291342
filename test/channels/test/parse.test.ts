import { describe, expect, it } from 'vitest';
import { createTestChannel } from '../../../src/channels/test/index.ts';
import { GatewayError } from '../../../src/errors.ts';
import { countingIds, RECEIVED_AT, webhookRequest } from '../../helpers/channel-requests.ts';

function openChannel(testSecret?: string) {
  return createTestChannel({
    botId: 'default',
    secrets: ['bot-secret'],
    newId: countingIds(),
    ...(testSecret === undefined ? {} : { testSecret }),
  });
}

describe('TEST, who may ask', () => {
  const refused = expect.objectContaining({ code: 'INBOUND_UNVERIFIED' });

  it('answers this machine without a secret, and others never', () => {
    const channel = createTestChannel({ botId: 'default', secrets: [], newId: countingIds() });
    expect(() => channel.verify(webhookRequest('{}', { isLocal: true }))).not.toThrow();
    expect(() => channel.verify(webhookRequest('{}'))).toThrowError(refused);
    expect(() => channel.verify(webhookRequest('{}', { headers: { authorization: 'Bearer ' } }))).toThrowError(refused);
  });

  it.each([
    { headers: { 'x-malgil-secret': 's3cret' } },
    { headers: { authorization: 'Bearer s3cret' } },
    { headers: { authorization: 'bearer s3cret' } },
    { pathSecret: 'bot-secret' },
    { isLocal: true },
  ])('accepts $headers $pathSecret $isLocal', (overrides) => {
    expect(() => openChannel('s3cret').verify(webhookRequest('{}', overrides))).not.toThrow();
  });

  it('refuses others', () => {
    const request = webhookRequest('{}', { headers: { authorization: 'Basic s3cret' } });
    expect(() => openChannel('s3cret').verify(request)).toThrowError(refused);
  });
});

describe('TEST, reading', () => {
  it('makes every request its own conversation, unless one is named', () => {
    const channel = openChannel();
    const one = channel.parse(webhookRequest({ query: ' 배송비? ' }));
    const two = channel.parse(webhookRequest({ query: '배송비?' }));
    expect(one.conversation.user).not.toBe(two.conversation.user);
    expect(one).toMatchObject({ type: 'message-received', text: '배송비?', input: 'typed', requestId: 'request-1' });
    expect(one.replyWindows).toEqual([{ mode: 'inline', closesAt: RECEIVED_AT + 120_000 }]);
    expect(channel.parse(webhookRequest({ query: 'a', conversation: 'c' })).conversation.user).toBe('c');
  });

  it.each([
    ['no query', '{}', 'INBOUND_MALFORMED', /"query" is missing/],
    ['a number', '{"query":1}', 'INBOUND_MALFORMED', /"query" must be a string/],
    ['null', '{"query":null}', 'INBOUND_MALFORMED', /"query" must be a string/],
    ['blanks', '{"query":" \\n"}', 'INBOUND_MALFORMED', /"query" is empty/],
    ['too much', `{"query":"${'가'.repeat(10_001)}"}`, 'INBOUND_TOO_LARGE', /"query" is longer than 10000/],
    ['a null character', '{"query":"비밀\\u0000"}', 'INBOUND_MALFORMED', /"query" contains a null character/],
    ['half a surrogate pair', '{"query":"비밀\\ud800"}', 'INBOUND_MALFORMED', /"query" contains half/],
    ['an unknown field', '{"query":"a","Conversation":"b"}', 'INBOUND_MALFORMED', /"Conversation"/],
    ['a strange field', '{"query":"a","비밀 1":"b"}', 'INBOUND_MALFORMED', /unusual name/],
    ['__proto__', '{"query":"a","__proto__":{"query":"b"}}', 'INBOUND_MALFORMED', /__proto__/],
    ['only __proto__', '{"__proto__":{"query":"b"}}', 'INBOUND_MALFORMED', /__proto__/],
    ['broken JSON', '{"query":"비밀', 'INBOUND_MALFORMED', /not valid JSON/],
    ['an array', '[{"query":"a"}]', 'INBOUND_MALFORMED', /JSON object/],
    ['an empty conversation', '{"query":"a","conversation":""}', 'INBOUND_MALFORMED', /"conversation" is empty/],
    ['a long conversation', `{"query":"a","conversation":"${'c'.repeat(101)}"}`, 'INBOUND_TOO_LARGE', /"conversation"/],
    ['a numeric conversation', '{"query":"a","conversation":7}', 'INBOUND_MALFORMED', /"conversation" must be/],
  ])('refuses %s and never repeats the text', (_, body, code, message) => {
    let thrown: unknown;
    try {
      openChannel().parse(webhookRequest(body));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(`${thrown} ${(thrown as GatewayError).cause ?? ''}`).not.toContain('비밀');
  });

  it('takes 10,000 characters and a byte order mark', () => {
    expect(openChannel().parse(webhookRequest({ query: '가'.repeat(10_000) }))).toMatchObject({
      text: '가'.repeat(10_000),
    });
    expect(openChannel().parse(webhookRequest('\uFEFF{"query":"a"}'))).toMatchObject({ text: 'a' });
  });

  it('refuses bytes that are no UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc0, 0xff]), Buffer.from('"}')]);
    expect(() => openChannel().parse(webhookRequest(body))).toThrowError(/UTF-8/);
  });

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'refuses the content type %s',
    (contentType) => {
      const headers = { 'content-type': contentType };
      expect(() => openChannel().parse({ ...webhookRequest('{"query":"a"}'), headers })).toThrowError(
        expect.objectContaining({ code: 'INBOUND_WRONG_CONTENT_TYPE' }),
      );
    },
  );

  it('takes a charset', () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect(openChannel().parse({ ...webhookRequest('{"query":"a"}'), headers }).type).toBe('message-received');
  });
});

describe('TEST, answering', () => {
  it('gives the keys that older clients read, and its own', () => {
    const channel = openChannel();
    const reply = {
      parts: [
        { type: 'text', text: '**3,000원**입니다.', format: 'markdown' },
        { type: 'image', url: 'https://a.example/1.png' },
      ],
      quickReplies: [],
    } as const;
    const conversation = { botId: 'default', channel: 'test', user: 'c' } as const;
    const messages = channel.render(reply, { turnId: 't', conversation, mode: 'inline', maxBubbles: 100 });
    const source = { kind: 'knowledge', engine: 'faq', entries: [{ id: 'e', question: '배송비', score: 1 }] } as const;
    const timings = { knowledgeMs: 1, engineMs: 0, totalMs: 2 };
    const stored = { ...source, session: 'an engine keeps this to itself' };
    const details = { turnId: 't', conversationId: 'c', question: '배송비?', reply, source: stored, timings };
    const response = channel.respond({ kind: 'answered', messages, details });
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body)).toEqual({
      Query: '배송비?',
      Answer: '3,000원입니다.',
      AnswerImageUrl: 'https://a.example/1.png',
      reply,
      source,
      engine: 'faq',
      conversation: 'c',
      turn: 't',
      timings,
    });
  });

  it('tells errors with status, code and Retry-After', () => {
    const error = new GatewayError('INBOUND_RATE_LIMITED', 'Too many requests', {
      retryAfterMs: 1_200,
      details: { requestId: 'r-1' },
    });
    const response = openChannel().respond({ kind: 'refused', error });
    expect(response).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    expect(JSON.parse(response.body)).toEqual({
      error: { code: 'INBOUND_RATE_LIMITED', message: 'Too many requests', requestId: 'r-1' },
    });
  });
});
