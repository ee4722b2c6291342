/** The parts of a stream, each changed on its way; read once, like any stream. For what stands around an engine: a generator around
 *  another's stream holds three times as much while a slow model thinks. Changes around changes are one stream, which waits once.
 *  @param change what it throws ends the stream, and the one inside */
export function mapParts<From, To>(parts: AsyncIterable<From>, change: (part: From) => To): AsyncIterable<To> {
  if (parts instanceof ChangedParts) return parts.changedBy(change);
  return new ChangedParts(parts[Symbol.asyncIterator](), change);
}

/** The same where a part becomes several, or none. */
export function flatMapParts<From, To>(
  parts: AsyncIterable<From>,
  change: (part: From) => readonly To[],
): AsyncIterable<To> {
  return new FlattenedParts(mapParts(parts, change)[Symbol.asyncIterator]());
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

class ChangedParts<From, To> implements AsyncIterable<To>, AsyncIterator<To, undefined> {
  readonly #parts: AsyncIterator<From>;
  readonly #change: (part: From) => To;

  constructor(parts: AsyncIterator<From>, change: (part: From) => To) {
    this.#parts = parts;
    this.#change = change;
  }

  [Symbol.asyncIterator](): AsyncIterator<To, undefined> {
    return this;
  }

  changedBy<Last>(last: (part: To) => Last): ChangedParts<From, Last> {
    const change = this.#change;
    return new ChangedParts(this.#parts, (part) => last(change(part)));
  }

  next(): Promise<IteratorResult<To, undefined>> {
    return this.#parts.next().then((result) => (result.done === true ? END : this.#changed(result.value)));
  }

  async return(): Promise<IteratorResult<To, undefined>> {
    await this.#parts.return?.();
    return END;
  }

  #changed(part: From): IteratorResult<To, undefined> | Promise<never> {
    try {
      return { done: false, value: this.#change(part) };
    } catch (thrown) {
      // Whoever iterates takes a stream that has failed for closed.
      return this.return().then(() => Promise.reject(thrown));
    }
  }
}

class FlattenedParts<Part> implements AsyncIterableIterator<Part, undefined> {
  readonly #groups: AsyncIterator<readonly Part[]>;
  #group: readonly Part[] = [];
  #taken = 0;

  constructor(groups: AsyncIterator<readonly Part[]>) {
    this.#groups = groups;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Part, undefined>> {
    return this.#group.length > this.#taken ? Promise.resolve(this.#take()) : this.#nextGroup();
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#group = [];
    await this.#groups.return?.();
    return END;
  }

  #nextGroup(): Promise<IteratorResult<Part, undefined>> {
    return this.#groups.next().then((result) => {
      if (result.done === true) return END;
      this.#group = result.value;
      this.#taken = 0;
      return this.next();
    });
  }

  #take(): IteratorYieldResult<Part> {
    const value = this.#group[this.#taken] as Part;
    this.#taken += 1;
    return { done: false, value };
  }
}
