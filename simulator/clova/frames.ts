/** The answer as the service writes it: one JSON envelope, or server-sent events. */
import { answerText, starOut, tokenize } from './answer.ts';
import type { AnswerWriter } from './chat-api.ts';
import { exampleOf } from './example-value.ts';
import type { ChatCall } from './rules.ts';
import { chooseToolCalls, completeToolCall, type SimulatedToolCall, toolCallPieces } from './tool-call.ts';

export interface Framing {
  /** The live service writes `data:{…}`, the documentation's samples `data: {…}`. */
  readonly blankAfterColon: boolean;
  readonly lineEnd: '\n' | '\r\n';
  /** A comment line before every frame, as proxies insert to keep a connection open. */
  readonly comments: boolean;
  /** Whether a `signal` frame ends the stream; documented, for v3 without a value. */
  readonly signal: boolean;
}

/** One answer, cut into what is streamed. */
export interface Generation {
  readonly call: ChatCall;
  readonly thinkingTokens: readonly string[];
  readonly tokens: readonly string[];
  /** Instead of tokens. */
  readonly toolCalls: readonly SimulatedToolCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly aiFilterScore: string;
  readonly createdSeconds: number;
  readonly seed: number;
}

/** What thinking text looks like; it may quote the prompt, so it must never reach a customer. */
const THINKING = '사용자의 질문을 먼저 살펴보고, 주어진 자료에서 답이 되는 부분을 찾아 정리한다.';

export function generate(
  call: ChatCall,
  options: {
    readonly answer: string | undefined;
    readonly starOut: boolean;
    readonly createdSeconds: number;
    readonly unaskedSeed: number;
    readonly toolCalls:
      | readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[]
      | undefined;
    readonly aiFilterScore: string;
  },
): Generation {
  const toolCalls = chooseToolCalls(call, options.toolCalls);
  const raw = toolCalls.length > 0 ? '' : (options.answer ?? answerOf(call));
  const text = cutAtStop(options.starOut ? starOut(raw) : raw, call.stop);
  const allThinking = call.effort === 'none' ? [] : tokenize(THINKING);
  const allTokens = tokenize(text);
  // The maximum covers thinking and answer: too small a one leaves an empty answer.
  const thinkingTokens = allThinking.slice(0, call.outputTokens);
  const tokens = allTokens.slice(0, call.outputTokens - thinkingTokens.length);
  return {
    call,
    thinkingTokens,
    tokens,
    toolCalls,
    aiFilterScore: options.aiFilterScore,
    finish:
      toolCalls.length > 0
        ? 'tool_calls'
        : thinkingTokens.length + tokens.length < allThinking.length + allTokens.length
          ? 'length'
          : 'stop',
    createdSeconds: options.createdSeconds,
    seed: call.seed === 0 ? options.unaskedSeed : call.seed, // "0 = random", but the same every time
  };
}

function answerOf({ messages, schema }: ChatCall): string {
  const text = answerText(messages);
  return schema === undefined ? text : JSON.stringify(exampleOf(schema, text), null, 2);
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const positions = stops.map((stop) => text.indexOf(stop)).filter((position) => position !== -1);
  return positions.length === 0 ? text : text.slice(0, Math.min(...positions));
}

/** `result` of the JSON answer, and the data of the `result` frame. */
function resultOf(generation: Generation): object {
  const { call, thinkingTokens, tokens, toolCalls, finish, createdSeconds, seed, aiFilterScore } = generation;
  const content = tokens.join('');
  const aiFilter = call.includeAiFilters ? AI_FILTER.map((entry) => ({ ...entry, score: aiFilterScore })) : undefined;
  if (call.model.version === 'v1') {
    return {
      message: { role: 'assistant', content },
      inputLength: call.promptTokens,
      outputLength: tokens.length,
      stopReason: finish === 'length' ? 'length' : 'stop_before',
      seed,
      aiFilter: aiFilter ?? null,
    };
  }
  const thinks = thinkingTokens.length > 0;
  const completionTokens = thinkingTokens.length + tokens.length;
  return {
    message: {
      role: 'assistant',
      content,
      ...(thinks && { thinkingContent: thinkingTokens.join('') }),
      ...(toolCalls.length > 0 && { toolCalls: toolCalls.map(completeToolCall) }),
    },
    finishReason: finish,
    created: createdSeconds,
    seed,
    usage: {
      promptTokens: call.promptTokens,
      completionTokens,
      totalTokens: call.promptTokens + completionTokens,
      ...(thinks && { completionTokensDetails: { thinkingTokens: thinkingTokens.length } }),
    },
    ...(aiFilter !== undefined && { aiFilter }),
  };
}

const AI_FILTER = [
  { groupName: 'curse', name: 'insult', result: 'OK' },
  { groupName: 'curse', name: 'discrimination', result: 'OK' },
  { groupName: 'unsafeContents', name: 'sexualHarassment', result: 'OK' },
];

export function successEnvelope(generation: Generation): string {
  return JSON.stringify({ status: { code: '20000', message: 'OK' }, result: resultOf(generation) });
}

/** Writes frames; ids look like UUIDs, differ per frame and are the same in every run with the same seed. */
export class FrameWriter implements AnswerWriter {
  readonly #framing: Framing;
  readonly #blank: string;
  readonly #idPrefix: string;
  #frames = 0;

  /** `idPrefix`: the first eight hex digits of every id. */
  constructor(framing: Framing, idPrefix: string) {
    this.#idPrefix = idPrefix;
    this.#framing = framing;
    this.#blank = framing.blankAfterColon ? ' ' : '';
  }

  #frame(event: string, data: string): string {
    const { lineEnd, comments } = this.#framing;
    const blank = this.#blank;
    this.#frames += 1;
    const id = `${this.#idPrefix}-0000-4000-8000-${this.#frames.toString(16).padStart(12, '0')}`;
    const comment = comments ? `: keep-alive${lineEnd}` : '';
    return `${comment}id:${blank}${id}${lineEnd}event:${blank}${event}${lineEnd}data:${blank}${data}${lineEnd}${lineEnd}`;
  }

  error(code: string, message: string): string {
    return this.#frame('error', JSON.stringify({ status: { code, message } }));
  }

  malformed(): string {
    return this.#frame('token', '{"message":{"role":"assis');
  }

  tokens(generation: Generation): string[] {
    const v1 = generation.call.model.version === 'v1';
    const tail = v1
      ? '}}'
      : `},"finishReason":null,"created":${generation.createdSeconds},"seed":${generation.seed},"usage":null}`;
    const write = (field: string, token: string) =>
      this.#frame('token', `{"message":{"role":"assistant","${field}":${JSON.stringify(token)}${tail}`);
    return [
      ...generation.thinkingTokens.map((token) => write('thinkingContent', token)),
      ...generation.tokens.map((token) => write('content', token)),
      ...generation.toolCalls
        .flatMap(toolCallPieces)
        .map((piece) =>
          this.#frame(
            'token',
            `{"message":{"role":"assistant","content":"","toolCalls":[${JSON.stringify(piece)}]${tail}`,
          ),
        ),
    ];
  }

  end(generation: Generation): string {
    const result = this.#frame('result', JSON.stringify(resultOf(generation)));
    return this.#framing.signal ? result + this.#frame('signal', '{"data":"[DONE]"}') : result;
  }
}
