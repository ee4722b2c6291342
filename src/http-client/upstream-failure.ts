/** Ways to fail that all services have in common. `upstream` is the service's name; nothing that it wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../errors.ts';

/** A socket that broke before the answer began. */
export function unreachable(upstream: string, cause: unknown): GatewayError {
  const networkCode = networkCodeOf(cause);
  return new GatewayError('ENGINE_UNREACHABLE', `${upstream} could not be reached`, {
    cause,
    ...(networkCode !== undefined && { details: { networkCode } }),
  });
}

/** An answer that broke, ended early or could not be read. */
export function brokenAnswer(upstream: string, what: string, cause?: unknown): GatewayError {
  const networkCode = networkCodeOf(cause);
  return new GatewayError('ENGINE_STREAM_BROKEN', `The answer of ${upstream} ${what}`, {
    cause,
    ...(networkCode !== undefined && { details: { networkCode } }),
  });
}

/** A name for the log, such as `ECONNREFUSED` or `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`, that cannot hold what anybody wrote. */
export function networkCodeOf(cause: unknown): string | undefined {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[\w/]{1,60}$/.test(code) ? code : undefined;
}

/** For responses that say no more than this. */
export function codeOfHttpStatus(httpStatus: number): ErrorCode {
  switch (httpStatus) {
    case 401:
    case 403:
      return 'ENGINE_UNAUTHORIZED';
    case 404: // the model is part of the path
      return 'ENGINE_MODEL_UNAVAILABLE';
    case 408:
    case 504:
      return 'ENGINE_TIMEOUT';
    case 424: // some part failed; worth another try
      return 'ENGINE_FAILED';
    case 429:
      return 'ENGINE_RATE_LIMITED';
    case 501:
      return 'ENGINE_BAD_REQUEST';
    case 503:
      return 'ENGINE_OVERLOADED';
    default:
      return httpStatus >= 500 ? 'ENGINE_FAILED' : 'ENGINE_BAD_REQUEST';
  }
}

/** The body may be JSON, empty, or a page of a gateway in between. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
