/** Answers in the shape of OpenAI: one `chat.completion`, or chunks of it. */
import type { AnswerWriter } from '../chat-api.ts';
import type { Framing, Generation } from '../frames.ts';
import { type SimulatedToolCall, toolCallPieces } from '../tool-call.ts';

/** What the documents leave open, so that a client can be shown both. */
export interface UnconfirmedShapes {
  /** Whether `data: [DONE]` ends a stream. */
  readonly done?: boolean;
  /** Whether the last chunk has the usage, unasked. */
  readonly usageInStream?: boolean;
  /** Whether there is a list of models. */
  readonly models?: boolean;
}

/** How one service writes it. */
export interface ChunkTraits {
  readonly idPrefix: '' | 'chatcmpl-';
  readonly createdUnitsPerSecond: 1 | 1_000;
  readonly thinkingField: 'thinking_content' | 'reasoning_content';
  /** Fields that a server of the vLLM family adds. */
  readonly isVllm?: boolean;
}

const ID = '0123456789abcdef0123456789abcdef';

export function chatCompletion(generation: Generation, traits: ChunkTraits): string {
  const { thinkingTokens, tokens, toolCalls, finish } = generation;
  const calls = toolCalls.map(({ id, name, arguments: args }) => {
    return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } };
  });
  return JSON.stringify({
    ...frameOf(generation, traits, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: tokens.join(''),
          ...(thinkingTokens.length > 0 && { [traits.thinkingField]: thinkingTokens.join('') }),
          ...((calls.length > 0 || traits.isVllm) && { tool_calls: calls }),
        },
        finish_reason: finish,
        ...(traits.isVllm && { logprobs: null, stop_reason: null }),
      },
    ],
    usage: usageOf(generation, traits),
    ...(traits.isVllm && { prompt_logprobs: null }),
  });
}

function frameOf({ call, createdSeconds, seed }: Generation, traits: ChunkTraits, object: string): object {
  return {
    id: `${traits.idPrefix}${ID}`,
    ...(traits.isVllm && { object }),
    created: createdSeconds * traits.createdUnitsPerSecond,
    model: call.modelName,
    ...(!traits.isVllm && { seed }),
  };
}

function usageOf({ call, thinkingTokens, tokens }: Generation, traits: ChunkTraits): object {
  const completion = thinkingTokens.length + tokens.length;
  return {
    prompt_tokens: call.promptTokens,
    completion_tokens: completion,
    total_tokens: call.promptTokens + completion,
    prompt_tokens_details: null,
    ...(!traits.isVllm && { completion_tokens_details: null }),
  };
}

export class ChunkWriter implements AnswerWriter {
  readonly #framing: Framing;
  readonly #shapes: UnconfirmedShapes;
  readonly #traits: ChunkTraits;
  readonly #refusal: (code: string, message: string) => string;

  constructor(
    framing: Framing,
    shapes: UnconfirmedShapes,
    traits: ChunkTraits,
    refusal: (code: string, message: string) => string,
  ) {
    this.#framing = framing;
    this.#shapes = shapes;
    this.#traits = traits;
    this.#refusal = refusal;
  }

  tokens(generation: Generation): string[] {
    const { thinkingTokens, tokens, toolCalls } = generation;
    const { isVllm = false, thinkingField } = this.#traits;
    // Servers of the vLLM family begin with the role alone.
    const role = isVllm ? {} : { role: 'assistant' };
    const delta = (fields: object) =>
      this.#chunk(generation, [{ index: 0, delta: { ...role, ...fields }, finish_reason: null }]);
    return [
      ...(isVllm ? [delta({ role: 'assistant', content: '' })] : []),
      ...thinkingTokens.map((token) => delta({ content: null, [thinkingField]: token })),
      ...tokens.map((content) => delta({ content })),
      ...toolCalls.flatMap(piecesOf).map((piece) => delta({ tool_calls: [piece] })),
    ];
  }

  error(code: string, message: string): string {
    return this.#data(this.#refusal(code, message));
  }

  malformed(): string {
    return this.#data('{"choices":[{"index":0,"delta":{"content":"');
  }

  end(generation: Generation): string {
    const { done = true, usageInStream = true } = this.#shapes;
    const finish = [{ index: 0, delta: {}, finish_reason: generation.finish }];
    return [
      this.#chunk(generation, finish),
      ...(usageInStream ? [this.#chunk(generation, [], { usage: usageOf(generation, this.#traits) })] : []),
      ...(this.#traits.isVllm ? [this.#chunk(generation, undefined)] : []),
      ...(done ? [this.#data('[DONE]')] : []),
    ].join('');
  }

  #chunk(generation: Generation, choices: readonly object[] | undefined, more: object = {}): string {
    const frame = frameOf(generation, this.#traits, 'chat.completion.chunk');
    return this.#data(JSON.stringify({ ...frame, ...(choices !== undefined && { choices }), ...more }));
  }

  #data(data: string): string {
    const { lineEnd, comments } = this.#framing;
    return `${comments ? `: keep-alive${lineEnd}` : ''}data: ${data}${lineEnd}${lineEnd}`;
  }
}

/** Every piece names its call by its place; only the first has id and name. */
function piecesOf(call: SimulatedToolCall, index: number): readonly object[] {
  return toolCallPieces(call).map((piece) => {
    const { function: named, ...rest } = piece;
    const { partialJson = '', ...name } = named;
    return { index, ...rest, function: { ...name, arguments: partialJson } };
  });
}
