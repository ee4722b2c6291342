import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { WebhookRequest } from './channel.ts';
import { headerValue } from './header.ts';

const SECRET_HEADER = 'x-malgil-secret';

/** Several secrets are accepted at once, so that a secret can be changed without a gap. */
export interface SecretCheck {
  /** No secret is configured. */
  readonly isOpen: boolean;
  accepts(candidate: string | undefined): boolean;
}

/** Digests are compared, not texts: `timingSafeEqual` needs equal lengths, and a length check would tell the length. */
export function createSecretCheck(secrets: readonly string[]): SecretCheck {
  const digests = secrets.filter((secret) => secret !== '').map(digest);
  return {
    isOpen: digests.length === 0,
    accepts(candidate) {
      if (candidate === undefined) return false;
      const presented = digest(candidate);
      let matches = false;
      for (const known of digests) matches = timingSafeEqual(known, presented) || matches;
      return matches;
    },
  };
}

/** The secret as header or as last path segment; open when none is configured.
 *  @throws GatewayError `INBOUND_UNVERIFIED` */
export function verifySecret(request: WebhookRequest, check: SecretCheck): void {
  if (check.isOpen || presentsSecret(request, check)) return;
  throw new GatewayError('INBOUND_UNVERIFIED', 'The request does not carry the secret of this bot');
}

export function presentsSecret(request: WebhookRequest, check: SecretCheck): boolean {
  return check.accepts(headerValue(request, SECRET_HEADER)) || check.accepts(request.pathSecret);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
