import { createServer as createHttpServer } from 'node:http';
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
      taskId: 'task-1',
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
      expect(receipt).toMatchObject({ outcome: 'refused', code, retryable, taskId: 't' });
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
    const receipt = await deliver();
    expect(receipt).toMatchObject({ outcome, code, retryable: false });
    expect(receipt.advice).toMatch(/[가-힣]/);
    expect(server.received).toHaveLength(1);
  });

  it.each(['501', '505', '504', '999'])('may try once more after the internal error %s', async (number) => {
    const text = `Internal server error occured. Please contact technical support. ${number}`;
    server.reaction = { status: 500, body: { taskId: 't', status: 'ERROR', message: text } };
    expect(await deliver()).toMatchObject({
      outcome: 'refused',
      retryable: true,
      retryAfterMs: 1_000,
      taskId: 't',
    });
  });

  it.each([
    [{ status: 400, body: { status: 'SUCCESS', taskId: 7 } }, 'unknown', '7'],
    [{ status: 200, body: { status: 'success', taskId: 't' } }, 'delivered', 't'],
    [{ status: 200, body: { status: 'FAIL', message: { text: 'no' }, taskId: 't' } }, 'refused', 't'],
    [{ status: 200, body: { status: true, taskId: 't' } }, 'unknown', 't'],
    [{ status: 200, body: [] }, 'unknown', undefined],
    [{ status: 503, body: { status: 'FAIL', taskId: 't' } }, 'refused', 't'],
  ] as const)('judges by both statuses: %j', async (reaction, outcome, taskId) => {
    server.reaction = reaction;
    const receipt = await deliver();
    expect([receipt.outcome, receipt.taskId]).toEqual([outcome, taskId]);
  });

  it('counts what Kakao took or may have taken, and nothing else', async () => {
    let spent = 0;
    const resolveCallback = createCallbackResolver([server.origin]);
    const onCallbackSpent = () => (spent += 1);
    const counting = createCallbackClient({ resolveCallback, onCallbackSpent });
    const impatient = createCallbackClient({ resolveCallback, onCallbackSpent, totalTimeoutMs: 300 });
    const counted: number[] = [];
    for (const reaction of [
      { body: { status: 'SUCCESS' } },
      { body: { status: 'FAIL', message: 'Invalid callback token.' } },
      { status: 502, body: '<html>' },
      'cut',
      { status: 404, body: '' },
      'silence',
    ] as const) {
      server.reaction = reaction;
      await deliver(undefined, never, reaction === 'silence' ? impatient : counting);
      counted.push(spent);
    }
    await deliver(undefined, AbortSignal.abort(), counting);
    expect([...counted, spent]).toEqual([1, 1, 2, 3, 3, 4, 4]);
    await Promise.all([counting.close(), impatient.close()]);
  });

  it('does not know what became of a call that was cut', async () => {
    server.reaction = 'cut';
    expect(await deliver()).toMatchObject({ outcome: 'unknown', code: 'CUT', retryable: false });
    expect(server.received).toHaveLength(1);
  });

  it('gives a silent server up, and does not know either', async () => {
    server.reaction = 'silence';
    const impatient = open([server.origin], 200);
    expect(await deliver(undefined, never, impatient)).toMatchObject({ outcome: 'unknown', retryable: false });
    await impatient.close();
  });

  it('gives up an answer that never ends', async () => {
    const trickling = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => trickling.listen(0, '127.0.0.1', resolve));
    const address = trickling.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const impatient = open([origin], 300);
    if (message === undefined) throw new Error('nothing was rendered');
    const receipt = await impatient.deliver(message, { conversation, mode: 'callback', url: `${origin}/x` }, never);
    expect(receipt).toMatchObject({ outcome: 'unknown', code: 'CUT', retryable: false });
    await impatient.close();
    trickling.closeAllConnections();
    await new Promise((resolve) => trickling.close(resolve));
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
    expect(receipt.advice).toContain('방화벽');
    await lonely.close();
  });

  it('is as good as unwritten when it was cancelled before', async () => {
    expect(await deliver(undefined, AbortSignal.abort())).toMatchObject({ outcome: 'refused', retryable: true });
    expect(server.received).toHaveLength(0);
  });

  it('checks the origin again', async () => {
    const strict = open(['https://bot-api.kakao.com']);
    const receipt = await deliver(undefined, never, strict);
    expect(receipt).toMatchObject({ outcome: 'refused', code: 'ORIGIN_NOT_ALLOWED', retryable: false });
    expect(receipt.advice).toContain('KAKAO_CALLBACK_ORIGINS');
    expect(server.received).toHaveLength(0);
  });
});
