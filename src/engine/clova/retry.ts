import type { ErrorCode, GatewayError } from '../../errors.ts';

/** Pauses before the second attempt where the service names none. Their overload takes longer to pass than a hiccup. */
const PAUSE_MS: Readonly<Partial<Record<ErrorCode, number>>> = {
  ENGINE_RATE_LIMITED: 1_000,
  ENGINE_OVERLOADED: 2_000,
};
const DEFAULT_PAUSE_MS = 500;

/** The other side closed a kept-alive connection just as we wrote to it: a new connection helps at once. */
const STALE_CONNECTION = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** A service that asks for more patience than this has said no: a customer waits, and another engine may have the answer. */
const LONGEST_PAUSE_MS = 5_000;

/** An attempt with less time than this would only be cut off. */
export const SHORTEST_ATTEMPT_MS = 1_000;

/** How long to wait before another attempt, in ms; `undefined` when there should be none. `random` 0..1 spreads those who failed together. */
export function retryPauseMs(error: GatewayError, random: number): number | undefined {
  if (!error.retryable) return undefined;
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs > LONGEST_PAUSE_MS ? undefined : error.retryAfterMs + random * 200;
  }
  if (error.code === 'ENGINE_UNREACHABLE' && STALE_CONNECTION.includes(String(error.details.networkCode))) return 0;
  const pauseMs = PAUSE_MS[error.code] ?? DEFAULT_PAUSE_MS;
  return pauseMs / 2 + (random * pauseMs) / 2;
}
