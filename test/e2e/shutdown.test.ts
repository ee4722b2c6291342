/** SIGTERM to the real process: who still asks is served, what runs is finished or left to the next start. */
import { request } from 'undici';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { WAIT } from '../helpers/wait.ts';
import { questionId, SLOWLY } from './gated-model.ts';
import { openStage, type Stage } from './stage.ts';
import { WebVisitor } from './web-visitor.ts';

const CLEAN_EXIT = { code: 0, signal: null };

async function setUp({ onTestFinished }: TestContext): Promise<Stage> {
  const stage = await openStage({ SHUTDOWN_DRAIN_MS: '3000', SHUTDOWN_LIMIT_MS: '500' });
  onTestFinished(() => stage.end());
  return stage;
}

const reached = ({ model }: Stage, id: string, times = 1) =>
  vi.waitFor(() => expect(model.asked(id)).toBe(times), WAIT);

/** Sends SIGTERM, and waits until the process has said that it wants no more traffic. */
async function terminate({ gateway }: Stage): Promise<void> {
  gateway.terminate();
  await vi.waitFor(async () => expect(await gateway.status('/readyz')).toBe(503), WAIT);
}

const answersOf = ({ talktalk }: Stage) =>
  talktalk.messages('손님').flatMap((message) => questionId(textOf(message.bubbles)));

describe.concurrent('SIGTERM', () => {
  it('says first that no more traffic is wanted, and what comes is served all the same', async (context) => {
    const stage = await setUp(context);
    const { gateway, kakao, talktalk } = stage;
    await terminate(stage);
    const response = await request(`${gateway.url}/readyz`, { reset: true });
    expect(await response.body.json()).toEqual({ status: 'not-ready', reasons: ['stopping'] });
    expect(await gateway.status('/healthz')).toBe(200);
    const answer = await kakao.say('손님', '질문-a0-1 알려 주세요');
    expect(questionId(textOf(answer.bubbles))).toEqual(['질문-a0-1']);
    expect(answer.findings.faults).toEqual([]);
    expect((await talktalk.say('손님', '질문-a0-2 알려 주세요')).status).toBe(200);
    expect(await gateway.exit).toEqual(CLEAN_EXIT);
    expect(answersOf(stage)).toEqual(['질문-a0-2']);
    expect(gateway.logged.at(-1)?.msg).toBe('stopped');
  });

  it('lets what is in flight be finished', async (context) => {
    const stage = await setUp(context);
    const { gateway, kakao, model } = stage;
    const inline = kakao.say('손님', `질문-b0-1 ${SLOWLY}`);
    const stream = new WebVisitor(gateway.url).ask(`질문-b0-2 ${SLOWLY}`);
    await Promise.all([reached(stage, '질문-b0-1'), reached(stage, '질문-b0-2')]);
    await terminate(stage);
    model.release('질문-b0');
    expect(questionId(textOf((await inline).bubbles))).toEqual(['질문-b0-1']);
    expect((await stream).map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
    expect(await gateway.exit).toEqual(CLEAN_EXIT);
  });

  it('gives a slow question of Kakao its waiting bubble, and the next start answers it', async (context) => {
    const stage = await setUp(context);
    const { gateway, kakao, model } = stage;
    const exchange = kakao.say('손님', `질문-c0-1 ${SLOWLY}`);
    await reached(stage, '질문-c0-1');
    await terminate(stage);
    const waiting = await exchange;
    expect(textOf(waiting.bubbles)).toContain('답변을 준비하고 있습니다');
    expect(waiting.findings.faults).toEqual([]);
    expect(await gateway.exit).toEqual(CLEAN_EXIT);

    await gateway.restart();
    await reached(stage, '질문-c0-1', 2);
    model.release('질문-c0-1');
    await vi.waitFor(async () => {
      const picked = await kakao.tap('손님', '답변 보기');
      expect(questionId(textOf(picked.bubbles))).toEqual(['질문-c0-1']);
    }, WAIT);
  });

  it('leaves a slow question of TalkTalk to the next start', async (context) => {
    const stage = await setUp(context);
    const { gateway, model, talktalk } = stage;
    await talktalk.say('손님', `질문-d0-1 ${SLOWLY}`);
    await reached(stage, '질문-d0-1');
    await terminate(stage);
    expect((await talktalk.say('손님', '질문-d0-2 알려 주세요')).status).toBe(200);
    expect(await gateway.exit).toEqual(CLEAN_EXIT);
    expect(answersOf(stage)).toEqual([]);
    await gateway.restart();
    await reached(stage, '질문-d0-1', 2);
    model.release('질문-d0-1');
    await vi.waitFor(() => expect(answersOf(stage)).toEqual(['질문-d0-1', '질문-d0-2']), WAIT);
  });

  it('is not held up by streams and connections that nobody ends', async (context) => {
    const stage = await setUp(context);
    const { gateway, model } = stage;
    const visitor = new WebVisitor(gateway.url);
    await visitor.ask('질문-e0-1 알려 주세요');
    const stream = visitor.ask(`질문-e0-2 ${SLOWLY}`);
    await reached(stage, '질문-e0-2');
    const watching = visitor.events('1.end');
    const startedAt = Date.now();
    await terminate(stage);
    expect(await gateway.exit).toEqual(CLEAN_EXIT);
    // Drain and limit are 3.5 s together; without an end it would be the two minutes of the engine.
    expect(Date.now() - startedAt).toBeLessThan(25_000);
    for (const events of [await stream, await watching]) {
      expect(events.map((event) => event.event)).not.toContain('answer');
    }
    await gateway.restart();
    await reached(stage, '질문-e0-2', 2);
    const resumed = visitor.events('2.0');
    model.release('질문-e0-2');
    expect((await resumed).map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
  });

  it('sent twice ends the process at once', async (context) => {
    const stage = await setUp(context);
    const asked = stage.kakao.say('손님', `질문-f0-1 ${SLOWLY}`);
    await reached(stage, '질문-f0-1');
    await terminate(stage);
    stage.gateway.terminate();
    expect(await stage.gateway.exit).toEqual({ code: 1, signal: null });
    expect((await asked).status).toBe(0);
  });
});
