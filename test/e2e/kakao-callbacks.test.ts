/** Callbacks that Kakao refuses, and how many it took: against the real process, over a restart. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { WAIT } from '../helpers/wait.ts';
import { GatedModel, SLOWLY } from './gated-model.ts';

let model: GatedModel;
let kakao: KakaoSimulator;
let pager: JsonServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  model = new GatedModel();
  kakao = createKakaoSimulator({ seed: 'callbacks', callback: true });
  const [{ url }] = await Promise.all([kakao.start(), model.start()]);
  pager = await JsonServer.open();
  gateway = await GatewayProcess.start({
    ...model.env,
    KAKAO_CALLBACK_ORIGINS: url,
    KAKAO_INLINE_BUDGET_MS: '1000',
    KAKAO_CALLBACK_QUOTA: '4',
    KAKAO_CALLBACK_QUOTA_WARN_PERCENT: '50',
    ALERT_WEBHOOK_URL: `${pager.origin}/hook?key=of-the-operator`,
  });
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
});

afterAll(async () => {
  await Promise.all([kakao?.close(), model?.close()]);
  await gateway?.stop();
  await pager?.close();
});

/** Asks, and lets the answer go once it has been promised. */
async function askLate(user: string, id: string) {
  const exchange = await kakao.say(user, `${id} ${SLOWLY} 알려 주세요`);
  await vi.waitFor(() => expect(model.asked(id)).toBe(1), WAIT);
  expect(exchange.callback).toBeDefined();
  model.release(id);
  return exchange;
}

async function used(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/malgil_usage_this_month\{bot="default",kind="kakao-callbacks"\} (\d+)/.exec(text)?.[1]);
}

const alerts = () => pager.received.map(({ body }) => JSON.parse(body) as { code: string; bot: string; text: string });

it.each([
  ['Invalid callback token for testing purposes.', 'INVALID_CALLBACK_TOKEN_FOR_TESTING', '봇테스트'],
  ['Invalid callback token. Check your callback token.', 'INVALID_CALLBACK_TOKEN', 'KAKAO_CALLBACK_BUDGET_MS'],
  ['Invalid bot ID. Check your Bot ID.', 'INVALID_BOT_ID', '챗봇 관리자센터'],
  ['Invalid json response from bot-skill.', 'INVALID_JSON_RESPONSE', '말풍선'],
  ['Invalid skill-json format. This talk bubble is not suitable for advertising.', 'INVALID_SKILL_JSON_FORMAT', '광고'],
])('%s: said to the operator, not tried again, and fetched by the customer', async (message, code, advice) => {
  const id = `질문-r${code.length}-1`;
  kakao.injectCallbackFault({ kind: 'refuse', message, httpStatus: 400 });
  const before = kakao.callbackPosts.length;
  await askLate(code, id);
  await vi.waitFor(() => {
    const said = gateway.logged.find((line) => line.msg === 'the platform refused a message' && line.code === code);
    expect(said).toMatchObject({
      mode: 'callback',
      attempts: 1,
      taskId: expect.stringMatching(/^[\da-f-]{36}$/),
      advice: expect.stringContaining(advice),
    });
  }, WAIT);
  const next = await vi.waitFor(async () => {
    const answer = await kakao.say(code, '반품 배송비는 얼마인가요?', { callback: false });
    expect(textOf(answer.bubbles)).toContain(id);
    return answer;
  }, WAIT);
  expect(next.findings.faults).toEqual([]);
  expect(kakao.callbackPosts).toHaveLength(before + 1);
  expect(await used()).toBe(0);
});

it('counts what was taken or may have been, and alerts at both levels, over a restart', async () => {
  expect((await (await askLate('하나', '질문-q1-1')).callback)?.outcome).toBe('delivered');
  await vi.waitFor(async () => expect(await used()).toBe(1), WAIT);
  expect(alerts()).toEqual([]);
  kakao.injectCallbackFault({ kind: 'cut', accepted: true });
  await askLate('둘', '질문-q2-1');
  await vi.waitFor(() => expect(alerts()).toHaveLength(1), WAIT);
  expect(alerts()[0]).toMatchObject({
    code: 'kakao-callbacks-near-quota',
    bot: 'default',
    text: expect.stringContaining('2건'),
    details: { count: 2, quota: 4 },
  });

  await gateway.kill();
  await gateway.restart();
  expect(await used()).toBe(2);
  await (await askLate('셋', '질문-q3-1')).callback;
  await vi.waitFor(async () => expect(await used()).toBe(3), WAIT);
  expect(alerts()).toHaveLength(1);
  await (await askLate('넷', '질문-q4-1')).callback;
  await vi.waitFor(() => expect(alerts()).toHaveLength(2), WAIT);
  expect(alerts()[1]).toMatchObject({ code: 'kakao-callbacks-used-up' });
  await vi.waitFor(() => expect(gateway.logged.filter((line) => line.alert !== undefined)).toHaveLength(2), WAIT);
  expect(gateway.lines.join('\n')).not.toContain('of-the-operator');
});
