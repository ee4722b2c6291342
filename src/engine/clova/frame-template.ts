/** Token frames of one answer are the same JSON but for the token. Parsing every one of them is most of the work of reading a stream,
 *  so what stands around the token is learned from a frame that was parsed, and compared with those that follow. */

/** Text that stands in JSON as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these
const UNESCAPED = /^[^"\\\u0000-\u001f]+$/;
/** Only the first string of the first object is a token for certain. */
const HEADS = {
  text: /^\{"message":\{(?:"role":"assistant",)?"content":"/,
  thinking: /^\{"message":\{(?:"role":"assistant",)?"thinkingContent":"/,
} as const;

export class FrameTemplate {
  #type: keyof typeof HEADS = 'text';
  #head = '';
  #tail = '';

  /** What the text of {@link textOf} is. */
  get type(): keyof typeof HEADS {
    return this.#type;
  }

  /** The token of a frame that differs from the learned one in nothing else; `undefined`: parse it. JSON that was valid around one
   *  plain text is valid around any. */
  textOf(data: string): string | undefined {
    const head = this.#head;
    const tail = this.#tail;
    if (head === '' || data.length <= head.length + tail.length) return undefined;
    if (!data.startsWith(head) || !data.endsWith(tail)) return undefined;
    const text = data.slice(head.length, data.length - tail.length);
    return UNESCAPED.test(text) ? text : undefined;
  }

  /** `data` as it was parsed, with the two texts that were found in its message: a frame with both, or with text that needs escapes,
   *  teaches nothing. */
  learn(data: string, content: unknown, thinkingContent: unknown): void {
    if (typeof content === 'string' && typeof thinkingContent !== 'string') this.#learn(data, 'text', content);
    else if (typeof thinkingContent === 'string' && typeof content !== 'string') {
      this.#learn(data, 'thinking', thinkingContent);
    }
  }

  #learn(data: string, type: keyof typeof HEADS, text: string): void {
    const head = HEADS[type].exec(data)?.[0];
    if (head === undefined || !UNESCAPED.test(text) || !data.startsWith(`${text}"`, head.length)) return;
    const tail = data.slice(head.length + text.length);
    // A key that comes twice counts for the last time.
    if (/"(?:message|content|thinkingContent)"/.test(tail)) return;
    this.#type = type;
    this.#head = head;
    this.#tail = tail;
  }
}
