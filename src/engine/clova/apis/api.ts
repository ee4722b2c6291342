/** The APIs beside chat: one way to call them all. Each has a file of its own with what it takes and gives. */
import { GatewayError } from '../../../errors.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import { type ExchangeFailures, type ExchangeResponse, exchange } from '../../../platform/exchange.ts';
import { openUpstream, readText } from '../../../platform/upstream.ts';
import { type Fields, fieldsOf } from '../../answer-fields.ts';
import { type AnswerCall, callInAttempts, type OnRetry } from '../../attempts.ts';
import { requestIdHeader } from '../../request-id-header.ts';
import { parseJson, unreachable } from '../../upstream-failure.ts';
import { type ClovaConnection, checkConnection } from '../connection.ts';
import { brokenStream, errorOfStatus, readStatus, UPSTREAM } from '../errors.ts';
import { basePath, keyHeaders } from '../request.ts';
import type { JsonObject } from '../structured-schema.ts';

export interface ApiRequest<Result> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the host and its prefix: `/v1/api-tools/…`. */
  readonly path: string;
  readonly body?: JsonObject;
  /** Reads what stands under `result`; nothing stands there when something was deleted.
   *  @throws GatewayError `ENGINE_STREAM_BROKEN` for what is no answer */
  readonly read: (result: Fields) => Result;
  /** What the first call may have set going must not be set going twice. */
  readonly onlyOnce?: boolean;
  /** OpenAI's dialect has no envelope. */
  readonly dialect?: 'native' | 'openai';
  /** Asks for a stream, and reads it where one comes. */
  readonly readStream?: (body: AsyncIterable<Uint8Array>) => Promise<Result>;
}

export interface ClovaApi {
  /** Tries again what may pass, within the time of the call.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  send<Result>(request: ApiRequest<Result>, call: AnswerCall): Promise<Result>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

export interface ClovaApiDeps {
  readonly clock?: Clock;
  /** 0..1 */
  readonly random?: () => number;
  readonly onRetry?: OnRetry;
}

type ApiConnection = Omit<ClovaConnection, 'firstTokenTimeoutMs' | 'idleTimeoutMs'>;

/** The largest answer repeats an input of 120,000 characters; what is longer than this is no answer. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;
/** The service refuses a larger one with `41300`. */
const MAX_BODY_BYTES = 50 * 1_048_576;

/** `20400`: there is nothing to say. */
const SUCCESS: readonly string[] = ['20000', '20400'];

const FAILURES: ExchangeFailures = {
  timedOut: () => new GatewayError('ENGINE_TIMEOUT', 'CLOVA Studio took too long', { details: { limit: 'work' } }),
  unreachable: (cause) => unreachable(UPSTREAM, cause),
  brokeOff: (cause) => brokenStream('broke off', cause),
};

/** @throws GatewayError `SETTINGS_INVALID` naming the field */
export function openClovaApi(connection: ApiConnection, deps: ClovaApiDeps = {}): ClovaApi {
  // The limits of a stream do not matter here: the time of a call counts as a whole.
  checkConnection({ ...connection, firstTokenTimeoutMs: 1, idleTimeoutMs: 1 });
  const { clock = systemClock, random = Math.random, onRetry } = deps;
  const pool = openUpstream({
    origin: new URL(connection.baseUrl).origin,
    connectTimeoutMs: connection.connectTimeoutMs,
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
    connections: connection.connections,
  });
  let closing: Promise<void> | undefined;
  return {
    send(request, call) {
      const { method, path, readStream } = request;
      const body = request.body === undefined ? undefined : JSON.stringify(request.body);
      if (body !== undefined && Buffer.byteLength(body) > MAX_BODY_BYTES) {
        throw new GatewayError('ENGINE_CONTEXT_TOO_LONG', 'CLOVA Studio takes requests of up to 50 MB');
      }
      const run = () =>
        exchange(
          pool,
          clock,
          {
            method,
            path: `${basePath(connection)}${path}`,
            headers: {
              ...keyHeaders(connection),
              'x-ncp-clovastudio-request-id': requestIdHeader(call.requestId),
              accept: readStream === undefined ? 'application/json' : 'text/event-stream',
              ...(body !== undefined && { 'content-type': 'application/json' }),
            },
            ...(body !== undefined && { body }),
            closesAt: call.closesAt,
            signal: call.signal,
          },
          FAILURES,
          (response) => readAnswer(response, request, clock),
        );
      return request.onlyOnce === true ? run() : callInAttempts({ call, clock, random, onRetry }, run);
    },
    close: () => {
      closing ??= pool.destroy();
      return closing;
    },
  };
}

async function readAnswer<Result>(
  { statusCode, headers, body }: ExchangeResponse,
  { read, readStream, dialect }: ApiRequest<Result>,
  clock: Clock,
): Promise<Result> {
  const isStream = /^text\/event-stream/i.test(String(headers['content-type'] ?? ''));
  if (statusCode === 200 && isStream && readStream !== undefined) return readStream(body);
  const text = await readText(body, MAX_ANSWER_BYTES);
  if (statusCode === 204) return read({});
  const envelope = parseJson(text);
  const status = readStatus(envelope);
  const says = status.code ?? (dialect === 'openai' && envelope !== undefined ? '20000' : undefined);
  if (statusCode !== 200 || says === undefined || !SUCCESS.includes(says)) {
    if (statusCode === 200 && says === undefined) throw brokenStream('is no answer');
    throw errorOfStatus(status, statusCode, headers, clock.now());
  }
  return read(dialect === 'openai' ? fieldsOf(envelope) : fieldsOf(fieldsOf(envelope).result));
}
