/** From the bytes of a stream to text and an end. Tokens and server-sent events may be cut anywhere, even inside a character. */
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import type { EnginePart, TokenUsage } from '../engine.ts';
import { brokenStream, errorOfStatus, parseJson, readStatus } from './errors.ts';

export type Finished = Extract<EnginePart, { readonly type: 'finished' }>;

/** Fields of token and result payloads that we read; v1 and v3 name the end differently. */
interface Payload {
  readonly message?: { readonly content?: unknown; readonly thinkingContent?: unknown };
  readonly finishReason?: unknown; // v3
  readonly stopReason?: unknown; // v1
  readonly usage?: {
    readonly promptTokens?: unknown;
    readonly completionTokens?: unknown;
    readonly completionTokensDetails?: { readonly thinkingTokens?: unknown } | null;
  } | null;
  readonly inputLength?: unknown; // v1
  readonly outputLength?: unknown; // v1
}

/** What surrounds an answer: headers of frames, pings, an error page. */
const BASE_BYTES = 65_536;
/** A token comes in a frame of some 300 bytes and once more in `result`; thrice that. */
const BYTES_PER_TOKEN = 1_024;

/** The longest body that an answer of so many tokens can have, thinking included. What is longer has no end: memory would go to
 *  whoever stands in for the service. */
export function maxBodyBytes(requestedTokens: number): number {
  return BASE_BYTES + BYTES_PER_TOKEN * requestedTokens;
}

/** Give it the body, chunk by chunk. Thinking text is not part of the answer and goes nowhere. */
export class ChatStreamReader {
  readonly #model: string;
  readonly #maxSizeBytes: number;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  #sizeBytes = 0;
  #text = '';
  #hadText = false;
  #hasBegun = false;
  #finished: Finished | undefined;
  #failure: Error | undefined;

  constructor(model: string, maxSizeBytes: number) {
    this.#model = model;
    this.#maxSizeBytes = maxSizeBytes;
    this.#parser = createParser({ onEvent: (event) => this.#take(event) });
  }

  /** The model is at work: a token has come, be it one of its thinking. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Set when the `result` frame is in; nothing that matters comes after it. */
  get finished(): Finished | undefined {
    return this.#finished;
  }

  /** Text that these bytes completed; often one token, sometimes several, sometimes none (`''`).
   *  @throws GatewayError, from then on for every call */
  feed(bytes: Uint8Array): string {
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#maxSizeBytes) this.#failure ??= brokenStream('does not end');
    if (this.#failure === undefined) this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#drain();
  }

  /** The body has ended. @throws GatewayError `ENGINE_STREAM_BROKEN` when there was no `result` */
  end(): string {
    // Some servers leave out the blank line after the last frame.
    if (this.#failure === undefined) this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    const text = this.#drain();
    if (this.#finished === undefined) throw brokenStream('ended before it was complete');
    return text;
  }

  /** What came before an error is handed on first; the error waits for the next call. */
  #drain(): string {
    const text = this.#text;
    if (text === '' && this.#failure !== undefined) throw this.#failure;
    this.#text = '';
    return text;
  }

  #take(event: EventSourceMessage): void {
    if (this.#failure !== undefined || this.#finished !== undefined) return;
    switch (event.event) {
      case 'token':
        this.#takeToken(event.data);
        return;
      case 'result':
        this.#takeResult(event.data);
        return;
      case 'signal': // ends the stream, but an answer is complete only with its `result`
        return;
      default:
        this.#takeOther(event);
    }
  }

  #takeToken(data: string): void {
    const payload = this.#parse(data);
    const content = payload?.message?.content;
    this.#hasBegun = true;
    if (typeof content !== 'string' || content === '') return;
    this.#hadText = true;
    this.#text += content;
  }

  #takeResult(data: string): void {
    const payload = this.#parse(data);
    if (this.#failure !== undefined) return;
    this.#hasBegun = true;
    const content = payload?.message?.content;
    // `result` repeats the whole answer: appended, everything would be said twice.
    if (!this.#hadText && typeof content === 'string') this.#text += content;
    this.#finished = finishedBy(payload, this.#model);
  }

  /** `error`, and frames whose name a proxy lost. Unknown ones are for newer clients than this. */
  #takeOther({ event, data }: EventSourceMessage): void {
    const status = readStatus(parseJson(data));
    if (event === 'error' || (status.code !== undefined && status.code !== '20000')) {
      this.#failure = errorOfStatus(status, 200, {}, 0);
    }
  }

  #parse(data: string): Payload | undefined {
    try {
      return JSON.parse(data) as Payload | undefined;
    } catch {
      // The parser's own error quotes the text that it stumbled over: an answer to a customer, not for the log.
      this.#failure = brokenStream('has a frame that is no JSON');
      return undefined;
    }
  }
}

/** A whole answer in one JSON envelope, from a server or proxy that does not stream. `undefined`: no such thing. */
export function readWholeAnswer(
  envelope: unknown,
  model: string,
): { readonly text: string; readonly finished: Finished } | undefined {
  const result = (envelope as { readonly result?: Payload | null } | null | undefined)?.result;
  const content = result?.message?.content;
  return typeof content === 'string' ? { text: content, finished: finishedBy(result ?? undefined, model) } : undefined;
}

function finishedBy(payload: Payload | undefined, model: string): Finished {
  const usage = usageOf(payload);
  return {
    type: 'finished',
    reason: reasonOf(payload?.finishReason ?? payload?.stopReason),
    model,
    ...(usage !== undefined && { usage }),
  };
}

/** v3: stop, length. v1: stop_before (also when the model ended by itself), length, end_token (token limit). One official
 *  sample has upper case, another none at all. */
function reasonOf(reason: unknown): 'stop' | 'length' {
  const name = typeof reason === 'string' ? reason.toLowerCase() : '';
  return name === 'length' || name === 'end_token' ? 'length' : 'stop';
}

function usageOf(payload: Payload | undefined): TokenUsage | undefined {
  const promptTokens = payload?.usage?.promptTokens ?? payload?.inputLength;
  const completionTokens = payload?.usage?.completionTokens ?? payload?.outputLength;
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined;
  const thinkingTokens = payload?.usage?.completionTokensDetails?.thinkingTokens;
  return { promptTokens, completionTokens, ...(typeof thinkingTokens === 'number' && { thinkingTokens }) };
}
