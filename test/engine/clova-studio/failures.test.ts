/** Bad input and failure, end to end through the engine: each ends as one typed error that carries no text and no secret. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { type ClovaEngineSettings, createClovaEngine } from '../../../src/engine/clova-studio/index.ts';
import type { EngineRequest } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { collectParts, engineRequest, textOf } from '../../helpers/engine-contract.ts';
import { frozenClock, ManualClock } from '../../helpers/manual-clock.ts';
import { clovaSettings } from '../clova-settings.ts';

const SECRET = 'nv-secret-of-the-operator';
const QUESTION = '비밀 질문입니다';
const ANSWER = '비밀 답변입니다';

const logged: unknown[] = [];
const log = (fields: object, message: string) => void logged.push([fields, message]);
const logger = { debug: log, info: log, warn: log, error: log };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  logged.length = 0;
});

async function listen(server: Server, scheme = 'http'): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startServer(answer: (response: ServerResponse) => void): Promise<string> {
  return listen(createServer((request, response) => void request.resume().once('end', () => answer(response))));
}

const startStream = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream;charset=UTF-8' });
  return response;
};
const token = `event:token\ndata:{"message":{"role":"assistant","content":"${ANSWER}"}}\n\n`;

/** The error that an answer ends with, and everything that anybody could read about it. */
async function failing(
  settings: Partial<ClovaEngineSettings>,
  request: Partial<EngineRequest> = {},
  clock: Clock = frozenClock,
): Promise<{ readonly error: GatewayError; readonly text: string }> {
  const engine = createClovaEngine(clovaSettings({ apiKey: SECRET, ...settings }), { logger, clock });
  cleanups.push(() => engine.close());
  let text = '';
  try {
    // No time is left for a second attempt, and a busy machine takes none from the first.
    const asked = engineRequest({ question: QUESTION, closesAt: 900, ...request });
    for await (const part of engine.answer(asked, new AbortController().signal)) text += textOf([part]);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    const gatewayError = error as GatewayError;
    const { cause } = gatewayError as { readonly cause?: Error };
    const readable = [
      gatewayError.message,
      gatewayError.details,
      gatewayError.stack,
      String(cause),
      cause?.stack,
      logged,
    ];
    expect(JSON.stringify(readable)).not.toMatch(/nv-secret|비밀/);
    return { error: gatewayError, text };
  }
  throw new Error('it answered');
}

describe('what the service says', () => {
  it.each([
    ['a wrong key', { httpStatus: 401, code: '40104' }, 'ENGINE_UNAUTHORIZED'],
    ['no subscription', { httpStatus: 401, code: '40170' }, 'ENGINE_UNAUTHORIZED'],
    ['a withdrawn model', { httpStatus: 400, code: '40082' }, 'ENGINE_MODEL_UNAVAILABLE'],
    ['too long a prompt', { httpStatus: 400, code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    ['too long a prompt, in the stream', { kind: 'error-frame', code: '40003' }, 'ENGINE_CONTEXT_TOO_LONG'],
    ['output that its policy forbids', { httpStatus: 400, code: '40005' }, 'ENGINE_FILTERED'],
    ['our quota', { httpStatus: 429, code: '42901' }, 'ENGINE_RATE_LIMITED'],
    ['its capacity', { httpStatus: 429, code: '42902' }, 'ENGINE_OVERLOADED'],
    ['its own time limit', { httpStatus: 408, code: '40800' }, 'ENGINE_TIMEOUT'],
    ['a gateway time limit', { httpStatus: 504, code: '50400' }, 'ENGINE_TIMEOUT'],
    ['an error of its own', { httpStatus: 500, code: '50000' }, 'ENGINE_FAILED'],
    ['an HTML page instead', { kind: 'html-page', httpStatus: 503 }, 'ENGINE_OVERLOADED'],
    [
      'something that quotes us',
      { httpStatus: 400, code: '40001', message: `Invalid parameter: ${QUESTION}` },
      'ENGINE_BAD_REQUEST',
    ],
  ] as const)('%s', async (_name, fault, code) => {
    const simulator = createClovaSimulator();
    const { url } = await simulator.start();
    cleanups.push(() => simulator.close());
    simulator.failNext(1, fault);
    const { error, text } = await failing({ baseUrl: url });
    expect([error.code, text]).toEqual([code, '']);
  });

  it.each([
    ['42901', 'x-ratelimit-reset-requests', '20s', 20_050],
    ['42901', 'x-ratelimit-reset-tokens', '1m', 60_000],
    ['42902', 'retry-after', '7', 7_050],
  ])('%s with %s: %s', async (code, header, value, retryAfterMs) => {
    const simulator = createClovaSimulator();
    const { url } = await simulator.start();
    cleanups.push(() => simulator.close());
    simulator.failNext(1, { httpStatus: 429, code, headers: { [header]: value } });
    expect((await failing({ baseUrl: url })).error.retryAfterMs).toBe(retryAfterMs);
  });
});

describe('the verdict of the filter', () => {
  it.each([
    ['likely', '0', 'likely'],
    ['possible', '1', 'possible'],
  ] as const)('from %s on withholds an answer with the score %s', async (withholdFrom, aiFilterScore, likelihood) => {
    const simulator = createClovaSimulator({ aiFilterScore, answer: ANSWER });
    const { url } = await simulator.start();
    cleanups.push(() => simulator.close());
    const engine = createClovaEngine(clovaSettings({ apiKey: SECRET, baseUrl: url, withholdFrom }), { logger });
    cleanups.push(() => engine.close());
    const parts = await collectParts(engine, engineRequest({ question: QUESTION }));
    expect(parts.at(-1)).toEqual({
      type: 'finished',
      reason: 'filtered',
      model: 'HCX-007',
      // It is billed all the same.
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
      details: { filterCategory: 'insult', filterLikelihood: likelihood },
    });
    expect(simulator.requests).toHaveLength(1);
  });

  it('lets pass what is unlikely, or what the filter could not judge', async () => {
    for (const aiFilterScore of ['2', '-1'] as const) {
      const simulator = createClovaSimulator({ aiFilterScore, answer: ANSWER });
      const { url } = await simulator.start();
      cleanups.push(() => simulator.close());
      const engine = createClovaEngine(clovaSettings({ baseUrl: url, withholdFrom: 'possible' }), { logger });
      cleanups.push(() => engine.close());
      expect(textOf(await collectParts(engine, engineRequest()))).toBe(ANSWER);
    }
  });
});

describe('the network', () => {
  it('a name that nobody knows', async () => {
    const { error } = await failing({ baseUrl: 'http://clova.invalid' });
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(String(error.details.networkCode)).toMatch(/^E/);
  });

  it('a certificate that nobody vouches for', async () => {
    const tls = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url));
    const url = await listen(createTlsServer({ cert: tls('certificate'), key: tls('key') }), 'https');
    const { error } = await failing({ baseUrl: url }, { closesAt: 60_000 });
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.details.networkCode).toMatch(/CERT/);
    expect(logged).toEqual([]); // no second attempt: nobody will vouch for it in a second either
  });

  it('a handshake that fails', async () => {
    const url = await listen(createTlsServer({}), 'https');
    const { error } = await failing({ baseUrl: url });
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.details.networkCode).toMatch(/^(EPROTO$|ERR_SSL_)/);
  });

  it('a reset before anything', async () => {
    const url = await startServer((response) => response.socket?.resetAndDestroy());
    const { error, text } = await failing({ baseUrl: url });
    expect([error.code, text]).toEqual(['ENGINE_UNREACHABLE', '']);
  });

  it('a reset before the first token', async () => {
    const url = await startServer((response) => {
      startStream(response).write(': wait\n\n', () => response.socket?.resetAndDestroy());
    });
    const { error, text } = await failing({ baseUrl: url });
    expect([error.code, text]).toEqual(['ENGINE_STREAM_BROKEN', '']);
  });

  it('a reset after the first token: an error, never half an answer for a whole', async () => {
    const url = await startServer((response) => {
      startStream(response).write(token, () => setImmediate(() => response.socket?.resetAndDestroy()));
    });
    expect((await failing({ baseUrl: url })).error.code).toBe('ENGINE_STREAM_BROKEN');
  });

  it('an end after the first token', async () => {
    const url = await startServer((response) => startStream(response).end(token));
    const { error, text } = await failing({ baseUrl: url });
    expect([error.code, text]).toEqual(['ENGINE_STREAM_BROKEN', ANSWER]);
  });

  it('an hour of pings', async () => {
    const clock = new ManualClock();
    const hour = 3_600_000;
    const open: ServerResponse[] = [];
    const url = await startServer((response) => void open.push(startStream(response)));
    const settings = { baseUrl: url, firstTokenTimeoutMs: hour + 1, idleTimeoutMs: hour };
    const ending = failing(settings, { closesAt: clock.now() + hour }, clock);
    while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let minute = 0; minute < 60; minute += 1) {
      open[0]?.write(': still here\n\n');
      await clock.advance(60_000);
    }
    const { error } = await ending;
    expect(error).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { limit: 'work' } });
    expect(open).toHaveLength(1);
  });
});

describe('what a stream should not hold', () => {
  it.each([
    ['a frame that is no JSON', `event:token\ndata:{"message":{"content":"${ANSWER}\n\n`],
    ['an error of another shape', `event:error\ndata:${ANSWER}\n\n`],
    ['a page', `<html>${ANSWER}</html>`],
    ['nothing', ''],
    ['half a character', Buffer.from(ANSWER).subarray(0, 4)],
  ])('%s', async (_name, body) => {
    const url = await startServer((response) => startStream(response).end(body));
    const { error, text } = await failing({ baseUrl: url });
    expect(error.code).toMatch(/^ENGINE_(STREAM_BROKEN|FAILED)$/);
    expect(text).toBe('');
  });

  it.each([
    ['within the limit', 32_768, 'ENGINE_FAILED'],
    ['beyond the limit', 1_024, 'ENGINE_STREAM_BROKEN'],
  ])('a line of 10 MB, %s of what the answer could have', async (_name, maxOutputTokens, code) => {
    const line = Buffer.alloc(10_000_000, 'x');
    const url = await startServer((response) => {
      const body = startStream(response);
      body.write('event:error\ndata:');
      body.end(line);
    });
    const { error } = await failing({ baseUrl: url, maxOutputTokens });
    expect(error.code).toBe(code);
  });

  it.each([
    ['a page', 502, 'text/html', 'ENGINE_FAILED'],
    ['a refusal', 401, 'application/json', 'ENGINE_UNAUTHORIZED'],
  ])('%s, compressed', async (_name, status, contentType, code) => {
    const url = await startServer((response) => {
      response.writeHead(status, { 'content-type': contentType, 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ status: { code: status === 401 ? '40104' : '', message: QUESTION } })));
    });
    expect((await failing({ baseUrl: url })).error.code).toBe(code);
  });

  it('a compression that is none', async () => {
    const url = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end(token);
    });
    expect((await failing({ baseUrl: url })).error.code).toBe('ENGINE_STREAM_BROKEN');
  });
});
