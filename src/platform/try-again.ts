import { type GatewayError, toGatewayError } from '../errors.ts';
import { type Clock, delay } from './clock.ts';

export interface Perseverance {
  readonly clock: Clock;
  readonly pauseMs: number;
  /** Asked of every failure. */
  readonly isWorthAnother: (error: GatewayError) => boolean;
  /** Ends a pause early. */
  readonly signal?: AbortSignal;
}

/** Calls until it succeeds or a failure is not worth another call.
 *  @throws GatewayError that failure */
export async function tryAgain<Result>(
  call: () => Promise<Result>,
  { clock, pauseMs, isWorthAnother, signal }: Perseverance,
): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (!isWorthAnother(error)) throw error;
      await delay(clock, pauseMs, signal);
    }
  }
}

/** Calls again for `patienceMs` while what failed may pass.
 *  @throws GatewayError what will not pass, or the last failure */
export function tryFor<Result>(
  patienceMs: number,
  call: () => Promise<Result>,
  given: Pick<Perseverance, 'clock' | 'pauseMs'>,
): Promise<Result> {
  const givesUpAt = given.clock.now() + patienceMs;
  return tryAgain(call, { ...given, isWorthAnother: (error) => error.retryable && given.clock.now() < givesUpAt });
}
