import type { FastifyReply } from 'fastify';
import { GatewayError } from '../errors.ts';

/** The one shape of our own API's errors. Never internals: message and details are ours, causes stay in the log. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
}

export function sendError(reply: FastifyReply, error: GatewayError, extra: Readonly<Record<string, unknown>> = {}) {
  const body: ErrorBody = {
    error: { code: error.code, message: error.message, requestId: reply.request.id, ...extra },
  };
  if (error.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
  return reply
    .code(error.httpStatus)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Fastify's own refusals in our words; undefined for what it did not throw itself. */
export function fromFastifyError(thrown: unknown): GatewayError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('INBOUND_TOO_LARGE', 'The body is larger than this server accepts', { cause: thrown });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('INBOUND_WRONG_CONTENT_TYPE', 'The Content-Type is not supported', { cause: thrown });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new GatewayError('INBOUND_MALFORMED', 'The Content-Length does not match the body', { cause: thrown });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_VALIDATION':
    case 'FST_ERR_BAD_URL':
      return new GatewayError('INBOUND_MALFORMED', 'The request could not be read', { cause: thrown });
    default:
      return undefined;
  }
}
