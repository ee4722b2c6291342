/** CLOVA Studio on loopback, native, OpenAI-compatible and GOV: the same bytes, the same refusals, and failures on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { type Clock, delay, systemClock } from '../../src/platform/clock.ts';
import { FaultSchedule, type FaultTiming } from '../fault-schedule.ts';
import { parseJson } from '../json-reading.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { type AccessOptions, checkAccess } from './access.ts';
import { ApiError } from './api-error.ts';
import { ApiDesk, type FoundApi } from './apis/index.ts';
import type { AnswerWriter, ChatApi } from './chat-api.ts';
import { messageOf, type ScriptedFault } from './faults.ts';
import { type Framing, type Generation, generate } from './frames.ts';
import { createNativeApi } from './native-api.ts';
import { createOpenAiApi } from './openai/api.ts';
import type { UnconfirmedShapes } from './openai/chunks.ts';
import { createGovApi } from './openai/gov-api.ts';
import { Quota, type QuotaLimits } from './quota.ts';
import { type MutableRecord, type RecordedRequest, Recorder } from './recorder.ts';
import type { ChatCall } from './rules.ts';

export interface ClovaSimulatorOptions extends AccessOptions, QuotaLimits, Partial<Framing> {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** From the request to the first token, in ms. */
  readonly latencyMs?: number | ((request: RecordedRequest) => number);
  /** Absent: the whole answer is written in one go. */
  readonly tokensPerSecond?: number;
  /** The answer instead of the one that is derived from the prompt; `undefined` for this one falls back to it. */
  readonly answer?: string | ((call: ChatCall) => string | undefined);
  /** The functions that the model asks for, where tools are offered: none, and it answers in words. `undefined` for this call falls back
   *  to the first tool, once. */
  readonly toolCalls?: (
    call: ChatCall,
  ) => readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[] | undefined;
  /** The filter's verdict on every category: "0" likely, "1" possible, "2" unlikely, "-1" failed. */
  readonly aiFilterScore?: '-1' | '0' | '1' | '2';
  /** Tuned models: the model that each task id was trained from. */
  readonly tunedTasks?: Readonly<Record<string, string>>;
  /** False answers in one envelope whatever was asked for, as the legacy host and some proxies do. */
  readonly streaming?: boolean;
  /** Phone numbers and links in the answer become stars, as at the real service. */
  readonly starOut?: boolean;
  /** What the documents of the OpenAI-compatible API leave open. */
  readonly unconfirmed?: UnconfirmedShapes;
  /** Compresses the answer although nobody asked, as some proxies do. */
  readonly gzip?: boolean;
  /** Ids of frames, the seed of an answer that asked for none, and which requests a share of faults meets. */
  readonly seed?: string | number;
  /** Requests that are remembered at least. */
  readonly recordLimit?: number;
  readonly clock?: Clock;
}

export interface ClovaSimulator {
  /** Listens, and says where. */
  start(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
  /** The next `count` requests fail in this way; several calls queue up. */
  failNext(count: number, fault: ScriptedFault): void;
  /** Requests fail in this way at these times; faults that were asked for earlier go first. */
  failAt(timing: FaultTiming, fault: ScriptedFault): void;
  /** Oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Resolves when clients have gone away from at least `count` requests. */
  whenCancelled(count?: number): Promise<void>;
  /** Forgets requests and faults that still wait. */
  clear(): void;
}

const MAX_BODY_BYTES = 50 * 1024 * 1024;
/** Timers finer than this cost more than they show. */
const PACE_TICK_MS = 10;

export function createClovaSimulator(options: ClovaSimulatorOptions = {}): ClovaSimulator {
  const simulation = new Simulation(options);
  const server = createServer((request, response) => void simulation.handle(request, response));
  return {
    start: async () => {
      server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
      await once(server, 'listening');
      return { url: urlOf(server) };
    },
    close: async () => {
      if (!server.listening) return;
      simulation.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    failNext: (count, fault) => simulation.faults.add(fault, { times: count }),
    failAt: (timing, fault) => simulation.faults.add(fault, timing),
    get requests() {
      return simulation.recorder.requests;
    },
    whenCancelled: (count = 1) => simulation.recorder.whenCancelled(count),
    clear: () => {
      simulation.recorder.clear();
      simulation.faults.clear();
    },
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** What the stream does after its last frame. */
type Ending = 'end' | 'cut' | 'hang';

class Simulation {
  readonly faults: FaultSchedule<ScriptedFault>;
  readonly recorder: Recorder;
  readonly #options: ClovaSimulatorOptions;
  readonly #clock: Clock;
  readonly #quota: Quota;
  readonly #nativeApi: ChatApi;
  readonly #chatApis: readonly ChatApi[];
  readonly #unaskedSeed: number;
  readonly #stopping = new AbortController();
  readonly #apis = new ApiDesk();

  constructor(options: ClovaSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#quota = new Quota(options, this.#clock);
    this.recorder = new Recorder(options.recordLimit ?? 10_000);
    const ids = createSeededIds(`clova ${options.seed ?? ''}`);
    this.faults = new FaultSchedule(ids.named('faults').fraction);
    const frameIdPrefix = options.seed === undefined ? '00000000' : ids.named('frames').hex(8);
    this.#unaskedSeed = options.seed === undefined ? 1_000_003 : Number(ids.named('answers').digits(9));
    const framing: Framing = {
      blankAfterColon: options.blankAfterColon ?? false,
      lineEnd: options.lineEnd ?? '\n',
      comments: options.comments ?? false,
      signal: options.signal ?? true,
    };
    this.#nativeApi = createNativeApi(framing, frameIdPrefix);
    this.#chatApis = [this.#nativeApi, createOpenAiApi(framing, options.unconfirmed ?? {}), createGovApi(framing)];
  }

  stop(): void {
    this.#stopping.abort();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response);
    const chatApi = this.#chatApis.find(({ serves }) => serves(request.url ?? ''));
    const { refusal } = chatApi ?? this.#nativeApi;
    try {
      const text = await readBody(request);
      const record = this.#record(request, response, text, chatApi);
      await this.#answer(exchange, record, chatApi);
    } catch (error) {
      if (error instanceof ApiError) {
        exchange.sendJson(error.httpStatus, refusal(error.code, error.message), error.headers);
      } else if (!response.headersSent && !response.destroyed) {
        exchange.sendJson(500, refusal('50000', 'Internal server error'));
        console.error(error);
      }
    }
  }

  #record(
    request: IncomingMessage,
    response: ServerResponse,
    text: string,
    chatApi: ChatApi | undefined,
  ): MutableRecord {
    const { headers } = request;
    const body = parseJson(text)?.value ?? text;
    const record: MutableRecord = {
      receivedAt: this.#clock.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      headers,
      body,
      streamed: this.#options.streaming !== false && chatApi?.wantsStream({ headers, body }) === true,
      clientPort: request.socket.remotePort ?? 0,
      cancelledAt: undefined,
    };
    this.recorder.add(record);
    response.once('close', () => {
      const ours = this.#stopping.signal.aborted || response.errored !== null;
      if (!response.writableFinished && !ours) this.recorder.markCancelled(record, this.#clock.now());
    });
    return record;
  }

  async #answer(exchange: Exchange, record: MutableRecord, chatApi: ChatApi | undefined): Promise<void> {
    const api = this.#apis.find(record);
    if (api !== undefined) return this.#answerApi(exchange, record, api);
    if (chatApi === undefined) throw new ApiError('40400', 'Not found');
    if (record.method === 'GET') this.#lookUp(exchange, record, chatApi);
    else await this.#answerChat(exchange, record, chatApi);
  }

  #lookUp(exchange: Exchange, { path, headers }: MutableRecord, chatApi: ChatApi): void {
    const body = chatApi.lookUp?.(path);
    if (body === undefined) throw new ApiError('40400', 'Not found');
    chatApi.checkAccess(headers, this.#options);
    exchange.sendJson(200, body);
  }

  async #answerChat(exchange: Exchange, record: MutableRecord, chatApi: ChatApi): Promise<void> {
    if (record.method !== 'POST') throw new ApiError('40400', 'Not found');
    chatApi.checkAccess(record.headers, this.#options);
    checkMediaType(record);

    const fault = this.faults.take();
    if (fault !== undefined && this.#refuse(exchange, fault, chatApi)) return;

    const { tunedTasks = {}, toolCalls, aiFilterScore = '2' } = this.#options;
    const call = chatApi.readCall(record, tunedTasks);
    const headers = this.#quota.take(call.modelName, call.promptTokens + call.outputTokens);

    const { latencyMs = 0, answer, starOut = true, gzip = false } = this.#options;
    const waitMs = typeof latencyMs === 'function' ? latencyMs(record) : latencyMs;
    if (waitMs > 0) await this.#pause(exchange, waitMs);
    if (exchange.isGone) return;

    const generation = generate(call, {
      answer: typeof answer === 'function' ? answer(call) : answer,
      starOut,
      unaskedSeed: this.#unaskedSeed,
      toolCalls: toolCalls?.(call),
      aiFilterScore,
      createdSeconds: Math.floor(this.#clock.now() / 1_000),
    });
    if (record.streamed) return this.#stream(exchange, generation, fault, headers, chatApi);
    await this.#pauseForTokens(exchange, generation);
    if (!exchange.isGone) exchange.sendJson(200, chatApi.whole(generation), headers, gzip);
  }

  async #answerApi(exchange: Exchange, record: MutableRecord, api: FoundApi): Promise<void> {
    checkAccess(record.headers, this.#options);
    if (api.hasBody) checkMediaType(record);
    const fault = this.faults.take();
    if (fault !== undefined && this.#refuse(exchange, fault, this.#nativeApi)) return;
    const { result, tokens, plain, events } = api.answer();
    const headers = this.#quota.take(api.quotaName, tokens);
    const { latencyMs = 0, gzip = false } = this.#options;
    const waitMs = typeof latencyMs === 'function' ? latencyMs(record) : latencyMs;
    if (waitMs > 0) await this.#pause(exchange, waitMs);
    if (exchange.isGone) return;
    if (events !== undefined) {
      exchange.startStream(headers, gzip);
      return exchange.finishStream(events, 'end');
    }
    const envelope = plain ?? { status: { code: '20000', message: 'OK' }, ...(result !== undefined && { result }) };
    exchange.sendJson(200, JSON.stringify(envelope), headers, gzip);
  }

  /** Faults that need no answer. Returns whether this was one. */
  #refuse(exchange: Exchange, fault: ScriptedFault, { refusal }: ChatApi): boolean {
    switch (fault.kind) {
      case undefined:
      case 'refusal':
        exchange.sendJson(fault.httpStatus, refusal(fault.code, messageOf(fault)), fault.headers);
        return true;
      case 'refusal-in-200':
        exchange.sendJson(200, refusal(fault.code, messageOf(fault)));
        return true;
      case 'html-page':
        exchange.send(
          fault.httpStatus,
          'text/html',
          `<html><body><h1>${fault.httpStatus} Bad Gateway</h1></body></html>`,
        );
        return true;
      case 'empty-body':
        exchange.send(fault.httpStatus, undefined, '');
        return true;
      case 'cut':
        if (fault.afterTokens !== 'before-headers') return false;
        exchange.cut();
        return true;
      case 'hang':
        return fault.afterTokens === 'before-headers';
      default:
        return false;
    }
  }

  async #stream(
    exchange: Exchange,
    generation: Generation,
    fault: ScriptedFault | undefined,
    headers: Readonly<Record<string, string>>,
    chatApi: ChatApi,
  ): Promise<void> {
    const { frames, last, ending } = planStream(generation, fault, chatApi.stream());
    const { tokensPerSecond, gzip = false } = this.#options;
    if (tokensPerSecond === undefined) {
      exchange.startStream(headers, gzip);
      await exchange.finishStream(frames.join('') + last, ending);
      return;
    }
    const tickMs = Math.max(PACE_TICK_MS, 1_000 / tokensPerSecond);
    exchange.startStream(headers, gzip);
    // By the time that has passed, not by ticks: on a busy machine late ticks would add up to another speed.
    const startedAt = this.#clock.now();
    for (let sent = 0; sent < frames.length; ) {
      const due = 1 + Math.floor(((this.#clock.now() - startedAt) * tokensPerSecond) / 1_000);
      const upTo = Math.min(frames.length, due);
      exchange.writeStream(frames.slice(sent, upTo).join(''));
      sent = upTo;
      await this.#pause(exchange, tickMs);
      if (exchange.isGone) return;
    }
    await exchange.finishStream(last, ending);
  }

  async #pauseForTokens(exchange: Exchange, { thinkingTokens, tokens }: Generation): Promise<void> {
    const { tokensPerSecond } = this.#options;
    if (tokensPerSecond === undefined) return;
    await this.#pause(exchange, ((thinkingTokens.length + tokens.length) * 1_000) / tokensPerSecond);
  }

  /** Ends early when the client goes away or the simulator stops. */
  async #pause(exchange: Exchange, durationMs: number): Promise<void> {
    await delay(this.#clock, durationMs, AbortSignal.any([this.#stopping.signal, exchange.gone]));
  }
}

/** @throws ApiError `41500` */
function checkMediaType({ headers }: MutableRecord): void {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw new ApiError('41500', 'Unsupported media type');
  }
}

function planStream(
  generation: Generation,
  fault: ScriptedFault | undefined,
  writer: AnswerWriter,
): { readonly frames: string[]; readonly last: string; readonly ending: Ending } {
  const frames = writer.tokens(generation);
  switch (fault?.kind) {
    case 'error-frame':
      return {
        frames: frames.slice(0, fault.afterTokens ?? 0),
        last: writer.error(fault.code, messageOf(fault)),
        ending: 'end',
      };
    case 'cut':
    case 'hang':
      return { frames: frames.slice(0, Number(fault.afterTokens)), last: '', ending: fault.kind };
    case 'no-result':
      return { frames, last: '', ending: 'end' };
    case 'malformed-frame':
      return {
        frames: [...frames.slice(0, 1), writer.malformed(), ...frames.slice(1)],
        last: writer.end(generation),
        ending: 'end',
      };
    default:
      return { frames, last: writer.end(generation), ending: 'end' };
  }
}

/** One HTTP exchange, seen from the writing side. */
class Exchange {
  readonly #response: ServerResponse;
  readonly #request: IncomingMessage;
  #out: { write(text: string): void; end(text: string): void } | undefined;
  #gone: AbortController | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get isGone(): boolean {
    return this.#response.destroyed;
  }

  /** Fires when the connection closes; made only when somebody waits. */
  get gone(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = new AbortController();
      this.#gone = gone;
      if (this.isGone) gone.abort();
      this.#response.once('close', () => gone.abort());
    }
    return this.#gone.signal;
  }

  send(
    httpStatus: number,
    contentType: string | undefined,
    body: string,
    headers: Readonly<Record<string, string>> = {},
    gzip = false,
  ): void {
    const bytes = gzip ? gzipSync(body) : Buffer.from(body);
    this.#response.writeHead(httpStatus, {
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(gzip && { 'content-encoding': 'gzip' }),
      'content-length': bytes.length,
      ...headers,
    });
    this.#response.end(bytes);
  }

  sendJson(httpStatus: number, body: string, headers?: Readonly<Record<string, string>>, gzip?: boolean): void {
    this.send(httpStatus, 'application/json', body, headers, gzip);
  }

  startStream(headers: Readonly<Record<string, string>>, gzip: boolean): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream;charset=UTF-8',
      ...(gzip && { 'content-encoding': 'gzip' }),
      ...headers,
    });
    this.#out = gzip ? gzipOver(this.#response) : this.#response;
  }

  writeStream(text: string): void {
    if (text !== '') this.#out?.write(text);
  }

  async finishStream(text: string, ending: Ending): Promise<void> {
    if (ending === 'end') {
      this.#out?.end(text);
      return;
    }
    this.#response.flushHeaders();
    this.writeStream(text);
    if (ending === 'hang') return;
    // What was written must be on its way first, or the reader would see less than the script says.
    await new Promise<void>((resolve) => this.#response.write('', () => setImmediate(resolve)));
    this.cut();
  }

  cut(): void {
    this.#response.destroy(new Error('cut by the script'));
    this.#request.socket.destroy();
  }
}

function gzipOver(response: ServerResponse): { write(text: string): void; end(text: string): void } {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(response);
  return {
    write: (text) => void gzip.write(text),
    end: (text) => void gzip.end(text),
  };
}

/** @throws ApiError `41300` */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BODY_BYTES) reject(new ApiError('41300', 'Request entity too large'));
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}
