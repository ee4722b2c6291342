/** The services of CLOVA Studio GOV, the government's own platform, beside its chat and its agents: one way to call them all.
 *  Source: docs.clovastudio.42maru.com, API reference and FAQ (undated, read 2026-11-21). */
import type { FormData } from 'undici';
import { createFieldRules, type Fields, fieldsOf, numberOf } from '../engine/answer-fields.ts';
import { type AnswerCall, callInAttempts, type OnRetry } from '../engine/attempts.ts';
import { type ResponseHeaders, readRetryAfter } from '../engine/retry-after.ts';
import { brokenAnswer, codeOfHttpStatus, parseJson, unreachable } from '../engine/upstream-failure.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type ExchangeFailures, type ExchangeResponse, exchange } from '../platform/exchange.ts';
import { openUpstream, readText } from '../platform/upstream.ts';

export const UPSTREAM = 'CLOVA Studio GOV';

export const { requireText, requireList, refuseInput, checkText, checkWhole, pathPart } = createFieldRules(UPSTREAM);

export interface GovConnection {
  /** Scheme, host and what stands before `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** PEM certificates to trust besides those of public authorities: administrative networks have their own. */
  readonly ca?: string;
  /** Organisation whose documents are meant. */
  readonly tenant?: string;
  readonly connectTimeoutMs: number;
  readonly connections: number;
}

export interface GovRequest<Result> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Behind the base: `/v1/text/pii-mask`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>> | FormData;
  /** @throws GatewayError `ENGINE_STREAM_BROKEN` for what is no answer */
  readonly read: (answer: Fields) => Result;
  /** For an answer that is no JSON. */
  readonly readBytes?: (bytes: Uint8Array, mediaType: string) => Result;
  /** What the first call may have stored must not be stored twice: nothing names a repetition. */
  readonly onlyOnce?: boolean;
}

export interface GovApi {
  /** Tries again what may pass, within the time of the call.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  send<Result>(request: GovRequest<Result>, call: AnswerCall): Promise<Result>;
  /** Requests that the platform said are left, in its latest answer; `undefined` before the first that says so. */
  readonly remainingRequests: number | undefined;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

export interface GovApiDeps {
  readonly clock?: Clock;
  /** 0..1 */
  readonly random?: () => number;
  readonly onRetry?: OnRetry;
}

const MAX_ANSWER_BYTES = 64 * 1_048_576;
const NO_BODY = {};

const FAILURES: ExchangeFailures = {
  timedOut: () => new GatewayError('ENGINE_TIMEOUT', `${UPSTREAM} took too long`, { details: { limit: 'work' } }),
  unreachable: (cause) => unreachable(UPSTREAM, cause),
  brokeOff: (cause) => brokenAnswer(UPSTREAM, 'broke off', cause),
};

/** The base URL has been checked with the settings. */
export function openGov(connection: GovConnection, deps: GovApiDeps = {}): GovApi {
  const { clock = systemClock, random = Math.random, onRetry } = deps;
  const { baseUrl, apiKey, ca, tenant, connectTimeoutMs, connections } = connection;
  const { origin, pathname } = new URL(baseUrl);
  const pool = openUpstream({
    origin,
    connectTimeoutMs,
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
    connections,
    ...(ca !== undefined && { ca }),
  });
  let closing: Promise<void> | undefined;
  let remainingRequests: number | undefined;
  return {
    get remainingRequests() {
      return remainingRequests;
    },
    send(request, call) {
      const { method, path, onlyOnce } = request;
      const run = () =>
        exchange(
          pool,
          clock,
          {
            method,
            path: `${pathname.replace(/\/+$/, '')}${path}`,
            headers: {
              authorization: `Bearer ${apiKey}`,
              accept: request.readBytes === undefined ? 'application/json' : '*/*',
              ...(tenant !== undefined && { 'csg-tenant-id': tenant }),
              ...(isJson(request.body) && { 'content-type': 'application/json' }),
            },
            ...bodyOf(request.body),
            closesAt: call.closesAt,
            signal: call.signal,
          },
          FAILURES,
          (response) => {
            remainingRequests = numberOf(response.headers['x-ratelimit-remaining']) ?? remainingRequests;
            return readAnswer(response, request, clock);
          },
        );
      return onlyOnce === true ? run() : callInAttempts({ call, clock, random, onRetry }, run);
    },
    close: () => {
      closing ??= pool.destroy();
      return closing;
    },
  };
}

type Body = GovRequest<unknown>['body'];

function isForm(body: Body): body is FormData {
  return body !== undefined && typeof body.append === 'function';
}

function isJson(body: Body): boolean {
  return body !== undefined && !isForm(body);
}

function bodyOf(body: Body): { readonly body?: string | FormData } {
  if (body === undefined) return NO_BODY;
  return { body: isForm(body) ? body : JSON.stringify(body) };
}

async function readAnswer<Result>(
  { statusCode, headers, body }: ExchangeResponse,
  { read, readBytes }: GovRequest<Result>,
  clock: Clock,
): Promise<Result> {
  const mediaType = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  if (statusCode === 200 && readBytes !== undefined && mediaType !== 'application/json') {
    return readBytes(await bytesOf(body), mediaType);
  }
  const answer = parseJson(await readText(body, MAX_ANSWER_BYTES));
  const code = codeOf(answer);
  const isRefused = code !== undefined && !/^20[0-9]{3}$/.test(code);
  if (statusCode < 200 || statusCode >= 300 || isRefused) throw errorOf(statusCode, code, headers, clock.now());
  if (answer === undefined) throw brokenAnswer(UPSTREAM, 'is no JSON');
  return read(fieldsOf(answer));
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw brokenAnswer(UPSTREAM, 'does not end');
  }
  return Buffer.concat(chunks);
}

/** Tools and RAG42 say `status`, the paths that speak like OpenAI say `error`. */
function codeOf(answer: unknown): string | undefined {
  const { status, error } = fieldsOf(answer);
  // A parse that runs says `status: "RUNNING_INFERENCE"`.
  const code = fieldsOf(status).code ?? fieldsOf(error).code ?? (error === undefined ? undefined : 'error');
  return code === undefined ? undefined : String(code);
}

const TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINE_UNAUTHORIZED: 'CLOVA Studio GOV does not accept the API key',
  ENGINE_BAD_REQUEST: 'CLOVA Studio GOV refused the request',
  ENGINE_MODEL_UNAVAILABLE: 'CLOVA Studio GOV does not know what was asked for',
  ENGINE_RATE_LIMITED: 'The CLOVA Studio GOV quota is used up for the moment',
  ENGINE_OVERLOADED: 'CLOVA Studio GOV is overloaded',
};

/** What the platform wrote stays out of it: it may quote a citizen. */
function errorOf(statusCode: number, code: string | undefined, headers: ResponseHeaders, now: EpochMs): GatewayError {
  const statusOfCode = /^[45]\d{4}$/.test(code ?? '') ? Number(code?.slice(0, 3)) : 500;
  const errorCode = codeOfHttpStatus(statusCode >= 300 ? statusCode : statusOfCode);
  const retryAfterMs = readRetryAfter(headers, now);
  return new GatewayError(errorCode, TEXTS[errorCode] ?? 'CLOVA Studio GOV failed', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: {
      httpStatus: statusCode,
      ...(code !== undefined && /^\w{1,40}$/.test(code) && { upstreamCode: code }),
    },
  });
}
