import fc from 'fast-check';
import nock from 'nock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventPush } from '../../../src/channels/event-sender.ts';
import { createEventApi } from '../../../src/channels/kakao/event-api.ts';
import { JsonServer } from '../../helpers/json-server.ts';

const never = new AbortController().signal;
const recipients = (count: number, type = 'botUserKey') =>
  Array.from({ length: count }, (_, index) => ({ type, id: `key-${index}` }));

let server: JsonServer;
let api: ReturnType<typeof createEventApi>;

beforeAll(async () => {
  nock.restore(); // its sockets say "connected" before anybody has answered
  server = await JsonServer.open();
  api = open();
});
afterAll(async () => {
  await api.close();
  await server.close();
  nock.activate();
});
beforeEach(() => {
  server.received.length = 0;
});

function open(totalTimeoutMs = 5_000, baseUrl = server.origin) {
  return createEventApi({ baseUrl, kakaoBotId: '667e91c!', restApiKey: 'rest-key', totalTimeoutMs });
}

describe('planning', () => {
  it('splits by hundreds, people apart from rooms', () => {
    const calls = api.plan({ event: 'e', recipients: [...recipients(150), ...recipients(101, 'botGroupKey')] });
    expect(calls.map((call) => [call.recipients.length, call.recipients[0]?.type])).toEqual([
      [100, 'botUserKey'],
      [50, 'botUserKey'],
      [100, 'botGroupKey'],
      [1, 'botGroupKey'],
    ]);
  });

  it('names everybody once, and nobody who was not named', () => {
    const recipient = fc.record({
      type: fc.constantFrom('botUserKey', 'plusfriendUserKey', 'appUserId', 'botGroupKey'),
      id: fc.constantFrom(...Array.from({ length: 90 }, (_, index) => `k${index}`), '", "', 'botUserKey'),
    });
    fc.assert(
      fc.property(fc.array(recipient, { maxLength: 1_000 }), (named) => {
        const calls = api.plan({ event: 'e', recipients: named });
        const key = (one: object) => JSON.stringify(one);
        const planned = calls.flatMap((call) => call.recipients.map(key));
        expect(new Set(planned)).toEqual(new Set(named.map(key)));
        expect(planned).toHaveLength(new Set(planned).size);
        for (const call of calls) {
          expect(call.recipients.length).toBeLessThanOrEqual(100);
          expect(new Set(call.recipients.map(({ type }) => type === 'botGroupKey')).size).toBe(1);
        }
      }),
    );
  });
});

describe('sending', () => {
  const push: EventPush = {
    event: '배송출발',
    recipients: [
      { type: 'botUserKey', id: 'a' },
      { type: 'appUserId', id: '7' },
    ],
    data: { orderNumber: '1' },
    params: { coupon: 'x' },
  };

  it('asks for the event with the key, the bot id as it is', async () => {
    server.reaction = { body: { taskId: 'task-1', status: 'SUCCESS', timestamp: 1 } };
    expect(await api.send(push, never)).toEqual({
      outcome: 'accepted',
      code: 'SUCCESS',
      retryable: false,
      taskId: 'task-1',
    });
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/v2/bots/667e91c!/talk',
        headers: { authorization: 'KakaoAK rest-key', 'content-type': 'application/json;charset=UTF-8' },
      },
    ]);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      event: { name: '배송출발', data: { orderNumber: '1' } },
      user: push.recipients,
      params: { coupon: 'x' },
    });
  });

  it('sends to rooms at their own address', async () => {
    server.reaction = { body: { taskId: 't', status: 'SUCCESS' } };
    await api.send({ event: 'e', recipients: recipients(1, 'botGroupKey') }, never);
    expect(server.received[0]?.path).toBe('/v2/bots/667e91c!/group');
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      event: { name: 'e' },
      chat: [{ type: 'botGroupKey', id: 'key-0' }],
    });
  });

  it("names the key of an individual's group bot by its own scheme", async () => {
    server.reaction = { body: { taskId: 't', status: 'SUCCESS' } };
    const options = { baseUrl: server.origin, kakaoBotId: 'b', restApiKey: 'bot-key', keyKind: 'group-bot' } as const;
    const ofGroupBot = createEventApi(options);
    await ofGroupBot.send({ event: 'e', recipients: recipients(1, 'botGroupKey') }, never);
    await ofGroupBot.close();
    expect(server.received[0]?.headers.authorization).toBe('KakaoBK bot-key');
  });

  it.each([
    [{ status: 401, body: { msg: 'wrong appKey format', code: -401 } }, 'refused', 'KEY_REFUSED', false],
    [{ status: 403, body: '<html>' }, 'refused', 'KEY_REFUSED', false],
    [{ status: 404, body: {} }, 'refused', 'BOT_REFUSED', false],
    [
      { status: 200, body: { status: 'FAIL', message: 'Invalid bot ID. Check your Bot ID.' } },
      'refused',
      'BOT_REFUSED',
      false,
    ],
    [{ status: 400, body: { status: 'FAIL', message: 'Something new' } }, 'refused', 'REQUEST_REFUSED', false],
    [{ status: 200, body: { status: 'ERROR' } }, 'refused', 'REQUEST_REFUSED', false],
    [{ status: 302, headers: { location: '/x' }, body: '' }, 'refused', 'REQUEST_REFUSED', false],
    [
      { status: 500, body: { status: 'ERROR', message: 'Internal server error occured. 501' } },
      'refused',
      'KAKAO_INTERNAL_SERVER_ERROR',
      false,
    ],
    [{ status: 500, body: { status: 'SUCCESS' } }, 'unknown', 'HTTP_500', false],
    [{ status: 502, body: '<html>' }, 'unknown', 'HTTP_502', false],
    [{ status: 200, body: '' }, 'unknown', 'HTTP_200', false],
    ['cut', 'unknown', 'CUT', false],
  ] as const)('makes a receipt with advice of %j', async (reaction, outcome, code, retryable) => {
    server.reaction = reaction;
    const receipt = await api.send(push, never);
    expect(receipt).toMatchObject({ outcome, code, retryable });
    expect(receipt.advice).toMatch(/[가-힣]/);
    expect(server.received).toHaveLength(1);
  });

  it('may try again when Kakao asks for patience, and when nothing was written', async () => {
    server.reaction = { status: 429, headers: { 'retry-after': '3' }, body: {} };
    expect(await api.send(push, never)).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAfterMs: 3_000 });
    const closed = await JsonServer.open();
    const { origin } = closed;
    await closed.close();
    const lonely = open(1_000, origin);
    expect(await lonely.send(push, never)).toMatchObject({
      outcome: 'refused',
      code: 'NOT_CONNECTED',
      retryable: true,
      advice: expect.stringContaining('방화벽'),
    });
    await lonely.close();
  });

  it('gives a silent server up, and does not know what became of the call', async () => {
    server.reaction = 'silence';
    const impatient = open(200);
    expect(await impatient.send(push, never)).toMatchObject({ outcome: 'unknown', retryable: false });
    await impatient.close();
  });
});

describe('looking a task up', () => {
  it('reads counts and failures, with the key', async () => {
    server.reaction = {
      body: {
        taskId: 'task-1',
        status: '2 FAIL',
        allRequestCount: 3,
        successCount: 1,
        userKeyResolvingFailCount: 1,
        fail: {
          count: 1,
          list: [
            {
              userId: 'a',
              reqUserType: 'botUserKey',
              createdAt: 1,
              errorMsg: { errorType: 201, msg: 'Bot skill server responded with an HTTP error.' },
            },
            'not an object',
          ],
        },
      },
    };
    expect(await api.lookUp('task-1', never)).toEqual({
      outcome: 'found',
      task: {
        taskId: 'task-1',
        recipients: 3,
        delivered: 1,
        unresolved: 1,
        failed: 1,
        isFinal: true,
        failures: [
          {
            recipient: { type: 'botUserKey', id: 'a' },
            code: '201',
            message: 'Bot skill server responded with an HTTP error.',
            advice: expect.stringContaining('스킬 서버'),
          },
        ],
      },
    });
    expect(server.received).toMatchObject([
      { method: 'GET', path: '/v1/tasks/task-1', headers: { authorization: 'KakaoAK rest-key' } },
    ]);
  });

  it('says when the numbers may still change', async () => {
    server.reaction = { body: { taskId: 't', status: 'ALL SUCCESS', allRequestCount: 3, successCount: 2 } };
    expect(await api.lookUp('t', never)).toMatchObject({ task: { delivered: 2, failed: 0, isFinal: false } });
  });

  it.each([
    [{ status: 404, body: {} }, 'not-found'],
    [{ status: 200, body: { status: 'FAIL', message: 'no such task' } }, 'not-found'],
    [{ status: 401, body: {} }, 'failed'],
    [{ status: 500, body: '' }, 'failed'],
    [{ status: 200, body: [] }, 'failed'],
    ['cut', 'failed'],
  ] as const)('has advice for %j', async (reaction, outcome) => {
    server.reaction = reaction;
    expect(await api.lookUp('t', never)).toEqual({
      outcome,
      code: expect.any(String),
      advice: expect.stringMatching(/[가-힣]/),
    });
  });
});
