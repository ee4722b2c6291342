import type { Dispatcher } from 'undici';
import { systemClock } from '../platform/clock.ts';
import { readText } from '../platform/upstream.ts';
import type { DeliveryReceipt } from './channel.ts';

export interface PostOptions {
  /** Sent as it is, never rebuilt: a one-time token must arrive byte for byte. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** From the call to the last byte of the answer. */
  readonly totalTimeoutMs: number;
}

/** A message must not be sent twice, so the two ways to fail are kept apart. */
export type PostResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly retryAfter: string | undefined;
    }
  /** Nothing had been written: another attempt cannot double the message. */
  | { readonly kind: 'not-written'; readonly cause: unknown }
  /** Cut between writing and the result: the message may or may not have arrived. */
  | { readonly kind: 'cut'; readonly cause: unknown };

const MAX_ANSWER_BYTES = 64 * 1024;

/** Never throws. */
export async function postJson(upstream: Dispatcher, options: PostOptions, signal: AbortSignal): Promise<PostResult> {
  if (signal.aborted) return { kind: 'not-written', cause: signal.reason };
  let written = false;
  // Not AbortSignal.any: what it makes stays with the caller's signal for as long as that lives.
  const ending = new AbortController();
  const end = () => ending.abort();
  const cancelTimer = systemClock.schedule(options.totalTimeoutMs, end);
  signal.addEventListener('abort', end, { once: true });
  const watched = upstream.compose(noteStart(() => (written = true)));
  try {
    const response = await watched.request({
      origin: '', // the pool knows its own
      method: 'POST',
      path: options.path,
      headers: options.headers,
      body: JSON.stringify(options.body),
      signal: ending.signal,
    });
    const text = await readText(response.body, MAX_ANSWER_BYTES);
    const retryAfter = response.headers['retry-after'];
    return {
      kind: 'answered',
      status: response.statusCode,
      text,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    };
  } catch (cause) {
    return { kind: written ? 'cut' : 'not-written', cause };
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', end);
  }
}

/** The receipt of a post that brought no answer: what is known then does not depend on the platform. */
export function receiptWithoutAnswer(kind: Exclude<PostResult['kind'], 'answered'>): DeliveryReceipt {
  return kind === 'not-written'
    ? { outcome: 'refused', code: 'NOT_CONNECTED', retryable: true }
    : { outcome: 'unknown', code: 'CUT', retryable: false };
}

/** undici starts a request on the handler when it is about to write it to an open socket. Error codes cannot tell:
 *  ECONNRESET stands for a failed TLS handshake as well as for a connection that died after the request. */
function noteStart(started: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        handler.onRequestStart?.(controller, context);
        if (!controller.aborted) started(); // a signal that had fired before ends the request here
      },
      onResponseStart: (controller, status, headers, message) =>
        handler.onResponseStart?.(controller, status, headers, message),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}
