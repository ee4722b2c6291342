import type { Dispatcher, Pool } from 'undici';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { answerQuestion, type Question } from '../../../src/conversation/answering/respond.ts';
import { UsageSum } from '../../../src/conversation/answering/usage-sum.ts';
import { TurnFeed } from '../../../src/conversation/turn/turn-feed.ts';
import { type CallPath, createCallPath } from '../../../src/engine/call-path/index.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createFaqEngine } from '../../../src/engine/faq/index.ts';
import { type Completion, type TextPart, toEngineParts } from '../../../src/engine/openai/completion.ts';
import { ChunkReader } from '../../../src/engine/openai/stream.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { AnswerFormat } from '../../../src/http-client/answer-exchange.ts';
import { answerInAttempts } from '../../../src/http-client/attempts.ts';
import { replyText } from '../../../src/message.ts';
import { delay } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

type Behaviour = 'hang' | 'slow' | 'very slow' | '500' | 'refused' | 'well';

const FIRST_TOKEN_MS: Readonly<Partial<Record<Behaviour, number>>> = { slow: 8_000, 'very slow': 15_000, well: 2_000 };
const FAQ_ANSWER = '반품 배송비는 편도 3,000원입니다.';

let clock: ManualClock;
let callPath: CallPath;

beforeEach(() => start(new ManualClock()));

function start(from: ManualClock): void {
  clock = from;
  callPath = createCallPath({ clock, logger: silentLogger, metrics: { circuitChanged: () => {} } });
}

const CONTROLLER: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
};

/** A wire whose time is the test's. */
function wireOf(name: string, behaviour: () => Behaviour): Pool {
  const respond = async (handler: Dispatcher.DispatchHandler) => {
    const now = behaviour();
    if (now === 'hang') return;
    await delay(clock, FIRST_TOKEN_MS[now] ?? 0);
    if (now === 'refused') {
      handler.onResponseError?.(CONTROLLER, Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      return;
    }
    const chunk = { model: name, choices: [{ index: 0, delta: { content: name }, finish_reason: 'stop' }] };
    const [status, type, body] =
      now === '500'
        ? ([500, 'application/json', '{}'] as const)
        : ([200, 'text/event-stream', `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`] as const);
    handler.onResponseStart?.(CONTROLLER, status, { 'content-type': type });
    handler.onResponseData?.(CONTROLLER, Buffer.from(body));
    handler.onResponseEnd?.(CONTROLLER, {});
  };
  const dispatch = (_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => {
    void respond(handler);
    return true;
  };
  return { dispatch } as unknown as Pool;
}

const REQUEST = { path: '/', headers: [], body: '' };

function formatOf(name: string): AnswerFormat<TextPart, Completion> {
  return {
    openReader: () =>
      new ChunkReader({ upstream: name, model: name, maxSizeBytes: 10_000, refusalOf: () => undefined }),
    readWhole: () => {
      throw new GatewayError('ENGINE_FAILED', 'broken');
    },
    maxSizeBytes: 10_000,
  };
}

/** As the engines are built: circuit, attempts, exchange. Silent for 30 s at most by its own setting. */
function model(name: string, behaviour: () => Behaviour): Engine {
  const pool = wireOf(name, behaviour);
  const engine: Engine = {
    name,
    answer: ({ requestId, closesAt, firstTokenBy }, signal) =>
      toEngineParts(
        answerInAttempts<TextPart, Completion>(
          { upstream: name, pool, clock, random: () => 0.5 },
          {
            request: () => ({
              ...REQUEST,
              format: formatOf(name),
              firstTokenTimeoutMs: 30_000,
              idleTimeoutMs: 30_000,
            }),
            inputTokens: 1,
            outputTokens: 1,
          },
          { requestId, closesAt, signal, ...(firstTokenBy !== undefined && { firstTokenBy }) },
        ),
      ),
    close: async () => {},
  };
  return callPath.guard(engine, name);
}

const WINDOWS = {
  'kakao, inline only': { wantedWithinMs: 4_000 },
  'kakao, callback': { wantedWithinMs: 50_000 },
  naver: {},
  test: { wantedWithinMs: 125_000 },
} satisfies Record<string, { readonly wantedWithinMs?: number }>;

type Answered = readonly [engine: string, afterMs: number];

/** Who answers, and how many ms after the question. */
async function whoAnswers(
  rig: GatewayRig,
  engines: readonly Engine[],
  window: { readonly wantedWithinMs?: number },
): Promise<Answered> {
  const answering = answerOf(rig, engines, window);
  await clock.advance(120_000);
  return answering;
}

/** The same for a test that lets the time pass. */
async function answerOf(
  rig: GatewayRig,
  engines: readonly Engine[],
  { wantedWithinMs }: { readonly wantedWithinMs?: number },
): Promise<Answered> {
  const askedAt = clock.now();
  const question: Question = {
    bot: { ...rig.bot, engines },
    turnId: 't',
    requestId: 'r',
    conversation: { botId: 'default', channel: 'kakao', user: 'u' },
    text: '반품 배송비는 얼마인가요?',
    memory: { recentTurns: [], heldDeliveries: [] },
    closesAt: askedAt + 120_000,
    ...(wantedWithinMs === undefined ? {} : { wantedBy: askedAt + wantedWithinMs }),
    approvedOnly: false,
    usage: new UsageSum(),
  };
  const parts = { clock, logger: silentLogger, metrics: createMetrics({ botIds: ['default'] }) };
  const answer = await answerQuestion(question, new TurnFeed('t'), new AbortController().signal, parts);
  return [replyText(answer.reply), clock.now() - askedAt];
}

describe('a chain of two models and the knowledge', () => {
  let rig: GatewayRig;
  beforeEach(async () => {
    rig = await GatewayRig.open();
    return () => rig.close();
  });

  describe.each<[keyof typeof WINDOWS, Readonly<Record<Exclude<Behaviour, 'well'>, readonly [string, number]>>]>([
    [
      'kakao, inline only',
      {
        hang: ['second', 12_000],
        slow: ['first', 8_000],
        'very slow': ['second', 12_000],
        500: ['second', 2_750],
        refused: ['second', 2_750],
      },
    ],
    [
      'kakao, callback',
      {
        hang: ['second', 26_750],
        slow: ['first', 8_000],
        'very slow': ['first', 15_000],
        500: ['second', 2_750],
        refused: ['second', 2_750],
      },
    ],
    [
      'naver',
      {
        hang: ['second', 32_000],
        slow: ['first', 8_000],
        'very slow': ['first', 15_000],
        500: ['second', 2_750],
        refused: ['second', 2_750],
      },
    ],
    [
      'test',
      {
        hang: ['second', 32_000],
        slow: ['first', 8_000],
        'very slow': ['first', 15_000],
        500: ['second', 2_750],
        refused: ['second', 2_750],
      },
    ],
  ])('on %s', (channel, expected) => {
    it.each(Object.entries(expected))('whose first one is %s', async (behaviour, answer) => {
      const engines = [model('first', () => behaviour as Behaviour), model('second', () => 'well'), createFaqEngine()];
      expect(await whoAnswers(rig, engines, WINDOWS[channel])).toEqual(answer);
    });
  });

  it.each<[keyof typeof WINDOWS, Behaviour, number]>([
    ['kakao, inline only', 'hang', 20_000],
    ['kakao, inline only', '500', 1_500],
    ['kakao, callback', 'hang', 49_500],
    ['kakao, callback', '500', 1_500],
    ['kakao, callback', 'refused', 1_500],
    ['naver', 'hang', 60_000],
    ['naver', 'refused', 1_500],
    ['test', 'hang', 60_000],
    ['test', '500', 1_500],
  ])('on %s is left to the knowledge when both %s', async (channel, behaviour, afterMs) => {
    const engines = [model('first', () => behaviour), model('second', () => behaviour), createFaqEngine()];
    expect(await whoAnswers(rig, engines, WINDOWS[channel])).toEqual([FAQ_ANSWER, afterMs]);
  });

  it('asks an engine that hangs no more once it has hung five times, and again when it is well', async () => {
    let first: Behaviour = 'hang';
    const engines = [model('first', () => first), model('second', () => 'well'), createFaqEngine()];
    const ask = () => whoAnswers(rig, engines, WINDOWS['kakao, callback']);
    // The library of the circuit looks at the machine's clock.
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (let times = 0; times < 5; times += 1) expect(await ask()).toEqual(['second', 26_750]);
      expect(await ask()).toEqual(['second', 2_000]);
      first = 'well';
      vi.setSystemTime(Date.now() + 1_001);
      expect(await ask()).toEqual(['first', 2_000]);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[keyof typeof WINDOWS, number]>([
    ['kakao, callback', 12_000],
    ['naver', 12_000],
  ])('on %s leaves a first one that hangs sooner, once it is known how quickly it begins', async (channel, afterMs) => {
    let first: Behaviour = 'well';
    const engines = [model('first', () => first), model('second', () => 'well'), createFaqEngine()];
    const earlier = Array.from({ length: 3 }, () => answerOf(rig, engines, WINDOWS[channel]));
    await clock.advance(2_000);
    await Promise.all(earlier);
    first = 'hang';
    expect(await whoAnswers(rig, engines, WINDOWS[channel])).toEqual(['second', afterMs]);
  });

  it('keeps on asking the same one when nobody comes after it', async () => {
    let calls = 0;
    const onlyOne = model('first', () => {
      calls += 1;
      return calls === 1 ? 'hang' : 'well';
    });
    expect(await whoAnswers(rig, [onlyOne], WINDOWS['kakao, callback'])).toEqual(['first', 32_250]);
  });
});

describe('a customer of a channel with a callback', () => {
  it('has the answer of the knowledge in it when all models hang', async () => {
    const rig = await GatewayRig.open();
    try {
      start(rig.clock);
      const engines = [model('first', () => 'hang'), model('second', () => 'hang'), createFaqEngine()];
      Object.assign(rig.bot, { engines });
      const handling = rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?', { hasCallback: true }));
      await rig.settle();
      await rig.clock.advance(4_000);
      const handled = await handling;
      await handled.flushed(rig.clock.now(), true);
      await rig.clock.advance(45_500);
      await rig.settle();
      const { sent } = rig.channel('kakao');
      expect(sent.map(({ message }) => message.text)).toEqual([FAQ_ANSWER]);
    } finally {
      await rig.close();
    }
  });
});
