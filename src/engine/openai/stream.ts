/** From the bytes of a stream to parts. Chunks and server-sent events may be cut anywhere, even inside a character. */
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import type { StreamReader } from '../../http-client/answer-exchange.ts';
import { brokenAnswer, parseJson } from '../../http-client/upstream-failure.ts';
import type { TokenUsage } from '../engine.ts';
import { CallCollector } from './call-collector.ts';
import { type Completion, completionOf, readChoice, readUsage, type TextPart } from './completion.ts';
import { LeadingThought } from './leading-thought.ts';

export interface CompletionReading {
  /** Whom the errors are about. */
  readonly upstream: string;
  readonly model: string;
  /** A longer stream is broken. */
  readonly maxSizeBytes: number;
  /** @returns what a refusal inside an HTTP 200 is to us; `undefined` for what is none */
  readonly refusalOf: (body: unknown) => GatewayError | undefined;
}

/** Give it the body, piece by piece, and {@link take} what is complete. */
export class ChunkReader implements StreamReader<TextPart, Completion> {
  readonly #reading: CompletionReading;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  readonly #thought = new LeadingThought();
  readonly #calls: CallCollector;
  #sizeBytes = 0;
  #text = '';
  #hasBegun = false;
  #finishReason: string | undefined;
  #usage: TokenUsage | undefined;
  #result: Completion | undefined;
  #failure: GatewayError | undefined;

  constructor(reading: CompletionReading) {
    this.#reading = reading;
    this.#calls = new CallCollector(reading.upstream);
    this.#parser = createParser({ onEvent: (event) => this.#read(event) });
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get result(): Completion | undefined {
    return this.#result;
  }

  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  get hasFrames(): boolean {
    return this.#text !== '';
  }

  /** What the model said is complete; usage and `[DONE]` may follow, or nothing at all. */
  get mayEndHere(): boolean {
    return this.#finishReason !== undefined;
  }

  take(): readonly TextPart[] {
    const text = this.#text;
    this.#text = '';
    return text === '' ? [] : [{ type: 'text-delta', text }];
  }

  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#reading.maxSizeBytes) this.#fail('does not end');
    else this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): void {
    // Some servers leave out the blank line after the last event.
    if (this.#failure === undefined) this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    if (this.#result !== undefined || this.#failure !== undefined) return;
    if (this.mayEndHere) this.#finish();
    else this.#fail('ended before it was complete');
  }

  #read({ event, data }: EventSourceMessage): void {
    if (this.#failure !== undefined || this.#result !== undefined) return;
    if (data === '[DONE]') {
      this.#finish();
      return;
    }
    const chunk = parseJson(data);
    const refusal = this.#reading.refusalOf(chunk);
    if (refusal !== undefined) this.#failure = refusal;
    else if (event === 'error') this.#fail('ended with an error');
    // The parser's own error would quote the text that it stumbled over: an answer to a customer, not for the log.
    else if (chunk === undefined) this.#fail('has a chunk that is no JSON');
    else this.#readChunk(chunk);
  }

  #readChunk(chunk: unknown): void {
    this.#usage = readUsage(chunk) ?? this.#usage;
    const choice = readChoice(chunk);
    if (choice === undefined) return;
    this.#hasBegun ||= choice.isAtWork || choice.finishReason !== undefined;
    if (!this.mayEndHere) {
      if (choice.text !== '') this.#text += this.#thought.push(choice.text);
      this.#calls.add(choice.toolCalls);
    }
    this.#finishReason ??= choice.finishReason;
  }

  #finish(): void {
    this.#hasBegun = true;
    this.#text += this.#thought.end();
    try {
      this.#result = completionOf(this.#reading.model, this.#finishReason, this.#usage, this.#calls);
    } catch (thrown) {
      this.#failure = toGatewayError(thrown);
    }
  }

  #fail(what: string): void {
    this.#failure = toGatewayError(brokenAnswer(this.#reading.upstream, what));
  }
}
