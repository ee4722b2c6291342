/** The one place that asks again. */
import type { AnswerCall } from '../engine/engine.ts';
import { type GatewayError, toGatewayError } from '../errors.ts';
import { cancellation } from '../platform/cancellation.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { AnswerExchange, type ExchangeService, type StreamRequest } from './answer-exchange.ts';
import type { CallGate, CallPass, GateCall } from './call-gate.ts';
import { retryPauseMs, SHORTEST_ATTEMPT_MS } from './retry.ts';

export type { AnswerCall } from '../engine/engine.ts';

/** The same for all calls of a service. */
export interface RetryTerms {
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  readonly onRetry?: OnRetry | undefined;
}

/** What the attempts at one answer have to know of the question, and tell about it. */
export interface StreamedQuestion<Frame, Result> {
  /** Called for every attempt.
   *  @throws GatewayError for a request that cannot be made */
  request(): StreamRequest<Frame, Result>;
  /** Asked before every attempt. Absent: nothing is known of a quota. */
  readonly gate?: CallGate | undefined;
  /** What the gate lets through. */
  readonly inputTokens: GateCall['inputTokens'];
  readonly outputTokens: GateCall['outputTokens'];
  /** What the service says that it has counted. */
  promptTokensOf?(result: Result): number | undefined;
  /** Absent: there are no tools. */
  toolsWorked?(): boolean;
  onAnswered?(): void;
}

/** The same for all streams of a service. */
export interface StreamTerms extends RetryTerms, ExchangeService {}

export type OnRetry = (error: GatewayError, retry: { readonly requestId: string; readonly pauseMs: number }) => void;

/** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
 *  was said cannot be unsaid. Nothing is sent before somebody reads.
 *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED`, while iterating */
export function answerInAttempts<Frame, Result>(
  terms: StreamTerms,
  question: StreamedQuestion<Frame, Result>,
  call: AnswerCall,
): AsyncIterableIterator<Frame | Result, undefined> {
  return new AttemptedAnswer(terms, question, call);
}

const NONE: readonly never[] = [];
const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An object, not a function that is suspended for as long as a slow model thinks: that would hold twice as much. */
class AttemptedAnswer<Frame, Result> implements AsyncIterableIterator<Frame | Result, undefined> {
  readonly #terms: StreamTerms;
  readonly #question: StreamedQuestion<Frame, Result>;
  readonly #call: AnswerCall;
  #attempts = 0;
  #pass: CallPass | undefined;
  /** Of the attempt that is under way. */
  #exchange: AnswerExchange<Frame, Result> | undefined;
  /** The latest pieces, of which `#handedOn` are with the reader. */
  #frames: readonly Frame[] = NONE;
  #handedOn = 0;
  #isOver = false;

  constructor(terms: StreamTerms, question: StreamedQuestion<Frame, Result>, call: AnswerCall) {
    this.#terms = terms;
    this.#question = question;
    this.#call = call;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Frame | Result, undefined>> {
    if (this.#isOver) return Promise.resolve(END);
    if (this.#handedOn < this.#frames.length) return Promise.resolve(this.#handOn());
    return this.#exchange === undefined ? this.#begin() : this.#hear(this.#exchange);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#isOver = true;
    this.#letGo();
    return END;
  }

  #begin(): Promise<IteratorResult<Frame | Result, undefined>> {
    try {
      const { gate, inputTokens, outputTokens } = this.#question;
      if (gate === undefined) return this.#send(undefined);
      const call = { botId: '', ...this.#call, inputTokens, outputTokens };
      // Where nobody has to wait, nothing is awaited: the request leaves with the call.
      const pass = gate.tryEnter(call);
      return pass === undefined ? gate.enter(call).then((entered) => this.#send(entered)) : this.#send(pass);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #send(pass: CallPass | undefined): Promise<IteratorResult<Frame | Result, undefined>> {
    const { signal } = this.#call;
    if (signal.aborted) throw cancellation(signal);
    this.#pass = pass;
    this.#attempts += 1;
    this.#exchange = new AnswerExchange(this.#terms, this.#question.request(), this.#call);
    return this.#hear(this.#exchange);
  }

  #hear(exchange: AnswerExchange<Frame, Result>): Promise<IteratorResult<Frame | Result, undefined>> {
    return exchange.arrival().then(() => this.#take(exchange));
  }

  #take(
    exchange: AnswerExchange<Frame, Result>,
  ): IteratorResult<Frame | Result, undefined> | Promise<IteratorResult<Frame | Result, undefined>> {
    try {
      const frames = exchange.take();
      if (frames === undefined) return this.#finish(exchange.result);
      this.#frames = frames;
      this.#handedOn = 0;
      return this.#handOn();
    } catch (thrown) {
      return this.#tryAgain(thrown);
    }
  }

  #handOn(): IteratorYieldResult<Frame> {
    const value = this.#frames[this.#handedOn] as Frame;
    this.#handedOn += 1;
    return { done: false, value };
  }

  #finish(result: Result): IteratorYieldResult<Result> {
    this.#question.onAnswered?.();
    this.#pass?.answered(this.#question.promptTokensOf?.(result));
    this.#isOver = true;
    this.#letGo();
    return { done: false, value: result };
  }

  /** @throws what was thrown, when there is no point or no time, or something was said already; or the cancellation */
  async #tryAgain(thrown: unknown): Promise<IteratorResult<Frame | Result, undefined>> {
    const error = toGatewayError(thrown);
    this.#pass?.failed(error);
    const hasSpoken = this.#frames.length > 0;
    this.#letGo();
    if (hasSpoken) throw thrown;
    await pauseBeforeRetry(error, this.#attempts, this.#call, this.#terms, this.#question);
    return this.#begin();
  }

  #letGo(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
    this.#frames = NONE;
  }
}

/** The same for an answer that comes as a whole.
 *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
export async function callInAttempts<Result>(
  terms: RetryTerms,
  call: AnswerCall,
  run: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (thrown) {
      await pauseBeforeRetry(toGatewayError(thrown), attempt, call, terms);
    }
  }
}

/** @throws GatewayError the same error when there is no point or no time, or the cancellation */
async function pauseBeforeRetry(
  error: GatewayError,
  attempt: number,
  { requestId, closesAt, firstTokenBy, signal }: AnswerCall,
  { clock, random, onRetry }: RetryTerms,
  question?: Pick<StreamedQuestion<never, never>, 'toolsWorked'>,
): Promise<void> {
  // It has cost the whole wait for a first token, and whoever comes next may answer at once.
  if (firstTokenBy !== undefined && error.details.limit === 'first-token') throw error;
  const pauseMs = retryPauseMs({ error, attempt, toolsWorked: question?.toolsWorked?.() ?? false, random: random() });
  const lastStart = Math.min(closesAt, firstTokenBy ?? closesAt) - SHORTEST_ATTEMPT_MS;
  if (pauseMs === undefined || clock.now() + pauseMs > lastStart) throw error;
  onRetry?.(error, { requestId, pauseMs: Math.round(pauseMs) });
  if (pauseMs > 0) await delay(clock, pauseMs, signal);
  if (signal.aborted) throw cancellation(signal);
}
