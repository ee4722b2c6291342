/** One question to the chatbot: a signed POST and its JSON. */
import type { Pool } from 'undici';
import { GatewayError, toGatewayError } from '../../errors.ts';
import { type Fields, fieldsOf } from '../../http-client/answer-fields.ts';
import { brokenAnswer, parseJson, unreachable } from '../../http-client/upstream-failure.ts';
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import { type ExchangeFailures, type ExchangeResponse, exchange } from '../../platform/exchange.ts';
import { openUpstream, readText } from '../../platform/upstream.ts';
import { deservesSecondAttempt, refusalIn, UPSTREAM } from './errors.ts';
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

const FAILURES: ExchangeFailures = {
  timedOut: () => new GatewayError('ENGINE_TIMEOUT', `${UPSTREAM} took too long`),
  unreachable: (cause) => unreachable(UPSTREAM, cause),
  brokeOff: (cause) => brokenAnswer(UPSTREAM, 'broke off', cause),
};

export class ChatbotClient {
  readonly #options: ChatbotClientOptions;
  readonly #pool: Pool;
  readonly #path: string;

  constructor(options: ChatbotClientOptions) {
    const { url, connectTimeoutMs, connections } = options;
    const { origin, pathname, search } = new URL(url);
    this.#options = options;
    this.#path = `${pathname}${search}`;
    // Its limits of time would only repeat those of the exchange.
    this.#pool = openUpstream({ origin, connectTimeoutMs, headersTimeoutMs: 0, bodyTimeoutMs: 0, connections });
  }

  /** The loop that asks models again is not for this one: a question that was heard may have moved a form on, although its answer
   *  was lost, and the same words would then fill in the next field.
   *  @throws GatewayError `ENGINE_*`, `TURN_CANCELLED` */
  async ask(question: ChatbotQuestion, userId: string, limits: AskLimits): Promise<Fields> {
    try {
      return await this.#askOnce(question, userId, limits);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (!deservesSecondAttempt(error)) throw error;
      return this.#askOnce(question, userId, limits);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.destroyed) await this.#pool.destroy();
  }

  #askOnce(question: ChatbotQuestion, userId: string, { closesAt, signal }: AskLimits): Promise<Fields> {
    const { secret, contentType, timeoutMs, clock } = this.#options;
    const now = clock.now();
    const body = requestBody(question, userId, now);
    const request = {
      method: 'POST',
      path: this.#path,
      headers: {
        'content-type': contentType,
        accept: 'application/json',
        'x-ncp-chatbot_signature': signBody(secret, body),
      },
      body,
      closesAt: Math.min(closesAt, now + timeoutMs),
      signal,
    } as const;
    return exchange(this.#pool, clock, request, FAILURES, readAnswer);
  }
}

/** @throws GatewayError for a refusal, and for what is no answer */
async function readAnswer({ statusCode, body }: ExchangeResponse): Promise<Fields> {
  const parsed = parseJson(await readText(body, MAX_ANSWER_BYTES));
  const refusal = refusalIn(parsed, statusCode);
  if (refusal !== undefined) throw refusal;
  const answer = fieldsOf(parsed);
  if (answer !== parsed) throw brokenAnswer(UPSTREAM, 'is no JSON object');
  return answer;
}
