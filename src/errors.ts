/** One class, one table. The code decides (status, retry), the text explains. Imports nothing. */

interface ErrorRule {
  /** HTTP status for our own API callers. Kakao and TalkTalk get the 200 their platforms need whatever stands here. */
  readonly httpStatus: number;
  /** Whether the same call may succeed a moment later. */
  readonly retryable: boolean;
}

const RULES = {
  // what strangers and clients send
  INBOUND_UNVERIFIED: { httpStatus: 401, retryable: false },
  INBOUND_FOREIGN_ADDRESS: { httpStatus: 403, retryable: false },
  INBOUND_MALFORMED: { httpStatus: 400, retryable: false },
  /** The request, or its body, did not come whole in time. */
  INBOUND_TOO_SLOW: { httpStatus: 408, retryable: true },
  INBOUND_TOO_LARGE: { httpStatus: 413, retryable: false },
  INBOUND_WRONG_CONTENT_TYPE: { httpStatus: 415, retryable: false },
  INBOUND_RATE_LIMITED: { httpStatus: 429, retryable: true },
  BOT_TYPE_UNKNOWN: { httpStatus: 404, retryable: false },
  BOT_UNKNOWN: { httpStatus: 404, retryable: false },
  ROUTE_UNKNOWN: { httpStatus: 404, retryable: false },
  METHOD_NOT_ALLOWED: { httpStatus: 405, retryable: false },
  FEATURE_OFF: { httpStatus: 404, retryable: false },
  TASK_UNKNOWN: { httpStatus: 404, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { httpStatus: 409, retryable: false },
  PLATFORM_FAILED: { httpStatus: 502, retryable: true },
  // models
  ENGINE_UNAUTHORIZED: { httpStatus: 502, retryable: false },
  ENGINE_BAD_REQUEST: { httpStatus: 502, retryable: false },
  ENGINE_CONTEXT_TOO_LONG: { httpStatus: 502, retryable: false },
  ENGINE_FILTERED: { httpStatus: 502, retryable: false },
  ENGINE_MODEL_UNAVAILABLE: { httpStatus: 502, retryable: false },
  ENGINE_RATE_LIMITED: { httpStatus: 503, retryable: true },
  ENGINE_OVERLOADED: { httpStatus: 503, retryable: true },
  ENGINE_UNREACHABLE: { httpStatus: 502, retryable: true },
  ENGINE_TIMEOUT: { httpStatus: 504, retryable: true },
  ENGINE_FAILED: { httpStatus: 502, retryable: true },
  /** By us: it is down, out of quota, too slow or too dear at the moment; `details.reason` tells. */
  ENGINE_NOT_ASKED: { httpStatus: 503, retryable: true },
  ENGINE_STREAM_BROKEN: { httpStatus: 502, retryable: true },
  // the operator's own systems
  OPERATOR_HOOK_FAILED: { httpStatus: 502, retryable: true },
  // our own house
  SETTINGS_INVALID: { httpStatus: 500, retryable: false },
  KNOWLEDGE_INVALID: { httpStatus: 500, retryable: false },
  STORE_BUSY: { httpStatus: 503, retryable: true },
  STORE_FAILED: { httpStatus: 503, retryable: true },
  /** To be moved, backed up or filled; `details.reason` tells. */
  STORE_UNFIT: { httpStatus: 500, retryable: false },
  DATA_DIR_IN_USE: { httpStatus: 500, retryable: false },
  OVERLOADED: { httpStatus: 503, retryable: true },
  TURN_CANCELLED: { httpStatus: 409, retryable: false },
  INTERNAL: { httpStatus: 500, retryable: false },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof RULES;

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs?: number;
  /** Numbers and codes for the log: never user text, a token, or a URL that carries either. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** `message` is one English sentence that may be shown to an API caller: no user text, no secret, no internals. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }

  get httpStatus(): number {
    return RULES[this.code].httpStatus;
  }

  get retryable(): boolean {
    return RULES[this.code].retryable;
  }
}

/** Anything that was thrown, as a GatewayError; what we did not foresee becomes INTERNAL and keeps its cause. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('INTERNAL', 'Something went wrong inside the gateway', { cause: thrown });
}
