/** From what the service says, or does not say, to our errors. Nothing that the other side wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { type ResponseHeaders, readRetryAfter } from '../../http-client/retry-after.ts';
import { brokenAnswer, codeOfHttpStatus } from '../../http-client/upstream-failure.ts';
import type { EpochMs } from '../../message.ts';
import { CLOVA_STUDIO_CODES } from './facts/codes.ts';

export const UPSTREAM = 'CLOVA Studio';

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

/** `40400`: as likely the id of a router or a task as a model. */
const NOT_FOUND = 'CLOVA Studio knows no such address, model or id';

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
  'text',
  'texts',
  'query',
  'documents',
  'chatHistory',
  'version',
  'alpha',
  'segCnt',
  'segCount',
  'segMaxSize',
  'segMinSize',
  'postProcessMaxSize',
  'postProcessMinSize',
  'requestOverride',
  'operationId',
  'name',
  'model',
  'trainEpochs',
  'learningRate',
  'validationSplitRatio',
  'loraR',
  'loraAlpha',
  'trainingDatasetFilePath',
  'trainingDatasetBucket',
  'trainingDatasetAccessKey',
  'trainingDatasetSecretKey',
];

/** A code in an envelope or an `error` frame. An unknown one counts by the HTTP status, or where that says 200 by its own first digits. */
export function errorOfStatus(
  status: { readonly code: string | undefined; readonly message?: string | undefined },
  httpStatus: number,
  headers: ResponseHeaders,
  now: EpochMs,
): GatewayError {
  const { code = '', message = '' } = status;
  const statusOfCode = /^[45]\d{4}$/.test(code) ? Number(code.slice(0, 3)) : 500;
  const errorCode = CLOVA_STUDIO_CODES.get(code) ?? codeOfHttpStatus(httpStatus >= 300 ? httpStatus : statusOfCode);
  const retryAfterMs = readRetryAfter(headers, now);
  const parameters = namedParameters(message);
  const isUnknown =
    errorCode === 'ENGINE_MODEL_UNAVAILABLE' && (code === '40400' || (code === '' && httpStatus === 404));
  return new GatewayError(errorCode, isUnknown ? NOT_FOUND : (TEXTS[errorCode] ?? 'CLOVA Studio failed'), {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: {
      httpStatus,
      ...(/^\w{1,10}$/.test(code) && { upstreamCode: code }),
      ...(parameters !== '' && { parameters }),
    },
  });
}

function namedParameters(message: string): string {
  const named = /^(?:Invalid|Unsupported) parameter: (.{1,200})$/.exec(message)?.[1]?.split(/,\s*/) ?? [];
  return PARAMETERS.filter((parameter) => named.includes(parameter)).join(', ');
}

interface Status {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** An envelope, or the data of an `error` frame: `status.code` is a string of five digits, now and then a number. The paths in OpenAI's
 *  dialect say `error` instead of `status`. */
export function readStatus(value: unknown): {
  readonly code: string | undefined;
  readonly message: string | undefined;
} {
  const said = value as { readonly status?: Status; readonly error?: Status } | null | undefined;
  const status = said?.status ?? said?.error;
  const code = status?.code;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    message: typeof status?.message === 'string' ? status.message : undefined,
  };
}

/** A stream that broke, ended early or could not be read. */
export function brokenStream(what: string, cause?: unknown): GatewayError {
  return brokenAnswer(UPSTREAM, what, cause);
}
