import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClovaSimulatorOptions, createClovaSimulator } from '../../../simulator/clova/server.ts';
import type { EngineRequest } from '../../../src/engine/engine.ts';
import { createOpenAiEngine, guessDialect, type OpenAiEngineSettings } from '../../../src/engine/openai/index.ts';
import { ChunkReader } from '../../../src/engine/openai/stream.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { CallGate } from '../../../src/http-client/call-gate.ts';
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
import { openAiSettings } from './openai-settings.ts';

const SECRET = 'nv-secret-of-the-operator';
const QUESTION = '비밀 질문입니다';
const ANSWER = '비밀 답변입니다';

const logged: unknown[][] = [];
const log = (fields: object, message: string) => void logged.push([fields, message]);
const logger = { debug: log, info: log, warn: log, error: log };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  logged.length = 0;
  nock.cleanAll();
});

function createEngine(settings: Partial<OpenAiEngineSettings>, clock: Clock = systemClock) {
  const engine = createOpenAiEngine(openAiSettings(settings), { logger, clock });
  cleanups.push(() => engine.close());
  return engine;
}

async function startSimulator(options: ClovaSimulatorOptions = {}) {
  const simulator = createClovaSimulator(options);
  const { url } = await simulator.start();
  cleanups.push(() => simulator.close());
  return { simulator, clova: `${url}/v1/openai`, gov: `${url}/api/v1` };
}

/** A server of ten lines, for what the simulator does not do. */
async function startServer(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(response, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function startStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const say = (content: string) => data({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const STOP = data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const LOCAL = { dialect: 'compatible', model: 'local-model' } as const;

/** The error that an answer ends with; nothing that anybody could read about it has the key or a text. */
async function failing(
  settings: Partial<OpenAiEngineSettings>,
  request: Partial<EngineRequest> = {},
  clock: Clock = frozenClock,
) {
  const engine = createEngine({ apiKey: SECRET, ...settings }, clock);
  // No time is left for a second attempt, and a busy machine takes none from the first.
  const asked = engineRequest({ question: QUESTION, closesAt: 900, ...request });
  let text = '';
  try {
    for await (const part of engine.answer(asked, new AbortController().signal)) text += textOf([part]);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GatewayError);
    const error = thrown as GatewayError;
    const cause = error.cause as Error | undefined;
    const readable = [error.message, error.details, error.stack, String(cause), cause?.stack, logged];
    expect(JSON.stringify(readable)).not.toMatch(/nv-secret|비밀/);
    return { error, text };
  }
  throw new Error('it answered');
}

const CONTRACTS: readonly [string, '/v1/openai' | '/api/v1', Partial<OpenAiEngineSettings>][] = [
  ['clova', '/v1/openai', {}],
  ['gov', '/api/v1', { dialect: 'gov', model: 'HCX-GOV-THINK' }],
];
for (const [name, path, settings] of CONTRACTS) {
  engineContract(`openai (${name})`, async () => {
    const simulator = createClovaSimulator();
    const { url } = await simulator.start();
    return {
      engine: createOpenAiEngine(openAiSettings({ baseUrl: `${url}${path}`, ...settings }), { logger }),
      request: engineRequest(),
      hangUpstream: () => simulator.failNext(10, { kind: 'hang', afterTokens: 'before-headers' }),
      breakUpstream: () => simulator.failNext(10, { httpStatus: 500, code: '50000' }),
      upstreamRequests: () => simulator.requests.length,
      upstreamSawCut: () => simulator.whenCancelled(),
      tearDown: () => simulator.close(),
    };
  });
}

const MODELS: readonly ['clova' | 'gov', string][] = [
  ...['HCX-007', 'HCX-005', 'HCX-DASH-002', 'HCX-003', 'HCX-DASH-001', 'ft:task1'].map(
    (model) => ['clova', model] as const,
  ),
  ...['HCX-GOV-THINK', 'HCX-GOV', 'HCX-GOV-VLM', 'LLM42'].map((model) => ['gov', model] as const),
].map(([dialect, model]) => [dialect, model]);

describe.each(MODELS)('%s: %s', (dialect, model) => {
  it.each<[string, ClovaSimulatorOptions]>([
    ['streams', {}],
    ['streams slowly', { tokensPerSecond: 2_000, latencyMs: 5 }],
    ['streams with CRLF and comments', { lineEnd: '\r\n', comments: true }],
    ['streams without an end and without usage', { unconfirmed: { done: false, usageInStream: false } }],
    ['streams through a proxy that compresses', { gzip: true, tokensPerSecond: 2_000 }],
    ['answers without streaming', { streaming: false }],
  ])('%s', async (_name, options) => {
    const answer = '네, 평일 09:00부터입니다 😀.\n더 도와드릴까요?';
    const { simulator, ...urls } = await startSimulator({ ...options, answer, tunedTasks: { task1: 'HCX-005' } });
    const parts = await collectParts(createEngine({ baseUrl: urls[dialect], dialect, model }), engineRequest());
    expectPartGrammar(parts);
    expect(textOf(parts)).toBe(answer);
    const hasUsage = dialect === 'gov' || options.unconfirmed === undefined;
    const usage = { promptTokens: expect.any(Number), completionTokens: expect.any(Number) };
    expect(parts.at(-1)).toEqual({ type: 'finished', reason: 'stop', model, ...(hasUsage && { usage }) });
    expect(simulator.requests).toHaveLength(1);
  });

  it('says when the answer was cut short', async () => {
    const { simulator, ...urls } = await startSimulator({ answer: '가'.repeat(200), tunedTasks: { task1: 'HCX-005' } });
    const settings = { baseUrl: urls[dialect], dialect, model, maxOutputTokens: 10 };
    expect((await collectParts(createEngine(settings), engineRequest())).at(-1)).toMatchObject({ reason: 'length' });
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('what is sent', () => {
  const messages = [
    { role: 'system', content: '당신은 친절한 상담원입니다.' },
    { role: 'assistant', content: '안녕하세요' },
    { role: 'user', content: '영업시간이 어떻게 되나요?' },
  ];
  const request = engineRequest({ requestId: 'turn-1', history: [{ role: 'assistant', text: '안녕하세요' }] });

  it.each<[string, Partial<OpenAiEngineSettings>, object]>([
    ['CLOVA Studio', {}, { max_tokens: 1_024, temperature: 0.3 }],
    [
      'its model that thinks',
      { model: 'HCX-007' },
      { max_completion_tokens: 1_024, temperature: 0.3, reasoning_effort: 'none' },
    ],
    [
      'its model that may think',
      { model: 'HCX-007', extraBody: { reasoning_effort: 'low' } },
      { max_completion_tokens: 1_024, temperature: 0.3, reasoning_effort: 'low' },
    ],
    [
      'fields of its own',
      { temperature: 0, extraBody: { top_k: 5, seed: 7 } },
      { max_tokens: 1_024, temperature: 0, top_k: 5, seed: 7 },
    ],
    [
      'GOV',
      { dialect: 'gov', model: 'HCX-GOV-THINK' },
      { max_tokens: 1_024, temperature: 0.3, chat_template_kwargs: { skip_reasoning: true } },
    ],
    ['another model of GOV', { dialect: 'gov', model: 'LLM42' }, { max_tokens: 1_024, temperature: 0.3 }],
  ])('to %s', async (_name, settings, fields) => {
    const { simulator, ...urls } = await startSimulator();
    const { dialect = 'clova' } = settings;
    await collectParts(createEngine({ ...settings, baseUrl: dialect === 'gov' ? urls.gov : urls.clova }), request);
    const [sent] = simulator.requests;
    expect(sent?.body).toEqual({ model: settings.model ?? 'HCX-005', stream: true, ...fields, messages });
    expect(sent?.headers).toMatchObject({ authorization: 'Bearer nv-test-key', accept: 'text/event-stream' });
    const isClova = dialect === 'clova';
    expect(sent?.headers['x-ncp-clovastudio-request-id']).toBe(isClova ? 'turn-1' : undefined);
  });

  it.each<[string, Partial<OpenAiEngineSettings>, object]>([
    [
      'https://api.openai.com/v1',
      { dialect: 'openai', model: 'gpt-5' },
      { stream_options: { include_usage: true }, max_completion_tokens: 1_024 },
    ],
    ['https://models.shop.example/v1/', LOCAL, { stream_options: { include_usage: true }, max_tokens: 1_024 }],
    ['https://models.shop.example', { ...LOCAL, extraBody: { stream_options: null, max_tokens: null } }, {}],
  ])('to %s', async (baseUrl, settings, fields) => {
    const { origin, pathname } = new URL(baseUrl);
    const body = { model: settings.model, stream: true, ...fields, messages };
    const scope = nock(origin, { reqheaders: { authorization: 'Bearer nv-test-key' } })
      .post(`${pathname.replace(/\/$/, '')}/chat/completions`, (sent) => {
        expect(sent).toEqual(body);
        return true;
      })
      .reply(200, `${say('네')}${STOP}${data('[DONE]')}`, { 'content-type': 'text/event-stream' });
    expect(textOf(await collectParts(createEngine({ ...settings, baseUrl }), request))).toBe('네');
    scope.done();
  });

  it('has no key where none is needed, and no empty texts', async () => {
    const seen: IncomingMessage[] = [];
    const baseUrl = await startServer((response, incoming) => {
      seen.push(incoming);
      startStream(response).end(`${say('네')}${STOP}`);
    });
    const { apiKey: _none, ...settings } = openAiSettings({ baseUrl, ...LOCAL });
    const engine = createOpenAiEngine(settings, { logger });
    cleanups.push(() => engine.close());
    await collectParts(engine, engineRequest({ systemPrompt: ' ' }));
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('thinking stays out of the answer', () => {
  it('of CLOVA Studio and GOV', async () => {
    const { clova, gov } = await startSimulator({ answer: '답' });
    const thinking = [
      { baseUrl: clova, model: 'HCX-007', extraBody: { reasoning_effort: 'high' } },
      { baseUrl: gov, dialect: 'gov', model: 'HCX-GOV-THINK', extraBody: { chat_template_kwargs: null } },
    ] as const;
    for (const settings of thinking) {
      expect(textOf(await collectParts(createEngine(settings), engineRequest()))).toBe('답');
    }
  });

  it.each(['thinking_content', 'reasoning_content', 'reasoning'])('in %s', async (field) => {
    const thought = data({ choices: [{ index: 0, delta: { content: null, [field]: '음' } }] });
    const baseUrl = await startServer((response) => void startStream(response).end(`${thought}${say('네')}${STOP}`));
    expect(textOf(await collectParts(createEngine({ baseUrl, ...LOCAL }), engineRequest()))).toBe('네');
  });

  it('between tags, streamed and whole', async () => {
    const streamed = await startServer(
      (response) => void startStream(response).end(`${say('<thi')}${say('nk>음')}${say('</think>\n네')}${STOP}`),
    );
    const whole = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      const message = { role: 'assistant', content: '<think>음</think>\n네' };
      response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }));
    });
    for (const baseUrl of [streamed, whole]) {
      expect(textOf(await collectParts(createEngine({ baseUrl, ...LOCAL }), engineRequest()))).toBe('네');
    }
  });
});

describe('the end of a stream', () => {
  it.each<[string, string, string]>([
    ['by the filter', data({ choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] }), 'filtered'],
    ['by the length', data({ choices: [{ index: 0, delta: {}, finish_reason: 'length' }] }), 'length'],
    ['by [DONE] alone', data('[DONE]'), 'stop'],
    ['without its last blank line', STOP.trimEnd(), 'stop'],
  ])('%s', async (_name, end, reason) => {
    const baseUrl = await startServer((response) => void startStream(response).end(`${say('네')}${end}`));
    const parts = await collectParts(createEngine({ baseUrl, ...LOCAL }), engineRequest());
    expect(parts).toEqual([
      { type: 'text-delta', text: '네' },
      { type: 'finished', reason, model: 'local-model' },
    ]);
  });

  it('that never comes, after all was said', async () => {
    const clock = new ManualClock();
    const open: ServerResponse[] = [];
    const baseUrl = await startServer((response) => {
      open.push(startStream(response));
      response.write(`${say('네')}${STOP}`);
    });
    const closesAt = clock.now() + 3_600_000;
    const answer = collectParts(createEngine({ baseUrl, ...LOCAL }, clock), engineRequest({ closesAt }));
    let isThere = false;
    void answer.then(() => {
      isThere = true;
    });
    // Far below the time for a silence in the middle of an answer.
    for (let waitedMs = 0; !isThere && waitedMs < 30_000; waitedMs += 100) {
      await new Promise((resolve) => setImmediate(resolve));
      if (open.length > 0) await clock.advance(100);
    }
    expect((await answer).at(-1)).toEqual({ type: 'finished', reason: 'stop', model: 'local-model' });
  });

  it('by a reset after all was said', async () => {
    const baseUrl = await startServer((response) => {
      startStream(response).write(`${say('네')}${STOP}`, () => setImmediate(() => response.socket?.resetAndDestroy()));
    });
    expect(textOf(await collectParts(createEngine({ baseUrl, ...LOCAL }), engineRequest()))).toBe('네');
  });

  it.each<[string, string, string]>([
    ['an end in the middle', say(ANSWER), 'ENGINE_STREAM_BROKEN'],
    [
      'a chunk that is no JSON',
      `${say(ANSWER)}data: {"choices":[{"delta":{"content":"${ANSWER}\n\n${STOP}`,
      'ENGINE_STREAM_BROKEN',
    ],
    ['an error', `${say(ANSWER)}${data({ error: { message: QUESTION, code: 502 } })}`, 'ENGINE_FAILED'],
    ['an error with its own event', `${say(ANSWER)}event: error\n${data(QUESTION)}`, 'ENGINE_STREAM_BROKEN'],
    [
      "an error in CLOVA Studio's own shape",
      `${say(ANSWER)}${data({ status: { code: '42901', message: QUESTION } })}`,
      'ENGINE_RATE_LIMITED',
    ],
  ])('%s is a failure, never half an answer for a whole', async (_name, body, code) => {
    const baseUrl = await startServer((response) => void startStream(response).end(body));
    const { error, text } = await failing({ baseUrl, ...LOCAL });
    expect([error.code, text]).toEqual([code, ANSWER]);
  });

  it('is the same however its bytes are cut', () => {
    const bytes = Buffer.from(
      `: hello\r\n\r\n${say('<think>음</think>네, ')}${say('평일 😀')}${STOP}${data({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 1 } } })}${data('[DONE]')}`,
    );
    const read = (cuts: readonly number[]) => {
      const reader = new ChunkReader({ upstream: 'it', model: 'm', maxSizeBytes: 10_000, refusalOf: () => undefined });
      let text = '';
      for (const [index, cut] of cuts.entries()) {
        reader.feed(bytes.subarray(cut, cuts[index + 1]));
        text += textOf(reader.take());
      }
      reader.end();
      expect(reader.failure).toBeUndefined();
      expect(reader.result).toEqual({
        type: 'completion',
        toolCalls: [],
        finished: {
          type: 'finished',
          reason: 'stop',
          model: 'm',
          usage: { promptTokens: 3, completionTokens: 2, thinkingTokens: 1 },
        },
      });
      expect(text).toBe('네, 평일 😀');
    };
    for (let cut = 1; cut < bytes.length; cut += 1) read([0, cut]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), (cuts) =>
        read([0, ...cuts.sort((a, b) => a - b)]),
      ),
    );
  });
});

describe('failures', () => {
  it.each([
    ['a wrong key', { httpStatus: 401, code: '40104' }, 'ENGINE_UNAUTHORIZED'],
    ['a withdrawn model', { httpStatus: 400, code: '40082' }, 'ENGINE_MODEL_UNAVAILABLE'],
    ['too long a prompt', { httpStatus: 400, code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    ['output that its policy forbids', { httpStatus: 400, code: '40005' }, 'ENGINE_FILTERED'],
    ['our quota', { httpStatus: 429, code: '42901' }, 'ENGINE_RATE_LIMITED'],
    ['its capacity', { httpStatus: 429, code: '42902' }, 'ENGINE_OVERLOADED'],
    ['its own time limit', { httpStatus: 408, code: '40800' }, 'ENGINE_TIMEOUT'],
    ['a refusal in an HTTP 200', { kind: 'refusal-in-200', code: '42901' }, 'ENGINE_RATE_LIMITED'],
    ['a refusal in the stream', { kind: 'error-frame', code: '50000' }, 'ENGINE_FAILED'],
    ['an HTML page instead', { kind: 'html-page', httpStatus: 503 }, 'ENGINE_OVERLOADED'],
    ['an empty body', { kind: 'empty-body', httpStatus: 500 }, 'ENGINE_FAILED'],
    ['a cut before the headers', { kind: 'cut', afterTokens: 'before-headers' }, 'ENGINE_UNREACHABLE'],
    ['a cut in the middle', { kind: 'cut', afterTokens: 2 }, 'ENGINE_STREAM_BROKEN'],
    ['no end', { kind: 'no-result' }, 'ENGINE_STREAM_BROKEN'],
    ['a broken chunk', { kind: 'malformed-frame' }, 'ENGINE_STREAM_BROKEN'],
    [
      'something that quotes us',
      { httpStatus: 400, code: '40001', message: `Invalid parameter: ${QUESTION}` },
      'ENGINE_BAD_REQUEST',
    ],
  ] as const)('%s', async (_name, fault, code) => {
    for (const dialect of ['clova', 'gov'] as const) {
      const { simulator, ...urls } = await startSimulator({ apiKeys: [SECRET], answer: ANSWER });
      simulator.failNext(5, fault);
      const model = dialect === 'gov' ? 'HCX-GOV' : 'HCX-005';
      expect((await failing({ baseUrl: urls[dialect], dialect, model })).error.code).toBe(code);
    }
  });

  it.each([
    ['x-ratelimit-reset-requests', '20s', 20_050],
    ['retry-after', '7', 7_050],
  ])('429 with %s: %s', async (header, value, retryAfterMs) => {
    const { simulator, clova } = await startSimulator();
    simulator.failNext(1, { httpStatus: 429, code: '42901', headers: { [header]: value } });
    expect((await failing({ baseUrl: clova })).error.retryAfterMs).toBe(retryAfterMs);
  });

  it('that are silence are not, when another engine comes next', async () => {
    const clock = new ManualClock();
    const { simulator, clova } = await startSimulator();
    simulator.failNext(1, { kind: 'hang', afterTokens: 'before-headers' });
    const engine = createEngine({ baseUrl: clova }, clock);
    const request = engineRequest({ closesAt: clock.now() + 60_000, firstTokenBy: clock.now() + 3_000 });
    const answer = thrownBy(() => collectParts(engine, request));
    await clock.advance(3_000);
    expect(await answer).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { limit: 'share', waitedMs: 3_000 } });
  });

  it('that may pass are tried again, and told in the log', async () => {
    const { simulator, clova } = await startSimulator({ answer: '네' });
    simulator.failNext(1, { httpStatus: 500, code: '50000' });
    const engine = createOpenAiEngine(openAiSettings({ baseUrl: clova }), { logger, random: () => 0 });
    cleanups.push(() => engine.close());
    expect(textOf(await collectParts(engine, engineRequest()))).toBe('네');
    expect(simulator.requests).toHaveLength(2);
    expect(logged).toEqual([
      [
        { requestId: 'req-contract-1', pauseMs: 0, code: 'ENGINE_FAILED', httpStatus: 500, upstreamCode: '50000' },
        'CLOVA Studio (OpenAI-compatible) failed before the first token; trying once more',
      ],
    ]);
  });

  it('a name that nobody knows', async () => {
    const { error } = await failing({ baseUrl: 'http://models.invalid/v1', ...LOCAL });
    expect(error.code).toBe('ENGINE_UNREACHABLE');
  });

  it('a certificate that nobody vouches for, unless it is named', async () => {
    const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
    const server = createTlsServer({ key: pem('key'), cert: pem('certificate') }, (request, response) => {
      request.resume().once('end', () => startStream(response).end(`${say('네')}${STOP}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    expect((await failing({ baseUrl, ...LOCAL })).error.code).toBe('ENGINE_UNREACHABLE');
    const engine = createEngine({ baseUrl, ...LOCAL, ca: pem('certificate') });
    expect(textOf(await collectParts(engine, engineRequest()))).toBe('네');
  });

  it('an answer without end', async () => {
    const baseUrl = await startServer((response) => {
      startStream(response);
      const line = Buffer.from(say('가'.repeat(1_000)));
      const more = () => {
        while (response.write(line));
      };
      response.on('drain', more);
      more();
    });
    const { error } = await failing({ baseUrl, ...LOCAL, maxOutputTokens: 64 }, { closesAt: 60_000 });
    expect(error.code).toBe('ENGINE_STREAM_BROKEN');
  });

  it.each([
    '{}',
    '[]',
    '"x"',
    '{"choices":[]}',
    '{"choices":[null]}',
    `{"choices":[{"message":{"content":"${ANSWER}"}}]}`,
  ])('%s instead of an answer', async (body) => {
    const baseUrl = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    });
    const { error, text } = await failing({ baseUrl, ...LOCAL });
    expect([error.code, text]).toEqual(['ENGINE_STREAM_BROKEN', '']);
  });
});

describe('the quota of the account', () => {
  /** A gate that opens at once and remembers; a refusal is told to it. */
  function recordingGate() {
    const seen: unknown[] = [];
    const gate: CallGate = {
      tryEnter: () => undefined,
      enter: async ({ inputTokens, outputTokens, botId }) => {
        seen.push({ inputTokens, outputTokens, botId });
        return {
          answered: (promptTokens) => void seen.push({ promptTokens }),
          failed: ({ code }) => void seen.push({ code }),
        };
      },
    };
    return { seen, gate };
  }

  it('is asked for before each attempt, with what the request may use, and told what became of it', async () => {
    const { simulator, clova } = await startSimulator();
    simulator.failNext(1, { httpStatus: 429, code: '42901', headers: { 'x-ratelimit-reset-requests': '0s' } });
    const { seen, gate } = recordingGate();
    const engine = createOpenAiEngine(openAiSettings({ baseUrl: clova, maxOutputTokens: 300 }), { logger, gate });
    cleanups.push(() => engine.close());
    const tools = [{ name: 'f', description: 'd', parameters: { type: 'object' } }];
    await collectParts(engine, engineRequest({ tools, toolRounds: [] }));
    const size = { inputTokens: expect.any(Number), outputTokens: 1_024, botId: 'default' };
    expect(seen).toEqual([size, { code: 'ENGINE_RATE_LIMITED' }, size, { promptTokens: expect.any(Number) }]);
    await collectParts(engine, engineRequest());
    expect(seen[4]).toEqual({ ...size, outputTokens: 300 });
  });

  it('that lets nobody in costs no request', async () => {
    const { simulator, clova } = await startSimulator();
    const gate: CallGate = {
      tryEnter: () => undefined,
      enter: () => Promise.reject(new GatewayError('ENGINE_NOT_ASKED', 'no')),
    };
    const engine = createOpenAiEngine(openAiSettings({ baseUrl: clova }), { logger, gate });
    cleanups.push(() => engine.close());
    const thrown = await thrownBy(() => collectParts(engine, engineRequest()));
    expect(thrown).toMatchObject({ code: 'ENGINE_NOT_ASKED' });
    expect(simulator.requests).toEqual([]);
  });
});

describe('settings', () => {
  it.each<[Partial<OpenAiEngineSettings>, string]>([
    [{ baseUrl: 'nowhere' }, 'baseUrl'],
    [{ baseUrl: 'ftp://clovastudio.stream.ntruss.com/v1/openai' }, 'baseUrl'],
    [{ baseUrl: 'https://clovastudio.stream.ntruss.com' }, 'baseUrl'],
    [{ baseUrl: 'https://clovastudio.stream.ntruss.com/v1/openai/chat/completions' }, 'baseUrl'],
    [{ baseUrl: 'https://clovastudio.apigw.ntruss.com/v1/openai' }, 'baseUrl'],
    [{ baseUrl: 'https://user:pass@models.shop.example/v1', dialect: 'compatible' }, 'baseUrl'],
    [{ baseUrl: 'https://api.clovastudio.go.kr', dialect: 'gov' }, 'baseUrl'],
    [{ apiKey: 'two words' }, 'apiKey'],
    [{ model: ' ' }, 'model'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
    [{ temperature: 1.1 }, 'temperature'],
    [{ temperature: 2.1, ...LOCAL }, 'temperature'],
    [{ extraBody: { messages: [] } }, 'extraBody'],
    [{ extraBody: { user: 'me' } }, 'extraBody'],
    [{ firstTokenTimeoutMs: 0 }, 'firstTokenTimeoutMs'],
    [{ connections: 0 }, 'connections'],
  ])('%j are refused by the name of the field', (settings, field) => {
    const thrown = (() => {
      try {
        createEngine({ apiKey: SECRET, ...settings });
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ code: 'SETTINGS_INVALID', details: { field } });
    expect(String(thrown)).not.toContain(SECRET);
  });

  it('need a key where nobody is answered without', () => {
    for (const dialect of ['clova', 'gov', 'openai'] as const) {
      const { apiKey: _none, ...settings } = openAiSettings({ dialect, baseUrl: 'https://shop.example/v1/openai' });
      const baseUrl = dialect === 'gov' ? 'https://shop.example/api/v1' : settings.baseUrl;
      expect(() => createOpenAiEngine({ ...settings, baseUrl }, { logger })).toThrow(/apiKey/);
    }
  });

  it('of an older key are refused where CLOVA Studio itself would, and left to a proxy', () => {
    const at = (host: string) => () => createEngine({ apiKey: 'key-of-2024', baseUrl: `https://${host}/v1/openai` });
    for (const host of ['clovastudio.stream.ntruss.com', 'clovastudio.stream.gov-ntruss.com']) {
      expect(at(host)).toThrow(/apiKey does not begin with nv-/);
    }
    expect(at('proxy.shop.example')).not.toThrow();
  });

  it('name every field of a body that cannot be sent', () => {
    const extraBody = { model: 'other', top_k: 3, stream: false, user: 'me', store: null, metadata: {} };
    expect(() => createEngine({ extraBody })).toThrow(
      'must not hold model, stream, which the gateway writes itself; must not hold user, metadata, which this service refuses',
    );
  });

  it.each([
    ['https://clovastudio.stream.ntruss.com/v1/openai', 'clova'],
    ['https://clovastudio.stream.gov-ntruss.com/v1/openai', 'clova'],
    ['https://api.clovastudio.go.kr/api/v1', 'gov'],
    ['https://gateway-api.clova-studio-gov.com/api/v1', 'gov'],
    ['https://api.openai.com/v1', 'openai'],
    ['https://api.deepinfra.com/v1/openai', 'compatible'],
    ['https://notntruss.com/v1/openai', 'compatible'],
    ['http://localhost:8000/v1', 'compatible'],
  ])('%s speaks %s', (baseUrl, dialect) => {
    expect(guessDialect(baseUrl, 'some-model')).toBe(dialect);
  });

  it.each([
    ['http://127.0.0.1:8801/v1/openai', 'HCX-007', 'clova'],
    ['https://proxy.shop.example/naver/v1/openai/', 'ft:abc123', 'clova'],
    ['https://api.deepinfra.com/v1/openai', 'google/gemma-4-31B-it', 'compatible'],
    ['http://127.0.0.1:8801/v1', 'HCX-007', 'compatible'],
  ])('%s with %s speaks %s', (baseUrl, model, dialect) => {
    expect(guessDialect(baseUrl, model)).toBe(dialect);
  });

  it.each([
    ['HCX-007', 99_999, 'maxOutputTokens', /from 1 to 32768/],
    ['HCX-005', 9_000, 'maxOutputTokens', /from 1 to 4096/],
    ['HCX-DASH-001', 4_096, 'maxOutputTokens', /share the 4096 tokens/],
    ['LK-D2', 100, 'model', /withdrew/],
    ['hcx-007', 100, 'model', /did you mean HCX-007/],
  ])(
    'in the words of CLOVA Studio take %s with %i tokens as natively: %s',
    (model, maxOutputTokens, field, message) => {
      const baseUrl = 'https://clovastudio.stream.ntruss.com/v1/openai';
      const settings = openAiSettings({ dialect: 'clova', baseUrl, model, maxOutputTokens });
      expect(() => createOpenAiEngine(settings, { logger })).toThrow(
        expect.objectContaining({
          details: { field, reason: expect.stringMatching(message) },
          message: expect.stringMatching(message),
        }),
      );
      expect(() => createOpenAiEngine({ ...settings, dialect: 'compatible' }, { logger })).not.toThrow();
    },
  );

  it('leave the model the rest of its context for a prompt, where the model is known', () => {
    const baseUrl = 'https://clovastudio.stream.ntruss.com/v1/openai';
    const known = { dialect: 'clova', baseUrl, model: 'HCX-DASH-001', maxOutputTokens: 1_000 } as const;
    expect(createEngine(known).window).toEqual({ maxPromptTokens: 3_096 });
    expect(createEngine({ ...known, dialect: 'compatible' }).window).toBeUndefined();
  });

  it('that send a key in clear text are complained about', () => {
    createEngine({ baseUrl: 'http://models.shop.example/v1', ...LOCAL });
    createEngine({ baseUrl: 'http://127.0.0.1:8000/v1', ...LOCAL });
    expect(logged).toEqual([[{}, expect.stringContaining('clear text')]]);
  });
});

describe('the look-up of the model', () => {
  const check = async (settings: Partial<OpenAiEngineSettings>) => {
    await createEngine(settings).checkModel();
    return logged.map(([fields, message]) => `${JSON.stringify(fields)} ${String(message)}`);
  };

  it('is silent about one that is listed, or that no list would name', async () => {
    const { simulator, clova, gov } = await startSimulator();
    expect(await check({ baseUrl: clova, model: 'HCX-005' })).toEqual([]);
    expect(simulator.requests).toMatchObject([{ method: 'GET', path: '/v1/openai/models' }]);
    expect(await check({ baseUrl: clova, model: 'ft:abc' })).toEqual([]);
    expect(await check({ baseUrl: gov, dialect: 'gov', model: 'HCX-GOV' })).toEqual([]);
    expect(simulator.requests).toHaveLength(1);
  });

  it('names the known ones', async () => {
    const { clova } = await startSimulator();
    expect(await check({ baseUrl: clova, model: 'HCX-05' })).toEqual([
      expect.stringMatching(/"known":\["HCX-007","HCX-005".*OPENAI_MODEL/),
    ]);
  });

  it('takes a missing list for no answer at all', async () => {
    const { clova } = await startSimulator({ unconfirmed: { models: false } });
    expect(await check({ baseUrl: clova, model: 'HCX-999' })).toEqual([]);
  });

  it.each<[string, string]>([
    ['{"data":"all of them"}', ''],
    ['{"data":[{"id":"llama3:latest"}]}', ''],
    ['{"data":[null,{"id":7},{"id":"홍길동"}]}', ''],
    ['{"data":[{"id":"other"},{"id":"a\\nb"}]}', '"known":["other"]'],
    ['{"error":"no"}', '"code":"ENGINE_FAILED"'],
  ])('reads %s', async (body, expected) => {
    const baseUrl = await startServer((response) => void response.end(body));
    const lines = await check({ baseUrl, dialect: 'compatible', model: 'llama3' });
    expect(lines.join()).toContain(expected);
    expect(lines).toHaveLength(expected === '' ? 0 : 1);
  });

  it('tells of a wrong key and of a service that is not there, and never throws', async () => {
    const { clova } = await startSimulator({ apiKeys: [SECRET] });
    expect(await check({ baseUrl: clova })).toEqual([expect.stringContaining('"code":"ENGINE_UNAUTHORIZED"')]);
    logged.length = 0;
    expect(await check({ baseUrl: 'https://models.invalid/v1', ...LOCAL })).toEqual([
      expect.stringContaining('"code":"ENGINE_UNREACHABLE"'),
    ]);
  });

  it('ends with the engine, without a word', async () => {
    const baseUrl = await startServer(() => {});
    const engine = createEngine({ baseUrl, ...LOCAL });
    const checking = engine.checkModel();
    await engine.close();
    await checking;
    expect(logged).toEqual([]);
  });
});
