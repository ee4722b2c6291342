import { createServer } from 'node:net';
import nock from 'nock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCallbackResolver } from '../../../src/channels/kakao/callback-url.ts';
import { createCallbackClient } from '../../../src/channels/kakao/client.ts';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import { textReply } from '../../../src/message.ts';
import { JsonServer } from '../../helpers/json-server.ts';

const conversation = { botId: 'default', channel: 'kakao', user: 'u' } as const;
const [message] = renderReply(textReply('답변입니다.'), { turnId: 't', conversation, mode: 'callback', maxBubbles: 3 });
const never = new AbortController().signal;

describe('the callback client', () => {
  let server: JsonServer;
  let client: ReturnType<typeof createCallbackClient>;

  beforeAll(async () => {
    nock.restore(); // its sockets say "connected" before anybody has answered
    server = await JsonServer.open();
    client = open([server.origin]);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
    nock.activate();
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  function open(origins: string[], totalTimeoutMs?: number) {
    const resolveCallback = createCallbackResolver(origins);
    return createCallbackClient({ resolveCallback, ...(totalTimeoutMs === undefined ? {} : { totalTimeoutMs }) });
  }

  async function deliver(path = '/v1/bots/b!/callback/cbtoken:0f', signal: AbortSignal = never, by = client) {
    if (message === undefined) throw new Error('nothing was rendered');
    return by.deliver(message, { conversation, mode: 'callback', url: `${server.origin}${path}` }, signal);
  }

  it('posts the whole response to the URL byte for byte', async () => {
    server.reaction = { body: { taskId: 'task-1', status: 'SUCCESS', message: 'ok', timestamp: 1 } };
    const path = '/v1/bots/667e!/callback/-cbtoken:0f%3A/../x?a=b%20c';
    expect(await deliver(path)).toEqual({
      outcome: 'delivered',
      code: 'SUCCESS',
      retryable: false,
      platformId: 'task-1',
    });
    expect(server.received).toEqual([
      expect.objectContaining({ method: 'POST', path, body: JSON.stringify(message?.wire) }),
    ]);
    expect(server.received[0]?.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['Invalid callback token for testing purposes.', 'INVALID_CALLBACK_TOKEN_FOR_TESTING', false],
    ['Invalid Callback Token. Check your callback token.', 'INVALID_CALLBACK_TOKEN', false],
    ['The skill server settings are incorrect. Use callback true setting required.', 'CALLBACK_NOT_PROMISED', true],
    ['Invalid bot ID. Check your Bot ID.', 'INVALID_BOT_ID', false],
    ['Invalid json response from bot-skill.', 'INVALID_JSON_RESPONSE', false],
    [
      'Invalid skill-json format. This talk bubble is not suitable for advertising.',
      'INVALID_SKILL_JSON_FORMAT',
      false,
    ],
    ['Internal server error occured. Please contact technical support. 501', 'KAKAO_INTERNAL_SERVER_ERROR', true],
    ['Something new', 'FAIL', false],
  ])('explains "%s"', async (text, code, retryable) => {
    for (const status of [200, 400]) {
      server.reaction = { status, body: { taskId: 't', status: 'FAIL', message: text } };
      const receipt = await deliver();
      expect(receipt).toMatchObject({ outcome: 'refused', code, retryable, platformId: 't' });
      expect(receipt.advice).toMatch(/[가-힣]/);
    }
  });

  it.each([
    [{ status: 500, body: { status: 'SUCCESS' } }, 'unknown', 'HTTP_500'],
    [{ status: 502, body: '<html>' }, 'unknown', 'HTTP_502'],
    [{ status: 200, body: '' }, 'unknown', 'HTTP_200'],
    [{ status: 404, body: 'no' }, 'refused', 'HTTP_404'],
    [{ status: 302, headers: { location: '/elsewhere' }, body: '' }, 'refused', 'HTTP_302'],
  ] as const)('without a verdict: %j', async (reaction, outcome, code) => {
    server.reaction = reaction;
    expect(await deliver()).toMatchObject({ outcome, code, retryable: false });
    expect(server.received).toHaveLength(1);
  });

  it('does not know what became of a call that was cut', async () => {
    server.reaction = 'cut';
    expect(await deliver()).toEqual({ outcome: 'unknown', code: 'CUT', retryable: false });
    expect(server.received).toHaveLength(1);
  });

  it('gives a silent server up, and does not know either', async () => {
    server.reaction = 'silence';
    const impatient = open([server.origin], 200);
    expect(await deliver(undefined, never, impatient)).toMatchObject({ outcome: 'unknown', retryable: false });
    await impatient.close();
  });

  it('may be tried again when nothing was written', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await new Promise((resolve) => closed.close(resolve));
    const lonely = open([origin]);
    if (message === undefined) throw new Error('nothing was rendered');
    const receipt = await lonely.deliver(message, { conversation, mode: 'callback', url: `${origin}/x` }, never);
    expect(receipt).toMatchObject({ outcome: 'refused', code: 'NOT_CONNECTED', retryable: true });
    await lonely.close();
  });

  it('is as good as unwritten when it was cancelled before', async () => {
    expect(await deliver(undefined, AbortSignal.abort())).toMatchObject({ outcome: 'refused', retryable: true });
    expect(server.received).toHaveLength(0);
  });

  it('checks the origin again', async () => {
    const strict = open(['https://bot-api.kakao.com']);
    expect(await deliver(undefined, never, strict)).toMatchObject({ outcome: 'refused', code: 'ORIGIN_NOT_ALLOWED' });
    expect(server.received).toHaveLength(0);
  });
});
