import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HookCall, OperatorHook } from '../../src/operator-hook/operator-hook.ts';
import { createSignedPost } from '../../src/operator-hook/signed-post.ts';
import { JsonServer, type Reaction } from '../helpers/json-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const SECRET = '운영자와 나눈 비밀';
const PATIENT_MS = 10_000;
const call: HookCall = {
  id: 'e1',
  at: Date.UTC(2026, 10, 21, 9),
  conversation: { botId: 'shop', channel: 'naver', user: 'AAECAwQFBgcICQoLDA0ODw' },
  type: 'look-up',
  question: '배송 어디까지 왔나요?',
  profile: { phone: '01012345678' },
};

let server: JsonServer;
let hook: OperatorHook;

beforeEach(async () => {
  server = await JsonServer.open();
  const clock = new ManualClock(1_800_000_000_999);
  hook = createSignedPost({ url: `${server.origin}/malgil?key=k`, secret: SECRET, clock });
});

afterEach(async () => {
  await server.close();
  await hook.close();
});

describe('the operator hook', () => {
  it('posts what happened to the one address, signed over time and body', async () => {
    await hook.call(call, PATIENT_MS);
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', path: '/malgil?key=k' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      id: 'e1',
      type: 'look-up',
      at: '2026-11-21T09:00:00.000Z',
      bot: 'shop',
      channel: 'naver',
      user: 'AAECAwQFBgcICQoLDA0ODw',
      question: '배송 어디까지 왔나요?',
      profile: { phone: '01012345678' },
    });
    expect(request?.headers['x-malgil-timestamp']).toBe('1800000000');
    const expected = createHmac('sha256', SECRET).update(`1800000000.${request?.body}`).digest('hex');
    expect(request?.headers['x-malgil-signature']).toBe(`sha256=${expected}`);
  });

  it.each<[string, Reaction, object]>([
    ['a yes', { body: { approve: true } }, { approve: true, text: '' }],
    ['words', { body: { text: ' 오늘 출발했어요. ' } }, { approve: false, text: '오늘 출발했어요.' }],
    ['a no', { body: { approve: false } }, { approve: false, text: '' }],
    [
      'a yes that is none',
      { body: { approve: 'true', text: 1 } },
      { approve: false, text: '', unclear: '`approve` is neither true nor false' },
    ],
    ['nothing', { body: '' }, { approve: false, text: '', unclear: 'it has no `approve`' }],
    ['no content', { status: 204, body: '' }, { approve: false, text: '', unclear: 'it has no `approve`' }],
  ])('reads %s', async (_, reaction, expected) => {
    server.reaction = reaction;
    expect(await hook.call(call, PATIENT_MS)).toEqual(expected);
  });

  it.each<[string, Reaction, object]>([
    [
      'another status',
      { status: 201, body: { approve: true } },
      { status: 201, reason: 'its status is not 200 or 204' },
    ],
    ['an error', { status: 500, body: { approve: true } }, { status: 500, reason: 'its status is not 200 or 204' }],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: { approve: true } },
      { status: 302 },
    ],
    ['a list', { body: [{ approve: true }] }, { status: 200, reason: 'it is not a JSON object' }],
    ['no JSON', { body: '{"approve": true' }, { status: 200, reason: 'it is not a JSON object' }],
    [
      'an endless answer',
      { body: `{"approve": true, "text": "${'가'.repeat(100_000)}"}` },
      { status: 200, reason: 'it is longer than 65536 bytes' },
    ],
    ['a cut connection', 'cut', { code: 'UND_ERR_SOCKET' }],
  ])('takes %s for no answer, and says why', async (_, reaction, details) => {
    server.reaction = reaction;
    await expect(hook.call(call, PATIENT_MS)).rejects.toMatchObject({
      code: 'OPERATOR_HOOK_FAILED',
      retryable: true,
      details,
    });
    expect(server.received).toHaveLength(1);
  });

  it('reads an answer of 20,000 letters', async () => {
    server.reaction = { body: { text: '가'.repeat(20_000) } };
    expect((await hook.call(call, PATIENT_MS)).text).toHaveLength(20_000);
  });

  it('waits no longer than it was told to, and tells nobody the address or the data', async () => {
    server.reaction = 'silence';
    const failure = await hook.call(call, 50).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      code: 'OPERATOR_HOOK_FAILED',
      details: { code: 'TimeoutError', reason: 'it took too long' },
    });
    const told = JSON.stringify([String(failure), failure, (failure as Error).cause, (failure as Error).stack]);
    for (const secret of [server.origin, 'key=k', '01012345678', SECRET]) expect(told).not.toContain(secret);
  });
});
