/** The one loop that asks again. */

import type { AnswerCall } from '../engine/engine.ts';
import { type GatewayError, toGatewayError } from '../errors.ts';
import { cancellation } from '../platform/cancellation.ts';
import { type Clock, delay } from '../platform/clock.ts';
import type { AnswerExchange } from './answer-exchange.ts';
import type { CallPass } from './call-gate.ts';
import { retryPauseMs, SHORTEST_ATTEMPT_MS } from './retry.ts';

export type { AnswerCall } from '../engine/engine.ts';

interface RetryTerms {
  readonly call: AnswerCall;
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  /** Absent: there are no tools. */
  readonly question?: Pick<AttemptedQuestion<never>, 'toolsWorked'>;
  readonly onRetry?: OnRetry | undefined;
}

/** What the attempts at one answer have to know of the question, and tell about it. */
export interface AttemptedQuestion<Result> {
  /** What the service says that it has counted. */
  promptTokensOf?(result: Result): number | undefined;
  /** Absent: there are no tools. */
  toolsWorked?(): boolean;
  onAnswered?(): void;
}

interface Attempts<Frame, Result> extends RetryTerms {
  readonly question?: AttemptedQuestion<Result>;
  /** @throws GatewayError for a request that cannot be made */
  readonly open: () => AnswerExchange<Frame, Result>;
  /** Asked before every attempt. Absent: nothing is known of a quota.
   *  @throws GatewayError which ends the answer */
  readonly admit?: (() => Promise<CallPass>) | undefined;
}

export type OnRetry = (error: GatewayError, retry: { readonly requestId: string; readonly pauseMs: number }) => void;

/** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
 *  was said cannot be unsaid.
 *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED`, while iterating */
export async function* answerInAttempts<Frame, Result>(
  attempts: Attempts<Frame, Result>,
): AsyncGenerator<Frame | Result, void, void> {
  const { question, call, open, admit } = attempts;
  for (let attempt = 1; ; attempt += 1) {
    // Without a gate nothing is awaited: the request leaves with the call.
    const pass = admit === undefined ? undefined : await admit();
    if (call.signal.aborted) throw cancellation(call.signal);
    const exchange = open();
    let handedOn = false;
    try {
      for (let frames = await exchange.read(); frames !== undefined; frames = await exchange.read()) {
        handedOn = true;
        for (const frame of frames) yield frame; // yield* would wait three times for each
      }
      question?.onAnswered?.();
      pass?.answered(question?.promptTokensOf?.(exchange.result));
      yield exchange.result;
      return;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      pass?.failed(error);
      if (handedOn) throw thrown;
      await pauseBeforeRetry(error, attempt, attempts);
    } finally {
      exchange.close();
    }
  }
}

/** The same for an answer that comes as a whole.
 *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
export async function callInAttempts<Result>(terms: RetryTerms, run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (thrown) {
      await pauseBeforeRetry(toGatewayError(thrown), attempt, terms);
    }
  }
}

/** @throws GatewayError the same error when there is no point or no time, or the cancellation */
async function pauseBeforeRetry(
  error: GatewayError,
  attempt: number,
  { question, call, clock, random, onRetry }: RetryTerms,
): Promise<void> {
  const { requestId, closesAt, firstTokenBy, signal } = call;
  // It has cost the whole wait for a first token, and whoever comes next may answer at once.
  if (firstTokenBy !== undefined && error.details.limit === 'first-token') throw error;
  const pauseMs = retryPauseMs({ error, attempt, toolsWorked: question?.toolsWorked?.() ?? false, random: random() });
  const lastStart = Math.min(closesAt, firstTokenBy ?? closesAt) - SHORTEST_ATTEMPT_MS;
  if (pauseMs === undefined || clock.now() + pauseMs > lastStart) throw error;
  onRetry?.(error, { requestId, pauseMs: Math.round(pauseMs) });
  if (pauseMs > 0) await delay(clock, pauseMs, signal);
  if (signal.aborted) throw cancellation(signal);
}
