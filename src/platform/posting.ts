/** One POST on a pool, its answer handed on as it comes in. Stands on `dispatch` instead of `request`: a stream for the body, a promise
 *  for its beginning and a signal to cut it would hold more memory than the question while a slow model thinks. */
import type { Transform } from 'node:stream';
import { type Dispatcher, errors, type Pool } from 'undici';
import { decoderOf } from './upstream.ts';

export interface PostRequest {
  readonly path: string;
  /** Name and value alternate. */
  readonly headers: string[];
  /** Kept until the answer has ended; bytes are not copied. */
  readonly body: string | Buffer;
}

/** After `onEnd` or `onError` nothing more comes. */
export interface PostingListener {
  /** It is about to be written to an open connection. Error codes cannot tell: ECONNRESET stands for a failed TLS handshake as well as
   *  for a connection that died after the request. */
  onWrite?(): void;
  onResponse(httpStatus: number, headers: Dispatcher.ResponseData['headers']): void;
  /** Of the body, decompressed. */
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  /** Before the response there was none; after it, it broke off. Comes of {@link Posting.cut}, too. */
  onError(cause: unknown): void;
}

export class Posting implements Dispatcher.DispatchHandler {
  readonly #listener: PostingListener;
  #controller: Dispatcher.DispatchController | undefined;
  /** For a body that somebody in between has compressed. */
  #decoder: Transform | undefined;
  #isCut = false;

  constructor(listener: PostingListener) {
    this.#listener = listener;
  }

  send(pool: Pool, { path, headers, body }: PostRequest): void {
    pool.dispatch({ method: 'POST', path, headers, body }, this);
  }

  /** Closes the connection, also when it is not open yet. */
  cut(): void {
    this.#isCut = true;
    this.#controller?.abort(new errors.RequestAbortedError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isCut) controller.abort(new errors.RequestAbortedError());
    else this.#listener.onWrite?.();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Dispatcher.ResponseData['headers'],
  ): void {
    // They have been read, and are pieces of the chunk that they came in. Their list is as old as the connection: nulled alone, it would
    // keep the whole chunk until the old generation is collected.
    if (Array.isArray(controller.rawHeaders)) controller.rawHeaders.length = 0;
    if (httpStatus < 200) return; // the answer is still to come
    const decoder = decoderOf(headers['content-encoding']);
    if (decoder !== undefined) this.#decodeWith(decoder, controller);
    this.#listener.onResponse(httpStatus, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#decoder === undefined) this.#listener.onData(chunk);
    else if (!this.#decoder.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#decoder === undefined) this.#listener.onEnd();
    else this.#decoder.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#decoder === undefined) this.#listener.onError(cause);
    else this.#decoder.destroy(cause);
  }

  #decodeWith(decoder: Transform, controller: Dispatcher.DispatchController): void {
    this.#decoder = decoder;
    decoder.on('data', (bytes: Uint8Array) => this.#listener.onData(bytes));
    decoder.on('drain', () => controller.resume());
    decoder.on('end', () => this.#listener.onEnd());
    decoder.on('error', (cause) => this.#listener.onError(cause));
  }
}
