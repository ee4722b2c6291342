import { GatewayError } from '../../errors.ts';
import type { WebhookRequest } from '../channel.ts';
import { headerValue } from '../header.ts';
import { presentsSecret, type SecretCheck } from '../secret.ts';

/** TEST answers anybody on this machine, and others only with a secret: a curl channel left open would spend the operator's tokens.
 *  @throws GatewayError `INBOUND_UNVERIFIED` */
export function verifyTestRequest(request: WebhookRequest, check: SecretCheck): void {
  if (request.isLocal || presentsSecret(request, check) || check.accepts(bearerToken(request))) return;
  throw new GatewayError(
    'INBOUND_UNVERIFIED',
    check.isOpen
      ? 'The test channel answers only this machine until TEST_SECRET is set'
      : 'The test channel needs its secret in the header X-Malgil-Secret',
  );
}

function bearerToken(request: WebhookRequest): string | undefined {
  return /^Bearer +(\S+)\s*$/i.exec(headerValue(request, 'authorization') ?? '')?.[1];
}
