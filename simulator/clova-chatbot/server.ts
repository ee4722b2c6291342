/** A released domain of CLOVA Chatbot behind its API gateway, on loopback: the signature over the exact bytes, one address, every
 *  refusal of the documents, and failures on demand. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Clock, delay, systemClock } from '../../src/platform/clock.ts';
import { parseJson } from '../json-reading.ts';
import { type ChatbotCall, ChatbotError, checkRequest } from './check-request.ts';
import { SampleDomain } from './sample-domain.ts';
import type { Answer, Component } from './wire.ts';

export interface ClovaChatbotSimulatorOptions {
  readonly secret: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Instead of the sample domain's; `undefined` for this call falls back to it. */
  readonly answer?: (call: ChatbotCall) => Answer | undefined;
  readonly latencyMs?: number;
  /** The older document's 10 s. Whether today's service looks at it is not known: so we do. */
  readonly timestampWindowMs?: number;
  readonly clock?: Clock;
}

export type ChatbotFault =
  /** The chatbot's own refusal; 500 for every code in the older document. */
  | { readonly kind: 'refusal'; readonly code: string; readonly httpStatus?: number }
  /** The refusal of the API gateway in front of it. */
  | { readonly kind: 'gateway'; readonly httpStatus: number; readonly errorCode: string }
  /** A page of somebody in between. */
  | { readonly kind: 'html-page'; readonly httpStatus: number }
  /** The connection breaks before the answer, or in the middle of it. */
  | { readonly kind: 'cut'; readonly after: 'request' | 'half' }
  | { readonly kind: 'hang' }
  /** Compresses although nobody asked. */
  | { readonly kind: 'gzip' };

export interface RecordedCall {
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly bytes: Buffer;
  readonly body: unknown;
  /** Undefined for what was refused. */
  readonly call: ChatbotCall | undefined;
}

export interface ClovaChatbotSimulator {
  /** Listens, and says what to put into CLOVA_CHATBOT_URL. */
  start(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
  /** The next `count` requests fail in this way; several calls queue up. */
  failNext(count: number, fault: ChatbotFault): void;
  /** Oldest first. */
  readonly calls: readonly RecordedCall[];
  /** How many requests were being answered at the same time for one user, at most. */
  readonly mostAtOnce: number;
  /** Resolves when a client has gone away before its answer. */
  whenCancelled(): Promise<void>;
}

const DOMAIN_ID = '4321';
const INVOKE_PATH = `/custom/v1/${DOMAIN_ID}/${'5f'.repeat(32)}`;
const TIMESTAMP_WINDOW_MS = 10_000;
const HTML_PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';

export function createClovaChatbotSimulator(options: ClovaChatbotSimulatorOptions): ClovaChatbotSimulator {
  const simulation = new Simulation(options);
  const server = createServer((request, response) => void simulation.handle(request, response));
  return {
    start: async () => {
      server.listen(options.port ?? 0, '127.0.0.1');
      await once(server, 'listening');
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${INVOKE_PATH}` };
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    failNext: (count, fault) => {
      for (let i = 0; i < count; i += 1) simulation.faults.push(fault);
    },
    get calls() {
      return simulation.calls;
    },
    get mostAtOnce() {
      return simulation.mostAtOnce;
    },
    whenCancelled: () => simulation.whenCancelled(),
  };
}

class Simulation {
  readonly faults: ChatbotFault[] = [];
  readonly calls: RecordedCall[] = [];
  mostAtOnce = 0;
  readonly #options: ClovaChatbotSimulatorOptions;
  readonly #clock: Clock;
  readonly #sample = new SampleDomain();
  readonly #running = new Map<string, number>();
  #cancelled = 0;
  #tellCancelled: (() => void)[] = [];

  constructor(options: ClovaChatbotSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  whenCancelled(): Promise<void> {
    return this.#cancelled > 0 ? Promise.resolve() : new Promise((resolve) => this.#tellCancelled.push(resolve));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once('close', () => {
      if (response.writableFinished) return;
      this.#cancelled += 1;
      for (const tell of this.#tellCancelled.splice(0)) tell();
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const fault = this.faults.shift();
    if (fault !== undefined && this.#fail(fault, request, response, bytes)) return;
    if (request.method !== 'POST' || request.url !== INVOKE_PATH) {
      this.#record(request, bytes);
      return sendJson(response, 404, { error: { errorCode: '300', message: 'Not Found' } });
    }
    try {
      const { secret, timestampWindowMs = TIMESTAMP_WINDOW_MS } = this.#options;
      const call = checkRequest(request.headers, bytes, { secret, timestampWindowMs }, this.#clock.now());
      this.#record(request, bytes, call);
      const body = await this.#answer(call);
      if (fault?.kind === 'gzip') return sendGzip(response, body);
      if (fault?.kind === 'cut') return cutInHalf(response, body);
      sendJson(response, 200, body);
    } catch (thrown) {
      if (!(thrown instanceof ChatbotError)) throw thrown;
      this.#record(request, bytes);
      sendJson(response, 500, { code: thrown.code, message: thrown.message, timestamp: this.#clock.now() });
    }
  }

  async #answer(call: ChatbotCall): Promise<object> {
    const running = 1 + (this.#running.get(call.userId) ?? 0);
    this.#running.set(call.userId, running);
    this.mostAtOnce = Math.max(this.mostAtOnce, running);
    const { latencyMs = 0, answer } = this.#options;
    if (latencyMs > 0) await delay(this.#clock, latencyMs);
    this.#running.set(call.userId, (this.#running.get(call.userId) ?? 1) - 1);
    return toBody(call, answer?.(call) ?? this.#sample.answer(call), this.#clock.now());
  }

  #record(request: IncomingMessage, bytes: Buffer, call?: ChatbotCall): void {
    this.calls.push({ headers: request.headers, bytes, body: parseJson(bytes.toString('utf8'))?.value, call });
  }

  /** Faults that need no answer. Returns whether this was one. */
  #fail(fault: ChatbotFault, request: IncomingMessage, response: ServerResponse, bytes: Buffer): boolean {
    if (fault.kind === 'gzip' || (fault.kind === 'cut' && fault.after === 'half')) return false;
    this.#record(request, bytes);
    switch (fault.kind) {
      case 'refusal':
        sendJson(response, fault.httpStatus ?? 500, {
          code: fault.code,
          message: 'words of the chatbot',
          timestamp: 0,
        });
        break;
      case 'gateway':
        sendJson(response, fault.httpStatus, {
          error: { errorCode: fault.errorCode, message: 'words of the gateway' },
        });
        break;
      case 'html-page':
        response.writeHead(fault.httpStatus, { 'content-type': 'text/html' }).end(HTML_PAGE);
        break;
      case 'cut':
        request.socket.destroy();
        break;
      case 'hang':
        break;
    }
    return true;
  }
}

/** With the metadata of live answers, keys that repeat included. */
function toBody(call: ChatbotCall, answer: Answer, now: number): object {
  const { bubbles, quickButtons, persistentMenu, scenarioName, defaultMsgType, more = {} } = answer;
  return {
    version: 'v2',
    userId: call.userId,
    timestamp: now,
    ...(bubbles === undefined
      ? {}
      : { bubbles: bubbles.map((bubble, index) => withInformation(bubble, index, bubbles, answer)) }),
    ...(quickButtons === undefined ? {} : { quickButtons }),
    ...(scenarioName === undefined || scenarioName === null
      ? {}
      : { scenario: { name: scenarioName, intent: [], chatUtteranceSetId: 42 } }),
    ...(scenarioName === undefined
      ? {}
      : { conversation: { scenarioName, chatUtteranceSetId: scenarioName === null ? null : 42, types: [] } }),
    entities: [],
    keywords: [],
    normalizer: 'null',
    ...(persistentMenu === undefined ? {} : { persistentMenu }),
    event: 'send',
    ...(defaultMsgType === undefined ? {} : { sessionId: 'session-1' }),
    ...more,
  };
}

const CHAT_TYPES: Readonly<Record<Component['type'], string>> = {
  text: 'TEXT',
  image: 'IMAGECARD',
  button: 'TEXT',
  template: 'MULTILINKS',
  carousel: 'IMAGECARD',
  flex: 'FLEX',
  line_sticker: 'STICKER',
  lineworks_sticker: 'STICKER',
};

function withInformation(
  bubble: Component,
  index: number,
  all: readonly Component[],
  { scenarioName, defaultMsgType }: Answer,
): object {
  const information = [
    { key: 'chatType', value: CHAT_TYPES[bubble.type] },
    { key: 'chatType', value: all.map(({ type }) => CHAT_TYPES[type]).join(',') },
    { key: 'score', value: '1.0' },
    ...(index === 0 && typeof scenarioName === 'string'
      ? [
          { key: 'scenarioName', value: scenarioName },
          { key: 'matchingType', value: 'exactMatch' },
        ]
      : []),
    ...(defaultMsgType === undefined ? [] : [{ key: 'defaultMsgType', value: defaultMsgType }]),
    ...(index === all.length - 1 ? [{ key: 'endOfBubble', value: 'endOfBubble' }] : []),
  ];
  return { ...bubble, information, context: [] };
}

function sendJson(response: ServerResponse, httpStatus: number, body: object): void {
  response.writeHead(httpStatus, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(body));
}

function sendGzip(response: ServerResponse, body: object): void {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  response.writeHead(200, headers).end(gzipSync(JSON.stringify(body)));
}

function cutInHalf(response: ServerResponse, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  // What was written must be on its way first, or the reader would see no answer at all.
  response.write(bytes.subarray(0, bytes.length / 2), () => setImmediate(() => response.destroy()));
}
