/** The parts of a stream, each changed on its way; read once, like any stream. For what stands around an engine: a generator around
 *  another's stream holds three times as much while a slow model thinks. Changes around changes are one stream, which waits once.
 *  @param change what it throws ends the stream, and the one inside */
export function mapParts<From, To>(parts: AsyncIterable<From>, change: (part: From) => To): AsyncIterable<To> {
  if (parts instanceof ChangedParts) return parts.changedBy(change);
  return new ChangedParts<From, To>(parts[Symbol.asyncIterator](), alone, [change as Change]);
}

/** The same where a part becomes several, or none. */
export function flatMapParts<From, To>(
  parts: AsyncIterable<From>,
  spread: (part: From) => readonly To[],
): AsyncIterable<To> {
  return new ChangedParts(parts[Symbol.asyncIterator](), spread, NONE);
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
const NONE: readonly never[] = [];

function alone<Part>(part: Part): readonly Part[] {
  return [part];
}

/** Takes what the one before it has made; {@link mapParts} sees to it that they fit. */
type Change = (part: unknown) => unknown;

/** Each part is spread, and what comes of that changed, one by one as it is taken: what is before a failure has been handed on. */
class ChangedParts<From, To> implements AsyncIterableIterator<To, undefined> {
  readonly #parts: AsyncIterator<From>;
  readonly #spread: (part: From) => readonly unknown[];
  /** First to last. One function of them all would hold a closure for each, and a list that is spread has room for more. */
  readonly #changes: readonly Change[];
  /** What came of the last part; handed on up to `#taken`. */
  #group: readonly unknown[] = NONE;
  #taken = 0;

  constructor(parts: AsyncIterator<From>, spread: (part: From) => readonly unknown[], changes: readonly Change[]) {
    this.#parts = parts;
    this.#spread = spread;
    this.#changes = changes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  changedBy<Last>(last: (part: To) => Last): ChangedParts<From, Last> {
    return new ChangedParts<From, Last>(this.#parts, this.#spread, this.#changes.concat(last as Change));
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
    let part = this.#group[this.#taken];
    this.#taken += 1;
    if (!this.#isLeft) this.#group = NONE;
    try {
      for (const change of this.#changes) part = change(part);
      return { done: false, value: part as To };
    } catch (thrown) {
      return this.#fail(thrown);
    }
  }

  /** Whoever iterates takes a stream that has failed for closed. */
  #fail(thrown: unknown): Promise<never> {
    return this.return().then(() => Promise.reject(thrown));
  }
}
