/** One question to the chatbot: a signed POST and its JSON. */
import type { Pool } from 'undici';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import type { Clock } from '../../platform/clock.ts';
import { openUpstream } from '../../platform/upstream.ts';
import { AnswerExchange, type StreamReader } from '../answer-exchange.ts';
import { brokenAnswer, parseJson } from '../upstream-failure.ts';
import { deservesSecondAttempt, refusalIn, UPSTREAM } from './errors.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { type ChatbotQuestion, requestBody } from './request.ts';
import { signBody } from './signature.ts';

export interface ChatbotClientOptions {
  /** The Invoke URL as the builder shows it: nothing is appended, and nothing of it but the host may be logged. */
  readonly url: string;
  readonly secret: string;
  readonly contentType: string;
  readonly connectTimeoutMs: number;
  /** From the request to the whole answer. */
  readonly timeoutMs: number;
  readonly connections: number;
  readonly clock: Clock;
}

export interface AskLimits {
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

/** Far above any answer of a chatbot: a peer that is none must not fill the memory. */
const MAX_ANSWER_BYTES = 1_048_576;

export class ChatbotClient {
  readonly #options: ChatbotClientOptions;
  readonly #pool: Pool;
  readonly #path: string;

  constructor(options: ChatbotClientOptions) {
    const { url, connectTimeoutMs, timeoutMs, connections } = options;
    const { origin, pathname, search } = new URL(url);
    this.#options = options;
    this.#path = `${pathname}${search}`;
    this.#pool = openUpstream({
      origin,
      connectTimeoutMs,
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      connections,
    });
  }

  /** The loop that asks models again is not for this one: a question that was heard may have moved a form on, although its answer
   *  was lost, and the same words would then fill in the next field.
   *  @throws GatewayError `ENGINE_*`, `TURN_CANCELLED` */
  async ask(question: ChatbotQuestion, userId: string, limits: AskLimits): Promise<JsonObject> {
    try {
      return await this.#askOnce(question, userId, limits);
    } catch (thrown) {
      const error: GatewayError = toGatewayError(thrown);
      if (!deservesSecondAttempt(error)) throw error;
      return this.#askOnce(question, userId, limits);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.destroyed) await this.#pool.destroy();
  }

  async #askOnce(question: ChatbotQuestion, userId: string, { closesAt, signal }: AskLimits): Promise<JsonObject> {
    if (signal.aborted) throw cancellation(signal);
    const { secret, contentType, timeoutMs, clock } = this.#options;
    const body = requestBody(question, userId, clock.now());
    const exchange = new AnswerExchange<never, JsonObject>(this.#pool, clock, {
      upstream: UPSTREAM,
      reader: new WholeReader(),
      readWhole: ({ text, httpStatus }) => ({ frames: [], result: readAnswer(text, httpStatus) }),
      maxSizeBytes: MAX_ANSWER_BYTES,
      path: this.#path,
      headers: [
        ...['content-type', contentType],
        ...['accept', 'application/json'],
        ...['x-ncp-chatbot_signature', signBody(secret, body)],
      ],
      body,
      firstTokenTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      closesAt,
      signal,
    });
    try {
      await exchange.read();
      return exchange.result;
    } finally {
      exchange.close();
    }
  }
}

/** @throws GatewayError for a refusal, and for what is no answer */
function readAnswer(text: string, httpStatus: number): JsonObject {
  const body = parseJson(text);
  const refusal = refusalIn(body, httpStatus);
  if (refusal !== undefined) throw refusal;
  if (!isJsonObject(body)) throw brokenAnswer(UPSTREAM, 'is no JSON object');
  return body;
}

/** For a 200 that does not call itself JSON: it may be all the same, or a page of somebody in between. */
class WholeReader implements StreamReader<never, JsonObject> {
  readonly hasBegun = false;
  readonly hasFrames = false;
  readonly #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  #result: JsonObject | undefined;
  #failure: GatewayError | undefined;

  get result(): JsonObject | undefined {
    return this.#result;
  }

  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  take(): readonly never[] {
    return [];
  }

  feed(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > MAX_ANSWER_BYTES) this.#failure = brokenAnswer(UPSTREAM, 'does not end');
  }

  end(): void {
    try {
      this.#result = readAnswer(Buffer.concat(this.#chunks).toString('utf8'), 200);
    } catch (thrown) {
      this.#failure = toGatewayError(thrown);
    }
  }
}
