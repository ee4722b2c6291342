/** From the payload that ends an answer (`result` of a stream or of a JSON envelope) to our words. */
import type { TokenUsage, ToolCall } from '../engine.ts';
import { type FilterThreshold, readAiFilter, unfitVerdict } from './ai-filter.ts';
import type { ChatResult } from './chat-frame.ts';
import { brokenStream } from './errors.ts';
import { readArguments } from './facts/function-tools.ts';

/** Fields of token and result payloads that we read; v1 and v3 name the end differently. */
export interface Payload {
  readonly message?: {
    readonly content?: unknown;
    readonly thinkingContent?: unknown;
    readonly toolCalls?: unknown;
  } | null;
  readonly finishReason?: unknown; // v3
  readonly stopReason?: unknown; // v1
  readonly usage?: {
    readonly promptTokens?: unknown;
    readonly completionTokens?: unknown;
    readonly completionTokensDetails?: { readonly thinkingTokens?: unknown } | null;
  } | null;
  readonly inputLength?: unknown; // v1
  readonly outputLength?: unknown; // v1
  readonly created?: unknown;
  readonly seed?: unknown;
  readonly aiFilter?: unknown;
}

/** What a stream said before its end. */
export interface Streamed {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly StreamedToolCall[];
}

export interface StreamedToolCall {
  readonly id: string;
  readonly name: string;
  /** Pieces of JSON text, joined. */
  readonly argumentsText: string;
}

export const NOTHING_STREAMED: Streamed = { text: '', thinking: '', toolCalls: [] };

/** @throws GatewayError `ENGINE_STREAM_BROKEN` when the arguments of a tool call are no JSON object */
export function readResult(
  payload: Payload | null | undefined,
  streamed: Streamed,
  { model, withholdFrom }: { readonly model: string; readonly withholdFrom?: FilterThreshold },
): ChatResult {
  const raw = rawReason(payload);
  const unified = unify(raw);
  const thinking = textOf(payload?.message?.thinkingContent) || streamed.thinking;
  // A call that the maximum cut off is none: its arguments miss their end.
  const toolCalls = unified === 'length' ? [] : readToolCalls(payload?.message?.toolCalls, streamed.toolCalls);
  const aiFilter = readAiFilter(payload?.aiFilter);
  const isUnfit = withholdFrom !== undefined && unfitVerdict(aiFilter, withholdFrom) !== undefined;
  const said = toolCalls.length > 0 ? 'tool-calls' : unified;
  const usage = usageOf(payload);
  const createdAt = createdAtOf(payload?.created);
  return {
    type: 'result',
    model,
    // What was handed on is what was said: `result` repeats it, and where it should differ nobody could take the pieces back.
    text: streamed.text || textOf(payload?.message?.content),
    ...(thinking !== '' && { thinking }),
    toolCalls,
    finish: { reason: isUnfit ? 'filtered' : said, ...(raw !== undefined && { raw }) },
    ...(usage !== undefined && { usage }),
    ...(typeof payload?.seed === 'number' && { seed: payload.seed }),
    ...(createdAt !== undefined && { createdAt }),
    aiFilter,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function rawReason(payload: Payload | null | undefined): string | undefined {
  const reason = payload?.finishReason ?? payload?.stopReason;
  return typeof reason === 'string' ? reason : undefined;
}

/** v3: stop, length, tool_calls. v1: stop_before (also when the model ended by itself), length, end_token (token limit). One official
 *  sample has upper case, another none at all. */
function unify(raw: string | undefined): 'stop' | 'length' | 'tool-calls' {
  switch (raw?.toLowerCase()) {
    case 'length':
    case 'end_token':
      return 'length';
    case 'tool_calls':
      return 'tool-calls';
    default:
      return 'stop';
  }
}

/** The complete calls of `result`; where it has none, what the pieces make. */
export function readToolCalls(complete: unknown, streamed: readonly StreamedToolCall[]): readonly ToolCall[] {
  if (!Array.isArray(complete) || complete.length === 0) {
    return streamed.map(({ id, name, argumentsText }) => ({ id, name, arguments: argumentsOf(argumentsText) }));
  }
  return complete.map((call: WireToolCall | null, index) => ({
    id: textOf(call?.id) || (streamed[index]?.id ?? ''),
    name: textOf(call?.function?.name) || (streamed[index]?.name ?? ''),
    arguments: argumentsOf(call?.function?.arguments ?? streamed[index]?.argumentsText),
  }));
}

interface WireToolCall {
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

/** @throws GatewayError `ENGINE_STREAM_BROKEN` */
function argumentsOf(value: unknown): ToolCall['arguments'] {
  const read = readArguments(value);
  if (read === undefined) throw brokenStream('has a tool call whose arguments cannot be read');
  return read;
}

export function usageOf(payload: Payload | null | undefined): TokenUsage | undefined {
  const promptTokens = payload?.usage?.promptTokens ?? payload?.inputLength;
  const completionTokens = payload?.usage?.completionTokens ?? payload?.outputLength;
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined;
  const thinkingTokens = payload?.usage?.completionTokensDetails?.thinkingTokens;
  return { promptTokens, completionTokens, ...(typeof thinkingTokens === 'number' && { thinkingTokens }) };
}

/** Documented in ms and mostly seen in seconds; as seconds, what is taken for ms would be thirty thousand years away. */
function createdAtOf(created: unknown): number | undefined {
  if (typeof created !== 'number') return undefined;
  return created >= 1e12 ? created : created * 1_000;
}
