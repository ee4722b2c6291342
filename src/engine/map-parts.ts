/** The parts of a stream, each changed on its way; read once, like any stream. For what stands around an engine: a generator around
 *  another's stream holds three times as much while a slow model thinks. Changes around changes are one stream, which waits once.
 *  @param change what it throws ends the stream, and the one inside */
export function mapParts<From, To>(parts: AsyncIterable<From>, change: (part: From) => To): AsyncIterable<To> {
  if (parts instanceof ChangedParts) return parts.changedBy(change);
  return new ChangedParts(parts[Symbol.asyncIterator](), alone, change);
}

/** The same where a part becomes several, or none. */
export function flatMapParts<From, To>(
  parts: AsyncIterable<From>,
  spread: (part: From) => readonly To[],
): AsyncIterable<To> {
  return new ChangedParts(parts[Symbol.asyncIterator](), spread, unchanged);
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
const NONE: readonly never[] = [];

function alone<Part>(part: Part): readonly Part[] {
  return [part];
}

function unchanged<Part>(part: Part): Part {
  return part;
}

/** Each part is spread, and what comes of that changed, one by one as it is taken: what is before a failure has been handed on. */
class ChangedParts<From, Spread, To> implements AsyncIterableIterator<To, undefined> {
  readonly #parts: AsyncIterator<From>;
  readonly #spread: (part: From) => readonly Spread[];
  readonly #change: (part: Spread) => To;
  /** What came of the last part; handed on up to `#taken`. */
  #group: readonly Spread[] = NONE;
  #taken = 0;

  constructor(parts: AsyncIterator<From>, spread: (part: From) => readonly Spread[], change: (part: Spread) => To) {
    this.#parts = parts;
    this.#spread = spread;
    this.#change = change;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  changedBy<Last>(last: (part: To) => Last): ChangedParts<From, Spread, Last> {
    const before = this.#change;
    return new ChangedParts(this.#parts, this.#spread, (part) => last(before(part)));
  }

  next(): Promise<IteratorResult<To, undefined>> {
    if (this.#isLeft) return Promise.resolve(this.#take());
    return this.#parts.next().then((result) => (result.done === true ? END : this.#begin(result.value)));
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#group = NONE;
    await this.#parts.return?.();
    return END;
  }

  get #isLeft(): boolean {
    return this.#taken < this.#group.length;
  }

  #begin(part: From): IteratorResult<To, undefined> | Promise<IteratorResult<To, undefined>> {
    try {
      this.#group = this.#spread(part);
    } catch (thrown) {
      return this.#fail(thrown);
    }
    this.#taken = 0;
    return this.#isLeft ? this.#take() : this.next();
  }

  #take(): IteratorResult<To, undefined> | Promise<never> {
    const part = this.#group[this.#taken] as Spread;
    this.#taken += 1;
    if (!this.#isLeft) this.#group = NONE;
    try {
      return { done: false, value: this.#change(part) };
    } catch (thrown) {
      return this.#fail(thrown);
    }
  }

  /** Whoever iterates takes a stream that has failed for closed. */
  #fail(thrown: unknown): Promise<never> {
    return this.return().then(() => Promise.reject(thrown));
  }
}
