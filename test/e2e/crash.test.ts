/** kill -9 of the real process while questions are open. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';
import { questionId, SLOWLY } from './gated-model.ts';
import { openStage, type Stage } from './stage.ts';
import { WebVisitor } from './web-visitor.ts';

async function setUp({ onTestFinished }: TestContext, inlineBudgetMs = 2_000): Promise<Stage> {
  const stage = await openStage({ KAKAO_INLINE_BUDGET_MS: String(inlineBudgetMs), NAVER_QUIET_MS: '0' });
  onTestFinished(() => stage.end());
  return stage;
}

const ACKNOWLEDGED = 'SELECT count(*) AS count FROM turns WHERE acknowledged_at IS NOT NULL';

async function killAndRestart({ gateway }: Stage): Promise<void> {
  await gateway.kill();
  await gateway.restart();
}

const reached = ({ model }: Stage, id: string, times = 1) =>
  vi.waitFor(() => expect(model.asked(id)).toBe(times), WAIT);

/** Looks into the turn log, beside whoever writes to it. */
function read({ gateway }: Stage, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(join(gateway.dataDir, 'malgil.sqlite'), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe.concurrent('a question that was open at the kill', () => {
  it('of TalkTalk is answered once by the next process, in order with what waited behind it', async (context) => {
    const stage = await setUp(context);
    const { model, talktalk } = stage;
    await talktalk.say('손님', `질문-a0-1 ${SLOWLY}`);
    await reached(stage, '질문-a0-1');
    await talktalk.say('손님', '질문-a0-2 알려 주세요');
    await killAndRestart(stage);
    await reached(stage, '질문-a0-1', 2);
    model.release('질문-a0-1');
    const answers = () => talktalk.messages('손님').map((message) => questionId(textOf(message.bubbles)));
    await vi.waitFor(() => expect(answers()).toHaveLength(2), WAIT);
    await talktalk.say('손님', '질문-a0-3 알려 주세요');
    await vi.waitFor(() => expect(answers()).toEqual([['질문-a0-1'], ['질문-a0-2'], ['질문-a0-3']]), WAIT);
  });

  it('of TalkTalk whose answer was on its way is not answered again: it may have arrived', async (context) => {
    const stage = await setUp(context);
    const { gateway, talktalk } = stage;
    talktalk.injectSendFault({ kind: 'delay', delayMs: 500 });
    await talktalk.say('손님', '질문-h0-1 알려 주세요');
    await vi.waitFor(() => expect(talktalk.maxInFlight('손님')).toBe(1), WAIT);
    await gateway.kill();
    await gateway.restart();
    await talktalk.say('손님', '질문-h0-2 알려 주세요');
    const answers = () => talktalk.messages('손님').flatMap((message) => questionId(textOf(message.bubbles)));
    await vi.waitFor(() => expect(answers()).toEqual(['질문-h0-1', '질문-h0-2']), WAIT);
  });

  it('of Kakao is held, and comes first in the next response', async (context) => {
    const stage = await setUp(context);
    const { gateway, kakao, model } = stage;
    const exchange = kakao.say('손님', `질문-b0-1 ${SLOWLY}`);
    await reached(stage, '질문-b0-1');
    await gateway.kill();
    // Kakao shows nothing at all for a broken call: the customer will ask again, or something else.
    expect((await exchange).status).toBe(0);
    await gateway.restart();
    await reached(stage, '질문-b0-1', 2);
    model.release('질문-b0-1');
    const next = await vi.waitFor(async () => {
      const answer = await kakao.say('손님', '질문-b0-2 알려 주세요');
      expect(questionId(textOf(answer.bubbles))[0]).toBe('질문-b0-1');
      return answer;
    }, WAIT);
    expect(questionId(textOf(next.bubbles))).toEqual(['질문-b0-1', '질문-b0-2']);
    expect(next.findings.faults).toEqual([]);
    const last = await kakao.say('손님', '질문-b0-3 알려 주세요');
    expect(questionId(textOf(last.bubbles))).toEqual(['질문-b0-3']);
  });

  it('of Kakao with its callback promised is still posted there, once', async (context) => {
    const stage = await setUp(context);
    const { kakao, model } = stage;
    const exchange = await kakao.say('손님', `질문-c0-1 ${SLOWLY}`, { callback: true });
    expect(exchange.callback).toBeDefined();
    await reached(stage, '질문-c0-1');
    await vi.waitFor(() => expect(read(stage, ACKNOWLEDGED)).toEqual([{ count: 1 }]), WAIT);
    await killAndRestart(stage);
    await reached(stage, '질문-c0-1', 2);
    model.release('질문-c0-1');
    const result = await exchange.callback;
    expect(result?.outcome).toBe('delivered');
    expect(questionId(textOf(result?.bubbles ?? []))).toEqual(['질문-c0-1']);
    const next = await kakao.say('손님', '질문-c0-2 알려 주세요');
    expect(questionId(textOf(next.bubbles))).toEqual(['질문-c0-2']);
    expect(kakao.callbackPosts.map((post) => post.accepted)).toEqual([true]);
  });

  it('of a browser goes on where its stream was cut', async (context) => {
    const stage = await setUp(context);
    const { gateway, model } = stage;
    const visitor = new WebVisitor(gateway.url);
    await visitor.ask('질문-d0-1 알려 주세요');
    const stream = visitor.ask(`질문-d0-2 ${SLOWLY}`);
    await reached(stage, '질문-d0-2');
    await gateway.kill();
    const seen = await stream;
    expect(seen.map((event) => event.event)).toEqual(['accepted']);
    await gateway.restart();
    await reached(stage, '질문-d0-2', 2);
    const resumed = visitor.events(seen.at(-1)?.id);
    model.release('질문-d0-2');
    const events = await resumed;
    expect(events.map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
    expect(events.map((event) => event.event)).not.toContain('accepted');
    expect(questionId(JSON.stringify(events.find((event) => event.event === 'answer')?.data.reply))).toEqual([
      '질문-d0-2',
    ]);
    const whole = await visitor.events();
    const answers = whole.filter((event) => event.event === 'answer');
    expect(answers.map((event) => questionId(JSON.stringify(event.data.reply))[0])).toEqual(['질문-d0-1', '질문-d0-2']);
  });
});

it('a second process on the same data refuses with a sentence that says who is in the way', async (context) => {
  const { gateway } = await setUp(context);
  const second = await runGatewayToItsEnd({ DATA_DIR: gateway.dataDir });
  expect(second.code).toBe(1);
  expect(second.output).toMatch(
    /^malgil did not start\. The data directory .+ is in use by process \d+ on .+ another DATA_DIR$/m,
  );
  expect(second.output).not.toMatch(/\n\s+at /);
  expect(await gateway.status('/readyz')).toBe(200);
  await gateway.kill();
  await gateway.restart();
});
