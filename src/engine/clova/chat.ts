/** A client of Chat Completions, v1 and v3: typed messages in, typed frames out. The engine stands on it; so may anything else that
 *  needs tool calls, structured outputs or what the model thinks. */
import type { Pool } from 'undici';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import { type Clock, delay, systemClock } from '../../platform/clock.ts';
import { openUpstream } from '../../platform/upstream.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import type { ChatMessage } from './chat-message.ts';
import { type ChatOptions, checkChatOptions, requestedTokens } from './chat-options.ts';
import { ChatExchange } from './client.ts';
import { type ClovaConnection, checkConnection } from './connection.ts';
import { brokenStream } from './errors.ts';
import { chatBodyBuilder, chatHeaders, chatPath, requestIdHeader } from './request.ts';
import { retryPauseMs, SHORTEST_ATTEMPT_MS } from './retry.ts';
import { maxBodyBytes } from './stream.ts';

export interface ChatCall {
  /** Sent along, so that the service's people can find it. */
  readonly requestId: string;
  /** End of all attempts together. */
  readonly closesAt: EpochMs;
  /** Cancelling it reaches the socket. */
  readonly signal: AbortSignal;
}

/** One model, asked in one way. */
export interface ChatLine {
  /** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
   *  was said cannot be unsaid.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED`, while iterating */
  stream(messages: readonly ChatMessage[], call: ChatCall): AsyncGenerator<ChatFrame, void, void>;
  /** The result alone, which comes as a whole.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  complete(messages: readonly ChatMessage[], call: ChatCall): Promise<ChatResult>;
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
  readonly onRetry?: (error: GatewayError, retry: { readonly requestId: string; readonly pauseMs: number }) => void;
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
  readonly #path: string;
  readonly #maxSizeBytes: number;
  readonly #buildBody: (messages: readonly ChatMessage[]) => string;
  #toolsWorked = false;

  constructor(
    pool: Pool,
    connection: ClovaConnection,
    options: ChatOptions & { readonly wantsThinking?: boolean },
    { clock = systemClock, random = Math.random, onRetry }: ClovaChatDeps,
  ) {
    this.#pool = pool;
    this.#connection = connection;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#onRetry = onRetry;
    this.#path = chatPath(connection, options);
    this.#maxSizeBytes = maxBodyBytes(requestedTokens(options));
    this.#buildBody = chatBodyBuilder(options);
  }

  stream(messages: readonly ChatMessage[], call: ChatCall): AsyncGenerator<ChatFrame, void, void> {
    return this.#frames(messages, call, true);
  }

  async complete(messages: readonly ChatMessage[], call: ChatCall): Promise<ChatResult> {
    for await (const frame of this.#frames(messages, call, false)) {
      if (frame.type === 'result') return frame;
    }
    throw brokenStream('is not complete');
  }

  async *#frames(
    messages: readonly ChatMessage[],
    call: ChatCall,
    streams: boolean,
  ): AsyncGenerator<ChatFrame, void, void> {
    if (call.signal.aborted) throw cancellation(call.signal);
    const body = this.#buildBody(messages);
    for (let attempt = 1; ; attempt += 1) {
      const exchange = this.#open(body, call, streams);
      let handedOn = false;
      try {
        for (let frames = await exchange.read(); frames !== undefined; frames = await exchange.read()) {
          handedOn = true;
          yield* frames;
        }
        this.#toolsWorked ||= this.#options.tools !== undefined;
        yield exchange.result;
        return;
      } catch (thrown) {
        if (handedOn) throw thrown;
        await this.#pauseBeforeRetry(toGatewayError(thrown), attempt, call);
      } finally {
        exchange.close();
      }
    }
  }

  #open(body: string, { requestId, closesAt, signal }: ChatCall, streams: boolean): ChatExchange {
    const { firstTokenTimeoutMs, idleTimeoutMs } = this.#connection;
    const { model, withholdFrom, wantsThinking = false } = this.#options;
    return new ChatExchange(this.#pool, this.#clock, {
      path: this.#path,
      headers: [...chatHeaders(this.#connection, streams), 'x-ncp-clovastudio-request-id', requestIdHeader(requestId)],
      body,
      model,
      wantsThinking,
      ...(withholdFrom !== undefined && { withholdFrom }),
      maxSizeBytes: this.#maxSizeBytes,
      // What comes as a whole has its first token with its last.
      firstTokenTimeoutMs: streams ? firstTokenTimeoutMs : Number.POSITIVE_INFINITY,
      idleTimeoutMs,
      closesAt,
      signal,
    });
  }

  /** @throws GatewayError the same error when there is no point or no time, or the cancellation */
  async #pauseBeforeRetry(error: GatewayError, attempt: number, call: ChatCall): Promise<void> {
    const { requestId, closesAt, signal } = call;
    const pauseMs = retryPauseMs({ error, attempt, toolsWorked: this.#toolsWorked, random: this.#random() });
    if (pauseMs === undefined || this.#clock.now() + pauseMs + SHORTEST_ATTEMPT_MS > closesAt) throw error;
    this.#onRetry?.(error, { requestId, pauseMs: Math.round(pauseMs) });
    if (pauseMs > 0) await delay(this.#clock, pauseMs, signal);
    if (signal.aborted) throw cancellation(signal);
  }
}
