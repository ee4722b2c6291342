import type { IncomingHttpHeaders } from 'node:http';
import type { Pool } from 'undici';
import { systemClock } from '../platform/clock.ts';
import { Posting, type PostingListener } from '../platform/posting.ts';
import type { DeliveryReceipt } from './channel.ts';

export interface PostOptions {
  /** Sent as it is, never rebuilt: a one-time token must arrive byte for byte. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** From the call to the last byte of the answer. */
  readonly totalTimeoutMs: number;
}

/** A message must not be sent twice, so the two ways to fail are kept apart. */
export type PostResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly retryAfter: string | undefined;
    }
  /** Nothing had been written: another attempt cannot double the message. */
  | { readonly kind: 'not-written'; readonly cause: unknown }
  /** Cut between writing and the result: the message may or may not have arrived. */
  | { readonly kind: 'cut'; readonly cause: unknown };

const MAX_ANSWER_BYTES = 64 * 1024;

/** Never rejects. */
export function postJson(upstream: Pool, options: PostOptions, signal: AbortSignal): Promise<PostResult> {
  if (signal.aborted) return Promise.resolve({ kind: 'not-written', cause: signal.reason });
  return new Promise((resolve) => new JsonPost(signal, resolve).send(upstream, options));
}

class JsonPost implements PostingListener {
  readonly #signal: AbortSignal;
  readonly #resolve: (result: PostResult) => void;
  readonly #posting = new Posting(this);
  readonly #cut = () => this.#posting.cut();
  #cancelTimer = () => {};
  #isWritten = false;
  #status = 0;
  #retryAfter: string | undefined;
  readonly #chunks: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor(signal: AbortSignal, resolve: (result: PostResult) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
  }

  send(upstream: Pool, { path, headers, body, totalTimeoutMs }: PostOptions): void {
    this.#cancelTimer = systemClock.schedule(totalTimeoutMs, this.#cut);
    this.#signal.addEventListener('abort', this.#cut, { once: true });
    this.#posting.send(upstream, { path, headers: Object.entries(headers).flat(), body: JSON.stringify(body) });
  }

  onWrite(): void {
    this.#isWritten = true;
  }

  onResponse(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#retryAfter = headers['retry-after'];
  }

  onData(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes < MAX_ANSWER_BYTES) return;
    this.onEnd();
    this.#posting.cut();
  }

  onEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8', 0, MAX_ANSWER_BYTES);
    this.#settle({ kind: 'answered', status: this.#status, text, retryAfter: this.#retryAfter });
  }

  onError(cause: unknown): void {
    this.#settle({ kind: this.#isWritten ? 'cut' : 'not-written', cause });
  }

  /** The first result counts. */
  #settle(result: PostResult): void {
    this.#cancelTimer();
    this.#signal.removeEventListener('abort', this.#cut);
    this.#resolve(result);
  }
}

/** The receipt of a post that brought no answer: what is known then does not depend on the platform. */
export function receiptWithoutAnswer(kind: Exclude<PostResult['kind'], 'answered'>): DeliveryReceipt {
  return kind === 'not-written'
    ? { outcome: 'refused', code: 'NOT_CONNECTED', retryable: true }
    : { outcome: 'unknown', code: 'CUT', retryable: false };
}
