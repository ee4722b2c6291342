/** kill -9 of the real process while questions are open. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import type { SkillExchange } from '../../simulator/kakao.ts';
import { runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { questionId, SLOWLY } from './gated-model.ts';
import { openStage, type Stage } from './stage.ts';
import { WebVisitor } from './web-visitor.ts';

const WAIT = { timeout: 20_000, interval: 25 };

async function setUp({ onTestFinished }: TestContext, inlineBudgetMs = 1_000): Promise<Stage> {
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

describe('kills at random moments', () => {
  const ROUNDS = 3;
  /** Longer than the inline budget: some answers are late, whatever happens. */
  const RELEASE_EVERY_MS = 700;
  const PEOPLE = 10;

  it('lose, double and cross no answer', { timeout: 90_000 }, async (context) => {
    const stage = await setUp(context, 500);
    const { gateway, kakao, model, talktalk } = stage;
    /** What reached whom, in order. */
    const told = new Map<string, string[]>();
    /** Questions that the gateway took: it said 200 to TalkTalk, or showed Kakao's customer something. */
    const accepted = new Map<string, string[]>();
    const note = (map: Map<string, string[]>, who: string, ids: readonly string[]) =>
      map.set(who, [...(map.get(who) ?? []), ...ids]);
    const faults: unknown[] = [];

    const hear = (
      who: string,
      { status, findings, bubbles, callback }: SkillExchange,
      known: readonly string[] = [],
    ) => {
      if (status === 200) faults.push(...findings.faults);
      const ids = questionId(textOf(bubbles)).filter((id) => !known.includes(id));
      note(told, who, ids);
      void callback?.then((result) => note(told, who, questionId(textOf(result.bubbles))));
    };
    /** Takes what is held or of unknown fate, as a customer does who touches every button. */
    const touchAll = async (who: string) => {
      for (let touches = 0; touches < 10; touches += 1) {
        const [button] = kakao.choices(who);
        if (button === undefined) return;
        const exchange = await kakao.tap(who, button);
        // Asked for once more, an answer may be one that had arrived before.
        if (button.label === '답변 다시 보기') hear(who, exchange, told.get(who));
        else hear(who, exchange);
        if (kakao.choices(who)[0] === button) return;
      }
    };
    let killed = false;
    const person = async (index: number, round: number) => {
      for (let n = 1; !killed && n <= 40; n += 1) {
        const slowly = n % 3 === 0 ? SLOWLY : '알려 주세요';
        const id = `질문-${'efg'[round]}${index}-${n}`;
        if (index % 2 === 0) {
          const who = `톡톡 ${index}`;
          const delivery = await talktalk.say(who, `${id} ${slowly}`);
          if (delivery.status === 200) note(accepted, who, [id]);
        } else {
          const who = `카카오 ${index}`;
          const exchange = await kakao.say(who, `${id} ${slowly}`, { callback: index % 3 === 0 });
          hear(who, exchange);
          if (exchange.status === 200) note(accepted, who, [id]);
          else return;
        }
      }
    };

    for (let round = 0; round < ROUNDS; round += 1) {
      killed = false;
      const crowd = Promise.all(Array.from({ length: PEOPLE }, (_, index) => person(index, round)));
      const releasing = setInterval(() => model.release(SLOWLY), RELEASE_EVERY_MS);
      await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 1_600));
      killed = true;
      await gateway.kill();
      await crowd;
      await gateway.restart();
      await vi.waitFor(() => {
        const [open] = read(
          stage,
          `SELECT (SELECT count(*) FROM turns WHERE state IN ('received', 'answering'))
                + (SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending')) AS count`,
        );
        expect(open?.count).toBe(0);
      }, WAIT);
      clearInterval(releasing);
      for (let index = 1; index < PEOPLE; index += 2) {
        const who = `카카오 ${index}`;
        const id = `질문-${'efg'[round]}${index}-99`;
        hear(who, await kakao.say(who, `${id} 알려 주세요`));
        note(accepted, who, [id]);
        await touchAll(who);
      }
    }
    for (let index = 0; index < PEOPLE; index += 2) {
      const who = `톡톡 ${index}`;
      note(
        told,
        who,
        talktalk.messages(who).flatMap((message) => questionId(textOf(message.bubbles))),
      );
    }
    expect(faults).toEqual([]);

    // Cut between writing and the result: perhaps it arrived, perhaps not, and it is never repeated by itself.
    const unknown = new Set(
      read(stage, `SELECT message FROM deliveries WHERE state = 'unknown'`).flatMap((row) =>
        questionId(String(row.message)),
      ),
    );
    expect([...told.keys()].sort()).toEqual([...accepted.keys()].sort());
    for (const [who, ids] of accepted) {
      const heard = told.get(who) ?? [];
      const index = /\d+/.exec(who)?.[0];
      expect(
        heard.filter((id) => !id.includes(`${index}-`)),
        `crossed: ${who}`,
      ).toEqual([]);
      const missing = ids.filter((id) => !heard.includes(id) && !unknown.has(id));
      expect(missing, `lost: ${who}`).toEqual([]);
      const doubled = heard.filter((id, at) => heard.indexOf(id) !== at);
      expect(doubled, `doubled: ${who}`).toEqual([]);
    }
    expect([...accepted.values()].flat().length).toBeGreaterThan(ROUNDS * PEOPLE);
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
