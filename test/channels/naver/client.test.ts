import nock from 'nock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openNaverApi } from '../../../src/channels/naver/api.ts';
import { createSendClient, type SendClient } from '../../../src/channels/naver/client.ts';
import { renderReply } from '../../../src/channels/naver/render.ts';
import { textReply } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { JsonServer } from '../../helpers/json-server.ts';

const conversation = { botId: 'default', channel: 'naver', user: 'AAECAwQFBgcICQoLDA0ODw' } as const;
const never = new AbortController().signal;

describe('the send client', () => {
  let server: JsonServer;
  let client: ReturnType<typeof open>;

  const open = (totalTimeoutMs = 10_000, baseUrl = `${server.origin}/`) => {
    const api = openNaverApi({ authorization: 'ct key+/=', baseUrl, totalTimeoutMs });
    return { ...createSendClient({ botId: 'default', api, logger: silentLogger }), close: api.close };
  };
  const send = (text = '답변입니다.', by: SendClient = client) => {
    const [message] = renderReply(textReply(text), { turnId: 't', conversation, mode: 'push', maxBubbles: 1 });
    if (message === undefined) throw new Error('nothing was rendered');
    return by.deliver(message, { conversation, mode: 'push' }, never);
  };

  beforeAll(async () => {
    nock.restore(); // its sockets say "connected" before anybody has answered
    server = await JsonServer.open();
    client = open();
  });
  afterAll(async () => {
    await client.close();
    await server.close();
    nock.activate();
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  it('posts the event with its recipient, the key exactly as given', async () => {
    server.reaction = { body: { success: true, resultCode: '00' } };
    expect(await send()).toMatchObject({ outcome: 'delivered', code: '00' });
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', path: '/chatbot/v1/event' });
    expect(request?.headers).toMatchObject({
      authorization: 'ct key+/=',
      'content-type': 'application/json;charset=UTF-8',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      event: 'send',
      user: conversation.user,
      textContent: { text: '답변입니다.' },
    });
  });

  it('asks nothing of the platform for a message that must not go out any more', async () => {
    const [message] = renderReply(textReply('답변'), { turnId: 't', conversation, mode: 'push', maxBubbles: 1 });
    if (message === undefined) return expect.unreachable();
    const pacing = { next: async () => false, letOthersGo() {} };
    await client.deliver(message, { conversation, mode: 'push', pacing }, never);
    expect(server.received).toEqual([]);
  });

  it('keeps a path of the base URL', async () => {
    server.reaction = { body: { resultCode: '00' } };
    const prefixed = open(10_000, `${server.origin}/proxy/`);
    await send('a', prefixed);
    expect(server.received[0]?.path).toBe('/proxy/chatbot/v1/event');
    await prefixed.close();
  });

  it.each([
    [{ success: true }, { outcome: 'delivered', code: '00' }],
    [
      { resultCode: '01', resultMessage: 'Authorization 정보 오류' },
      { outcome: 'refused', retryable: false, advice: expect.stringContaining('NAVER_AUTHORIZATION') },
    ],
    [
      { resultCode: '01', resultMessage: '현재 이 사용자에게 메시지를 보낼 수 없음' },
      { outcome: 'refused', retryable: true, retryAfterMs: 60_000 },
    ],
    [{ resultCode: '01', resultMessage: '현재 이 사용자에게 메세지를 보낼 수 없음' }, { retryable: true }],
    [
      { resultCode: '01', resultMessage: '권한없는 파트너에 대한 요청' },
      { outcome: 'refused', retryable: false },
    ],
    [
      { resultCode: '02', resultMessage: 'request json 문자열 파싱 오류' },
      { outcome: 'refused', retryable: false },
    ],
    [
      { resultCode: '99', resultMessage: '알 수 없는 오류' },
      { outcome: 'refused', code: '99', retryable: true },
    ],
    [
      { resultCode: '99', resultMessage: '잘못된 user 값 : x' },
      { outcome: 'refused', retryable: false },
    ],
    [{ resultCode: 'IMG-01' }, { outcome: 'refused', retryable: false, advice: expect.stringContaining('JPG') }],
    [{ resultCode: 'IMG-02' }, { outcome: 'refused', retryable: true }],
    [{ resultCode: '77' }, { outcome: 'refused', code: '77', retryable: false }],
  ])('judges %j by code and message', async (body, expected) => {
    server.reaction = { body };
    expect(await send()).toMatchObject(expected);
  });

  it.each([
    [
      { status: 415, body: '' },
      { outcome: 'refused', code: 'HTTP_415', retryable: false },
    ],
    [
      { status: 503, body: { success: false, resultCode: '99', resultMessage: '알 수 없는 오류' } },
      { code: 'HTTP_503', retryable: true, retryAfterMs: 30_000 },
    ],
    [
      { status: 503, body: { success: true, resultCode: '00' } },
      { code: 'HTTP_503', outcome: 'refused', retryable: true },
    ],
    [
      { status: 503, body: '<html>' },
      { outcome: 'refused', retryable: true, retryAfterMs: 30_000 },
    ],
    [
      { status: 429, headers: { 'retry-after': '7' }, body: '' },
      { outcome: 'refused', retryable: true, retryAfterMs: 7_000 },
    ],
    [
      { status: 200, body: 'ok' },
      { outcome: 'unknown', code: 'HTTP_200', retryable: false },
    ],
  ])('judges %j by its status', async (reaction, expected) => {
    server.reaction = reaction;
    expect(await send()).toMatchObject(expected);
  });

  it('does not know what became of a call that was cut or never answered', async () => {
    server.reaction = 'cut';
    expect(await send()).toEqual({ outcome: 'unknown', code: 'CUT', retryable: false });
    server.reaction = 'silence';
    const impatient = open(200);
    expect(await send('a', impatient)).toMatchObject({ outcome: 'unknown', retryable: false });
    await impatient.close();
  });

  it('may be tried again when nothing was written', async () => {
    const lonely = open(10_000, 'http://127.0.0.1:9');
    expect(await send('a', lonely)).toMatchObject({ outcome: 'refused', code: 'NOT_CONNECTED', retryable: true });
    await lonely.close();
  });

  it('sends nothing for an empty reply', async () => {
    expect(await send('')).toMatchObject({ outcome: 'delivered' });
    expect(server.received).toHaveLength(0);
  });

  it('shows typing, and never throws over it', async () => {
    server.reaction = { body: { resultCode: '00' } };
    await client.showTyping(conversation, never);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      event: 'action',
      user: conversation.user,
      options: { action: 'typingOn' },
    });
    server.reaction = 'cut';
    await expect(client.showTyping(conversation, never)).resolves.toBeUndefined();
  });
});
