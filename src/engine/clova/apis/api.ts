/** The APIs beside chat: one way to call them all. Each has a file of its own with what it takes and gives. */
import { GatewayError } from '../../../errors.ts';
import { type Fields, fieldsOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { type ModelServiceDeps, openModelService, type ServiceResponse } from '../../../http-client/model-service.ts';
import { requestIdHeader } from '../../../http-client/request-id-header.ts';
import { parseJson } from '../../../http-client/upstream-failure.ts';
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

type ApiConnection = Omit<ClovaConnection, 'firstTokenTimeoutMs' | 'idleTimeoutMs'>;

/** The largest answer repeats an input of 120,000 characters; what is longer than this is no answer. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;
/** The service refuses a larger one with `41300`. */
const MAX_BODY_BYTES = 50 * 1_048_576;

/** `20400`: there is nothing to say. */
const SUCCESS: readonly string[] = ['20000', '20400'];

/** @throws GatewayError `SETTINGS_INVALID` naming the field */
export function openClovaApi(connection: ApiConnection, deps: ModelServiceDeps = {}): ClovaApi {
  // The limits of a stream do not matter here: the time of a call counts as a whole.
  checkConnection({ ...connection, firstTokenTimeoutMs: 1, idleTimeoutMs: 1 });
  const service = openModelService({ ...connection, upstream: UPSTREAM }, deps);
  return {
    send(request, call) {
      const { method, path, readStream } = request;
      const body = request.body === undefined ? undefined : JSON.stringify(request.body);
      if (body !== undefined && Buffer.byteLength(body) > MAX_BODY_BYTES) {
        throw new GatewayError('ENGINE_CONTEXT_TOO_LONG', 'CLOVA Studio takes requests of up to 50 MB');
      }
      const sent = {
        method,
        path: `${basePath(connection)}${path}`,
        headers: {
          ...keyHeaders(connection),
          'x-ncp-clovastudio-request-id': requestIdHeader(call.requestId),
          accept: readStream === undefined ? 'application/json' : 'text/event-stream',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      };
      const send = request.onlyOnce === true ? service.sendOnce : service.send;
      return send(sent, call, (response) => readAnswer(response, request));
    },
    close: () => service.close(),
  };
}

async function readAnswer<Result>(
  { statusCode, headers, receivedAt, body, text }: ServiceResponse,
  { read, readStream, dialect }: ApiRequest<Result>,
): Promise<Result> {
  const isStream = /^text\/event-stream/i.test(String(headers['content-type'] ?? ''));
  if (statusCode === 200 && isStream && readStream !== undefined) return readStream(body);
  const envelope = parseJson(await text(MAX_ANSWER_BYTES));
  if (statusCode === 204) return read({});
  const status = readStatus(envelope);
  const says = status.code ?? (dialect === 'openai' && envelope !== undefined ? '20000' : undefined);
  if (statusCode !== 200 || says === undefined || !SUCCESS.includes(says)) {
    if (statusCode === 200 && says === undefined) throw brokenStream('is no answer');
    throw errorOfStatus(status, statusCode, headers, receivedAt);
  }
  return read(dialect === 'openai' ? fieldsOf(envelope) : fieldsOf(fieldsOf(envelope).result));
}
