import type { ErrorCode, GatewayError } from '../errors.ts';

interface Patience {
  /** Longest pause before the second attempt where the service names none; it doubles with every attempt. */
  readonly pauseMs: number;
  /** With the first one. */
  readonly attempts: number;
}

/** Their overload takes longer to pass than a hiccup. Longer rows of attempts do more harm than good here: a customer waits, and the
 *  next engine of the chain may have the answer. */
const PATIENCE: Readonly<Partial<Record<ErrorCode, Patience>>> = {
  ENGINE_RATE_LIMITED: { pauseMs: 1_000, attempts: 3 },
  ENGINE_OVERLOADED: { pauseMs: 2_000, attempts: 2 },
  // Each of these has cost the whole wait for a first token.
  ENGINE_TIMEOUT: { pauseMs: 500, attempts: 2 },
};
const DEFAULT_PATIENCE: Patience = { pauseMs: 500, attempts: 3 };

/** Failures that the service itself says to try once more and no oftener: a part that failed, labels that a router's model made up. */
const PATIENCE_BY_UPSTREAM_CODE: ReadonlyMap<unknown, Patience> = new Map([
  ['42400', { pauseMs: 500, attempts: 2 }],
  ['65001', { pauseMs: 500, attempts: 2 }],
]);

/** `40009` says that the model has no such function, now and then also of one that it has just used: twice more at most. */
const UNSUPPORTED_FUNCTION = '40009';
const WORKED_BEFORE: Patience = { pauseMs: 1_000, attempts: 3 };

/** The other side closed a kept-alive connection just as we wrote to it: a new connection helps at once. */
const STALE_CONNECTION = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];
/** A certificate that is not trusted now will not be in a second. A handshake that fails is an `ERR_SSL_…` of the read or the `EPROTO` of
 *  a write, whichever comes first. */
const DISTRUST = /^(?:CERT_|EPROTO$|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** A service that asks for more patience than this has said no: a customer waits, and another engine may have the answer. */
const LONGEST_PAUSE_MS = 5_000;

/** An attempt with less time than this would only be cut off. */
export const SHORTEST_ATTEMPT_MS = 1_000;

export interface FailedAttempt {
  readonly error: GatewayError;
  /** From 1. */
  readonly attempt: number;
  /** A request with the same tools has been answered. */
  readonly toolsWorked: boolean;
  /** 0..1; spreads those who failed together. */
  readonly random: number;
}

/** How long to wait before another attempt, in ms; `undefined` when there should be none. */
export function retryPauseMs({ error, attempt, toolsWorked, random }: FailedAttempt): number | undefined {
  const { code, details, retryAfterMs } = error;
  const networkCode = String(details.networkCode);
  const mayHaveBeenChance = toolsWorked && details.upstreamCode === UNSUPPORTED_FUNCTION;
  const patience = mayHaveBeenChance
    ? WORKED_BEFORE
    : (PATIENCE_BY_UPSTREAM_CODE.get(details.upstreamCode) ?? PATIENCE[code] ?? DEFAULT_PATIENCE);
  if (!(error.retryable || mayHaveBeenChance) || attempt >= patience.attempts || DISTRUST.test(networkCode)) {
    return undefined;
  }
  if (retryAfterMs !== undefined) {
    return retryAfterMs > LONGEST_PAUSE_MS ? undefined : retryAfterMs + random * 200;
  }
  if (attempt === 1 && code === 'ENGINE_UNREACHABLE' && STALE_CONNECTION.includes(networkCode)) return 0;
  return random * patience.pauseMs * 2 ** (attempt - 1);
}
