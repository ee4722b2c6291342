/** From what the service says to our errors. Nothing that the other side wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { type ResponseHeaders, readRetryAfter } from '../../http-client/retry-after.ts';
import { codeOfHttpStatus } from '../../http-client/upstream-failure.ts';
import type { EpochMs } from '../../message.ts';
import { CLOVA_STUDIO_CODES } from '../clova/facts/codes.ts';
import type { Dialect } from './dialect.ts';

/** `error.code`, or `error.type` where that says more. OpenAI's own, and those of Azure, vLLM, llama.cpp and gateways in front of them.
 *  Source: OpenAI API reference, error codes (2026); the projects' sources. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['invalid_api_key', 'ENGINE_UNAUTHORIZED'],
  ['authentication_error', 'ENGINE_UNAUTHORIZED'],
  ['permission_error', 'ENGINE_UNAUTHORIZED'],
  ['permission_denied', 'ENGINE_UNAUTHORIZED'],
  ['account_deactivated', 'ENGINE_UNAUTHORIZED'],
  ['unsupported_country_region_territory', 'ENGINE_UNAUTHORIZED'],
  // They come with 429, and waiting does not fill an account.
  ['insufficient_quota', 'ENGINE_UNAUTHORIZED'],
  ['billing_not_active', 'ENGINE_UNAUTHORIZED'],
  ['billing_hard_limit_reached', 'ENGINE_UNAUTHORIZED'],
  ['model_not_found', 'ENGINE_MODEL_UNAVAILABLE'],
  ['DeploymentNotFound', 'ENGINE_MODEL_UNAVAILABLE'],
  ['context_length_exceeded', 'ENGINE_CONTEXT_TOO_LONG'],
  ['exceed_context_size_error', 'ENGINE_CONTEXT_TOO_LONG'],
  ['string_above_max_length', 'ENGINE_CONTEXT_TOO_LONG'],
  ['content_filter', 'ENGINE_FILTERED'],
  ['content_policy_violation', 'ENGINE_FILTERED'],
  ['ResponsibleAIPolicyViolation', 'ENGINE_FILTERED'],
  ['rate_limit_exceeded', 'ENGINE_RATE_LIMITED'],
  ['rate_limit_error', 'ENGINE_RATE_LIMITED'],
  ['overloaded_error', 'ENGINE_OVERLOADED'],
  ['slow_down', 'ENGINE_OVERLOADED'],
  ['unavailable_error', 'ENGINE_OVERLOADED'],
  ['timeout', 'ENGINE_TIMEOUT'],
  ['server_error', 'ENGINE_FAILED'],
  ['InternalServerError', 'ENGINE_FAILED'],
]);

/** Servers that have no code for it. */
const TOO_LONG = /maximum context length|context length exceeded|context window|exceeds the available context/i;

const TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINE_UNAUTHORIZED: 'does not accept the API key, or its account',
  ENGINE_BAD_REQUEST: 'refused the request',
  ENGINE_CONTEXT_TOO_LONG: 'finds the conversation too long for the model',
  ENGINE_FILTERED: 'withheld the answer by its policy',
  ENGINE_MODEL_UNAVAILABLE: 'does not offer this model, or not at this address',
  ENGINE_RATE_LIMITED: 'takes no more requests for the moment',
  ENGINE_OVERLOADED: 'is overloaded',
  ENGINE_TIMEOUT: 'timed out',
};

/** What went wrong, in either shape: `{error: {message, type, code, param}}` or CLOVA Studio's `{status: {code, message}}`. */
interface Refusal {
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly param: string;
}

/** `undefined` for what tells of no failure. */
export function readRefusal(body: unknown): Refusal | undefined {
  const value = (Array.isArray(body) ? body[0] : body) as Fields | null | undefined; // one service wraps its refusals in a list
  if (typeof value !== 'object' || value === null) return undefined;
  if (typeof value.error === 'string') return { code: '', type: '', message: value.error, param: '' };
  // Older servers of the vLLM family write the fields at the top.
  const said = value.error ?? (value.object === 'error' ? value : value.status);
  if (typeof said !== 'object' || said === null) return undefined;
  const { code, type, message, param } = said as Fields;
  const refusal = { code: textOf(code), type: textOf(type), message: textOf(message), param: textOf(param) };
  return value.error === undefined && refusal.code === '20000' ? undefined : refusal;
}

type Fields = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export interface RefusedResponse {
  readonly httpStatus: number;
  readonly headers: ResponseHeaders;
  readonly receivedAt: EpochMs;
}

/** @param sentFields names of the body's fields, the only words of a refusal that are repeated */
export function errorOfRefusal(
  refusal: Refusal | undefined,
  { httpStatus, headers, receivedAt }: RefusedResponse,
  dialect: Dialect,
  sentFields: readonly string[],
): GatewayError {
  const { code, type, message, param } = refusal ?? { code: '', type: '', message: '', param: '' };
  const status = httpStatus >= 300 ? httpStatus : statusOfCode(code);
  const errorCode = judge(code, type, message, status);
  const retryAfterMs = readRetryAfter(headers, receivedAt, dialect.waitsFor);
  const parameters = namedFields(message, param, sentFields);
  const upstreamCode = code === '' || code === String(httpStatus) ? type : code;
  return new GatewayError(errorCode, `${dialect.title} ${TEXTS[errorCode] ?? 'failed'}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: {
      httpStatus,
      ...(/^\w{1,40}$/.test(upstreamCode) && { upstreamCode }),
      ...(parameters !== '' && { parameters }),
    },
  });
}

/** In a stream the HTTP status says nothing: five digits begin with one, and some servers write it as the code. */
function statusOfCode(code: string): number {
  return /^[45]\d\d(?:\d\d)?$/.test(code) ? Number(code.slice(0, 3)) : 500;
}

function judge(code: string, type: string, message: string, status: number): ErrorCode {
  const known = CODES.get(code) ?? CLOVA_STUDIO_CODES.get(code) ?? CODES.get(type);
  if (known !== undefined) return known;
  const judged = codeOfHttpStatus(status);
  return judged === 'ENGINE_BAD_REQUEST' && TOO_LONG.test(message) ? 'ENGINE_CONTEXT_TOO_LONG' : judged;
}

function namedFields(message: string, param: string, sentFields: readonly string[]): string {
  const listed = /^(?:Invalid|Unsupported) parameter: (.{1,200})$/.exec(message)?.[1]?.split(/,\s*/) ?? [];
  return sentFields.filter((field) => field === param || listed.includes(field)).join(', ');
}
