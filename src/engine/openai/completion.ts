/** What stands in a `chat.completion` and in its chunks. */
import type { EnginePart, TokenUsage, ToolCall } from '../engine.ts';
import { flatMapParts } from '../map-parts.ts';
import type { CallCollector } from './call-collector.ts';

export type TextPart = Extract<EnginePart, { readonly type: 'text-delta' }>;
export type FinishedPart = Extract<EnginePart, { readonly type: 'finished' }>;

/** How an answer ended. */
export interface Completion {
  readonly type: 'completion';
  /** What the model wants done; empty when it answered in words. */
  readonly toolCalls: readonly ToolCall[];
  readonly finished: FinishedPart;
}

interface WireText {
  readonly content?: unknown;
  readonly tool_calls?: unknown;
  readonly [field: string]: unknown;
}

interface Choice {
  readonly index?: unknown;
  readonly message?: WireText | null;
  readonly delta?: WireText | null;
  readonly finish_reason?: unknown;
}

interface WireCompletion {
  readonly choices?: unknown;
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
    readonly completion_tokens_details?: { readonly reasoning_tokens?: unknown } | null;
  } | null;
}

/** Thinking has no standard place: CLOVA Studio, vLLM and its kin, and OpenRouter differ. */
const THINKING_FIELDS = ['thinking_content', 'reasoning_content', 'reasoning'];

export interface ReadChoice {
  /** Empty: there was none. */
  readonly text: string;
  /** Something was generated, be it a thought. */
  readonly isAtWork: boolean;
  /** Whole calls, or pieces of them in a stream; for {@link CallCollector}. */
  readonly toolCalls: readonly unknown[];
  /** In the service's words; absent while it goes on. */
  readonly finishReason?: string;
}

/** The first choice; we ask for one. `undefined` for what has none, such as the chunk that brings the usage. */
export function readChoice(completion: unknown): ReadChoice | undefined {
  const { choices } = (completion ?? {}) as WireCompletion;
  const choice = Array.isArray(choices)
    ? (choices as (Choice | null)[]).find((one) => (one?.index ?? 0) === 0)
    : undefined;
  if (choice === undefined || choice === null) return undefined;
  const said = choice.delta ?? choice.message ?? {};
  const text = textOf(said.content);
  const toolCalls = Array.isArray(said.tool_calls) ? (said.tool_calls as readonly unknown[]) : [];
  const isAtWork = text !== '' || toolCalls.length > 0 || THINKING_FIELDS.some((field) => Boolean(said[field]));
  const reason = choice.finish_reason;
  return { text, isAtWork, toolCalls, ...(typeof reason === 'string' && reason !== '' && { finishReason: reason }) };
}

/** Text, or parts of which some are text; `null` beside thinking and tool calls. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as ({ readonly type?: unknown; readonly text?: unknown } | null)[])
    .map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

export function readUsage(completion: unknown): TokenUsage | undefined {
  const { usage } = (completion ?? {}) as WireCompletion;
  const {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    completion_tokens_details: details,
  } = usage ?? {};
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined;
  const thinkingTokens = details?.reasoning_tokens;
  return { promptTokens, completionTokens, ...(typeof thinkingTokens === 'number' && { thinkingTokens }) };
}

/** @throws GatewayError `ENGINE_STREAM_BROKEN` when a call cannot be read */
export function completionOf(
  model: string,
  finishReason: string | undefined,
  usage: TokenUsage | undefined,
  calls: CallCollector,
): Completion {
  const reason = unify(finishReason);
  // A call that the maximum cut off is none: its arguments miss their end. Some servers end with `stop` after their calls.
  const toolCalls = reason === 'stop' ? calls.end() : [];
  const said = toolCalls.length > 0 ? 'tool-calls' : reason;
  return {
    type: 'completion',
    toolCalls,
    finished: { type: 'finished', reason: said, model, ...(usage !== undefined && { usage }) },
  };
}

export function toEngineParts(answered: AsyncIterable<TextPart | Completion>): AsyncIterable<EnginePart> {
  return flatMapParts(answered, (part): readonly EnginePart[] => {
    if (part.type === 'text-delta') return [part];
    const { toolCalls, finished } = part;
    return toolCalls.length > 0 ? [{ type: 'tool-calls', calls: toolCalls }, finished] : [finished];
  });
}

function unify(finishReason: string | undefined): 'stop' | 'length' | 'filtered' {
  switch (finishReason?.toLowerCase()) {
    case 'length':
    case 'max_tokens':
      return 'length';
    case 'content_filter':
      return 'filtered';
    default: // stop, tool_calls, and what each server has beside them
      return 'stop';
  }
}
