/** A client of Chat Completions, v1 and v3: typed messages in, typed frames out. The engine stands on it; so may anything else that
 *  needs tool calls, structured outputs or what the model thinks. */
import type { Pool } from 'undici';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { estimateTokens } from '../../platform/token-scale.ts';
import { openUpstream } from '../../platform/upstream.ts';
import { AnswerExchange } from '../answer-exchange.ts';
import { maxAnswerBytes } from '../answer-size.ts';
import { type AnswerCall, answerInAttempts, type OnRetry } from '../attempts.ts';
import type { CallGate } from '../call-gate.ts';
import { requestIdHeader } from '../request-id-header.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import type { ChatMessage } from './chat-message.ts';
import { type ChatOptions, checkChatOptions, requestedTokens } from './chat-options.ts';
import { type ClovaConnection, checkConnection } from './connection.ts';
import { brokenStream, UPSTREAM } from './errors.ts';
import { chatBodyBuilder, chatHeaders, chatPath } from './request.ts';
import { ChatStreamReader } from './stream.ts';
import { readWhole } from './whole-answer.ts';

/** One model, asked in one way. */
export interface ChatLine {
  /** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
   *  was said cannot be unsaid.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED`, while iterating */
  stream(messages: readonly ChatMessage[], call: AnswerCall): AsyncGenerator<ChatFrame, void, void>;
  /** The result alone, which comes as a whole.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  complete(messages: readonly ChatMessage[], call: AnswerCall): Promise<ChatResult>;
}

export interface ClovaChat {
  /** @throws GatewayError `SETTINGS_INVALID` for what the service would refuse every time */
  line(options: ChatOptions & { readonly wantsThinking?: boolean }): ChatLine;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

export interface ClovaChatDeps {
  readonly clock?: Clock;
  /** 0..1 */
  readonly random?: () => number;
  readonly onRetry?: OnRetry;
  /** Knows the quota that the account has for a model. Absent: every call is made at once. */
  readonly gateOf?: (model: string) => CallGate;
}

/** @throws GatewayError `SETTINGS_INVALID` naming the field */
export function openClovaChat(connection: ClovaConnection, deps: ClovaChatDeps = {}): ClovaChat {
  checkConnection(connection);
  const pool = openUpstream({
    origin: new URL(connection.baseUrl).origin,
    connectTimeoutMs: connection.connectTimeoutMs,
    // Every exchange watches its own time: by tokens instead of bytes, and to the millisecond.
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
    connections: connection.connections,
  });
  let closing: Promise<void> | undefined;
  return {
    line: (options) => {
      checkChatOptions(options);
      return new PooledLine(pool, connection, options, deps);
    },
    close: () => {
      closing ??= pool.destroy();
      return closing;
    },
  };
}

class PooledLine implements ChatLine {
  readonly #pool: Pool;
  readonly #connection: ClovaConnection;
  readonly #options: ChatOptions & { readonly wantsThinking?: boolean };
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #onRetry: ClovaChatDeps['onRetry'];
  readonly #gate: CallGate | undefined;
  readonly #path: string;
  readonly #maxSizeBytes: number;
  readonly #buildBody: (messages: readonly ChatMessage[]) => string;
  #toolsWorked = false;

  constructor(
    pool: Pool,
    connection: ClovaConnection,
    options: ChatOptions & { readonly wantsThinking?: boolean },
    { clock = systemClock, random = Math.random, onRetry, gateOf }: ClovaChatDeps,
  ) {
    this.#pool = pool;
    this.#connection = connection;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#onRetry = onRetry;
    this.#gate = gateOf?.(options.model);
    this.#path = chatPath(connection, options);
    this.#maxSizeBytes = maxAnswerBytes(requestedTokens(options));
    this.#buildBody = chatBodyBuilder(options);
  }

  stream(messages: readonly ChatMessage[], call: AnswerCall): AsyncGenerator<ChatFrame, void, void> {
    return this.#answer(messages, call, true);
  }

  async complete(messages: readonly ChatMessage[], call: AnswerCall): Promise<ChatResult> {
    for await (const frame of this.#answer(messages, call, false)) {
      if (frame.type === 'result') return frame;
    }
    throw brokenStream('is not complete');
  }

  #answer(messages: readonly ChatMessage[], call: AnswerCall, streams: boolean): AsyncGenerator<ChatFrame, void, void> {
    const gate = this.#gate;
    const size = { inputTokens: estimateInput(messages, this.#options), outputTokens: requestedTokens(this.#options) };
    return answerInAttempts<ChatFrame, ChatResult>({
      call,
      clock: this.#clock,
      random: this.#random,
      open: () => this.#open(messages, call, streams),
      admit: gate === undefined ? undefined : () => gate.enter({ ...size, ...call, botId: call.botId ?? '' }),
      promptTokensOf: ({ usage }) => usage?.promptTokens,
      toolsWorked: () => this.#toolsWorked,
      onRetry: this.#onRetry,
      onAnswered: () => {
        this.#toolsWorked ||= this.#options.tools !== undefined;
      },
    });
  }

  #open(
    messages: readonly ChatMessage[],
    { requestId, closesAt, firstTokenBy, signal }: AnswerCall,
    streams: boolean,
  ): AnswerExchange<ChatFrame, ChatResult> {
    const { firstTokenTimeoutMs, idleTimeoutMs } = this.#connection;
    const { model, withholdFrom, wantsThinking = false } = this.#options;
    const reading = {
      model,
      wantsThinking,
      ...(withholdFrom !== undefined && { withholdFrom }),
      maxSizeBytes: this.#maxSizeBytes,
    };
    return new AnswerExchange(this.#pool, this.#clock, {
      upstream: UPSTREAM,
      reader: new ChatStreamReader(reading),
      readWhole: (response) => readWhole(response, reading),
      maxSizeBytes: this.#maxSizeBytes,
      path: this.#path,
      headers: [...chatHeaders(this.#connection, streams), 'x-ncp-clovastudio-request-id', requestIdHeader(requestId)],
      body: this.#buildBody(messages),
      // What comes as a whole has its first token with its last.
      firstTokenTimeoutMs: streams ? firstTokenTimeoutMs : Number.POSITIVE_INFINITY,
      firstTokenBy,
      idleTimeoutMs,
      closesAt,
      signal,
    });
  }
}

/** What the service will count as input, but for pictures. */
function estimateInput(messages: readonly ChatMessage[], { tools, schema }: ChatOptions): number {
  const declared = [...(tools ?? []), ...(schema === undefined ? [] : [schema])].map((one) => JSON.stringify(one));
  return [...messages.map(({ text }) => text), ...declared].reduce((sum, text) => sum + estimateTokens(text), 0);
}
