/** Open models think aloud in front of their answer, between tags, where nobody parses it off for them. It may quote the prompt, so it
 *  is not for customers. */

const TAGS = ['think', 'thinking', 'thought', 'reasoning'];
const OPENING = TAGS.map((tag) => `<${tag}>`);

/** Takes the first such block off a text that comes in pieces, cut anywhere. Later ones are the answer's own. */
export class LeadingThought {
  #state: 'start' | 'thinking' | 'after' | 'answer' = 'start';
  #held = '';
  #closing = '';

  /** What of this piece, and of what was held back, belongs to the answer. */
  push(text: string): string {
    if (this.#state === 'answer') return text;
    this.#held += text;
    if (this.#state === 'start') this.#readStart();
    if (this.#state === 'thinking') this.#readThought();
    if (this.#state === 'after') this.#held = this.#held.trimStart();
    if (this.#held === '' || this.#state === 'start' || this.#state === 'thinking') return '';
    this.#state = 'answer';
    return this.#release();
  }

  /** The text has ended: what looked like the beginning of a tag was none. */
  end(): string {
    return this.#state === 'thinking' ? '' : this.#release();
  }

  #readStart(): void {
    const begun = this.#held.trimStart();
    const opening = OPENING.find((tag) => begun.startsWith(tag));
    if (opening !== undefined) {
      this.#state = 'thinking';
      this.#closing = opening.replace('<', '</');
      this.#held = begun.slice(opening.length);
    } else if (!OPENING.some((tag) => tag.startsWith(begun))) {
      this.#state = 'answer';
    }
  }

  #readThought(): void {
    const end = this.#held.indexOf(this.#closing);
    if (end === -1) {
      // The end of what came may be the beginning of the closing tag.
      this.#held = this.#held.slice(-this.#closing.length);
      return;
    }
    this.#state = 'after';
    this.#held = this.#held.slice(end + this.#closing.length);
  }

  #release(): string {
    const released = this.#held;
    this.#held = '';
    return released;
  }
}
