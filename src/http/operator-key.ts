import type { FastifyRequest } from 'fastify';
import { createSecretCheck } from '../channels/secret.ts';
import { GatewayError } from '../errors.ts';
import type { Limits } from './limits.ts';

/** Lets requests through that carry `Authorization: Bearer OPERATOR_KEY`; whoever guesses keys is slowed down like anybody else. The
 *  returned check throws GatewayError `INBOUND_UNVERIFIED`, `INBOUND_RATE_LIMITED`. */
export function createOperatorCheck(operatorKey: string, limits: Limits): (request: FastifyRequest) => Promise<void> {
  const check = createSecretCheck([operatorKey]);
  return async (request) => {
    const [, key] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (check.accepts(key)) return;
    await limits.address(request.ip);
    throw new GatewayError('INBOUND_UNVERIFIED', 'The request does not carry the key of the operator');
  };
}
