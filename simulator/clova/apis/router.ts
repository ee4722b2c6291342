/** Routers and skillsets, which people build in the console: one of each is there, by the id `demo`.
 *  Source: NAVER Cloud API guide, clovastudio-router and -generateskillsetfinalanswer (2026-04). */
import { ApiError } from '../api-error.ts';
import { estimateTokens, isJson, type Json } from '../rules.ts';
import {
  type ApiAnswer,
  type ApiEndpoint,
  type ApiRequest,
  objectList,
  optionalFlag,
  shareOfPairs,
} from './endpoint.ts';

const DEMO_ID = 'demo';
/** Domains and the words that lead to them. */
const DOMAINS: Readonly<Record<string, string>> = {
  '배송 안내': '배송 배송비 택배 도착 언제',
  '교환·반품 안내': '교환 반품 환불 사이즈',
};
const FILTERS: Readonly<Record<string, string>> = { CompetitorMention: '경쟁사 다른 쇼핑몰' };
const UNSAFE: Readonly<Record<string, RegExp>> = { Unethical: /욕설|폭탄/, Contentious: /대통령|선거/ };

export const ROUTER_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: 'POST', path: /^\/v1\/routers\/([^/]+)\/versions\/([^/]+)\/route$/, answer: (request) => route(request) },
  {
    method: 'POST',
    path: /^\/v1\/skillsets\/([^/]+)\/versions\/([^/]+)\/final-answer$/,
    answer: (request) => answerBySkill(request),
  },
];

function checkAddress([id, version = '']: readonly string[]): void {
  if (!/^[1-9]\d*$/.test(version)) throw ApiError.invalidParameter('version');
  if (id !== DEMO_ID) throw new ApiError('40400', 'Not found');
}

function queryOf(body: Json): string {
  if (typeof body.query !== 'string' || body.query.trim() === '')
    throw new ApiError('61002', 'Query is required', {}, 400);
  return body.query;
}

function checkHistory(body: Json, roles: readonly string[]): void {
  if (body.chatHistory === undefined) return;
  for (const { role, content } of objectList(body, 'chatHistory')) {
    if (!roles.some((known) => known === role) || typeof content !== 'string') {
      throw ApiError.invalidParameter('chatHistory');
    }
  }
}

function route({ params, body }: ApiRequest): ApiAnswer {
  checkAddress(params);
  const query = queryOf(body);
  checkHistory(body, ['user']);
  const [domain = ''] = Object.entries(DOMAINS).find(([, words]) => shareOfPairs(words, query) > 0) ?? [];
  const filters = Object.entries(FILTERS).filter(([, words]) => shareOfPairs(words, query) > 0);
  const safety = Object.entries(UNSAFE).filter(([, words]) => words.test(query));
  const promptTokens = 250 + estimateTokens(query);
  return {
    result: {
      domain: { result: domain, called: true },
      // Filters belong to a domain.
      blockedContent: { result: domain === '' ? [] : filters.map(([name]) => name), called: domain !== '' },
      safety: { result: safety.map(([name]) => name), called: true },
      usage: { promptTokens, completionTokens: 24, totalTokens: promptTokens + 24 },
    },
    tokens: promptTokens,
  };
}

function answerBySkill({ params, body, wantsStream }: ApiRequest): ApiAnswer {
  checkAddress(params);
  const query = queryOf(body);
  checkHistory(body, ['user', 'assistant']);
  const streams = optionalFlag(body, 'tokenStream') ?? false;
  const parameters = checkOverride(body.requestOverride);
  const url = `https://example.com/stations?${new URLSearchParams(parameters).toString()}`;
  const apiResult = [
    {
      url,
      requestBody: '',
      responseBody: '{"bikes":3}',
      apiOrder: 1,
      operationId: 'getStation',
      nameForHuman: '대여소 조회',
    },
  ];
  const finalAnswer = `문의하신 "${query}"의 답은 3대입니다.`;
  const tokenCount = 800 + estimateTokens(query);
  if (!streams || !wantsStream) {
    return { result: { finalAnswer, tokenCount, useTask: false, apiResult }, tokens: tokenCount };
  }
  return { events: skillEvents(finalAnswer, apiResult, tokenCount), tokens: tokenCount };
}

/** @returns what goes into the query of every call */
function checkOverride(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isJson(value)) throw ApiError.invalidParameter('requestOverride');
  const { baseOperation, operations } = value;
  if (baseOperation !== undefined && !isJson(baseOperation)) throw ApiError.invalidParameter('baseOperation');
  if (operations !== undefined && !(Array.isArray(operations) && operations.every(isNamedOperation))) {
    throw ApiError.invalidParameter('operationId');
  }
  const query = isJson(baseOperation) && isJson(baseOperation.query) ? baseOperation.query : {};
  return Object.fromEntries(Object.entries(query).map(([name, given]) => [name, String(given)]));
}

function isNamedOperation(operation: unknown): boolean {
  return isJson(operation) && typeof operation.operationId === 'string';
}

/** Without blank lines and with one event that is no JSON, as in the published sample. */
function skillEvents(finalAnswer: string, apiResult: readonly object[], tokenCount: number): string {
  const events: readonly (readonly [string, string])[] = [
    ['planning', JSON.stringify({ selectedSkill: ['대여소 조회'], tokenCount: 200 })],
    ['cot', `{"apiResult": ${JSON.stringify(apiResult)}, "tokenCount": 500`],
    ['token', JSON.stringify({ text: finalAnswer.slice(0, 8), probs: [], stopReason: null })],
    ['token', JSON.stringify({ text: finalAnswer.slice(8), probs: [], stopReason: 'end_token' })],
    ['finalAnswer', JSON.stringify({ finalAnswer, apiResult, tokenCount })],
  ];
  return events.map(([event, data], index) => `id: ${index + 1}\nevent: ${event}\ndata: ${data}\n`).join('');
}
