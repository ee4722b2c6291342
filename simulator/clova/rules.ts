/** What the service accepts, per model: whatever the real one rejects is rejected here with its code and message. */
import { ApiError } from './api-error.ts';
import {
  type ApiVersion,
  isWithdrawn,
  OUTPUT_TOKENS_OF_EFFORT,
  type SimulatedModel,
  simulatedModel,
  type ThinkingEffort,
  tunedModel,
} from './models.ts';
import { checkDataUri, type Picture } from './pictures.ts';
import { checkSchema } from './response-format.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface ChatMessage {
  readonly role: string;
  /** Text parts joined; images left out. */
  readonly text: string;
  readonly images: number;
  /** Of those that came inline, what they are. */
  readonly pictures: readonly Picture[];
}

/** A request that passed. */
export interface ChatCall {
  readonly modelName: string;
  readonly model: SimulatedModel;
  readonly messages: readonly ChatMessage[];
  readonly effort: ThinkingEffort;
  /** Requested or default maximum; with the input it counts toward the token quota. */
  readonly outputTokens: number;
  readonly promptTokens: number;
  readonly seed: number;
  readonly stop: readonly string[];
  readonly includeAiFilters: boolean;
  readonly tools: readonly SimulatedTool[];
  /** False with `toolChoice: "none"`. */
  readonly mayCallTools: boolean;
  /** JSON Schema of the answer. */
  readonly schema: unknown;
}

export interface SimulatedTool {
  readonly name: string;
  readonly parameters: unknown;
}

/** Names of the other version. Whether the live service refuses or ignores them is not documented; either way they do not work. */
const V1_ONLY = ['repeatPenalty', 'stopBefore'];
const V3_ONLY = ['repetitionPenalty', 'stop', 'responseFormat', 'toolChoice'];

/** Tools need room for the call itself. */
const MIN_TOKENS_WITH_TOOLS = 1_024;
const MAX_IMAGES = 5;
const IMAGE_EXTENSION = /\.(bmp|png|jpe?g|webp)$/i;
/** An image costs 800 to 1,500 tokens in the documentation's samples. */
const TOKENS_PER_IMAGE = 1_000;

/** Rough: Korean is a little under two characters a token. Good enough to run into the limits where the real service does. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 2);
}

/** @throws ApiError */
export function checkModel(version: ApiVersion, name: string): SimulatedModel {
  if (isWithdrawn(name)) throw new ApiError('40082', 'Model faded out');
  const model = simulatedModel(name);
  if (model === undefined) throw new ApiError('40080', 'Model not found');
  if (model.version !== version) throw new ApiError('40084', 'API not supported for this model');
  return model;
}

/** A tuned model by the one that it was made from. @throws ApiError */
export function checkTask(version: string, baseName: string): SimulatedModel {
  const model = tunedModel(baseName);
  if (model === undefined) throw new ApiError('40400', 'Not found');
  // The version follows the base model; older tasks answer under v2 too.
  if ((version === 'v3') !== (model.version === 'v3')) throw new ApiError('40084', 'API not supported for this model');
  return model;
}

/** @throws ApiError */
export function checkRequest(modelName: string, model: SimulatedModel, body: unknown): ChatCall {
  if (!isJson(body)) throw new ApiError('40000', 'Bad request');
  checkRanges(model, body);
  const messages = checkMessages(model, body.messages);
  const { outputTokens, effort } = checkOutput(model, body);
  checkCombinations(model, body, effort, outputTokens, messages);

  const promptTokens = messages.reduce(
    (sum, message) => sum + estimateTokens(message.text) + message.images * TOKENS_PER_IMAGE + 4,
    0,
  );
  if (promptTokens + outputTokens > model.contextTokens) throw new ApiError('40003', 'Context length exceeded');

  return {
    modelName,
    model,
    messages,
    effort,
    outputTokens,
    promptTokens,
    seed: typeof body.seed === 'number' ? body.seed : 0,
    stop: readStop(body[model.version === 'v1' ? 'stopBefore' : 'stop']),
    includeAiFilters: body.includeAiFilters === true,
    tools: Array.isArray(body.tools) ? body.tools.map((tool) => tool.function) : [],
    mayCallTools: body.toolChoice !== 'none',
    schema: isJson(body.responseFormat) ? body.responseFormat.schema : undefined,
  };
}

function checkRanges(model: SimulatedModel, body: Json): void {
  const v1 = model.version === 'v1';
  for (const foreign of v1 ? V3_ONLY : V1_ONLY) {
    if (body[foreign] !== undefined) throw ApiError.invalidParameter(foreign);
  }
  checkNumber(body, 'temperature', (value) => (v1 ? value > 0 : value >= 0) && value <= 1);
  checkNumber(body, 'topP', (value) => value > 0 && value <= 1);
  checkNumber(body, 'topK', (value) => Number.isInteger(value) && value >= 0 && value <= 128);
  checkNumber(body, 'seed', (value) => Number.isInteger(value) && value >= 0 && value <= 4_294_967_295);
  if (v1) checkNumber(body, 'repeatPenalty', (value) => value > 0 && value <= 10);
  else checkNumber(body, 'repetitionPenalty', (value) => value > 0 && value <= 2);
  const stopName = v1 ? 'stopBefore' : 'stop';
  const stop = body[stopName];
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((text) => typeof text === 'string'))) {
    throw ApiError.invalidParameter(stopName);
  }
  if (body.includeAiFilters !== undefined && typeof body.includeAiFilters !== 'boolean') {
    throw ApiError.invalidParameter('includeAiFilters');
  }
}

export function checkNumber(body: Json, name: string, accepts: (value: number) => boolean): void {
  const value = body[name];
  if (value !== undefined && !(typeof value === 'number' && accepts(value))) throw ApiError.invalidParameter(name);
}

export function checkMessages(model: SimulatedModel, value: unknown): readonly ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw ApiError.invalidParameter('messages');
  const messages = value.map((message: unknown) => checkMessage(model, message));
  checkToolMessages(value);
  if (messages.filter((message) => message.role === 'system').length > 1) throw ApiError.invalidParameter('messages');
  if (messages.reduce((sum, message) => sum + message.images, 0) > MAX_IMAGES) {
    throw new ApiError('40003', 'Too many images');
  }
  return messages;
}

function checkMessage(model: SimulatedModel, message: unknown): ChatMessage {
  if (!isJson(message)) throw ApiError.invalidParameter('messages');
  const { role, content } = message;
  const roles = model.tools ? ['system', 'user', 'assistant', 'tool'] : ['system', 'user', 'assistant'];
  if (typeof role !== 'string' || !roles.includes(role)) throw ApiError.invalidParameter('messages');
  // Earlier thinking must not come back in the history.
  if (message.thinkingContent !== undefined) throw ApiError.invalidParameter('messages');

  if (typeof content === 'string') {
    const callsTool = role === 'assistant' && Array.isArray(message.toolCalls);
    if (content.trim() === '' && !callsTool) throw new ApiError('40004', 'Text empty');
    return { role, text: content, images: 0, pictures: [] };
  }
  if (!Array.isArray(content) || model.version === 'v1') throw ApiError.invalidParameter('messages');
  return checkParts(model, role, content);
}

/** Every result belongs to a call that was made before it, and arguments go back as the object that they were. */
function checkToolMessages(messages: readonly unknown[]): void {
  const called = new Set<unknown>();
  for (const message of messages) {
    if (!isJson(message)) continue;
    const { role, toolCalls, toolCallId } = message;
    if (role === 'tool' && !called.has(toolCallId)) throw ApiError.invalidParameter('toolCallId');
    if (toolCalls === undefined) continue;
    if (role !== 'assistant' || !Array.isArray(toolCalls)) throw ApiError.invalidParameter('toolCalls');
    for (const call of toolCalls) {
      const named = isJson(call) && isJson(call.function) ? call.function : undefined;
      if (named === undefined || typeof named.name !== 'string' || !isJson(named.arguments)) {
        throw ApiError.invalidParameter('toolCalls');
      }
      called.add(call.id);
    }
  }
}

function checkParts(model: SimulatedModel, role: string, parts: readonly unknown[]): ChatMessage {
  const texts: string[] = [];
  const pictures: Picture[] = [];
  let images = 0;
  for (const part of parts) {
    if (!isJson(part)) throw ApiError.invalidParameter('messages');
    if (part.type === 'text' && typeof part.text === 'string') {
      texts.push(part.text);
    } else if (part.type === 'image_url') {
      if (!model.image) throw new ApiError('40009', 'Unsupported input format');
      const picture = checkImage(part);
      if (picture !== undefined) pictures.push(picture);
      images += 1;
    } else {
      throw ApiError.invalidParameter('messages');
    }
  }
  if (images > 1) throw new ApiError('40000', 'Each user message can contain only one image');
  if (images === 1 && role !== 'user') throw ApiError.invalidParameter('messages');
  return { role, text: texts.join('\n'), images, pictures };
}

/** Returns what an inline picture is; one that is only named by its address is not fetched. */
function checkImage({ imageUrl, dataUri }: Json): Picture | undefined {
  if (isJson(dataUri)) return checkDataUri(dataUri.data);
  const url = isJson(imageUrl) ? imageUrl.url : undefined;
  if (typeof url !== 'string' || !URL.canParse(url)) throw ApiError.invalidParameter('imageUrl');
  if (!IMAGE_EXTENSION.test(new URL(url).pathname)) throw new ApiError('40060', 'Unsupported image format');
  return undefined;
}

function checkOutput(
  model: SimulatedModel,
  body: Json,
): { readonly outputTokens: number; readonly effort: ThinkingEffort } {
  const foreignField = model.maxField === 'maxTokens' ? 'maxCompletionTokens' : 'maxTokens';
  if (body[foreignField] !== undefined) throw ApiError.invalidParameter(foreignField);
  checkNumber(body, model.maxField, (value) => Number.isInteger(value) && value >= 1 && value <= model.maxOutputTokens);
  const requested = body[model.maxField];

  if (!model.thinking) {
    if (body.thinking !== undefined) throw ApiError.invalidParameter('thinking');
    return { outputTokens: typeof requested === 'number' ? requested : model.defaultOutputTokens, effort: 'none' };
  }
  const effort = readEffort(body.thinking);
  return { outputTokens: typeof requested === 'number' ? requested : OUTPUT_TOKENS_OF_EFFORT[effort], effort };
}

/** The trap of this model: a request that says nothing about thinking thinks. */
function readEffort(thinking: unknown): ThinkingEffort {
  if (thinking === undefined) return 'low';
  const effort = isJson(thinking) ? (thinking.effort ?? 'low') : undefined;
  if (effort === 'none' || effort === 'low' || effort === 'medium' || effort === 'high') return effort;
  throw ApiError.invalidParameter('thinking');
}

function checkCombinations(
  model: SimulatedModel,
  body: Json,
  effort: ThinkingEffort,
  outputTokens: number,
  messages: readonly ChatMessage[],
): void {
  const thinks = effort !== 'none';
  if (thinks && readStop(body.stop).length > 0) throw ApiError.invalidParameter('stop', 'thinking');

  const { tools, toolChoice, responseFormat } = body;
  if (tools !== undefined) {
    if (!model.tools) throw new ApiError('40009', 'Unsupported function');
    if (!Array.isArray(tools) || tools.length === 0 || !tools.every(isTool)) throw ApiError.invalidParameter('tools');
    if (thinks) throw ApiError.invalidParameter('tools', 'thinking');
    if (responseFormat !== undefined) throw ApiError.invalidParameter('tools', 'responseFormat');
    if (messages.some((message) => message.images > 0)) throw ApiError.invalidParameter('tools', 'messages');
    if (outputTokens < MIN_TOKENS_WITH_TOOLS) throw ApiError.invalidParameter('tools', model.maxField);
  }
  // Documented, yet refused by the live service.
  if (isJson(toolChoice)) throw new ApiError('40009', 'Unsupported function');
  if (toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none') {
    throw ApiError.invalidParameter('toolChoice');
  }

  if (responseFormat !== undefined) {
    if (!model.structuredOutput) throw ApiError.invalidParameter('responseFormat');
    if (!isJson(responseFormat) || responseFormat.type !== 'json') throw ApiError.invalidParameter('responseFormat');
    if (thinks) throw ApiError.invalidParameter('responseFormat', 'thinking');
    checkSchema(responseFormat.schema);
  }
}

function isTool(tool: unknown): boolean {
  if (!isJson(tool) || tool.type !== 'function' || !isJson(tool.function)) return false;
  const { name, description } = tool.function;
  return typeof name === 'string' && name !== '' && typeof description === 'string' && description !== '';
}

function readStop(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string' && text !== '') : [];
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
