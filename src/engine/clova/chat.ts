/** A client of Chat Completions, v1 and v3: typed messages in, typed frames out. The engine stands on it; so may anything else that
 *  needs tool calls, structured outputs or what the model thinks. */
import type { AnswerFormat } from '../../http-client/answer-exchange.ts';
import { maxAnswerBytes } from '../../http-client/answer-size.ts';
import type { AnswerCall } from '../../http-client/attempts.ts';
import type { CallGate } from '../../http-client/call-gate.ts';
import { estimateInputTokens } from '../../http-client/input-size.ts';
import {
  type ModelService,
  type ModelServiceDeps,
  openModelService,
  type StreamRequest,
} from '../../http-client/model-service.ts';
import { requestIdHeader } from '../../http-client/request-id-header.ts';
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

export interface ClovaChatDeps extends ModelServiceDeps {
  /** Knows the quota that the account has for a model. Absent: every call is made at once. */
  readonly gateOf?: (model: string) => CallGate;
}

/** @throws GatewayError `SETTINGS_INVALID` naming the field */
export function openClovaChat(connection: ClovaConnection, deps: ClovaChatDeps = {}): ClovaChat {
  checkConnection(connection);
  const service = openModelService({ ...connection, upstream: UPSTREAM }, deps);
  return {
    line: (options) => {
      checkChatOptions(options);
      return new ServiceLine(service, connection, options, deps.gateOf?.(options.model));
    },
    close: () => service.close(),
  };
}

class ServiceLine implements ChatLine {
  readonly #service: ModelService;
  readonly #connection: ClovaConnection;
  readonly #options: ChatOptions & { readonly wantsThinking?: boolean };
  readonly #gate: CallGate | undefined;
  readonly #path: string;
  readonly #format: AnswerFormat<ChatFrame, ChatResult>;
  readonly #buildBody: (messages: readonly ChatMessage[]) => string;
  #toolsWorked = false;

  constructor(
    service: ModelService,
    connection: ClovaConnection,
    options: ChatOptions & { readonly wantsThinking?: boolean },
    gate: CallGate | undefined,
  ) {
    this.#service = service;
    this.#connection = connection;
    this.#options = options;
    this.#gate = gate;
    this.#path = chatPath(connection, options);
    this.#format = formatOf(options);
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
    return this.#service.stream<ChatFrame, ChatResult>(call, {
      request: () => this.#request(messages, call, streams),
      gate: this.#gate,
      size: { inputTokens: estimateInput(messages, this.#options), outputTokens: requestedTokens(this.#options) },
      promptTokensOf: ({ usage }) => usage?.promptTokens,
      toolsWorked: () => this.#toolsWorked,
      onAnswered: () => {
        this.#toolsWorked ||= this.#options.tools !== undefined;
      },
    });
  }

  #request(
    messages: readonly ChatMessage[],
    { requestId }: AnswerCall,
    streams: boolean,
  ): StreamRequest<ChatFrame, ChatResult> {
    const { firstTokenTimeoutMs, idleTimeoutMs } = this.#connection;
    return {
      format: this.#format,
      path: this.#path,
      headers: [...chatHeaders(this.#connection, streams), 'x-ncp-clovastudio-request-id', requestIdHeader(requestId)],
      body: this.#buildBody(messages),
      // What comes as a whole has its first token with its last.
      firstTokenTimeoutMs: streams ? firstTokenTimeoutMs : Number.POSITIVE_INFINITY,
      idleTimeoutMs,
    };
  }
}

function formatOf(options: ChatOptions & { readonly wantsThinking?: boolean }): AnswerFormat<ChatFrame, ChatResult> {
  const { model, withholdFrom, wantsThinking = false } = options;
  const maxSizeBytes = maxAnswerBytes(requestedTokens(options));
  const reading = { model, wantsThinking, ...(withholdFrom !== undefined && { withholdFrom }), maxSizeBytes };
  return {
    openReader: () => new ChatStreamReader(reading),
    readWhole: (response) => readWhole(response, reading),
    maxSizeBytes,
  };
}

/** What the service will count as input, but for pictures. */
function estimateInput(messages: readonly ChatMessage[], { tools, schema }: ChatOptions): number {
  const declared = [...(tools ?? []), ...(schema === undefined ? [] : [schema])].map((one) => JSON.stringify(one));
  return estimateInputTokens([...messages.map(({ text }) => text), ...declared]);
}
