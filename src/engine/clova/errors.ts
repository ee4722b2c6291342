/** From what the service says, or does not say, to our errors. Nothing that the other side wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';

/** Codes whose first three digits do not tell enough. Source: NAVER Cloud API guide, CLOVA Studio troubleshooting (2026-08),
 *  with older codes that may still occur, and those of its model server (64xxx, 65xxx). */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['20400', 'ENGINE_FAILED'], // no content: it says that all went well, and nothing was generated
  ['40003', 'ENGINE_CONTEXT_TOO_LONG'],
  ['40005', 'ENGINE_FILTERED'], // unavailable output (policy)
  ['40006', 'ENGINE_FILTERED'],
  ['40080', 'ENGINE_MODEL_UNAVAILABLE'], // not found
  ['40082', 'ENGINE_MODEL_UNAVAILABLE'], // faded out
  ['40083', 'ENGINE_MODEL_UNAVAILABLE'], // nothing allotted to this account
  ['40084', 'ENGINE_MODEL_UNAVAILABLE'], // other API version
  ['42902', 'ENGINE_OVERLOADED'], // their capacity, not our quota
  ['42903', 'ENGINE_OVERLOADED'], // image queue
  ['64000', 'ENGINE_OVERLOADED'], // model unavailable for the moment
  ['64400', 'ENGINE_CONTEXT_TOO_LONG'],
  ['64424', 'ENGINE_FAILED'],
  ['64429', 'ENGINE_RATE_LIMITED'],
  ['64500', 'ENGINE_FAILED'],
  ['65002', 'ENGINE_FAILED'],
  ['65400', 'ENGINE_CONTEXT_TOO_LONG'],
]);

const TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINE_UNAUTHORIZED: 'CLOVA Studio does not accept the API key',
  ENGINE_BAD_REQUEST: 'CLOVA Studio refused the request',
  ENGINE_CONTEXT_TOO_LONG: 'The conversation is too long for the model',
  ENGINE_FILTERED: 'CLOVA Studio withheld the answer by its policy',
  ENGINE_MODEL_UNAVAILABLE: 'CLOVA Studio does not offer this model to this account',
  ENGINE_RATE_LIMITED: 'The CLOVA Studio quota is used up for the moment',
  ENGINE_OVERLOADED: 'CLOVA Studio is overloaded',
  ENGINE_TIMEOUT: 'CLOVA Studio timed out',
  ENGINE_FAILED: 'CLOVA Studio failed',
};

/** Fields of ours that a `40001` may name. The rest of its text may quote what a customer wrote. */
const PARAMETERS = [
  'messages',
  'imageUrl',
  'dataUri',
  'maxTokens',
  'maxCompletionTokens',
  'temperature',
  'topP',
  'topK',
  'repetitionPenalty',
  'repeatPenalty',
  'stop',
  'stopBefore',
  'seed',
  'includeAiFilters',
  'thinking',
  'tools',
  'toolChoice',
  'responseFormat',
];

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A code in an envelope or an `error` frame. An unknown one counts by the HTTP status, or where that says 200 by its own first digits. */
export function errorOfStatus(
  status: { readonly code: string | undefined; readonly message?: string | undefined },
  httpStatus: number,
  headers: ResponseHeaders,
  now: EpochMs,
): GatewayError {
  const { code = '', message = '' } = status;
  const statusOfCode = /^[45]\d{4}$/.test(code) ? Number(code.slice(0, 3)) : 500;
  const errorCode = CODES.get(code) ?? codeOfHttpStatus(httpStatus >= 300 ? httpStatus : statusOfCode);
  const retryAfterMs = readRetryAfter(headers, now);
  const parameters = namedParameters(message);
  return new GatewayError(errorCode, TEXTS[errorCode] ?? 'CLOVA Studio failed', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: {
      httpStatus,
      ...(/^\w{1,10}$/.test(code) && { upstreamCode: code }),
      ...(parameters !== '' && { parameters }),
    },
  });
}

function codeOfHttpStatus(httpStatus: number): ErrorCode {
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

function namedParameters(message: string): string {
  const named = /^(?:Invalid|Unsupported) parameter: (.{1,200})$/.exec(message)?.[1]?.split(/,\s*/) ?? [];
  return PARAMETERS.filter((parameter) => named.includes(parameter)).join(', ');
}

/** An envelope, or the data of an `error` frame: `status.code` is a string of five digits, now and then a number. */
export function readStatus(value: unknown): {
  readonly code: string | undefined;
  readonly message: string | undefined;
} {
  const status = (value as { readonly status?: { readonly code?: unknown; readonly message?: unknown } } | null)
    ?.status;
  const code = status?.code;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    message: typeof status?.message === 'string' ? status.message : undefined,
  };
}

/** The body may be JSON, empty, or a page of a gateway in between. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A socket that broke before the answer began. */
export function errorOfConnection(cause: unknown): GatewayError {
  const networkCode = networkCodeOf(cause);
  return new GatewayError('ENGINE_UNREACHABLE', 'CLOVA Studio could not be reached', {
    cause,
    ...(networkCode !== undefined && { details: { networkCode } }),
  });
}

/** A stream that broke, ended early or could not be read. */
export function brokenStream(what: string, cause?: unknown): GatewayError {
  const networkCode = networkCodeOf(cause);
  return new GatewayError('ENGINE_STREAM_BROKEN', `The answer of CLOVA Studio ${what}`, {
    cause,
    ...(networkCode !== undefined && { details: { networkCode } }),
  });
}

function networkCodeOf(cause: unknown): string | undefined {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : undefined;
}

const MAX_RETRY_AFTER_MS = 60_000;
/** A moment later than the reset, so that the clocks need not agree to the millisecond. */
const RESET_MARGIN_MS = 50;

/** How long to wait, in ms: the larger of the two resets, else `Retry-After`. */
export function readRetryAfter(headers: ResponseHeaders, now: EpochMs): number | undefined {
  const resets = [headers['x-ratelimit-reset-requests'], headers['x-ratelimit-reset-tokens']]
    .map((value) => parseDuration(single(value)))
    .filter((durationMs) => durationMs !== undefined);
  const waitMs = resets.length > 0 ? Math.max(...resets) : parseRetryAfter(single(headers['retry-after']), now);
  return waitMs === undefined ? undefined : Math.min(waitMs + RESET_MARGIN_MS, MAX_RETRY_AFTER_MS);
}

function single(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}

const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `6` (seconds), `6s`, `2.5s`, `300ms`, `1m30s`; anything else is `undefined`. In ms, rounded up. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/i.test(text)) return undefined;
  let durationMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gi)) {
    durationMs += Number(amount) * (MS_OF_UNIT[unit.toLowerCase()] ?? 0);
  }
  return Math.ceil(durationMs);
}

function parseRetryAfter(text: string, now: EpochMs): number | undefined {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
