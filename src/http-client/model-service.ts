/** A service of models over HTTP: its connections, and the two ways in which it is asked. */
import type { Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type ExchangeFailures, type ExchangeRequest, exchange } from '../platform/exchange.ts';
import { openUpstream, readText } from '../platform/upstream.ts';
import { type AnswerCall, answerInAttempts, callInAttempts, type OnRetry, type StreamedQuestion } from './attempts.ts';
import { brokenAnswer, unreachable } from './upstream-failure.ts';

export interface ModelServiceOptions {
  /** Whom the errors are about. */
  readonly upstream: string;
  /** Its origin alone counts here: paths are the caller's. */
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  /** Open connections at most; further requests wait their turn. */
  readonly connections: number;
  /** PEM certificates to trust besides those of public authorities. */
  readonly ca?: string;
}

export interface ModelServiceDeps {
  readonly clock?: Clock;
  /** 0..1 */
  readonly random?: () => number;
  readonly onRetry?: OnRetry;
}

export type ServiceRequest = Omit<ExchangeRequest, 'closesAt' | 'signal'>;

export interface ServiceResponse {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly receivedAt: EpochMs;
  readonly body: AsyncIterable<Uint8Array>;
  /** The first `maxBytes` of the body as UTF-8. */
  text(maxBytes: number): Promise<string>;
}

/** @throws GatewayError for what is no answer */
export type ReadResponse<Result> = (response: ServiceResponse) => Promise<Result>;

export interface ModelService {
  /** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
   *  was said cannot be unsaid.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED`, while iterating */
  stream<Frame, Result>(call: AnswerCall, question: StreamedQuestion<Frame, Result>): AsyncIterable<Frame | Result>;
  /** An answer that comes as a whole. Tries again what may pass, within the time of the call.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  send<Result>(request: ServiceRequest, call: AnswerCall, read: ReadResponse<Result>): Promise<Result>;
  /** The same for what must not happen twice.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  sendOnce<Result>(
    request: ServiceRequest,
    limits: Pick<AnswerCall, 'closesAt' | 'signal'>,
    read: ReadResponse<Result>,
  ): Promise<Result>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/** The settings have been checked (`upstream-settings.ts`). */
export function openModelService(options: ModelServiceOptions, deps: ModelServiceDeps = {}): ModelService {
  const { upstream, baseUrl, connectTimeoutMs, connections, ca } = options;
  const { clock = systemClock, random = Math.random, onRetry } = deps;
  const pool = openUpstream({
    origin: new URL(baseUrl).origin,
    connectTimeoutMs,
    // Every exchange watches its own time: by tokens instead of bytes, and to the millisecond.
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
    connections,
    ...(ca !== undefined && { ca }),
  });
  const failures = exchangeFailures(upstream);
  let closing: Promise<void> | undefined;
  const sendOnce: ModelService['sendOnce'] = (request, { closesAt, signal }, read) =>
    exchange(pool, clock, { ...request, closesAt, signal }, failures, ({ statusCode, headers, body }) =>
      read({ statusCode, headers, body, receivedAt: clock.now(), text: (maxBytes) => readText(body, maxBytes) }),
    );
  const terms = { upstream, pool, clock, random, onRetry };
  return {
    stream: (call, question) => answerInAttempts(terms, question, call),
    send: (request, call, read) => callInAttempts(terms, call, () => sendOnce(request, call, read)),
    sendOnce,
    close: () => {
      closing ??= pool.destroy();
      return closing;
    },
  };
}

function exchangeFailures(upstream: string): ExchangeFailures {
  return {
    timedOut: () => new GatewayError('ENGINE_TIMEOUT', `${upstream} took too long`, { details: { limit: 'work' } }),
    unreachable: (cause) => unreachable(upstream, cause),
    brokeOff: (cause) => brokenAnswer(upstream, 'broke off', cause),
  };
}
