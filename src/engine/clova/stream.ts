/** From the bytes of a stream to frames. Tokens and server-sent events may be cut anywhere, even inside a character. */
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import type { StreamReader } from '../../http-client/answer-exchange.ts';
import { parseJson } from '../../http-client/upstream-failure.ts';
import type { FilterThreshold } from './ai-filter.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import { brokenStream, errorOfStatus, readStatus } from './errors.ts';
import { type FrameForms, FrameTemplate } from './frame-template.ts';
import { type Payload, readResult, type StreamedToolCall } from './result.ts';

export interface ChatStreamOptions {
  readonly model: string;
  /** A longer stream is broken. */
  readonly maxSizeBytes: number;
  /** Hands on frames of thinking; otherwise it stands in the result alone. */
  readonly wantsThinking?: boolean;
  readonly withholdFrom?: FilterThreshold;
  /** Shared by the answers of one model. */
  readonly frameForms?: FrameForms;
}

/** Give it the body, chunk by chunk, and {@link take} what is complete. */
export class ChatStreamReader implements StreamReader<ChatFrame, ChatResult> {
  readonly #options: ChatStreamOptions;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  readonly #template: FrameTemplate;
  #sizeBytes = 0;
  #frames: ChatFrame[] = [];
  /** A run of one kind that is not a frame yet: adjacent pieces go out as one. */
  #run = '';
  #runType: 'text' | 'thinking' = 'text';
  #text = '';
  #thinking = '';
  #toolCalls: StreamedToolCall[] = [];
  #hasBegun = false;
  #result: ChatResult | undefined;
  #failure: GatewayError | undefined;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
    this.#template = new FrameTemplate(options.frameForms);
    this.#parser = createParser({ onEvent: (event) => this.#read(event) });
  }

  /** The model is at work: a token has come, be it one of its thinking. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Set when the `result` frame is in; nothing that matters comes after it. */
  get result(): ChatResult | undefined {
    return this.#result;
  }

  /** Why no more will come. What came before it can still be taken. */
  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  get hasFrames(): boolean {
    return this.#frames.length > 0 || this.#run !== '';
  }

  /** Pieces since the last call, without the result. */
  take(): readonly ChatFrame[] {
    this.#endRun();
    const frames = this.#frames;
    if (frames.length > 0) this.#frames = [];
    return frames;
  }

  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#options.maxSizeBytes) this.#failure = brokenStream('does not end');
    else this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The body has ended; without its `result` that is a failure. */
  end(): void {
    // Some servers leave out the blank line after the last frame.
    if (this.#failure === undefined) this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    if (this.#result === undefined) this.#failure ??= brokenStream('ended before it was complete');
  }

  #read(event: EventSourceMessage): void {
    if (this.#failure !== undefined || this.#result !== undefined) return;
    try {
      switch (event.event) {
        case 'token':
          this.#readToken(event.data);
          return;
        case 'result':
          this.#readResult(event.data);
          return;
        case 'signal': // ends the stream, but an answer is complete only with its `result`
          return;
        default:
          this.#readOther(event);
      }
    } catch (error) {
      this.#failure = toGatewayError(error);
    }
  }

  #readToken(data: string): void {
    this.#hasBegun = true;
    const plain = this.#template.textOf(data);
    if (plain !== undefined) {
      this.#append(this.#template.type, plain);
      return;
    }
    const payload = parsePayload(data);
    const { content, thinkingContent, toolCalls } = payload?.message ?? {};
    if (typeof thinkingContent === 'string') this.#append('thinking', thinkingContent);
    if (typeof content === 'string') this.#append('text', content);
    if (Array.isArray(toolCalls)) for (const piece of toolCalls) this.#readToolPiece(piece);
    else this.#template.learn(data, content, thinkingContent);
  }

  #append(type: 'text' | 'thinking', text: string): void {
    if (text === '') return;
    if (type === 'text') {
      this.#text += text;
    } else {
      this.#thinking += text;
      if (this.#options.wantsThinking !== true) return;
    }
    if (type !== this.#runType) {
      this.#endRun();
      this.#runType = type;
    }
    this.#run += text;
  }

  #endRun(): void {
    if (this.#run === '') return;
    this.#frames.push({ type: this.#runType, text: this.#run });
    this.#run = '';
  }

  /** Only the first piece of a call has an id, and none has an index: a piece belongs to the call that began last. */
  #readToolPiece(piece: ToolPiece | null): void {
    this.#endRun();
    const id = piece?.id;
    const { name, partialJson } = piece?.function ?? {};
    const argumentsText = typeof partialJson === 'string' ? partialJson : '';
    const begins = typeof id === 'string' && id !== this.#toolCalls.at(-1)?.id;
    const call = begins ? { id, name: '', argumentsText: '' } : this.#toolCalls.pop();
    if (call === undefined) return; // belongs to nothing; `result` has the whole
    const named = typeof name === 'string' && call.name === '' ? name : undefined;
    this.#toolCalls.push({
      id: call.id,
      name: named ?? call.name,
      argumentsText: call.argumentsText + argumentsText,
    });
    this.#frames.push({
      type: 'tool-call-piece',
      ...(begins && { id }),
      ...(named !== undefined && { name: named }),
      argumentsText,
    });
  }

  #readResult(data: string): void {
    const payload = parsePayload(data);
    this.#hasBegun = true;
    const streamed = { text: this.#text, thinking: this.#thinking, toolCalls: this.#toolCalls };
    const result = readResult(payload, streamed, this.#options);
    // `result` repeats the whole answer: appended, everything would be said twice.
    if (this.#text === '') this.#append('text', result.text);
    this.#result = result;
  }

  /** `error`, and frames whose name a proxy lost. Unknown ones are for newer clients than this. */
  #readOther({ event, data }: EventSourceMessage): void {
    const status = readStatus(parseJson(data));
    if (event === 'error' || (status.code !== undefined && status.code !== '20000')) {
      throw errorOfStatus(status, 200, {}, 0);
    }
  }
}

interface ToolPiece {
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly partialJson?: unknown };
}

/** @throws GatewayError `ENGINE_STREAM_BROKEN` */
function parsePayload(data: string): Payload | null | undefined {
  try {
    return JSON.parse(data) as Payload | null | undefined;
  } catch {
    // The parser's own error quotes the text that it stumbled over: an answer to a customer, not for the log.
    throw brokenStream('has a frame that is no JSON');
  }
}
