/** The real process on PostgreSQL: alone, and two of them beside each other. */
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { GatewayProcess, runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { createLimitedUser, createTestDatabase, hasPostgres, type TestDatabase } from '../helpers/postgres.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { WAIT } from '../helpers/wait.ts';
import { questionId, SLOWLY } from './gated-model.ts';
import { openStage, type Stage } from './stage.ts';
import { type ServerEvent, WebVisitor } from './web-visitor.ts';

/** What a dead process left open goes on within 12 s; the rest is for a machine that is busy. */
/** Most of the time passes until a process is taken for dead, so the tests wait beside each other: each in a database of its own, whose
 *  processes take over from one another. */
describe.skipIf(!hasPostgres).concurrent('on PostgreSQL', () => {
  async function setUp(
    { onTestFinished }: TestContext,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Stage & { readonly database: TestDatabase }> {
    const database = await createTestDatabase();
    const stage = await openStage({ DATABASE_URL: database.url, NAVER_QUIET_MS: '0', ...env });
    onTestFinished(async () => {
      await stage.end();
      await database.drop();
    });
    return { ...stage, database };
  }

  async function startBeside({ env }: Stage, { onTestFinished }: TestContext): Promise<GatewayProcess> {
    const other = await GatewayProcess.start(env);
    onTestFinished(() => other.stop());
    return other;
  }

  const answersTo = ({ talktalk }: Stage, user: string) =>
    talktalk.messages(user).map((message) => questionId(textOf(message.bubbles)));

  it('the program starts, answers, and finds everything again after a restart', async (context) => {
    const stage = await setUp(context);
    const { database, gateway, kakao } = stage;
    const exchange = await kakao.say('가', `질문-a1-1 알려 주세요`);
    expect(questionId(textOf(exchange.bubbles))).toEqual(['질문-a1-1']);
    gateway.terminate();
    expect(await gateway.exit).toMatchObject({ code: 0 });
    await gateway.restart();
    const next = await kakao.say('가', `질문-a1-2 알려 주세요`);
    expect(questionId(textOf(next.bubbles))).toEqual(['질문-a1-2']);
    expect(
      await database.query(
        `SELECT t.sequence::int, t.state FROM malgil.turns t JOIN malgil.conversations c ON c.serial = t.conversation
         WHERE c.channel = 'kakao' ORDER BY t.sequence`,
      ),
    ).toEqual([
      { sequence: 1, state: 'answered' },
      { sequence: 2, state: 'answered' },
    ]);
  });

  it('a question goes on elsewhere when its process is killed, once', async (context) => {
    const stage = await setUp(context);
    const { gateway, model, talktalk } = stage;
    await startBeside(stage, context);
    await talktalk.say('나', `질문-b1-1 ${SLOWLY}`);
    await vi.waitFor(() => expect(model.asked('질문-b1-1')).toBe(1), WAIT);
    await gateway.kill();
    await vi.waitFor(() => expect(model.asked('질문-b1-1')).toBe(2), WAIT);
    model.release('질문-b1-1');
    await vi.waitFor(() => expect(answersTo(stage, '나')).toEqual([['질문-b1-1']]), WAIT);
  });

  it('what a process leaves open when it ends properly goes on elsewhere', async (context) => {
    const stage = await setUp(context, { SHUTDOWN_LIMIT_MS: '0', SHUTDOWN_DRAIN_MS: '0' });
    const { gateway, model, talktalk } = stage;
    await startBeside(stage, context);
    await talktalk.say('다', `질문-c1-1 ${SLOWLY}`);
    await vi.waitFor(() => expect(model.asked('질문-c1-1')).toBe(1), WAIT);
    gateway.terminate();
    expect(await gateway.exit).toMatchObject({ code: 0 });
    await vi.waitFor(() => expect(model.asked('질문-c1-1')).toBe(2), WAIT);
    model.release('질문-c1-1');
    await vi.waitFor(() => expect(answersTo(stage, '다')).toEqual([['질문-c1-1']]), WAIT);
  });

  it('questions keep their order, and a tap finds its answer, in whatever process they arrive', async (context) => {
    const stage = await setUp(context, { KAKAO_INLINE_BUDGET_MS: '4000' });
    const { database, kakao, model, talktalk } = stage;
    const other = await startBeside(stage, context);
    await talktalk.say('라', `질문-d1-1 ${SLOWLY}`);
    const waiting = await kakao.say('마', `질문-e1-1 ${SLOWLY}`);
    expect(textOf(waiting.bubbles)).not.toContain('질문-e1-1');
    await vi.waitFor(() => expect([model.asked('질문-d1-1'), model.asked('질문-e1-1')]).toEqual([1, 1]), WAIT);

    talktalk.webhookUrl = `${other.url}/query/NAVER`;
    kakao.skillUrl = `${other.url}/query/KAKAO`;
    await talktalk.say('라', '질문-d1-2 알려 주세요');
    const tap = kakao.tap('마', '답변 보기');
    await vi.waitFor(
      async () =>
        expect(
          await database.query('SELECT count(*)::int AS n FROM malgil.conversations WHERE awaited_until > now()'),
        ).toEqual([{ n: 2 }]),
      WAIT,
    );
    expect(model.asked('질문-d1-2')).toBe(0);
    model.release('질문-d1-1');
    model.release('질문-e1-1');
    expect(questionId(textOf((await tap).bubbles))).toEqual(['질문-e1-1']);
    await vi.waitFor(() => expect(answersTo(stage, '라')).toEqual([['질문-d1-1'], ['질문-d1-2']]), WAIT);
  });

  it('an answer that one process makes for a tap is not overtaken by a callback of another', async (context) => {
    const stage = await setUp(context, { KAKAO_INLINE_BUDGET_MS: '1000' });
    const { database, kakao, model } = stage;
    const other = await startBeside(stage, context);
    await kakao.say('바', `질문-f1-1 ${SLOWLY}`, { callback: false });
    await vi.waitFor(() => expect(model.asked('질문-f1-1')).toBe(1), WAIT);
    kakao.skillUrl = `${other.url}/query/KAKAO`;
    const next = await kakao.say('바', '질문-f1-2 알려 주세요', { callback: true });
    expect(next.callback).toBeUndefined();
    expect(next.quickReplies).toMatchObject([{ label: '답변 보기' }]);
    model.release('질문-f1-1');
    await vi.waitFor(
      async () =>
        expect(await database.query(`SELECT count(*)::int AS n FROM malgil.deliveries WHERE state = 'held'`)).toEqual([
          { n: 2 },
        ]),
      WAIT,
    );
    const tap = await kakao.tap('바', '답변 보기');
    expect(questionId(textOf(tap.bubbles))).toEqual(['질문-f1-1', '질문-f1-2']);
    expect(kakao.callbackPosts).toEqual([]);
  });

  it('a callback that a process promises when it is cut off from the database comes from the other one', async (context) => {
    const stage = await setUp(context, { KAKAO_INLINE_BUDGET_MS: '1000' });
    const { database, kakao, model } = stage;
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port || 5432), url.hostname);
    context.onTestFinished(() => proxy.close());
    url.host = `127.0.0.1:${proxy.port}`;
    const cutOff = await GatewayProcess.start({ ...stage.env, DATABASE_URL: url.href });
    context.onTestFinished(() => cutOff.stop());
    kakao.skillUrl = `${cutOff.url}/query/KAKAO`;
    const asking = kakao.say('아', `질문-g1-1 ${SLOWLY}`, { callback: true });
    await vi.waitFor(() => expect(model.asked('질문-g1-1')).toBe(1), WAIT);
    proxy.cut();
    const { callback } = await asking;
    expect(callback).toBeDefined();
    await vi.waitFor(() => expect(model.asked('질문-g1-1')).toBe(2), WAIT);
    model.release('질문-g1-1');
    const result = await callback;
    expect(questionId(textOf(result?.bubbles ?? []))).toEqual(['질문-g1-1']);
    proxy.restore();
    // Nothing is left to be shown again.
    const states = () => database.query('SELECT mode, state FROM malgil.deliveries');
    await vi.waitFor(async () => expect(await states()).toEqual([{ mode: 'callback', state: 'delivered' }]), WAIT);
  });

  /** Asks at the first process and comes back to the other one, which the balancer may choose. */
  async function comeBackElsewhere(stage: Stage, other: GatewayProcess, id: string) {
    const { gateway, model } = stage;
    const asking = new WebVisitor(gateway.url);
    const stream = asking.ask(`${id} ${SLOWLY}`);
    await vi.waitFor(() => expect(model.asked(id)).toBe(1), WAIT);
    const returning = new WebVisitor(other.url);
    returning.cookie = asking.cookie;
    return { stream, returning };
  }

  const names = (events: readonly ServerEvent[]) => events.map(({ event }) => event);
  const answersIn = (events: readonly ServerEvent[]) =>
    events.filter(({ event }) => event === 'answer').map(({ data }) => questionId(JSON.stringify(data.reply)));

  const streamedStates = async (database: TestDatabase) =>
    (await database.query('SELECT state FROM malgil.deliveries ORDER BY serial')).map(({ state }) => state);

  it('a browser that comes back to another process gets its answer there', async (context) => {
    const stage = await setUp(context);
    const { database, model } = stage;
    const other = await startBeside(stage, context);
    const { stream, returning } = await comeBackElsewhere(stage, other, '질문-g1-1');
    const resumed = returning.events('1.0');
    await vi.waitFor(
      async () =>
        expect(
          await database.query('SELECT count(*)::int AS n FROM malgil.conversations WHERE awaited_until > now()'),
        ).toEqual([{ n: 1 }]),
      WAIT,
    );
    model.release('질문-g1-1');
    const events = await resumed;
    expect(names(events)).toEqual(['answer', 'done']);
    expect(answersIn(events)).toEqual([['질문-g1-1']]);
    expect(answersIn(await stream)).toEqual([['질문-g1-1']]);
    expect(await streamedStates(database)).toEqual(['delivered']);
  });

  it('a browser whose process was killed waits at another one until that has taken over', async (context) => {
    const stage = await setUp(context);
    const { database, gateway, model } = stage;
    const other = await startBeside(stage, context);
    const { stream, returning } = await comeBackElsewhere(stage, other, '질문-h1-1');
    await gateway.kill();
    expect(names(await stream)).toEqual(['accepted']);
    const resumed = returning.events('1.0');
    await vi.waitFor(() => expect(model.asked('질문-h1-1')).toBe(2), WAIT);
    model.release('질문-h1-1');
    const events = await resumed;
    expect(names(events).slice(-2)).toEqual(['answer', 'done']);
    expect(answersIn(events)).toEqual([['질문-h1-1']]);
    await vi.waitFor(async () => expect(await streamedStates(database)).toEqual(['delivered']), WAIT);
  });

  it('a process that ends tells browsers to come back, not that there is no answer', async (context) => {
    const stage = await setUp(context, { SHUTDOWN_LIMIT_MS: '0', SHUTDOWN_DRAIN_MS: '0' });
    const { gateway, model } = stage;
    const other = await startBeside(stage, context);
    const { stream, returning } = await comeBackElsewhere(stage, other, '질문-i1-1');
    gateway.terminate();
    expect(names(await stream)).toEqual(['accepted']);
    const resumed = returning.events('1.0');
    await vi.waitFor(() => expect(model.asked('질문-i1-1')).toBe(2), WAIT);
    model.release('질문-i1-1');
    expect(answersIn(await resumed)).toEqual([['질문-i1-1']]);
  });

  it('an agent who speaks at one process is not talked over by another', async (context) => {
    const stage = await setUp(context);
    const { database, gateway, model, talktalk } = stage;
    const other = await startBeside(stage, context);
    const at = (process: GatewayProcess) => {
      talktalk.webhookUrl = `${process.url}/query/NAVER`;
    };
    const statesOf = async (words: string) =>
      (await database.query(`SELECT state FROM malgil.turns WHERE event LIKE '%${words}%' ORDER BY serial`)).map(
        ({ state }) => state,
      );
    at(other);
    await talktalk.say('바', `질문-f1-1 ${SLOWLY}`);
    await vi.waitFor(() => expect(model.asked('질문-f1-1')).toBe(1), WAIT);
    at(gateway);
    await talktalk.agentSays('바', '네, 고객님. 제가 도와드릴게요.');
    // An old button says nothing of who owns the room, so the other process has to know it.
    at(other);
    const tap = {
      event: 'send',
      textContent: { text: '질문-f1-2', code: '배송', inputType: 'button' },
      user: talktalk.userKey('바'),
    };
    await talktalk.sendRaw('바', tap);
    model.release('질문-f1-1');
    await vi.waitFor(async () => expect(await statesOf('질문-f1-')).toEqual(['suppressed', 'suppressed']), WAIT);
    expect(model.asked('질문-f1-2')).toBe(0);

    at(gateway);
    await talktalk.agentCompletes('바');
    at(other);
    await talktalk.say('바', '질문-f1-3 알려 주세요');
    await vi.waitFor(() => expect(answersTo(stage, '바')).toEqual([['질문-f1-3']]), WAIT);
  });

  it('what is due in a room is seen to by another process when its own is killed', async (context) => {
    const stage = await setUp(context);
    const { database, gateway, talktalk } = stage;
    await startBeside(stage, context);
    await talktalk.say('사', '상담원 연결해 주세요');
    await vi.waitFor(() => expect(talktalk.threadOwner('사')).toBe('partner'), WAIT);
    const drivers = async () =>
      (await database.query(`SELECT driver_id FROM malgil.threads WHERE state LIKE '%waiting%'`)).map(
        ({ driver_id: id }) => id,
      );
    await vi.waitFor(async () => expect(await drivers()).toHaveLength(1), WAIT);
    const [driver] = await drivers();
    await gateway.kill();
    await vi.waitFor(async () => expect(await drivers()).not.toEqual([driver]), WAIT);
    expect(await drivers()).toHaveLength(1);
  });

  it.each([
    ['postgres://malgil:the-password@127.0.0.1:1/malgil', 'DATABASE_URL names cannot be used: nothing listens there'],
    ['mysql://malgil:the-password@127.0.0.1/malgil', 'DATABASE_URL: must be an address such as postgres://'],
  ])('says what is wrong with an address, and tells no password (%#)', async (url, sentence) => {
    const ended = await runGatewayToItsEnd({ DATABASE_URL: url, DATABASE_START_WAIT_SECONDS: '3' });
    expect(ended).toMatchObject({ code: 1, output: expect.stringContaining(sentence) });
    expect(ended.output).not.toContain('the-password');
  });

  // One for signs of life, one for notifications, and none is left for questions.
  it.each([1, 2])('says that it got no connection where the database gives %i', async (connectionLimit) => {
    const database = await createTestDatabase();
    const user = await createLimitedUser(database, connectionLimit);
    const ended = await runGatewayToItsEnd({ DATABASE_URL: user.url, DATABASE_START_WAIT_SECONDS: '0' });
    await user.drop();
    await database.drop();
    expect(ended).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^malgil did not start\. .*no connections left .*CONNECTION LIMIT/m),
    });
    expect(ended.output).not.toContain('the-password');
  });
});
