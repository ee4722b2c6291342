/** SIGTERM to the real process: who still asks is served, what runs is finished or left to the next start. */
import { request } from 'undici';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { GatedModel, questionId, SLOWLY } from './gated-model.ts';
import { WebVisitor } from './web-visitor.ts';

const AUTHORIZATION = 'talktalk-e2e-key';
const WAIT = { timeout: 15_000, interval: 20 };
const CLEAN_EXIT = { code: 0, signal: null };

let model: GatedModel;
let kakao: KakaoSimulator;
let talktalk: TalkTalkSimulator;
let gateway: GatewayProcess;

beforeEach(async () => {
  model = new GatedModel();
  kakao = createKakaoSimulator({ seed: 'shutdown', callback: false });
  talktalk = createTalkTalkSimulator({ seed: 'shutdown', authorization: AUTHORIZATION });
  const [platform, callbacks] = await Promise.all([talktalk.start(), kakao.start(), model.start()]);
  gateway = await GatewayProcess.start({
    ...model.env,
    KAKAO_CALLBACK_ORIGINS: callbacks.url,
    NAVER_BASE_URL: platform.url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
    SHUTDOWN_DRAIN_MS: '2000',
    SHUTDOWN_LIMIT_MS: '1000',
  });
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
  talktalk.webhookUrl = `${gateway.url}/query/NAVER`;
});

afterEach(async () => {
  await Promise.all([kakao?.close(), talktalk?.close(), model?.close(), gateway?.stop()]);
});

const asked = (id: string, times = 1) => vi.waitFor(() => expect(model.asked(id)).toBe(times), WAIT);

/** Sends SIGTERM, and waits until the process has said that it wants no more traffic. */
async function terminate(): Promise<void> {
  gateway.terminate();
  await vi.waitFor(async () => expect(await gateway.status('/readyz')).toBe(503), WAIT);
}

async function readiness(): Promise<unknown> {
  const response = await request(`${gateway.url}/readyz`, { reset: true });
  return response.body.json();
}

it('says first that it wants no traffic, and serves what comes all the same', async () => {
  await terminate();
  expect(await readiness()).toEqual({ status: 'not-ready', reasons: ['stopping'] });
  expect(await gateway.status('/healthz')).toBe(200);
  const answer = await kakao.say('손님', '질문-a0-1 알려 주세요');
  expect(questionId(textOf(answer.bubbles))).toEqual(['질문-a0-1']);
  expect(answer.findings.faults).toEqual([]);
  expect((await talktalk.say('손님', '질문-a0-2 알려 주세요')).status).toBe(200);
  expect(await gateway.exit).toEqual(CLEAN_EXIT);
  expect(talktalk.messages('손님').map((message) => questionId(textOf(message.bubbles)))).toEqual([['질문-a0-2']]);
  expect(gateway.lines.at(-1)).toContain('"msg":"stopped"');
});

it('finishes what is in flight', async () => {
  const inline = kakao.say('손님', `질문-b0-1 ${SLOWLY}`);
  const stream = new WebVisitor(gateway.url).ask(`질문-b0-2 ${SLOWLY}`);
  await Promise.all([asked('질문-b0-1'), asked('질문-b0-2')]);
  await terminate();
  await model.release();
  expect(questionId(textOf((await inline).bubbles))).toEqual(['질문-b0-1']);
  expect((await stream).map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
  expect(await gateway.exit).toEqual(CLEAN_EXIT);
});

it('gives a slow question its waiting bubble, and the next start answers it', async () => {
  const exchange = kakao.say('손님', `질문-c0-1 ${SLOWLY}`);
  await asked('질문-c0-1');
  await terminate();
  const waiting = await exchange;
  expect(textOf(waiting.bubbles)).toContain('답변을 준비하고 있습니다');
  expect(waiting.findings.faults).toEqual([]);
  expect(await gateway.exit).toEqual(CLEAN_EXIT);

  await gateway.restart();
  await asked('질문-c0-1', 2);
  await model.release();
  await vi.waitFor(async () => {
    const picked = await kakao.tap('손님', '답변 보기');
    expect(questionId(textOf(picked.bubbles))).toEqual(['질문-c0-1']);
  }, WAIT);
});

it('leaves a slow question of TalkTalk to the next start', async () => {
  await talktalk.say('손님', `질문-d0-1 ${SLOWLY}`);
  await asked('질문-d0-1');
  await terminate();
  expect((await talktalk.say('손님', '질문-d0-2 알려 주세요')).status).toBe(200);
  expect(await gateway.exit).toEqual(CLEAN_EXIT);
  expect(talktalk.messages('손님')).toEqual([]);
  await gateway.restart();
  await asked('질문-d0-1', 2);
  await model.release();
  const answers = () => talktalk.messages('손님').flatMap((message) => questionId(textOf(message.bubbles)));
  await vi.waitFor(() => expect(answers()).toEqual(['질문-d0-1', '질문-d0-2']), WAIT);
});

it('is not held up by streams and connections that nobody ends', async () => {
  const visitor = new WebVisitor(gateway.url);
  await visitor.ask('질문-e0-1 알려 주세요');
  const stream = visitor.ask(`질문-e0-2 ${SLOWLY}`);
  await asked('질문-e0-2');
  const watching = visitor.events('1.end');
  const startedAt = Date.now();
  await terminate();
  expect(await gateway.exit).toEqual(CLEAN_EXIT);
  // Drain and limit are 3 s together; without an end it would be the two minutes of the engine.
  expect(Date.now() - startedAt).toBeLessThan(20_000);
  for (const events of [await stream, await watching])
    expect(events.map((event) => event.event)).not.toContain('answer');

  await gateway.restart();
  await asked('질문-e0-2', 2);
  const resumed = visitor.events('2.0');
  await model.release();
  expect((await resumed).map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
});

it('gives up at once on the second signal', async () => {
  void kakao.say('손님', `질문-f0-1 ${SLOWLY}`);
  await asked('질문-f0-1');
  await terminate();
  gateway.terminate();
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
});
