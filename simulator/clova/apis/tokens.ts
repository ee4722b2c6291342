/** Token calculators of chat, and the sliding window.
 *  Source: NAVER Cloud API guide, clovastudio-tokenizerhcx, -tokenizerhcxv3, -sliding (2026-07 and 2026-08). */
import { ApiError } from '../api-error.ts';
import type { ApiVersion } from '../models.ts';
import { checkMessages, checkModel, estimateTokens, isJson } from '../rules.ts';
import { type ApiEndpoint, type ApiRequest, objectList } from './endpoint.ts';

const TOKENS_OF_IMAGE = 1_000;
const SLIDING_WINDOW_TOKENS = 4_096;

export const TOKEN_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: 'POST', path: /^\/v3\/api-tools\/chat-tokenize\/([^/]+)$/, answer: (request) => countV3(request) },
  { method: 'POST', path: /^\/v1\/api-tools\/chat-tokenize\/([^/]+)$/, answer: (request) => countV1(request) },
  { method: 'POST', path: /^\/v1\/api-tools\/sliding\/chat-messages\/([^/]+)$/, answer: (request) => slide(request) },
];

function checkCall({ params: [name = ''], body }: ApiRequest, version: ApiVersion) {
  const model = checkModel(version, name);
  checkMessages(model, body.messages);
  return { model, messages: objectList(body, 'messages') };
}

function countV3(request: ApiRequest) {
  const { messages } = checkCall(request, 'v3');
  const { tools, responseFormat } = request.body;
  return {
    result: {
      messages: messages.map(({ role, content, toolCalls }) => {
        const parts = (Array.isArray(content) ? content : [{ type: 'text', text: content }]).filter(isJson);
        const counted = parts.map((part) => ({ ...part, count: countPart(part.text) }));
        // One published sample has a single object where the others have a list.
        return {
          role,
          content: role === 'system' ? counted[0] : counted,
          ...(toolCalls !== undefined && { toolCalls }),
        };
      }),
      ...(tools !== undefined && { tools: { count: estimateTokens(JSON.stringify(tools)) } }),
      ...(responseFormat !== undefined && {
        responseFormat: { count: estimateTokens(JSON.stringify(responseFormat)) },
      }),
    },
    tokens: 0,
  };
}

function countPart(text: unknown): number {
  return typeof text === 'string' ? estimateTokens(text) : TOKENS_OF_IMAGE;
}

function countV1(request: ApiRequest) {
  const { messages } = checkCall(request, 'v1');
  return {
    // The text comes back with other blanks, so that nobody takes it for what was sent.
    result: {
      messages: messages.map(({ role, content }) => ({
        role,
        content: String(content).replaceAll(' ', '  '),
        count: estimateTokens(String(content)),
      })),
    },
    tokens: 0,
  };
}

/** Drops the oldest turns, never the system message. */
function slide(request: ApiRequest) {
  const { messages } = checkCall(request, 'v1');
  const { maxTokens } = request.body;
  if (
    typeof maxTokens !== 'number' ||
    !Number.isInteger(maxTokens) ||
    maxTokens < 1 ||
    maxTokens > SLIDING_WINDOW_TOKENS
  ) {
    throw ApiError.invalidParameter('maxTokens');
  }
  const system = messages.filter(({ role }) => role === 'system');
  const turns = messages.filter(({ role }) => role !== 'system');
  const sizeOf = (list: typeof messages) => list.reduce((sum, { content }) => sum + estimateTokens(String(content)), 0);
  while (turns.length > 0 && sizeOf([...system, ...turns]) + maxTokens > SLIDING_WINDOW_TOKENS) turns.shift();
  if (sizeOf(system) + maxTokens > SLIDING_WINDOW_TOKENS) throw new ApiError('40003', 'Context length exceeded');
  return { result: { messages: [...system, ...turns] }, tokens: 0 };
}
