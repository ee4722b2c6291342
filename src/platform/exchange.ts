/** One request and its answer, with one end for both: its time, or its caller's cancellation. */
import type { Readable } from 'node:stream';
import type { Dispatcher, FormData, Pool } from 'undici';
import { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import { cancellation } from './cancellation.ts';
import type { Clock } from './clock.ts';
import { decompressed } from './upstream.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A form brings its own content type. */
  readonly body?: string | FormData;
  /** Of request and answer together. */
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

export interface ExchangeResponse {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Readable;
}

/** Whose fault it was, in the words of whoever calls. */
export interface ExchangeFailures {
  timedOut(): GatewayError;
  /** No answer began. */
  unreachable(cause: unknown): GatewayError;
  /** It began and broke off. */
  brokeOff(cause: unknown): GatewayError;
}

/** `setTimeout` takes no more. */
const MAX_DELAY_MS = 2_147_483_647;

/** The connection is cut as soon as `receive` is done with the answer, has thrown, or the time is up.
 *  @throws GatewayError one of `failures`, `TURN_CANCELLED`, or what `receive` throws */
export async function exchange<Result>(
  pool: Pool,
  clock: Clock,
  { closesAt, signal, ...request }: ExchangeRequest,
  failures: ExchangeFailures,
  receive: (response: ExchangeResponse) => Promise<Result>,
): Promise<Result> {
  if (signal.aborted) throw cancellation(signal);
  const leftMs = closesAt - clock.now();
  if (leftMs <= 0) throw failures.timedOut();
  const ending = new AbortController();
  let isLate = false;
  const cancelTimer = clock.schedule(Math.min(leftMs, MAX_DELAY_MS), () => {
    isLate = true;
    ending.abort();
  });
  const cancel = () => ending.abort();
  signal.addEventListener('abort', cancel, { once: true });
  let hasBegun = false;
  try {
    const { statusCode, headers, body } = await pool.request({ ...request, signal: ending.signal });
    hasBegun = true;
    return await receive({ statusCode, headers, body: decompressed(body, headers['content-encoding']) });
  } catch (thrown) {
    if (signal.aborted) throw cancellation(signal);
    if (isLate) throw failures.timedOut();
    if (thrown instanceof GatewayError) throw thrown;
    throw hasBegun ? failures.brokeOff(thrown) : failures.unreachable(thrown);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', cancel);
    ending.abort();
  }
}
