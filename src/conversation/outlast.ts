import { toGatewayError } from '../errors.ts';
import { type Clock, delay } from '../platform/clock.ts';

const PAUSE_MS = 500;

/** For work that nobody waits for in a response: tries again for as long as the store is away, until the signal fires. Giving up would
 *  leave a turn open that nobody works on.
 *  @throws GatewayError what is not retryable, or the last failure before the signal */
export async function outlast<Result>(call: () => Promise<Result>, clock: Clock, signal: AbortSignal): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (!error.retryable || signal.aborted) throw error;
      await delay(clock, PAUSE_MS, signal);
    }
  }
}
