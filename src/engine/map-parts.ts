/** The parts of a stream, each changed on its way; read once, like any stream. For what stands around an engine: a generator around
 *  another's stream holds three times as much while a slow model thinks, and several stand around each other.
 *  @param change what it throws ends the stream, and the one inside */
export function mapParts<From, To>(parts: AsyncIterable<From>, change: (part: From) => To): AsyncIterable<To> {
  return new ChangedParts(parts, change);
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

class ChangedParts<From, To> implements AsyncIterable<To>, AsyncIterator<To, undefined> {
  readonly #parts: AsyncIterator<From>;
  readonly #change: (part: From) => To;

  constructor(parts: AsyncIterable<From>, change: (part: From) => To) {
    this.#parts = parts[Symbol.asyncIterator]();
    this.#change = change;
  }

  [Symbol.asyncIterator](): AsyncIterator<To, undefined> {
    return this;
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
