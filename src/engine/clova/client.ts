/** One POST and the stream that answers it, with every way in which it can stop. */
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import type { Dispatcher, Pool } from 'undici';
import { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import { brokenStream, errorOfConnection, errorOfStatus, parseJson, readStatus } from './errors.ts';
import { ChatStreamReader, type Finished, readWholeAnswer } from './stream.ts';

export interface ChatExchangeOptions {
  readonly path: string;
  /** Name and value alternate. */
  readonly headers: string[];
  readonly body: string;
  readonly model: string;
  /** A longer body is cut off. */
  readonly maxBodyBytes: number;
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
  #text = '';
  #finished: Finished | undefined;
  #failure: GatewayError | undefined;
  #bodyEnded = false;
  #wake: (() => void) | undefined;
  #cancelTimer: () => void = () => {};
  readonly #onCancel: () => void;

  constructor(pool: Pool, clock: Clock, options: ChatExchangeOptions) {
    this.#options = options;
    this.#clock = clock;
    this.#reader = new ChatStreamReader(options.model, options.maxBodyBytes);
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

  /** Text that has arrived since the last call, never empty; `undefined` when the answer is complete.
   *  @throws GatewayError after the text that came before the failure */
  async read(): Promise<string | undefined> {
    for (;;) {
      if (this.#text !== '') {
        const text = this.#text;
        this.#text = '';
        return text;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished !== undefined) return undefined;
      this.#heardAt = this.#clock.now(); // silence counts only while somebody listens
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** How the answer ended. @throws GatewayError `ENGINE_STREAM_BROKEN` before {@link read} has said so */
  get finished(): Finished {
    if (this.#finished === undefined) throw brokenStream('is not complete');
    return this.#finished;
  }

  /** Lets go of everything; cuts the connection when the answer is not complete. */
  close(): void {
    this.#cancelTimer();
    this.#options.signal.removeEventListener('abort', this.#onCancel);
    if (this.#finished === undefined) {
      this.#controller.abort();
    } else if (!this.#bodyEnded) {
      this.#cancelTimer = this.#clock.schedule(DRAIN_MS, () => this.#controller.abort());
    }
  }

  get #isOver(): boolean {
    return this.#finished !== undefined || this.#failure !== undefined;
  }

  #receive({ statusCode, headers, body }: Dispatcher.ResponseData): void {
    const stream = decompressed(body, headers['content-encoding']);
    stream.on('error', (cause) => this.#fail(brokenStream('broke off', cause)));
    stream.on('close', () => this.#endBody());
    const isWhole =
      statusCode !== 200 || /^application\/(?:[\w.-]+\+)?json/i.test(String(headers['content-type'] ?? ''));
    if (!isWhole) {
      stream.on('data', (bytes: Uint8Array) => this.#take(bytes));
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
      if (sizeBytes > this.#options.maxBodyBytes) {
        finish();
        this.#controller.abort();
      }
    });
    stream.on('end', finish);
  }

  #take(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#heardAt = this.#clock.now();
    const hadBegun = this.#reader.hasBegun;
    try {
      this.#text += this.#reader.feed(bytes);
      this.#finished = this.#reader.finished;
    } catch (error) {
      this.#fail(error as GatewayError);
    }
    if (!hadBegun && this.#reader.hasBegun) {
      this.#cancelTimer(); // it stands for the first token, which may be far later than the next silence
      this.#watch();
    }
    if (this.#text !== '' || this.#isOver) this.#notify();
  }

  #finishStream(): void {
    if (this.#isOver) return;
    try {
      this.#text += this.#reader.end();
      this.#finished = this.#reader.finished;
      this.#notify();
    } catch (error) {
      this.#fail(error as GatewayError);
    }
  }

  /** A refusal, a page of somebody in between, or an answer that was not streamed. */
  #takeWhole(text: string, statusCode: number, headers: Dispatcher.ResponseData['headers']): void {
    const envelope = parseJson(text);
    const status = readStatus(envelope);
    const answer = statusCode === 200 ? readWholeAnswer(envelope, this.#options.model) : undefined;
    if (answer === undefined || (status.code !== undefined && status.code !== '20000')) {
      this.#fail(errorOfStatus(status, statusCode, headers, this.#clock.now()));
      return;
    }
    this.#text = answer.text;
    this.#finished = answer.finished;
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
    if (this.#finished !== undefined) this.#cancelTimer();
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

/** Why the caller stopped, if it said so in our terms. */
export function cancellation(signal: AbortSignal): GatewayError {
  const { reason } = signal as { readonly reason: unknown };
  return reason instanceof GatewayError
    ? reason
    : new GatewayError('TURN_CANCELLED', 'The answer was cancelled', { cause: reason });
}

/** We ask for no compression; some proxies compress all the same. */
function decompressed(body: Readable, encoding: string | string[] | undefined): Readable {
  if (encoding === undefined || encoding === 'identity') return body;
  const decoder = encoding === 'br' ? createBrotliDecompress() : createUnzip();
  body.on('error', (error) => decoder.destroy(error));
  return body.pipe(decoder);
}
