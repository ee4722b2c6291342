/** Answers with citations from searches that we make: the model asks for a search, gets what was found, and may ask again.
 *  Source: NAVER Cloud API guide, clovastudio-ragreasoning (2026-04). */
import { GatewayError } from '../../../errors.ts';
import { fieldsOf, listOf, present, textOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { TokenUsage, ToolCall, ToolDefinition } from '../../engine.ts';
import { type ChatMessage, toWireMessages } from '../chat-message.ts';
import { toWireTools } from '../chat-options.ts';
import { brokenStream } from '../errors.ts';
import { readToolCalls, usageOf } from '../result.ts';
import type { JsonObject } from '../structured-schema.ts';
import type { ClovaApi } from './api.ts';
import { citedTags } from './citation-tags.ts';
import { checkText, checkWhole, refuseInput, requireText } from './field-rules.ts';
import type { SearchDocument } from './reranker.ts';

export interface RagStep {
  readonly messages: readonly ChatMessage[];
  /** At least one, with `properties` and `required` in its parameters. */
  readonly tools: readonly ToolDefinition[];
  /** `none`: no further search. */
  readonly toolChoice?: 'auto' | 'none';
  /** 1,024..4,095, default 1,024. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
}

export interface RagStepResult {
  /** With tags that name the documents; empty beside tool calls. */
  readonly text: string;
  /** Not for customers. */
  readonly thinking?: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage?: TokenUsage;
}

const MIN_OUTPUT_TOKENS = 1_024;
const MAX_OUTPUT_TOKENS = 4_095;
/** Seen to be what a refusal with `tools` and `maxTokens` together is about, against the official sample. */
const INVALID_PARAMETER = '40001';

/** One call: an answer, or searches to make. */
export async function reasonOnce(api: ClovaApi, step: RagStep, call: AnswerCall): Promise<RagStepResult> {
  checkStep(step);
  try {
    return await sendStep(api, step, call);
  } catch (error) {
    const isRefused = error instanceof GatewayError && error.details.upstreamCode === INVALID_PARAMETER;
    if (!isRefused || step.maxOutputTokens === undefined) throw error;
    const { maxOutputTokens: _, ...rest } = step;
    return sendStep(api, rest, call);
  }
}

export interface SearchQuestion {
  readonly question: string;
  /** Who the model is; optional. */
  readonly systemPrompt?: string;
  /** What the search finds, told to the model so that it knows what to look for. */
  readonly searchDescription: string;
  readonly search: (query: string) => Promise<readonly SearchDocument[]>;
  /** Searches before the answer has to come; default 3. */
  readonly maxRounds?: number;
  readonly maxOutputTokens?: number;
}

export interface CitedAnswer {
  /** With tags: {@link stripCitationTags} with the ids of the documents. */
  readonly text: string;
  /** What the answer rests on, in the order of its tags. */
  readonly citedDocuments: readonly SearchDocument[];
  readonly queries: readonly string[];
  readonly usage: TokenUsage;
}

const SEARCH_TOOL = 'search_documents';
const DEFAULT_ROUNDS = 3;

/** Searches and answers until the model is content, at most `maxRounds` searches. */
export async function answerWithSearch(api: ClovaApi, request: SearchQuestion, call: AnswerCall): Promise<CitedAnswer> {
  const { question, systemPrompt = '', searchDescription, search, maxRounds = DEFAULT_ROUNDS } = request;
  checkText('query', question);
  const tools: readonly ToolDefinition[] = [{ ...SEARCH_PARAMETERS, description: searchDescription }];
  const messages: ChatMessage[] = [
    { role: 'system', text: systemPrompt },
    { role: 'user', text: question },
  ];
  const found = new Map<string, SearchDocument>();
  const queries: string[] = [];
  let usage: TokenUsage = { promptTokens: 0, completionTokens: 0 };
  for (let round = 0; ; round += 1) {
    const isLast = round >= maxRounds;
    const step = await reasonOnce(
      api,
      {
        messages,
        tools,
        ...(isLast && { toolChoice: 'none' as const }),
        ...present('maxOutputTokens', request.maxOutputTokens),
      },
      call,
    );
    usage = sumOf(usage, step.usage);
    if (step.toolCalls.length === 0 || isLast) {
      const tags = citedTags(step.text, [...found.keys()]);
      const citedDocuments = tags.flatMap((id) => found.get(id) ?? []);
      return { text: step.text, citedDocuments, queries, usage };
    }
    messages.push({ role: 'assistant', text: '', toolCalls: step.toolCalls });
    for (const {
      id,
      arguments: { query },
    } of step.toolCalls) {
      const wanted = textOf(query) ?? question;
      queries.push(wanted);
      const documents = await search(wanted);
      for (const document of documents) found.set(document.id, document);
      messages.push({ role: 'tool', toolCallId: id, text: JSON.stringify({ search_result: documents }) });
    }
  }
}

const SEARCH_PARAMETERS: Omit<ToolDefinition, 'description'> = {
  name: SEARCH_TOOL,
  parameters: {
    type: 'object',
    properties: { query: { type: 'string', description: '검색어' } },
    required: ['query'],
  },
};

function sumOf(one: TokenUsage, other: TokenUsage | undefined): TokenUsage {
  return {
    promptTokens: one.promptTokens + (other?.promptTokens ?? 0),
    completionTokens: one.completionTokens + (other?.completionTokens ?? 0),
  };
}

function checkStep({ messages, tools, maxOutputTokens }: RagStep): void {
  if (messages.length === 0) refuseInput('messages', 'at least one message');
  const areComplete = tools.every(
    ({ name, description, parameters }) =>
      name !== '' &&
      description !== '' &&
      typeof parameters.properties === 'object' &&
      Array.isArray(parameters.required),
  );
  if (tools.length === 0 || !areComplete)
    refuseInput('tools', 'functions with properties and required in their parameters');
  checkWhole('maxTokens', maxOutputTokens, MIN_OUTPUT_TOKENS, MAX_OUTPUT_TOKENS);
}

function sendStep(api: ClovaApi, step: RagStep, call: AnswerCall): Promise<RagStepResult> {
  const { messages, tools, toolChoice, maxOutputTokens, temperature, seed } = step;
  const body: JsonObject = {
    messages: toWireMessages(messages),
    ...toWireTools({ tools, ...present('toolChoice', toolChoice) }),
    ...present('maxTokens', maxOutputTokens),
    ...present('temperature', temperature),
    ...present('seed', seed),
  };
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/rag-reasoning',
      body,
      read: (result) => {
        // Some answers have a list where the page has one message.
        const message = fieldsOf(result.message ?? listOf(result.messages)[0]);
        const toolCalls = readToolCalls(message.toolCalls, []);
        const text = toolCalls.length > 0 ? (textOf(message.content) ?? '') : requireText(message, 'content');
        if (text === '' && toolCalls.length === 0) throw brokenStream('is empty');
        return {
          text,
          toolCalls,
          ...present('thinking', textOf(message.thinkingContent)),
          ...present('usage', usageOf(result)),
        };
      },
    },
    call,
  );
}
