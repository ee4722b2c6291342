import type { Dispatcher, Pool } from 'undici';
import { beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { AnswerFormat } from '../../src/http-client/answer-exchange.ts';
import { answerInAttempts, type StreamedQuestion } from '../../src/http-client/attempts.ts';
import type { CallGate, CallPass } from '../../src/http-client/call-gate.ts';
import { thrownBy } from '../helpers/engine-contract.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** One request, as the other side sees it. */
interface Sent {
  readonly handler: Dispatcher.DispatchHandler;
  wasCut: boolean;
}

let clock: ManualClock;
let sent: Sent[];
let told: unknown[];
let ending: AbortController;
beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  told = [];
  ending = new AbortController();
});

const pool = {
  dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    const request: Sent = { handler, wasCut: false };
    sent.push(request);
    handler.onRequestStart?.({ abort: () => (request.wasCut = true) } as unknown as Dispatcher.DispatchController, {});
    return true;
  },
} as unknown as Pool;

/** Each chunk is a piece; `.` is the result. */
const format: AnswerFormat<string, number> = {
  openReader: () => {
    let pieces: string[] = [];
    let count = 0;
    return {
      hasBegun: true,
      failure: undefined,
      get result() {
        return count > 0 && pieces.length === 0 ? count : undefined;
      },
      get hasFrames() {
        return pieces.length > 0;
      },
      take() {
        const taken = pieces;
        pieces = [];
        return taken;
      },
      feed(bytes) {
        const text = Buffer.from(bytes).toString();
        count = text === '.' ? 1 : 0;
        if (text !== '.') pieces.push(text);
      },
      end() {},
    };
  },
  readWhole: () => {
    throw new GatewayError('ENGINE_OVERLOADED', 'The service is overloaded');
  },
  maxSizeBytes: 1_000,
};

function ask(question: Partial<StreamedQuestion<string, number>> = {}) {
  return answerInAttempts<string, number>(
    { upstream: 'The service', pool, clock, random: () => 1 },
    {
      request: () => ({
        path: '/',
        headers: [],
        body: '',
        format,
        firstTokenTimeoutMs: 30_000,
        idleTimeoutMs: 30_000,
      }),
      inputTokens: 1,
      outputTokens: 2,
      promptTokensOf: (count) => count,
      onAnswered: () => told.push('answered'),
      ...question,
    },
    { requestId: 'r', closesAt: clock.now() + 60_000, signal: ending.signal },
  );
}

function say(request: Sent | undefined, ...chunks: string[]): void {
  const controller = {} as Dispatcher.DispatchController;
  request?.handler.onResponseStart?.(controller, 200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) request?.handler.onResponseData?.(controller, Buffer.from(chunk));
}

function refuse(request: Sent | undefined): void {
  const controller = {} as Dispatcher.DispatchController;
  request?.handler.onResponseStart?.(controller, 503, {});
  request?.handler.onResponseEnd?.(controller, {});
}

const pass: CallPass = {
  answered: (promptTokens) => told.push(promptTokens),
  failed: ({ code }) => told.push(code),
};

it('sends nothing before somebody reads', async () => {
  const answer = ask();
  expect(sent).toEqual([]);
  void answer.next();
  expect(sent).toHaveLength(1);
});

it('hands on pieces one by one, then the result, and is over', async () => {
  const answer = ask();
  const first = answer.next();
  say(sent[0], 'a', 'b');
  expect(await first).toEqual({ done: false, value: 'a' });
  expect(await answer.next()).toEqual({ done: false, value: 'b' });
  const last = answer.next();
  say(sent[0], '.');
  expect(await last).toEqual({ done: false, value: 1 });
  expect(told).toEqual(['answered']);
  expect(await answer.next()).toEqual({ done: true, value: undefined });
  expect(sent).toHaveLength(1);
});

it('cuts the connection when nobody reads on', async () => {
  const answer = ask();
  const first = answer.next();
  say(sent[0], 'a', 'b');
  await first;
  await answer.return?.();
  expect(sent[0]?.wasCut).toBe(true);
  expect(await answer.next()).toEqual({ done: true, value: undefined });
});

it('is asked again before the first piece and never after it', async () => {
  const answer = ask();
  const first = answer.next();
  refuse(sent[0]);
  await clock.advance(2_000);
  expect(sent).toHaveLength(2);
  say(sent[1], 'a');
  expect(await first).toEqual({ done: false, value: 'a' });
  const second = thrownBy(() => answer.next());
  sent[1]?.handler.onResponseError?.({} as Dispatcher.DispatchController, new Error('cut'));
  expect(await second).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  expect(sent).toHaveLength(2);
});

it('leaves at once with a pass that is there, and tells it what became of the call', async () => {
  const gate: CallGate = { tryEnter: () => pass, enter: () => Promise.reject(new Error('nobody has to wait')) };
  const answer = ask({ gate });
  const first = answer.next();
  expect(sent).toHaveLength(1);
  refuse(sent[0]);
  await clock.advance(2_000);
  say(sent[1], '.');
  expect(await first).toEqual({ done: false, value: 1 });
  expect(told).toEqual(['ENGINE_OVERLOADED', 'answered', 1]);
});

it('waits at the gate, and is not sent when it is cancelled there', async () => {
  const { promise, resolve } = Promise.withResolvers<CallPass>();
  const failed = thrownBy(() => ask({ gate: { tryEnter: () => undefined, enter: () => promise } }).next());
  ending.abort();
  resolve(pass);
  expect(await failed).toMatchObject({ code: 'TURN_CANCELLED' });
  expect(sent).toEqual([]);
});

it('rejects for a request that cannot be made', async () => {
  const refusal = new GatewayError('ENGINE_BAD_REQUEST', 'too many images');
  const answer = ask({
    request: () => {
      throw refusal;
    },
  });
  await expect(answer.next()).rejects.toBe(refusal);
});
