import type { IncomingHttpHeaders } from 'node:http';

/** One request as it came in, and what became of it. */
export interface RecordedRequest {
  readonly receivedAt: number;
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** JSON value; the text itself where it was none. */
  readonly body: unknown;
  readonly streamed: boolean;
  /** Equal for requests that came over one connection. */
  readonly clientPort: number;
  /** When the client went away before the answer was out. A cut by the simulator itself does not count. */
  readonly cancelledAt: number | undefined;
}

export type MutableRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** Keeps the newest requests, so that a long bench does not fill the memory. */
export class Recorder {
  readonly #limit: number;
  #requests: MutableRecord[] = [];
  #cancelled = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  add(request: MutableRecord): void {
    this.#requests.push(request);
    // Dropping half at a time keeps the price of a request constant.
    if (this.#requests.length > this.#limit * 2) this.#requests = this.#requests.slice(-this.#limit);
  }

  markCancelled(request: MutableRecord, at: number): void {
    request.cancelledAt = at;
    this.#cancelled += 1;
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.#cancelled < count) return true;
      resolve();
      return false;
    });
  }

  /** Resolves when clients have gone away from at least `count` requests since the last {@link clear}. */
  whenCancelled(count: number): Promise<void> {
    if (this.#cancelled >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  clear(): void {
    this.#requests = [];
    this.#cancelled = 0;
  }
}
