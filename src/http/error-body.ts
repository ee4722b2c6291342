import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../errors.ts';

/** The one shape of our own API's errors. Never internals: message and details are ours, causes stay in the log. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
}

/** The same for /docs. */
export const ErrorDocs = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), requestId: Type.Optional(Type.String()) }),
});

/** For /docs: what every route answers that speaks to people and to the operator's own systems. */
export const FAILURE_DOCS = { '4xx': ErrorDocs, '5xx': ErrorDocs };

export function sendError(reply: FastifyReply, error: GatewayError, extra: Readonly<Record<string, unknown>> = {}) {
  const body: ErrorBody = {
    error: { code: error.code, message: error.message, requestId: reply.request.id, ...extra },
  };
  if (error.retryAfterMs !== undefined) reply.header('retry-after', retryAfterSeconds(error.retryAfterMs));
  return reply
    .code(error.httpStatus)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** As the header of that name says it. */
export function retryAfterSeconds(retryAfterMs: number): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
}

/** What Fastify and its plugins refuse, in our words; undefined for what they did not throw themselves. */
export function fromFastifyError(thrown: unknown): GatewayError | undefined {
  if (thrown instanceof GatewayError || !(thrown instanceof Error)) return undefined;
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new GatewayError('INBOUND_WRONG_CONTENT_TYPE', 'The Content-Type is not supported', { cause: thrown });
  }
  if (code === 'ECONNRESET' || code === 'ECONNABORTED' || thrown.message === 'aborted') {
    return new GatewayError('INBOUND_MALFORMED', 'The caller went away before the request was complete', {
      cause: thrown,
    });
  }
  // Files outside a folder, names too long, escapes that mean nothing: the caller's mistakes, all of them.
  if (statusCode === 403 || statusCode === 404 || code === 'FST_ERR_BAD_URL') {
    return new GatewayError('ROUTE_UNKNOWN', 'There is nothing at this address; see /docs', { cause: thrown });
  }
  if (statusCode === 413) {
    return new GatewayError('INBOUND_TOO_LARGE', 'The request is larger than this server accepts', { cause: thrown });
  }
  const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isCallersFault
    ? new GatewayError('INBOUND_MALFORMED', 'The request could not be read', { cause: thrown })
    : undefined;
}
