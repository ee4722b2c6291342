/** A map whose entries come and go with every message, thousands of times as often as the garbage of long-lived objects is collected.
 *
 *  V8 rewrites the table of a Map whenever enough entries have been deleted, beside the other long-lived objects, and each table left
 *  behind goes on holding what was in it at that moment, with all that hangs on it, until the next collection of these: almost every
 *  message would be kept for a second after its end, and that collection come as much earlier. So the tables hold slots, and a slot lets
 *  go of its value when the entry is deleted. */
export class TransientMap<Key, Value extends NonNullable<unknown>> {
  readonly #slots = new Map<Key, { value: Value | undefined }>();

  get size(): number {
    return this.#slots.size;
  }

  has(key: Key): boolean {
    return this.#slots.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#slots.get(key)?.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.#slots.set(key, { value });
  }

  delete(key: Key): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    slot.value = undefined;
    return this.#slots.delete(key);
  }

  /** In the order in which they were set; what is deleted meanwhile is left out. */
  *values(): Generator<Value> {
    for (const { value } of this.#slots.values()) if (value !== undefined) yield value;
  }
}
