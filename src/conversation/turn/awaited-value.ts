/** What is known once, and may be waited for before. The promise is made for those who ask: where this is kept by the thousand most are
 *  never waited for, and a promise with the functions that settle it is several objects. */
export class AwaitedValue<Value extends NonNullable<unknown>> {
  #value: Value | undefined;
  #waiting: { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } | undefined;

  /** The first value counts. */
  give(value: Value): void {
    if (this.#value !== undefined) return;
    this.#value = value;
    this.#waiting?.resolve(value);
    this.#waiting = undefined;
  }

  get promise(): Promise<Value> {
    if (this.#value !== undefined) return Promise.resolve(this.#value);
    this.#waiting ??= Promise.withResolvers<Value>();
    return this.#waiting.promise;
  }
}
