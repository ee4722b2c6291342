/** A text that is read while it is written. */
export class GrowingText {
  #shown = '';
  #isRewritten = false;

  /** What is new, '' when nothing is. Once what was shown has been rewritten nothing more is: it cannot be unsaid here, and the reply at
   *  the end takes its place. */
  grow(text: string): string {
    if (this.#isRewritten) return '';
    if (!text.startsWith(this.#shown)) {
      this.#isRewritten = true;
      return '';
    }
    const delta = text.slice(this.#shown.length);
    this.#shown = text;
    return delta;
  }
}
