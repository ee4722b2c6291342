import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JsonServer } from '../helpers/json-server.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';

const KEY = 'operator-key-for-tests';
const BODY = { event: '배송출발', recipients: [{ type: 'botUserKey', id: 'person-1' }], params: { order: '7' } };
const TASK = 'd1c0a5f2-0000-4000-8000-000000000000';

let kakao: JsonServer;
let program: TestProgram;

beforeAll(async () => {
  nock.restore();
  kakao = await JsonServer.open();
  program = await startProgram({
    OPERATOR_KEY: KEY,
    KAKAO_REST_API_KEY: 'rest-key',
    KAKAO_EVENT_BOT_ID: '667e91c!',
    KAKAO_BASE_URL: kakao.origin,
    METRICS: 'on',
    RATE_LIMIT_PER_ADDRESS: '0',
  });
});
afterAll(async () => {
  await program.end();
  await kakao.close();
  nock.activate();
});
beforeEach(() => {
  kakao.reaction = { body: { taskId: TASK, status: 'SUCCESS', timestamp: 1 } };
});
afterEach(() => {
  kakao.received.length = 0;
});

function push(body: unknown = BODY, headers: Record<string, string> = {}, url = '/push/kakao', on = program) {
  const sent = json(body);
  return on.app.inject({
    method: 'POST',
    url,
    payload: sent.payload,
    headers: { ...sent.headers, authorization: `Bearer ${KEY}`, ...headers },
  });
}

describe('POST /push/kakao', () => {
  it.each(['/push/kakao', '/bots/default/push/kakao'])('%s runs the event', async (url) => {
    const response = await push(BODY, {}, url);
    expect([response.statusCode, response.json()]).toEqual([
      200,
      {
        pushId: expect.stringMatching(/^[\w-]{22}$/),
        recipients: 1,
        accepted: 1,
        calls: [{ recipients: 1, outcome: 'accepted', code: 'SUCCESS', taskId: TASK }],
      },
    ]);
    expect(kakao.received.map(({ path }) => path)).toEqual(['/v2/bots/667e91c!/talk']);
    expect(JSON.parse(kakao.received[0]?.body ?? '')).toMatchObject({
      event: { name: '배송출발' },
      params: { order: '7' },
    });
  });

  it('has one row for each hundred recipients', async () => {
    const recipients = Array.from({ length: 250 }, (_, index) => ({
      type: 'plusfriendUserKey',
      id: `p${index % 240}`,
    }));
    const { recipients: count, accepted, calls } = (await push({ ...BODY, recipients })).json();
    expect([count, accepted, calls.length]).toEqual([240, 240, 3]);
  });

  it('is 502 with the reasons when nothing was accepted', async () => {
    kakao.reaction = { status: 401, body: { msg: 'wrong appKey', code: -401 } };
    const response = await push();
    expect([response.statusCode, response.json().calls]).toEqual([
      502,
      [
        {
          recipients: 1,
          outcome: 'refused',
          code: 'KEY_REFUSED',
          message: 'wrong appKey',
          advice: expect.stringContaining('KAKAO_REST_API_KEY'),
        },
      ],
    ]);
  });

  it('is safe to repeat with an Idempotency-Key', async () => {
    const first = await push(BODY, { 'idempotency-key': 'order-7' });
    const again = await push(BODY, { 'idempotency-key': 'order-7' });
    expect(again.json()).toEqual(first.json());
    expect(kakao.received).toHaveLength(1);
    const other = await push({ ...BODY, event: '다른이벤트' }, { 'idempotency-key': 'order-7' });
    expect([other.statusCode, other.json().error.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await push(BODY, { 'idempotency-key': '한글' })).statusCode).toBe(400);
  });

  it.each([
    [{ ...BODY, event: undefined }, 'The field "event" is missing'],
    [{}, 'The field "event" is missing'],
    [{ ...BODY, event: '' }, 'The field "event" must not have fewer than 1 characters'],
    [{ ...BODY, recipients: [] }, 'The field "recipients" must not have fewer than 1 items'],
    [{ ...BODY, recipients: 'everybody' }, 'The field "recipients" must be array'],
    [
      { ...BODY, recipients: Array.from({ length: 1_001 }, () => BODY.recipients[0]) },
      'The field "recipients" must not have more than 1000 items',
    ],
    [
      { ...BODY, recipients: [{ type: 'phone', id: '01012345678' }] },
      'The field "recipients.0.type" must be one of botUserKey, plusfriendUserKey, appUserId, botGroupKey',
    ],
    [
      { ...BODY, recipients: [{ type: 'botUserKey', id: '' }] },
      'The field "recipients.0.id" must not have fewer than 1 characters',
    ],
    [{ ...BODY, recipients: [{ type: 'botUserKey' }] }, 'The field "recipients.0.id" is missing'],
    [
      { ...BODY, recipients: [{ type: 'botUserKey', id: 'a', name: '홍길동' }] },
      'The field "recipients.0" has an unknown field "name"',
    ],
    [
      { ...BODY, recipients: [{ type: 'botUserKey', id: 'a', 홍길동: '홍길동' }] },
      'The field "recipients.0" has an unknown field with an unusual name',
    ],
    [{ ...BODY, params: [] }, 'The field "params" must be object'],
    [{ ...BODY, evnet: 'x' }, 'The body has an unknown field "evnet"; known are event, recipients, data, params'],
    [[], 'JSON object'],
  ])('refuses %j', async (body, said) => {
    const response = await push(body);
    expect(response.statusCode).toBe(400);
    const { code, message } = response.json().error;
    expect(code).toBe('INBOUND_MALFORMED');
    expect(message).toContain(said);
    expect(message).not.toMatch(/01012345678|홍길동/);
    expect(kakao.received).toHaveLength(0);
  });

  it('refuses what is no JSON', async () => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const broken = await program.app.inject({ method: 'POST', url: '/push/kakao', headers, payload: '{' });
    expect([broken.statusCode, broken.json().error.code]).toEqual([400, 'INBOUND_MALFORMED']);
    const form = await push(BODY, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form.statusCode).toBe(415);
  });

  it('is for the operator alone', async () => {
    for (const authorization of ['', KEY, 'Bearer wrong', `Basic ${KEY}`, `Bearer ${KEY}x`]) {
      for (const method of ['POST', 'GET'] as const) {
        const url = method === 'POST' ? '/push/kakao' : `/push/kakao/${TASK}`;
        const response = await program.app.inject({ method, url, headers: { authorization } });
        expect([response.statusCode, response.json().error.code]).toEqual([401, 'INBOUND_UNVERIFIED']);
      }
    }
    expect(kakao.received).toHaveLength(0);
  });

  it('knows bots by name', async () => {
    const response = await push(BODY, {}, '/bots/nobody/push/kakao');
    expect([response.statusCode, response.json().error.code]).toEqual([404, 'BOT_UNKNOWN']);
  });

  it('keeps keys and recipients out of the log', async () => {
    await push();
    const log = JSON.stringify(program.logged);
    for (const secret of ['person-1', 'rest-key', KEY]) expect(log).not.toContain(secret);
    expect(program.logged.some((line) => line.msg === 'pushed')).toBe(true);
  });
});

describe('GET /push/kakao/:taskId', () => {
  const read = (url = `/push/kakao/${TASK}`) =>
    program.app.inject({ url, headers: { authorization: `Bearer ${KEY}` } });

  it('tells the result, and counts what it cost', async () => {
    await push(
      { ...BODY, recipients: ['a', 'b'].map((id) => ({ type: 'appUserId', id })) },
      { 'idempotency-key': 'g' },
    );
    const errorMsg = { errorType: 201, msg: 'Bot skill server responded with an HTTP error.' };
    const failure = { userId: 'b', reqUserType: 'appUserId', createdAt: 1, errorMsg };
    kakao.reaction = {
      body: {
        taskId: TASK,
        status: '1 FAIL',
        allRequestCount: 2,
        successCount: 1,
        fail: { count: 1, list: [failure] },
      },
    };
    const billed = async () => {
      const { body } = await program.app.inject({ url: '/metrics' });
      return ['malgil_push_cost_won_total{bot="default"}', 'kind="kakao-event-messages"}'].map((series) =>
        Number(new RegExp(`${series.replace(/[{}]/g, '\\$&')} (\\d+)`).exec(body)?.[1]),
      );
    };
    const [won = 0, messages = 0] = await billed();
    for (const url of [`/push/kakao/${TASK}`, `/bots/default/push/kakao/${TASK}`]) {
      const response = await read(url);
      expect([response.statusCode, response.json()]).toEqual([
        200,
        {
          taskId: TASK,
          recipients: 2,
          delivered: 1,
          unresolved: 0,
          failed: 1,
          isFinal: true,
          failures: [
            {
              recipient: { type: 'appUserId', id: 'b' },
              code: '201',
              message: errorMsg.msg,
              advice: expect.stringContaining('스킬'),
            },
          ],
        },
      ]);
    }
    expect(await billed()).toEqual([won + 15, messages + 1]);
  });

  it('says what is wrong in both tongues', async () => {
    kakao.reaction = { status: 404, body: {} };
    const unknown = await read();
    expect([unknown.statusCode, unknown.json().error]).toEqual([
      404,
      expect.objectContaining({ code: 'TASK_UNKNOWN', advice: expect.stringMatching(/[가-힣]/) }),
    ]);
    kakao.reaction = { status: 500, body: '' };
    expect((await read()).statusCode).toBe(502);
    expect((await read('/push/kakao/..%2f..%2fx')).statusCode).toBe(400);
  });
});

describe('pushing is off', () => {
  it('without a key of the operator, and without one of Kakao', async () => {
    for (const env of [{}, { OPERATOR_KEY: KEY }]) {
      const other = await startProgram(env);
      const response = await push(BODY, {}, '/push/kakao', other);
      expect([response.statusCode, response.json().error.code]).toEqual([404, 'FEATURE_OFF']);
      expect(response.json().error.message).toMatch(
        env.OPERATOR_KEY === undefined ? 'OPERATOR_KEY' : 'KAKAO_REST_API_KEY',
      );
      await other.end();
    }
  });
});

it('is limited per address like everything that people call directly', async () => {
  const slow = await startProgram({
    OPERATOR_KEY: KEY,
    KAKAO_REST_API_KEY: 'rest-key',
    KAKAO_EVENT_BOT_ID: '667e91c!',
    KAKAO_BASE_URL: kakao.origin,
    RATE_LIMIT_PER_ADDRESS: '2',
  });
  const statuses = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await push(BODY, {}, '/push/kakao', slow)).statusCode);
  expect(statuses).toEqual([200, 200, 429]);
  await slow.end();
});

it('is described', async () => {
  const { paths } = (await program.app.inject({ url: '/openapi.json' })).json();
  expect(paths['/push/kakao'].post.requestBody.content['application/json'].schema.properties).toHaveProperty('event');
  expect(Object.keys(paths['/push/kakao/{taskId}'])).toEqual(['get']);
});
