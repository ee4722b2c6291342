/** Why there is no whole body, in words for whoever sent it. */
import { GatewayError } from '../errors.ts';

export function bodyTooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError(
    'INBOUND_TOO_LARGE',
    `The body is larger than the ${maxBodyBytes} bytes that this server accepts`,
  );
}

export function bodyTooSlow(): GatewayError {
  return new GatewayError('INBOUND_TOO_SLOW', 'The body did not come in time');
}

export function bodyBroken(): GatewayError {
  return new GatewayError('INBOUND_MALFORMED', 'The body ended before it was complete, or its framing is broken');
}
