/** One POST and the stream that answers it, with every way in which it can stop. */
import type { Dispatcher, Pool } from 'undici';
import { GatewayError, toGatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import type { Clock } from '../../platform/clock.ts';
import { decompressed } from '../../platform/upstream.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import { brokenStream, errorOfConnection, errorOfStatus, parseJson, readStatus } from './errors.ts';
import { NOTHING_STREAMED, type Payload, readResult } from './result.ts';
import { type ChatStreamOptions, ChatStreamReader } from './stream.ts';

export interface ChatExchangeOptions extends ChatStreamOptions {
  readonly path: string;
  /** Name and value alternate. */
  readonly headers: string[];
  readonly body: string;
  /** Infinity for an answer that comes as a whole. */
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

/** After the answer is complete the rest is read to its end, so that the connection can be used again; but not for long. */
const DRAIN_MS = 1_000;

/** Reads ahead as the bytes come in: what arrives while nobody reads is handed on as one piece. Handlers instead of async
 *  iteration over the body, because the answer is complete before the body is, and the caller must not wait for the difference. */
export class ChatExchange {
  readonly #options: ChatExchangeOptions;
  readonly #clock: Clock;
  readonly #reader: ChatStreamReader;
  readonly #controller = new AbortController();
  readonly #sentAt: EpochMs;
  #heardAt: EpochMs;
  #frames: readonly ChatFrame[] = [];
  #result: ChatResult | undefined;
  #failure: GatewayError | undefined;
  #bodyEnded = false;
  #wake: (() => void) | undefined;
  #cancelTimer: () => void = () => {};
  readonly #onCancel: () => void;

  constructor(pool: Pool, clock: Clock, options: ChatExchangeOptions) {
    this.#options = options;
    this.#clock = clock;
    this.#reader = new ChatStreamReader(options);
    this.#sentAt = clock.now();
    this.#heardAt = this.#sentAt;
    this.#onCancel = () => this.#fail(cancellation(options.signal));
    options.signal.addEventListener('abort', this.#onCancel, { once: true });
    this.#watch();
    if (this.#failure !== undefined) return;
    const { path, headers, body } = options;
    pool.request({ method: 'POST', path, headers, body, signal: this.#controller.signal }).then(
      (response) => this.#receive(response),
      (cause: unknown) => this.#fail(errorOfConnection(cause)),
    );
  }

  /** Pieces that have arrived since the last call, never none; `undefined` when the answer is complete.
   *  @throws GatewayError after the pieces that came before the failure */
  async read(): Promise<readonly ChatFrame[] | undefined> {
    for (;;) {
      const frames = this.#take();
      if (frames.length > 0) return frames;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#result !== undefined) return undefined;
      this.#heardAt = this.#clock.now(); // silence counts only while somebody listens
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The end of the answer. @throws GatewayError `ENGINE_STREAM_BROKEN` before {@link read} has said so */
  get result(): ChatResult {
    if (this.#result === undefined) throw brokenStream('is not complete');
    return this.#result;
  }

  /** Lets go of everything; cuts the connection when the answer is not complete. */
  close(): void {
    this.#cancelTimer();
    this.#options.signal.removeEventListener('abort', this.#onCancel);
    if (this.#result === undefined) {
      this.#controller.abort();
    } else if (!this.#bodyEnded) {
      this.#cancelTimer = this.#clock.schedule(DRAIN_MS, () => this.#controller.abort());
    }
  }

  get #isOver(): boolean {
    return this.#result !== undefined || this.#failure !== undefined;
  }

  #receive({ statusCode, headers, body }: Dispatcher.ResponseData): void {
    const stream = decompressed(body, headers['content-encoding']);
    stream.on('error', (cause) => this.#fail(brokenStream('broke off', cause)));
    stream.on('close', () => this.#endBody());
    const isWhole =
      statusCode !== 200 || /^application\/(?:[\w.-]+\+)?json/i.test(String(headers['content-type'] ?? ''));
    if (!isWhole) {
      stream.on('data', (bytes: Uint8Array) => this.#hear(bytes));
      stream.on('end', () => this.#finishStream());
      return;
    }
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    const finish = () => {
      if (!this.#isOver) this.#takeWhole(Buffer.concat(chunks).toString('utf8'), statusCode, headers);
    };
    stream.on('data', (bytes: Uint8Array) => {
      chunks.push(bytes);
      sizeBytes += bytes.length;
      if (sizeBytes > this.#options.maxSizeBytes) {
        finish();
        this.#controller.abort();
      }
    });
    stream.on('end', finish);
  }

  #take(): readonly ChatFrame[] {
    if (this.#reader.hasFrames) return this.#reader.take();
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  #hear(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#heardAt = this.#clock.now();
    const hadBegun = this.#reader.hasBegun;
    this.#reader.feed(bytes);
    this.#settle();
    if (!hadBegun && this.#reader.hasBegun) {
      this.#cancelTimer(); // it stands for the first token, which may be far later than the next silence
      this.#watch();
    }
    if (this.#reader.hasFrames || this.#isOver) this.#notify();
  }

  #finishStream(): void {
    if (this.#isOver) return;
    this.#reader.end();
    this.#settle();
    this.#notify();
  }

  #settle(): void {
    const { result, failure } = this.#reader;
    if (failure !== undefined) this.#fail(failure);
    else this.#result = result;
  }

  /** A refusal, a page of somebody in between, or an answer that was not streamed. */
  #takeWhole(text: string, statusCode: number, headers: Dispatcher.ResponseData['headers']): void {
    const envelope = parseJson(text);
    const status = readStatus(envelope);
    const payload = (envelope as { readonly result?: Payload | null } | null | undefined)?.result;
    const isAnswer = statusCode === 200 && typeof payload?.message?.content === 'string';
    if (!isAnswer || (status.code !== undefined && status.code !== '20000')) {
      this.#fail(errorOfStatus(status, statusCode, headers, this.#clock.now()));
      return;
    }
    try {
      this.#result = readResult(payload, NOTHING_STREAMED, this.#options);
    } catch (error) {
      this.#fail(toGatewayError(error));
      return;
    }
    const { thinking, text: answer } = this.#result;
    this.#frames = [
      ...(thinking !== undefined && this.#options.wantsThinking === true
        ? [{ type: 'thinking', text: thinking } as const]
        : []),
      ...(answer === '' ? [] : [{ type: 'text', text: answer } as const]),
    ];
    this.#notify();
  }

  /** The first failure counts; what follows from cutting the connection is only its echo. */
  #fail(error: GatewayError): void {
    if (this.#isOver) return;
    this.#failure = error;
    this.#controller.abort();
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #endBody(): void {
    this.#bodyEnded = true;
    if (this.#result !== undefined) this.#cancelTimer();
  }

  /** One timer for all three limits, put off when it comes due too early: touching a timer for every chunk costs more. */
  #watch(): void {
    if (this.#isOver) return;
    const { closesAt, firstTokenTimeoutMs, idleTimeoutMs } = this.#options;
    const now = this.#clock.now();
    if (now >= closesAt) {
      this.#fail(timeout('in the time that was left', 'work'));
      return;
    }
    let waitMs = closesAt - now;
    if (!this.#reader.hasBegun) {
      waitMs = Math.min(waitMs, this.#sentAt + firstTokenTimeoutMs - now);
      if (waitMs <= 0) {
        this.#fail(timeout('before its first token', 'first-token'));
        return;
      }
    } else if (this.#wake === undefined) {
      waitMs = Math.min(waitMs, idleTimeoutMs);
    } else {
      waitMs = Math.min(waitMs, this.#heardAt + idleTimeoutMs - now);
      if (waitMs <= 0) {
        this.#fail(timeout('in the middle of its answer', 'idle'));
        return;
      }
    }
    this.#cancelTimer = this.#clock.schedule(waitMs, () => this.#watch());
  }
}

function timeout(when: string, limit: string): GatewayError {
  return new GatewayError('ENGINE_TIMEOUT', `CLOVA Studio fell silent ${when}`, { details: { limit } });
}
