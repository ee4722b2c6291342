import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ClovaSimulator,
  type ClovaSimulatorOptions,
  createClovaSimulator,
} from '../../../simulator/clova/server.ts';
import { type ClovaEngineSettings, createClovaEngine } from '../../../src/engine/clova-studio/index.ts';
import type { Engine, EnginePart, EngineRequest } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import {
  collectParts,
  engineContract,
  engineRequest,
  expectPartGrammar,
  textOf,
  thrownBy,
} from '../../helpers/engine-contract.ts';
import { frozenClock, ManualClock } from '../../helpers/manual-clock.ts';
import { photo } from '../../helpers/photos.ts';
import { clovaSettings } from '../clova-settings.ts';

const logged: { fields: object; message: string }[] = [];
const log = (fields: object, message: string) => void logged.push({ fields, message });
const logger = { debug: log, info: log, warn: log, error: log };

const cleanups: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  logged.length = 0;
  nock.cleanAll();
});

function createEngine(settings: Partial<ClovaEngineSettings>, clock: Clock = systemClock): Engine {
  const engine = createClovaEngine(clovaSettings(settings), { logger, clock });
  cleanups.push(() => engine.close());
  return engine;
}

async function startSimulator(options: ClovaSimulatorOptions = {}): Promise<ClovaSimulator & { url: string }> {
  const simulator = createClovaSimulator(options);
  const { url } = await simulator.start();
  cleanups.push(() => simulator.close());
  return Object.assign(simulator, { url });
}

/** A server of ten lines, for what the simulator does not do. */
async function startServer(handle: (response: ServerResponse) => void): Promise<Server & { url: string }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => handle(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** Lets the event loop turn until something is so; the tests' own time-out bounds it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Reads an answer that is expected to fail: what came before, and why. */
async function readFailing(engine: Engine, request: EngineRequest, signal = new AbortController().signal) {
  const parts: EnginePart[] = [];
  const thrown = await thrownBy(async () => {
    for await (const part of engine.answer(request, signal)) parts.push(part);
  });
  expect(thrown).toBeInstanceOf(GatewayError);
  return { text: textOf(parts), parts, error: thrown as GatewayError };
}

/** For an engine with the {@link frozenClock}: no time is left for a second attempt, and the first loses none of it. */
const withoutRetry = () => engineRequest({ closesAt: 900 });

engineContract('clova', async () => {
  const simulator = createClovaSimulator();
  const { url } = await simulator.start();
  return {
    engine: createClovaEngine(clovaSettings({ baseUrl: url }), { logger }),
    request: engineRequest(),
    hangUpstream: () => simulator.failNext(10, { kind: 'hang', afterTokens: 'before-headers' }),
    breakUpstream: () => simulator.failNext(10, { httpStatus: 500, code: '50000' }),
    upstreamRequests: () => simulator.requests.length,
    upstreamSawCut: () => simulator.whenCancelled(),
    tearDown: () => simulator.close(),
  };
});

describe('pictures', () => {
  const images = [{ mediaType: 'image/png', bytes: photo('photo.png') }] as const;

  it.each([
    [{ model: 'HCX-007' }, false],
    [{ model: 'HCX-005' }, true],
    [{ model: 'HCX-007', visionModel: 'HCX-005' }, true],
    [{ model: 'HCX-999' }, false],
    [{ model: 'HCX-007', visionModel: 'HCX-999' }, true],
  ])('%o can see: %s', (settings, canSee) => {
    expect(createEngine(settings).seesImages !== undefined).toBe(canSee);
  });

  it('go to the model that can see, and everything else to the other', async () => {
    const simulator = await startSimulator();
    const engine = createEngine({
      baseUrl: simulator.url,
      visionModel: 'HCX-005',
      thinkingEffort: 'high',
      maxOutputTokens: 8_000,
    });
    const seen = await collectParts(engine, engineRequest({ images }));
    expect(textOf(seen)).toContain('보내 주신 사진(PNG 40×24)을 확인했습니다.');
    expect(seen.at(-1)).toMatchObject({ type: 'finished', model: 'HCX-005' });
    expect((await collectParts(engine, engineRequest())).at(-1)).toMatchObject({ model: 'HCX-007' });
    expect(simulator.requests.map(({ path, body }) => [path, Object.keys(body as object).sort()])).toEqual([
      ['/v3/chat-completions/HCX-005', ['maxTokens', 'messages']],
      ['/v3/chat-completions/HCX-007', ['maxCompletionTokens', 'messages', 'thinking']],
    ]);
    expect(simulator.requests[0]?.body).toMatchObject({ maxTokens: 4_096 });
  });
});

describe.each(['HCX-007', 'HCX-005', 'HCX-DASH-002', 'HCX-003', 'HCX-DASH-001'])('%s', (model) => {
  it.each<[string, ClovaSimulatorOptions]>([
    ['streams', {}],
    ['streams slowly', { tokensPerSecond: 2_000, latencyMs: 5 }],
    ['streams as the documentation writes it', { blankAfterColon: true, lineEnd: '\r\n', comments: true }],
    ['streams without a signal', { signal: false }],
    ['streams through a proxy that compresses', { gzip: true, tokensPerSecond: 2_000 }],
    ['answers without streaming', { streaming: false }],
    ['answers without streaming, compressed', { streaming: false, gzip: true }],
  ])('%s', async (_name, options) => {
    const simulator = await startSimulator({ ...options, answer: '네, 평일 09:00부터입니다 😀.\n더 도와드릴까요?' });
    const parts = await collectParts(createEngine({ baseUrl: simulator.url, model }), engineRequest());
    expectPartGrammar(parts);
    expect(textOf(parts)).toBe('네, 평일 09:00부터입니다 😀.\n더 도와드릴까요?');
    expect(parts.at(-1)).toEqual({
      type: 'finished',
      reason: 'stop',
      model,
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
    });
  });

  it('says when the answer was cut short', async () => {
    const simulator = await startSimulator({ answer: '가'.repeat(200) });
    const parts = await collectParts(
      createEngine({ baseUrl: simulator.url, model, maxOutputTokens: 10 }),
      engineRequest(),
    );
    expect(parts.at(-1)).toMatchObject({ reason: 'length', usage: { completionTokens: 10 } });
  });
});

describe('what is sent', () => {
  it('carries key, request id and the whole conversation', async () => {
    const simulator = await startSimulator();
    const request = engineRequest({ requestId: 'turn-1', history: [{ role: 'assistant', text: '안녕하세요' }] });
    await collectParts(createEngine({ baseUrl: simulator.url }), request);
    expect(simulator.requests).toMatchObject([
      {
        path: '/v3/chat-completions/HCX-007',
        headers: {
          authorization: 'Bearer nv-test-key',
          accept: 'text/event-stream',
          'x-ncp-clovastudio-request-id': 'turn-1',
        },
        body: {
          messages: [
            { role: 'system', content: '당신은 친절한 상담원입니다.' },
            { role: 'assistant', content: '안녕하세요' },
            { role: 'user', content: '영업시간이 어떻게 되나요?' },
          ],
          thinking: { effort: 'none' },
        },
      },
    ]);
  });

  it('goes to the commercial host over TLS', async () => {
    const scope = nock('https://clovastudio.stream.ntruss.com', { reqheaders: { authorization: 'Bearer nv-test-key' } })
      .post('/v3/chat-completions/HCX-005')
      .reply(200, 'event:result\ndata:{"message":{"content":"네"},"finishReason":"stop"}\n\n', {
        'content-type': 'text/event-stream',
      });
    expect(textOf(await collectParts(createEngine({ model: 'HCX-005' }), engineRequest()))).toBe('네');
    scope.done();
  });

  it('keeps thinking out of the answer', async () => {
    const simulator = await startSimulator({ answer: '답' });
    const parts = await collectParts(createEngine({ baseUrl: simulator.url, thinkingEffort: 'low' }), engineRequest());
    expect(textOf(parts)).toBe('답');
    expect(parts.at(-1)).toMatchObject({ usage: { thinkingTokens: expect.any(Number) } });
  });

  it.each([
    ['', 'length', { cause: expect.stringMatching(/^thinking used up all 20480 tokens: raise CLOVA_MAX_TOKENS/) }],
    ['답', 'length', undefined],
    ['', 'stop', undefined],
  ])('says why nothing was left to answer with: %j, %s', async (content, finishReason, details) => {
    const message = { role: 'assistant', content, thinkingContent: '생각' };
    const usage = { promptTokens: 10, completionTokens: 20_480, completionTokensDetails: { thinkingTokens: 20_480 } };
    nock('https://clovastudio.stream.ntruss.com')
      .post('/v3/chat-completions/HCX-007')
      .reply(200, { status: { code: '20000', message: 'OK' }, result: { message, finishReason, usage } });
    const engine = createEngine({ thinkingEffort: 'high', maxOutputTokens: 50 });
    const finished = (await collectParts(engine, engineRequest())).at(-1);
    expect(finished).toMatchObject({ type: 'finished', reason: finishReason, usage: { completionTokens: 20_480 } });
    expect(finished?.type === 'finished' ? finished.details : 'none').toEqual(details);
  });
});

describe('failures', () => {
  it.each([
    [{ httpStatus: 400, code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    [{ httpStatus: 400, code: '40005' }, 'ENGINE_FILTERED'],
    [{ httpStatus: 400, code: '40082' }, 'ENGINE_MODEL_UNAVAILABLE'],
    [{ httpStatus: 401, code: '40104' }, 'ENGINE_UNAUTHORIZED'],
    [{ httpStatus: 429, code: '42902' }, 'ENGINE_OVERLOADED'],
    [{ httpStatus: 500, code: '50000' }, 'ENGINE_FAILED'],
    [{ kind: 'refusal-in-200', code: '42901' }, 'ENGINE_RATE_LIMITED'],
    [{ kind: 'refusal-in-200', code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    [{ kind: 'error-frame', code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    [{ kind: 'html-page', httpStatus: 502 }, 'ENGINE_FAILED'],
    [{ kind: 'html-page', httpStatus: 200 }, 'ENGINE_STREAM_BROKEN'],
    [{ kind: 'html-page', httpStatus: 302 }, 'ENGINE_BAD_REQUEST'],
    [{ kind: 'empty-body', httpStatus: 503 }, 'ENGINE_OVERLOADED'],
    [{ kind: 'empty-body', httpStatus: 200 }, 'ENGINE_STREAM_BROKEN'],
    [{ kind: 'empty-body', httpStatus: 204 }, 'ENGINE_FAILED'],
    [{ kind: 'cut', afterTokens: 'before-headers' }, 'ENGINE_UNREACHABLE'],
    [{ kind: 'cut', afterTokens: 0 }, 'ENGINE_STREAM_BROKEN'],
  ] as const)('%o is %s', async (fault, code) => {
    const simulator = await startSimulator();
    simulator.failNext(1, fault);
    const { error, parts } = await readFailing(createEngine({ baseUrl: simulator.url }, frozenClock), withoutRetry());
    expect(error.code).toBe(code);
    expect(parts).toEqual([]);
    expect(simulator.requests).toHaveLength(1);
    expect(await collectParts(createEngine({ baseUrl: simulator.url }), engineRequest())).not.toEqual([]);
  });

  it.each([
    [{ kind: 'error-frame', code: '50000', afterTokens: 3 }, 'ENGINE_FAILED'],
    [{ kind: 'cut', afterTokens: 3 }, 'ENGINE_STREAM_BROKEN'],
    [{ kind: 'no-result' }, 'ENGINE_STREAM_BROKEN'],
    [{ kind: 'malformed-frame' }, 'ENGINE_STREAM_BROKEN'],
  ] as const)('%o hands on what came, then %s, and never asks again', async (fault, code) => {
    const answer = '하나 둘 셋 넷 다섯 여섯';
    const simulator = await startSimulator({ answer, tokensPerSecond: 1_000 });
    simulator.failNext(1, fault);
    const { error, text } = await readFailing(createEngine({ baseUrl: simulator.url }), engineRequest());
    expect(error.code).toBe(code);
    expect(text).not.toBe('');
    expect(answer).toContain(text);
    expect(simulator.requests).toHaveLength(1);
  });

  it('is unreachable when nobody listens', async () => {
    const server = await startServer(() => {});
    const { url } = server;
    server.close();
    const { error } = await readFailing(createEngine({ baseUrl: url }, frozenClock), withoutRetry());
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE', details: { networkCode: 'ECONNREFUSED' } });
  });

  it('puts no question, answer or key into errors and logs', async () => {
    const simulator = await startSimulator();
    simulator.failNext(2, { httpStatus: 400, code: '40001', message: 'Invalid parameter: 영업시간이 어떻게 되나요?' });
    simulator.failNext(1, { kind: 'malformed-frame' });
    const engine = createEngine({ baseUrl: simulator.url }, frozenClock);
    for (let i = 0; i < 3; i += 1) {
      const { error } = await readFailing(engine, withoutRetry());
      const everything = JSON.stringify([
        error,
        error.message,
        error.details,
        error.stack,
        String(error.cause),
        logged,
      ]);
      expect(everything).not.toMatch(/영업시간|nv-test-key|assis"/);
    }
  });
});

describe('another attempt', () => {
  it('comes after the pause that the service asks for', async () => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(1, { httpStatus: 429, code: '42901', headers: { 'x-ratelimit-reset-requests': '3s' } });
    const answer = collectParts(
      createEngine({ baseUrl: simulator.url }, clock),
      engineRequest({ closesAt: 1_060_000 }),
    );
    await until(() => logged.length === 1);
    await clock.advance(3_049);
    expect(simulator.requests).toHaveLength(1);
    await clock.advance(300);
    expectPartGrammar(await answer);
    expect(simulator.requests).toHaveLength(2);
    expect(logged[0]?.fields).toMatchObject({ code: 'ENGINE_RATE_LIMITED', upstreamCode: '42901', httpStatus: 429 });
  });

  it('comes at once when a kept connection turns out to be dead', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'cut', afterTokens: 'before-headers' });
    const parts = await collectParts(
      createEngine({ baseUrl: simulator.url }, new ManualClock()),
      engineRequest({ closesAt: 1_060_000 }),
    );
    expectPartGrammar(parts);
    expect(simulator.requests).toHaveLength(2);
  });

  it('does not keep the first connection while it waits', async () => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 0 });
    const engine = createEngine({ baseUrl: simulator.url, firstTokenTimeoutMs: 5_000 }, clock);
    const answer = collectParts(engine, engineRequest({ closesAt: 1_060_000 }));
    await until(() => simulator.requests.length === 1);
    await clock.advance(5_000);
    await simulator.whenCancelled();
    expect(simulator.requests).toHaveLength(1);
    await clock.advance(500);
    expectPartGrammar(await answer);
  });

  it.each([
    ['its own limit', 20_000, 5_000],
    ['its share', 3_000, 3_000],
  ])('is not made after a silence as long as %s, when another engine comes next', async (_, shareMs, silenceMs) => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 'before-headers' });
    const engine = createEngine({ baseUrl: simulator.url, firstTokenTimeoutMs: 5_000 }, clock);
    const request = engineRequest({ closesAt: 1_060_000, firstTokenBy: clock.now() + shareMs });
    const answer = readFailing(engine, request);
    await until(() => simulator.requests.length === 1);
    await clock.advance(silenceMs);
    expect((await answer).error).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { waitedMs: silenceMs } });
    expect(simulator.requests).toHaveLength(1);
  });

  it('is made twice at most, each time after a longer pause', async () => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(3, { httpStatus: 500, code: '50000' });
    const answer = readFailing(createEngine({ baseUrl: simulator.url }, clock), engineRequest({ closesAt: 1_060_000 }));
    await until(() => logged.length === 1);
    await clock.advance(500);
    await until(() => logged.length === 2);
    await clock.advance(1_000);
    expect((await answer).error.code).toBe('ENGINE_FAILED');
    expect(simulator.requests).toHaveLength(3);
  });

  it.each([
    ['no time would be left for it', { httpStatus: 429, code: '42901', headers: { 'retry-after': '3' } }, 1_003_500],
    ['a customer cannot wait so long', { httpStatus: 429, code: '42901', headers: { 'retry-after': '30' } }, 1_060_000],
    ['nothing would change', { httpStatus: 400, code: '40003' }, 1_060_000],
  ] as const)('does not come when %s', async (_name, fault, closesAt) => {
    const simulator = await startSimulator();
    simulator.failNext(1, fault);
    await readFailing(createEngine({ baseUrl: simulator.url }, new ManualClock()), engineRequest({ closesAt }));
    expect(simulator.requests).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('does not come when the caller leaves during the pause', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { httpStatus: 500, code: '50000' });
    const controller = new AbortController();
    const engine = createEngine({ baseUrl: simulator.url }, new ManualClock());
    const answer = readFailing(engine, engineRequest({ closesAt: 1_060_000 }), controller.signal);
    await until(() => logged.length === 1);
    controller.abort();
    expect((await answer).error.code).toBe('TURN_CANCELLED');
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('time', () => {
  it.each([
    ['before-headers', 'first-token', 5_000],
    [0, 'first-token', 5_000],
    [2, 'idle', 3_000],
  ] as const)('silence after %s is the limit %s', async (afterTokens, limit, limitMs) => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(2, { kind: 'hang', afterTokens });
    const settings = { baseUrl: simulator.url, firstTokenTimeoutMs: 5_000, idleTimeoutMs: 3_000 };
    const parts: EnginePart[] = [];
    let isOver = false;
    const answer = thrownBy(async () => {
      const request = engineRequest({ closesAt: clock.now() + limitMs + 500 });
      for await (const part of createEngine(settings, clock).answer(request, new AbortController().signal))
        parts.push(part);
    }).finally(() => {
      isOver = true;
    });
    await until(() => simulator.requests.length === 1);
    if (afterTokens === 2) await until(() => parts.length > 0);
    // Whether the headers are in does not matter to the limit, but the request must be on its way before time moves.
    await clock.advance(limitMs - 1);
    expect(isOver).toBe(false);
    await clock.advance(limitMs);
    expect(await answer).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { limit } });
    await simulator.whenCancelled();
  });

  it('ends at closesAt, whatever the other limits say', async () => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 2 });
    const answer = readFailing(
      createEngine({ baseUrl: simulator.url }, clock),
      engineRequest({ closesAt: clock.now() + 4_000 }),
    );
    await until(() => simulator.requests.length === 1);
    await clock.advance(4_000);
    expect((await answer).error).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { limit: 'work' } });
  });

  it('sends nothing when closesAt has passed', async () => {
    const simulator = await startSimulator();
    const { error } = await readFailing(
      createEngine({ baseUrl: simulator.url }),
      engineRequest({ closesAt: Date.now() }),
    );
    expect(error.code).toBe('ENGINE_TIMEOUT');
    expect(simulator.requests).toEqual([]);
  });

  it('does not take a slow reader for a silent service', async () => {
    const clock = new ManualClock();
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event:token\ndata:{"message":{"content":"가"}}\n\n');
      rest = () => response.end('event:result\ndata:{"message":{"content":"가"}}\n\n');
    });
    let rest: () => void = () => {};
    const engine = createEngine({ baseUrl: server.url, idleTimeoutMs: 3_000 }, clock);
    const answer = engine.answer(engineRequest({ closesAt: clock.now() + 60_000 }), new AbortController().signal);
    const iterator = answer[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { text: '가' } });
    await clock.advance(20_000);
    const last = iterator.next();
    await clock.advance(2_999); // counted from the moment of reading on
    rest();
    expect(await last).toMatchObject({ value: { type: 'finished' } });
  });
});

describe('connections', () => {
  it('cuts the stream in the middle when the caller leaves', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 2 });
    const controller = new AbortController();
    const parts: EnginePart[] = [];
    const thrown = await thrownBy(async () => {
      for await (const part of createEngine({ baseUrl: simulator.url }).answer(engineRequest(), controller.signal)) {
        parts.push(part);
        controller.abort(new GatewayError('TURN_CANCELLED', 'The customer left the room'));
      }
    });
    expect(thrown).toMatchObject({ code: 'TURN_CANCELLED', message: 'The customer left the room' });
    expect(textOf(parts)).not.toBe('');
    await simulator.whenCancelled();
  });

  it('cuts the stream when the reader just stops', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 2 });
    for await (const part of createEngine({ baseUrl: simulator.url }).answer(
      engineRequest(),
      new AbortController().signal,
    )) {
      expect(part.type).toBe('text-delta');
      break;
    }
    await simulator.whenCancelled();
  });

  it('lets a caller leave who still waits for a free connection', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 'before-headers' });
    const engine = createEngine({ baseUrl: simulator.url, connections: 1 });
    const first = new AbortController();
    const hanging = readFailing(engine, engineRequest(), first.signal);
    await until(() => simulator.requests.length === 1);
    const second = new AbortController();
    const queued = readFailing(engine, engineRequest({ requestId: 'queued' }), second.signal);
    second.abort();
    expect((await queued).error.code).toBe('TURN_CANCELLED');
    first.abort();
    await hanging;
    expect(await collectParts(engine, engineRequest())).not.toEqual([]);
    expect(simulator.requests.map(({ headers }) => headers['x-ncp-clovastudio-request-id'])).not.toContain('queued');
  });

  it.each([
    ['tokens', 'text/event-stream', 'event:token\ndata:{"message":{"content":"끝없이"}}\n\n'],
    ['a frame', 'text/event-stream', 'x'.repeat(1_000)],
    ['JSON', 'application/json', ' '.repeat(1_000)],
  ])('cuts off %s without end as soon as it is longer than the answer could be', async (_, contentType, piece) => {
    let writtenBytes = 0;
    let cut: Promise<unknown> | undefined;
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-type': contentType });
      cut = once(response, 'close');
      const write = () => {
        if (response.destroyed) return;
        // One piece after another: what waits in buffers says nothing about the reader.
        response.write(piece, () => setImmediate(write));
        writtenBytes += Buffer.byteLength(piece);
      };
      write();
    });
    const engine = createEngine({ baseUrl: server.url, maxOutputTokens: 100 });
    const { error, text } = await readFailing(engine, engineRequest({ closesAt: Date.now() + 30_000 }));
    expect(error.code).toBe(contentType === 'application/json' ? 'ENGINE_FAILED' : 'ENGINE_STREAM_BROKEN');
    await cut;
    const limitBytes = 65_536 + 100 * 1_024;
    expect(Buffer.byteLength(text)).toBeLessThan(limitBytes);
    expect(writtenBytes).toBeGreaterThan(limitBytes);
    expect(writtenBytes).toBeLessThan(20_000_000);
  });

  it('uses a connection again', async () => {
    const simulator = await startSimulator({ gzip: true, tokensPerSecond: 2_000 });
    const engine = createEngine({ baseUrl: simulator.url, connections: 1 });
    for (let i = 0; i < 5; i += 1) await collectParts(engine, engineRequest());
    expect(new Set(simulator.requests.map(({ clientPort }) => clientPort)).size).toBe(1);
  });

  it('gives the end of the body some time, for the sake of the connection', async () => {
    const clock = new ManualClock();
    const open: ServerResponse[] = [];
    const ports = new Set<number | undefined>();
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event:result\ndata:{"message":{"content":"네"}}\n\n');
      open.push(response);
      ports.add(response.socket?.remotePort);
    });
    const engine = createEngine({ baseUrl: server.url, connections: 1 }, clock);
    for (let i = 0; i < 2; i += 1) {
      await collectParts(engine, engineRequest({ closesAt: clock.now() + 60_000 }));
      await clock.advance(999);
      open[i]?.end('event:signal\ndata:{"data":"[DONE]"}\n\n');
    }
    expect(ports.size).toBe(1);
  });

  it('finishes with the result, and does not wait for the end of the body', async () => {
    const open: ServerResponse[] = [];
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event:result\ndata:{"message":{"content":"네"}}\n\n');
      open.push(response);
    });
    const clock = new ManualClock();
    const engine = createEngine({ baseUrl: server.url }, clock);
    expectPartGrammar(await collectParts(engine, engineRequest({ closesAt: clock.now() + 60_000 })));
    const closed = once(open[0] as ServerResponse, 'close');
    await clock.advance(1_000);
    await closed;
  });

  it('lets go of what runs when it is closed', async () => {
    const simulator = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 'before-headers' });
    const engine = createEngine({ baseUrl: simulator.url }, frozenClock);
    const answer = readFailing(engine, withoutRetry());
    await until(() => simulator.requests.length === 1);
    await engine.close();
    expect((await answer).error.code).toBe('ENGINE_UNREACHABLE');
  });
});

describe('at start-up', () => {
  it('refuses settings that cannot work', () => {
    expect(() => createEngine({ model: 'HCX-005', thinkingEffort: 'high' })).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID' }),
    );
  });

  it.each([
    [{ baseUrl: 'http://clova.internal' }, /clear text/],
    [{ apigwKey: 'old-gateway-key' }, /CLOVA_APIGW_KEY is not used/],
    [{ apiKey: 'old-key', apigwKey: 'old-gateway-key' }, /issue a key that starts with nv-/],
    [{ model: 'HCX-999' }, /Unknown CLOVA Studio model/],
  ])('warns about %o', (settings, text) => {
    createEngine(settings);
    expect(logged.map(({ message }) => message)).toEqual([expect.stringMatching(text)]);
    expect(JSON.stringify(logged)).not.toContain('old-key');
  });

  it('says nothing about good settings', () => {
    createEngine({});
    createEngine({ baseUrl: 'http://127.0.0.1:8801' });
    createEngine({ model: 'ft:abc123' });
    createEngine({ model: 'HCX-999', models: { 'HCX-999': { like: 'HCX-007' } }, thinkingEffort: 'low' });
    expect(logged).toEqual([]);
  });
});
