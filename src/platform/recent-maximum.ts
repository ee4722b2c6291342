/** The largest of the last so many values. */
export class RecentMaximum {
  readonly #values: number[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  /** 0 when nothing was added yet. */
  get value(): number {
    return Math.max(0, ...this.#values);
  }

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#count) this.#values.shift();
  }
}
