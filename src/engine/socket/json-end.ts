/** Where the first JSON value of a stream of bytes ends. The older chatbot engines send no length and no delimiter, and some keep the
 *  connection open after their answer: only the brackets say that it is complete. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x7b, 0x5b]; // { [
const CLOSING = [0x7d, 0x5d]; // } ]

/** Works on bytes: every byte of a Hangul letter is above 0x7f, so none can be mistaken for a bracket, however the reads cut it. */
export class JsonEnd {
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #hasBegun = false;

  /** Index just behind the value in these bytes, `undefined` while it goes on. An object or an array; anything else never ends. */
  find(bytes: Uint8Array): number | undefined {
    for (const [index, byte] of bytes.entries()) {
      if (this.#inString) this.#readInString(byte);
      else if (byte === QUOTE) this.#inString = true;
      else if (OPENING.includes(byte)) {
        this.#depth += 1;
        this.#hasBegun = true;
      } else if (CLOSING.includes(byte)) {
        this.#depth -= 1;
        if (this.#hasBegun && this.#depth <= 0) return index + 1;
      }
    }
    return undefined;
  }

  #readInString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }
}
