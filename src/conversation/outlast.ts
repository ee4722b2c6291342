import type { Clock } from '../platform/clock.ts';
import { tryAgain } from '../platform/try-again.ts';

const PAUSE_MS = 500;

/** For work that nobody waits for in a response: tries again for as long as the store is away, until the signal fires. Giving up would
 *  leave a turn open that nobody works on.
 *  @throws GatewayError what is not retryable, or the last failure before the signal */
export function outlast<Result>(call: () => Promise<Result>, clock: Clock, signal: AbortSignal): Promise<Result> {
  return tryAgain(call, {
    clock,
    signal,
    pauseMs: PAUSE_MS,
    isWorthAnother: (error) => error.retryable && !signal.aborted,
  });
}
