/** First come, first served, and those who share it take turns: one of them with a long queue does not hold up another. */
export class FairQueue<Item> {
  /** A Map keeps insertion order: whoever was just served moves to the end. */
  readonly #queues = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(owner: string, item: Item): void {
    const queue = this.#queues.get(owner) ?? [];
    queue.push(item);
    this.#queues.set(owner, queue);
    this.#size += 1;
  }

  /** Whose turn it is. */
  peek(): Item | undefined {
    const [first] = this.#queues.values();
    return first?.[0];
  }

  shift(): Item | undefined {
    const [first] = this.#queues.entries();
    if (first === undefined) return undefined;
    const [owner, queue] = first;
    const item = queue.shift();
    this.#queues.delete(owner);
    if (queue.length > 0) this.#queues.set(owner, queue);
    this.#size -= 1;
    return item;
  }

  /** False when it has been served in the same moment. */
  remove(owner: string, item: Item): boolean {
    const queue = this.#queues.get(owner) ?? [];
    const index = queue.indexOf(item);
    if (index === -1) return false;
    queue.splice(index, 1);
    if (queue.length === 0) this.#queues.delete(owner);
    this.#size -= 1;
    return true;
  }

  /** Those who will be served before the next item of this owner. */
  *ahead(owner: string): Generator<Item, void, void> {
    const own = this.#queues.get(owner)?.length ?? 0;
    for (const [name, queue] of this.#queues) yield* name === owner ? queue : queue.slice(0, own + 1);
  }
}
