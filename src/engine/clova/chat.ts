/** A client of Chat Completions, v1 and v3: typed messages in, typed frames out. The engine stands on it; so may anything else that
 *  needs tool calls, structured outputs or what the model thinks. */
import type { AnswerFormat, StreamRequest } from '../../http-client/answer-exchange.ts';
import { maxAnswerBytes } from '../../http-client/answer-size.ts';
import type { AnswerCall, StreamedQuestion } from '../../http-client/attempts.ts';
import type { CallGate } from '../../http-client/call-gate.ts';
import { estimateInputTokens } from '../../http-client/input-size.ts';
import { type ModelService, type ModelServiceDeps, openModelService } from '../../http-client/model-service.ts';
import { requestIdHeader } from '../../http-client/request-id-header.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import type { ChatMessage } from './chat-message.ts';
import { type ChatOptions, checkChatOptions, requestedTokens } from './chat-options.ts';
import { type ClovaConnection, checkConnection } from './connection.ts';
import { brokenStream, UPSTREAM } from './errors.ts';
import type { FrameForms } from './frame-template.ts';
import { chatBodyBuilder, chatHeaders, chatPath } from './request.ts';
import { ChatStreamReader } from './stream.ts';
import { readWhole } from './whole-answer.ts';

/** One model, asked in one way. */
export interface ChatLine {
  /** Pieces as they come, then the result. Before the first of them a failure that may pass is tried again; after it never, because what
   *  was said cannot be unsaid.
   *  @throws GatewayError `ENGINE_BAD_REQUEST` at once for messages that the service would refuse; `ENGINE_*` or `TURN_CANCELLED`, while
   *  iterating */
  stream(messages: readonly ChatMessage[], call: AnswerCall): AsyncIterable<ChatFrame>;
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

type LineOptions = ChatOptions & { readonly wantsThinking?: boolean };

class ServiceLine implements ChatLine {
  readonly #service: ModelService;
  readonly #terms: LineTerms;

  constructor(service: ModelService, connection: ClovaConnection, options: LineOptions, gate: CallGate | undefined) {
    this.#service = service;
    this.#terms = {
      connection,
      options,
      gate,
      path: chatPath(connection, options),
      format: formatOf(options),
      buildBody: chatBodyBuilder(options),
      toolsWorked: false,
    };
  }

  stream(messages: readonly ChatMessage[], call: AnswerCall): AsyncIterable<ChatFrame> {
    return this.#answer(messages, call, true);
  }

  async complete(messages: readonly ChatMessage[], call: AnswerCall): Promise<ChatResult> {
    for await (const frame of this.#answer(messages, call, false)) {
      if (frame.type === 'result') return frame;
    }
    throw brokenStream('is not complete');
  }

  #answer(messages: readonly ChatMessage[], call: AnswerCall, streams: boolean): AsyncIterable<ChatFrame> {
    return this.#service.stream(call, new ChatQuestion(this.#terms, messages, call.requestId, streams));
  }
}

/** What all questions on a line have in common. */
interface LineTerms {
  readonly connection: ClovaConnection;
  readonly options: LineOptions;
  readonly gate: CallGate | undefined;
  readonly path: string;
  readonly format: AnswerFormat<ChatFrame, ChatResult>;
  readonly buildBody: (messages: readonly ChatMessage[]) => string;
  toolsWorked: boolean;
}

/** The bytes alone, and not the messages beside them: what is kept here is kept for as long as the model thinks. */
class ChatQuestion implements StreamedQuestion<ChatFrame, ChatResult> {
  readonly inputTokens: number;
  readonly #terms: LineTerms;
  readonly #body: Buffer;
  readonly #requestId: string;
  readonly #streams: boolean;

  constructor(terms: LineTerms, messages: readonly ChatMessage[], requestId: string, streams: boolean) {
    const { options, buildBody } = terms;
    this.inputTokens = estimateInput(messages, options);
    this.#terms = terms;
    this.#body = Buffer.from(buildBody(messages));
    this.#requestId = requestId;
    this.#streams = streams;
  }

  get gate(): CallGate | undefined {
    return this.#terms.gate;
  }

  get outputTokens(): number {
    return requestedTokens(this.#terms.options);
  }

  request(): StreamRequest<ChatFrame, ChatResult> {
    const { connection, format, path } = this.#terms;
    const { firstTokenTimeoutMs, idleTimeoutMs } = connection;
    const requestId = requestIdHeader(this.#requestId);
    return {
      format,
      path,
      headers: [...chatHeaders(connection, this.#streams), 'x-ncp-clovastudio-request-id', requestId],
      body: this.#body,
      // What comes as a whole has its first token with its last.
      firstTokenTimeoutMs: this.#streams ? firstTokenTimeoutMs : Number.POSITIVE_INFINITY,
      idleTimeoutMs,
    };
  }

  promptTokensOf({ usage }: ChatResult): number | undefined {
    return usage?.promptTokens;
  }

  toolsWorked(): boolean {
    return this.#terms.toolsWorked;
  }

  onAnswered(): void {
    this.#terms.toolsWorked ||= this.#terms.options.tools !== undefined;
  }
}

function formatOf(options: LineOptions): AnswerFormat<ChatFrame, ChatResult> {
  const { model, withholdFrom, wantsThinking = false } = options;
  const maxSizeBytes = maxAnswerBytes(requestedTokens(options));
  const reading = { model, wantsThinking, ...(withholdFrom !== undefined && { withholdFrom }), maxSizeBytes };
  const frameForms: FrameForms = {};
  return {
    openReader: () => new ChatStreamReader({ ...reading, frameForms }),
    readWhole: (response) => readWhole(response, reading),
    maxSizeBytes,
  };
}

/** What the service will count as input, but for pictures. */
function estimateInput(messages: readonly ChatMessage[], { tools, schema }: ChatOptions): number {
  const declared = [...(tools ?? []), ...(schema === undefined ? [] : [schema])].map((one) => JSON.stringify(one));
  return estimateInputTokens([...messages.map(({ text }) => text), ...declared]);
}
