/** What the OpenAI-compatible API takes: its own rules first, then those that the model behind it has anyway. */
import { ApiError } from '../api-error.ts';
import { isWithdrawn, type SimulatedModel, simulatedModel, tunedModel } from '../models.ts';
import { type ChatCall, checkRequest, isJson, type Json } from '../rules.ts';

/** Our fields, and what they are called natively. */
const NATIVE_NAMES: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  repeat_penalty: 'repeatPenalty',
  repetition_penalty: 'repetitionPenalty',
  tools: 'tools',
  tool_choice: 'toolChoice',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxCompletionTokens',
};
const READ_HERE = [
  'model',
  'messages',
  'stream',
  'stop',
  'n',
  'parallel_tool_calls',
  'reasoning_effort',
  'reasoning',
  'response_format',
];
/** For refusals of the model behind, which names fields natively. */
const OPENAI_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NATIVE_NAMES).map(([ours, native]) => [native, ours] as const),
  ['thinking', 'reasoning_effort'],
  ['responseFormat', 'response_format'],
  ['stopBefore', 'stop'],
  ['toolCalls', 'tool_calls'],
  ['toolCallId', 'tool_call_id'],
  ['imageUrl', 'image_url'],
  ['dataUri', 'image_url'],
]);
const MESSAGE_FIELDS = ['role', 'content', 'name', 'tool_calls', 'tool_call_id'];
/** "default 512 each", whatever the model. */
const DEFAULT_OUTPUT_TOKENS = 512;

/** @throws ApiError */
export function checkOpenAiRequest(body: unknown, tunedTasks: Readonly<Record<string, string>>): ChatCall {
  if (!isJson(body)) throw new ApiError('40000', 'Bad request');
  for (const field of Object.keys(body)) {
    if (!READ_HERE.includes(field) && NATIVE_NAMES[field] === undefined) {
      throw new ApiError('40002', `Unsupported parameter: ${field}`);
    }
  }
  const { name, model } = findModel(body.model, tunedTasks);
  if (body.stream !== undefined && typeof body.stream !== 'boolean') throw ApiError.invalidParameter('stream');
  if (body.n !== undefined && body.n !== 1) throw ApiError.invalidParameter('n');
  if (body.parallel_tool_calls !== undefined && body.parallel_tool_calls !== true) {
    throw ApiError.invalidParameter('parallel_tool_calls');
  }
  try {
    return checkRequest(name, model, toNativeBody(body, model));
  } catch (error) {
    throw error instanceof ApiError ? inOpenAiWords(error) : error;
  }
}

function findModel(
  written: unknown,
  tunedTasks: Readonly<Record<string, string>>,
): { readonly name: string; readonly model: SimulatedModel } {
  if (typeof written !== 'string') throw ApiError.invalidParameter('model');
  if (isWithdrawn(written)) throw new ApiError('40082', 'Model faded out');
  const taskId = /^ft:(.+)$/.exec(written)?.[1];
  const name = taskId === undefined ? written : (tunedTasks[taskId] ?? '');
  const model = taskId === undefined ? simulatedModel(name) : tunedModel(name);
  if (model === undefined) throw new ApiError('40080', 'Model not found');
  return { name, model: { ...model, defaultOutputTokens: DEFAULT_OUTPUT_TOKENS } };
}

function toNativeBody(body: Json, model: SimulatedModel): Json {
  const native: Record<string, unknown> = {};
  for (const [ours, name] of Object.entries(NATIVE_NAMES)) {
    if (body[ours] !== undefined) native[name] = body[ours];
  }
  if (body.stop !== undefined) {
    native[model.version === 'v1' ? 'stopBefore' : 'stop'] = typeof body.stop === 'string' ? [body.stop] : body.stop;
  }
  const thinking =
    body.reasoning ?? (body.reasoning_effort === undefined ? undefined : { effort: body.reasoning_effort });
  if (thinking !== undefined) native.thinking = thinking;
  if (model.thinking) native.maxCompletionTokens ??= DEFAULT_OUTPUT_TOKENS;
  if (body.response_format !== undefined) native.responseFormat = toNativeFormat(body.response_format);
  native.messages = toNativeMessages(body.messages);
  return native;
}

/** `name` and `strict` are taken and ignored. */
function toNativeFormat(format: unknown): Json {
  if (!isJson(format) || format.type !== 'json_schema' || !isJson(format.json_schema)) {
    throw ApiError.invalidParameter('response_format.type');
  }
  return { type: 'json', schema: format.json_schema.schema };
}

/** What is no list of messages stays what it is, for the model behind to refuse. @throws ApiError */
export function toNativeMessages(messages: unknown): unknown {
  return Array.isArray(messages) ? messages.map(toNativeMessage) : messages;
}

function toNativeMessage(message: unknown): Json {
  if (!isJson(message) || Object.keys(message).some((field) => !MESSAGE_FIELDS.includes(field))) {
    throw ApiError.invalidParameter('messages');
  }
  const { role, content, tool_calls: calls, tool_call_id: callId } = message;
  return {
    role,
    content: Array.isArray(content) ? content.map(toNativePart) : content,
    ...(calls !== undefined && { toolCalls: Array.isArray(calls) ? calls.map(toNativeToolCall) : calls }),
    ...(callId !== undefined && { toolCallId: callId }),
  };
}

function toNativePart(part: unknown): unknown {
  if (!isJson(part) || part.type !== 'image_url' || !isJson(part.image_url)) return part;
  const { url } = part.image_url;
  const isInline = typeof url === 'string' && url.startsWith('data:');
  return { type: 'image_url', ...(isInline ? { dataUri: { data: url } } : { imageUrl: { url } }) };
}

/** Arguments are JSON text here, and an object natively. */
function toNativeToolCall(call: unknown): unknown {
  if (!isJson(call) || !isJson(call.function)) return call;
  const { name, arguments: text } = call.function;
  if (typeof text !== 'string') throw ApiError.invalidParameter('tool_calls');
  let args: unknown;
  try {
    args = JSON.parse(text);
  } catch {
    throw ApiError.invalidParameter('tool_calls');
  }
  return { ...call, function: { name, arguments: args } };
}

function inOpenAiWords(error: ApiError): ApiError {
  const [, names] = /^Invalid parameter: (.*)$/.exec(error.message) ?? [];
  if (names === undefined) return error;
  return ApiError.invalidParameter(...names.split(', ').map((name) => OPENAI_NAMES.get(name) ?? name));
}
