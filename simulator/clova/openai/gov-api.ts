/** Chat of CLOVA Studio GOV, a product of its own: OpenAI's words as vLLM speaks them, at `/api/v1/chat/completions`.
 *  Source: docs.clovastudio.42maru.com, chat completions and error handling (crawled 2025–2026). */
import { ApiError } from '../api-error.ts';
import type { ChatApi } from '../chat-api.ts';
import type { Framing } from '../frames.ts';
import type { SimulatedModel } from '../models.ts';
import { type ChatCall, checkRequest, isJson } from '../rules.ts';
import { ChunkWriter, chatCompletion } from './chunks.ts';
import { toNativeMessages } from './rules.ts';

const FIELDS = [
  'model',
  'messages',
  'stream',
  'temperature',
  'top_p',
  'max_tokens',
  'tools',
  'tool_choice',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  'skip_special_tokens',
  'chat_template_kwargs',
];

const GOV_MODEL: SimulatedModel = {
  version: 'v3',
  contextTokens: 128_000,
  maxOutputTokens: 32_768,
  maxField: 'maxTokens',
  // "2,048–4,096 long", the last labelled "default".
  defaultOutputTokens: 4_096,
  thinking: false,
  tools: true,
  structuredOutput: false,
  image: false,
};
/** Whether it reasons when nothing is said about it. */
const MODELS: Readonly<Record<string, { readonly model: SimulatedModel; readonly reasons: boolean }>> = {
  'HCX-GOV-THINK': { model: GOV_MODEL, reasons: true },
  'HCX-GOV': { model: GOV_MODEL, reasons: false },
  'HCX-GOV-VLM': { model: { ...GOV_MODEL, image: true }, reasons: false },
  LLM42: { model: { ...GOV_MODEL, image: true }, reasons: false },
};

const traits = {
  idPrefix: 'chatcmpl-',
  createdUnitsPerSecond: 1,
  thinkingField: 'reasoning_content',
  isVllm: true,
} as const;

export function createGovApi(framing: Framing): ChatApi {
  return {
    serves: (path) => path === '/api/v1/chat/completions',
    checkAccess({ authorization = '' }, { apiKeys }) {
      const key = /^Bearer (\S+)$/.exec(authorization)?.[1];
      if (key === undefined || apiKeys?.includes(key) === false) throw new ApiError('40100', 'key is not valid');
    },
    wantsStream: ({ body }) => isJson(body) && body.stream === true,
    readCall: ({ body }) => checkGovRequest(body),
    refusal: govRefusal,
    whole: (generation) => chatCompletion(generation, traits),
    stream: () => new ChunkWriter(framing, {}, traits, govRefusal),
  };
}

/** @throws ApiError */
function checkGovRequest(body: unknown): ChatCall {
  if (!isJson(body)) throw new ApiError('40000', 'Bad request');
  const foreign = Object.keys(body).find((field) => !FIELDS.includes(field));
  if (foreign !== undefined) throw new ApiError('42200', `Extra inputs are not permitted: ${foreign}`);
  const { model: name, temperature, top_p: topP, max_tokens: maxTokens, chat_template_kwargs: template = {} } = body;
  const known = typeof name === 'string' && Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
  if (known === undefined || typeof name !== 'string') throw new ApiError('40400', 'The model does not exist');
  if (temperature !== undefined && !(typeof temperature === 'number' && temperature >= 0 && temperature <= 2)) {
    throw new ApiError('42200', 'temperature');
  }
  if (!isJson(template)) throw new ApiError('42200', 'chat_template_kwargs');
  const call = checkRequest(name, known.model, {
    messages: toNativeMessages(body.messages),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(body.tools !== undefined && { tools: body.tools }),
    ...(body.tool_choice !== undefined && { toolChoice: body.tool_choice }),
    ...(body.stop !== undefined && { stop: typeof body.stop === 'string' ? [body.stop] : body.stop }),
  });
  const reasons = template.force_reasoning === true || (known.reasons && template.skip_reasoning !== true);
  return { ...call, effort: reasons ? 'low' : 'none' };
}

/** The paths that speak OpenAI's words fail in them too; the published samples disagree about the types. */
function govRefusal(code: string, message: string): string {
  const isKey = code.startsWith('401');
  const type = isKey ? 'authentication_error' : 'invalid_request_error';
  return JSON.stringify({ error: { message, type, code: isKey ? 'invalid_api_key' : code } });
}
