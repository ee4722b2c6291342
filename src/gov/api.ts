/** The services of CLOVA Studio GOV, the government's own platform, beside its chat and its agents: one way to call them all.
 *  Source: docs.clovastudio.42maru.com, API reference and FAQ (undated, read 2026-11-21). */
import type { FormData } from 'undici';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { createFieldRules, type Fields, fieldsOf, numberOf } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { type ModelServiceDeps, openModelService, type ServiceResponse } from '../http-client/model-service.ts';
import { type ResponseHeaders, readRetryAfter } from '../http-client/retry-after.ts';
import { brokenAnswer, codeOfHttpStatus, parseJson } from '../http-client/upstream-failure.ts';
import type { EpochMs } from '../message.ts';

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

const MAX_ANSWER_BYTES = 64 * 1_048_576;
const NO_BODY = {};

/** The base URL has been checked with the settings. */
export function openGov(connection: GovConnection, deps: ModelServiceDeps = {}): GovApi {
  const { baseUrl, apiKey, tenant } = connection;
  const basePath = new URL(baseUrl).pathname.replace(/\/+$/, '');
  const service = openModelService({ ...connection, upstream: UPSTREAM }, deps);
  let remainingRequests: number | undefined;
  return {
    get remainingRequests() {
      return remainingRequests;
    },
    send(request, call) {
      const { method, path, onlyOnce } = request;
      const sent = {
        method,
        path: `${basePath}${path}`,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: request.readBytes === undefined ? 'application/json' : '*/*',
          ...(tenant !== undefined && { 'csg-tenant-id': tenant }),
          ...(isJson(request.body) && { 'content-type': 'application/json' }),
        },
        ...bodyOf(request.body),
      };
      const send = onlyOnce === true ? service.sendOnce : service.send;
      return send(sent, call, (response) => {
        remainingRequests = numberOf(response.headers['x-ratelimit-remaining']) ?? remainingRequests;
        return readAnswer(response, request);
      });
    },
    close: () => service.close(),
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
  { statusCode, headers, receivedAt, body, text }: ServiceResponse,
  { read, readBytes }: GovRequest<Result>,
): Promise<Result> {
  const mediaType = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  if (statusCode === 200 && readBytes !== undefined && mediaType !== 'application/json') {
    return readBytes(await bytesOf(body), mediaType);
  }
  const answer = parseJson(await text(MAX_ANSWER_BYTES));
  const code = codeOf(answer);
  const isRefused = code !== undefined && !/^20[0-9]{3}$/.test(code);
  if (statusCode < 200 || statusCode >= 300 || isRefused) throw errorOf(statusCode, code, headers, receivedAt);
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
