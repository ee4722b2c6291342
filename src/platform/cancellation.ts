import { GatewayError } from '../errors.ts';

/** Why the caller stopped, if it said so in our terms. */
export function cancellation(signal: AbortSignal): GatewayError {
  const { reason } = signal as { readonly reason: unknown };
  return reason instanceof GatewayError
    ? reason
    : new GatewayError('TURN_CANCELLED', 'The answer was cancelled', { cause: reason });
}
