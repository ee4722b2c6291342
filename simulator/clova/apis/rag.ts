/** The reranker and RAG Reasoning. Source: NAVER Cloud API guide, clovastudio-reranker and -ragreasoning (2026-04). */

import { parseJson } from '../../json-reading.ts';
import { ApiError } from '../api-error.ts';
import { simulatedModel } from '../models.ts';
import { checkMessages, checkNumber, estimateTokens, isJson, type Json } from '../rules.ts';
import {
  type ApiEndpoint,
  type ApiRequest,
  objectList,
  optionalFlag,
  optionalWholeNumber,
  requiredText,
  shareOfPairs,
} from './endpoint.ts';

interface SearchDocument {
  readonly id: string;
  readonly doc: string;
}

const MAX_INPUT_TOKENS = 128_000;
const MAX_OUTPUT_TOKENS = 4_096;
/** So much of a question must stand in a document. */
const RELEVANT_SHARE = 0.2;

export const RAG_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: 'POST', path: /^\/v1\/api-tools\/reranker$/, answer: (request) => rerank(request) },
  { method: 'POST', path: /^\/v1\/api-tools\/rag-reasoning$/, answer: (request) => reason(request) },
];

function rerank({ body }: ApiRequest) {
  const query = requiredText(body, 'query');
  const documents = objectList(body, 'documents').map((one) => readDocument(one, 'documents'));
  const maxTokens = optionalWholeNumber(body, 'maxTokens', (value) => value > 0 && value < MAX_OUTPUT_TOKENS) ?? 1_024;
  const promptTokens = documents.reduce((sum, { doc }) => sum + estimateTokens(doc), estimateTokens(query));
  if (promptTokens > MAX_INPUT_TOKENS) throw new ApiError('40003', 'Context length exceeded');
  const cited = documents.filter(({ doc }) => shareOfPairs(query, doc) >= RELEVANT_SHARE);
  // A tag names the place in the list, not the id.
  const said = cited.map((one) => `<doc${documents.indexOf(one) + 1}>${one.doc}</doc${documents.indexOf(one) + 1}>`);
  const result = said.length === 0 ? '주어진 문서에서 답을 찾을 수 없습니다.' : `답변: ${said.join(' ')}`;
  return {
    result: {
      result,
      citedDocuments: cited,
      suggestedQueries: cited.length === 0 ? [`${query.replace(/[?？]\s*$/, '')} 안내`] : [],
      usage: usageOf(promptTokens, result),
    },
    tokens: promptTokens + maxTokens,
  };
}

function reason({ body }: ApiRequest) {
  const tools = objectList(body, 'tools');
  if (!tools.every(isSearchTool)) throw ApiError.invalidParameter('tools');
  checkToolChoice(body.toolChoice);
  checkNumber(body, 'topP', (value) => value > 0 && value <= 1);
  checkNumber(body, 'topK', (value) => Number.isInteger(value) && value >= 0 && value <= 128);
  checkNumber(body, 'temperature', (value) => value > 0 && value <= 1);
  checkNumber(body, 'repetitionPenalty', (value) => value > 0 && value <= 2);
  checkNumber(body, 'seed', (value) => Number.isInteger(value) && value >= 0 && value <= 4_294_967_295);
  optionalFlag(body, 'includeAiFilters');
  const maxTokens =
    optionalWholeNumber(body, 'maxTokens', (value) => value >= 1_024 && value < MAX_OUTPUT_TOKENS) ?? 1_024;
  const messages = checkSearchMessages(body.messages);
  const promptTokens = messages.reduce((sum, { content }) => sum + estimateTokens(String(content)), 0);
  if (promptTokens > MAX_INPUT_TOKENS) throw new ApiError('40003', 'Context length exceeded');

  const question = String(messages.findLast(({ role }) => role === 'user')?.content ?? '');
  const message =
    messages.at(-1)?.role === 'tool' || body.toolChoice === 'none'
      ? { role: 'assistant', content: citedAnswer(question, messages) }
      : {
          role: 'assistant',
          content: '',
          thinkingContent: '질문에 답할 자료를 먼저 찾아야 한다.',
          toolCalls: [
            {
              id: `call_${messages.length}a`,
              type: 'function',
              function: { name: nameOf(tools[0]), arguments: { query: question.replace(/[?？]\s*$/, '') } },
            },
          ],
        };
  return {
    result: { message, usage: usageOf(promptTokens, message.content) },
    tokens: promptTokens + maxTokens,
  };
}

function isSearchTool({ type, function: named }: Json): boolean {
  if (type !== 'function' || !isJson(named)) return false;
  const { name, description, parameters } = named;
  return (
    typeof name === 'string' &&
    typeof description === 'string' &&
    isJson(parameters) &&
    isJson(parameters.properties) &&
    Array.isArray(parameters.required)
  );
}

function nameOf(tool: Json | undefined): unknown {
  return isJson(tool?.function) ? tool.function.name : undefined;
}

function checkToolChoice(choice: unknown): void {
  const isNamed = isJson(choice) && choice.type === 'function' && isJson(choice.function);
  if (choice !== undefined && choice !== 'auto' && choice !== 'none' && !isNamed) {
    throw ApiError.invalidParameter('toolChoice');
  }
}

/** As in chat with tools; what a search found is JSON text of one form. */
function checkSearchMessages(value: unknown): readonly Json[] {
  const model = simulatedModel('HCX-005');
  if (model === undefined || !Array.isArray(value)) throw ApiError.invalidParameter('messages');
  checkMessages(model, value);
  const messages = value.filter(isJson);
  for (const message of messages) {
    if (typeof message.content !== 'string') throw ApiError.invalidParameter('messages');
    if (message.role === 'tool' && foundIn(message) === undefined) throw ApiError.invalidParameter('messages');
  }
  return messages;
}

function foundIn({ content }: Json): readonly SearchDocument[] | undefined {
  const found = parseJson(String(content))?.value;
  if (!isJson(found) || !Array.isArray(found.search_result)) return undefined;
  return found.search_result.map((one: unknown) => readDocument(one, 'messages'));
}

function citedAnswer(question: string, messages: readonly Json[]): string {
  const found = messages.filter(({ role }) => role === 'tool').flatMap((message) => foundIn(message) ?? []);
  const fitting = found.filter(({ doc }) => shareOfPairs(question, doc) >= RELEVANT_SHARE);
  if (fitting.length === 0) return '찾은 자료에는 답이 없습니다.';
  return fitting.map(({ id, doc }) => `<${id}>${doc}</${id}>`).join(' ');
}

function readDocument(value: unknown, parameter: string): SearchDocument {
  if (!isJson(value) || typeof value.id !== 'string' || typeof value.doc !== 'string' || value.doc === '') {
    throw ApiError.invalidParameter(parameter);
  }
  return { id: value.id, doc: value.doc };
}

function usageOf(promptTokens: number, answer: string) {
  const completionTokens = estimateTokens(answer);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}
