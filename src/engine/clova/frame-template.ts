/** Token frames of one answer are the same JSON but for the token, and for figures that count on (v1 tells its lengths in each). Parsing
 *  every one of them is most of the work of reading a stream, so what stands around the token is learned from a frame that was parsed, and
 *  frames that follow are matched with it: one expression is several times as fast as `startsWith` and `endsWith`. The next answer of the
 *  same model most often looks like this one, so what was learned is passed on. */

/** Text as it stands in JSON. */
const PLAIN = '[^"\\\\\\u0000-\\u001f]';
const ESCAPED = '\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})';
const TEXT = `(${PLAIN}*(?:${ESCAPED}${PLAIN}*)*)`;
/** Only the first string of the first object is a token for certain. */
const FRAMES = {
  text: new RegExp(`^(\\{"message":\\{(?:"role":"assistant",)?"content":")${TEXT}(".*)$`, 's'),
  thinking: new RegExp(`^(\\{"message":\\{(?:"role":"assistant",)?"thinkingContent":")${TEXT}(".*)$`, 's'),
} as const;
/** Answers have line ends, and hardly ever anything else that is escaped. */
const OTHER_ESCAPE = /\\(?!n)/;

type TokenType = keyof typeof FRAMES;

/** What the latest answers taught. */
export type FrameForms = Partial<Record<TokenType, RegExp>>;

export class FrameTemplate {
  /** Its own: answers that are read at the same time and look different must not unlearn each other's frame by frame. */
  readonly #forms: FrameForms;
  readonly #latest: FrameForms;
  #type: TokenType = 'text';

  /** @param latest known from earlier answers, and learns from this one */
  constructor(latest: FrameForms = {}) {
    this.#latest = latest;
    this.#forms = { ...latest };
  }

  /** What the text of {@link textOf} is. */
  get type(): TokenType {
    return this.#type;
  }

  /** The token of a frame that differs from the learned one in nothing else but figures; `undefined`: parse it. JSON that was valid
   *  around one text is valid around any. */
  textOf(data: string): string | undefined {
    let text = this.#forms[this.#type]?.exec(data)?.[1];
    if (text === undefined) {
      const other = this.#type === 'text' ? 'thinking' : 'text';
      text = this.#forms[other]?.exec(data)?.[1];
      if (text === undefined) return undefined;
      this.#type = other;
    }
    return unescaped(text);
  }

  /** `data` as it was parsed, with the two texts that were found in its message: a frame with both teaches nothing. */
  learn(data: string, content: unknown, thinkingContent: unknown): void {
    if (typeof content === 'string' && typeof thinkingContent !== 'string') this.#learn(data, 'text');
    else if (typeof thinkingContent === 'string' && typeof content !== 'string') this.#learn(data, 'thinking');
  }

  #learn(data: string, type: TokenType): void {
    const [, head = '', , tail = ''] = FRAMES[type].exec(data) ?? [];
    // A key that comes twice counts for the last time.
    if (head === '' || /"(?:message|content|thinkingContent)"/.test(tail)) return;
    this.#type = type;
    // Whole figures only: what stands in quotes stays as it is.
    const tailForm = literal(tail).replace(/(?<=":)\d+(?=,|\\\})/g, '(?:0|[1-9]\\d*)');
    const form = new RegExp(`^${literal(head)}${TEXT}${tailForm}$`);
    this.#forms[type] = form;
    this.#latest[type] = form;
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return OTHER_ESCAPE.test(text) ? (JSON.parse(`"${text}"`) as string) : text.replaceAll('\\n', '\n');
}

function literal(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
