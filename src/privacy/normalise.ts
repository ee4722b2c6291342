/** One plain spelling of a text for the detectors, with the way back to the original, character for character. */
import { remember } from '../platform/remember.ts';

/** Full-width, circled and superscript characters and the digits of every script as ASCII, every dash as `-`, every blank as a space; invisible characters gone. */
export interface NormalisedText {
  readonly text: string;
  /** The place in the original that characters `start` (inclusive) to `end` (exclusive) of `text` came from. */
  originalSpan(start: number, end: number): { readonly start: number; readonly end: number };
}

/** Most texts: their spelling is plain already. */
class PlainText implements NormalisedText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  originalSpan(start: number, end: number): { start: number; end: number } {
    return { start, end };
  }
}

/** A text as it is, for what reads it in other ways than the detectors do. */
export function asWritten(text: string): NormalisedText {
  return new PlainText(text);
}

/** Characters with their origin. Detectors see `text`; `starts[i]` and `ends[i]` bound what `text[i]` was made from. */
export class NormalisedTextBuilder implements NormalisedText {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #text = '';

  append(characters: string, start: number, end: number): void {
    this.#text += characters;
    for (let i = 0; i < characters.length; i += 1) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Characters `start` to `end` (exclusive) of `source`, each with its own origin. */
  copy(source: NormalisedText, start: number, end: number): void {
    this.#text += source.text.slice(start, end);
    for (let at = start; at < end; at += 1) {
      const span = source.originalSpan(at, at + 1);
      this.#starts.push(span.start);
      this.#ends.push(span.end);
    }
  }

  /** The last character grows over an invisible mark that belongs to it (the keycap of 8️⃣). */
  extendLast(end: number): void {
    if (this.#ends.length > 0) this.#ends[this.#ends.length - 1] = end;
  }

  get text(): string {
    return this.#text;
  }

  originalSpan(start: number, end: number): { start: number; end: number } {
    return { start: this.#starts[start] ?? 0, end: this.#ends[end - 1] ?? 0 };
  }
}

const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u;
/** Variation selectors and the enclosing keycap: part of the digit before them. */
const MARK_OF_LAST = /^[\uFE00-\uFE0F\u20E3]$/u;
// Dashes by Unicode, and the letters that Korean keyboards offer where a dash was meant: ㅡ, ー, ─.
const DASH = /^[\p{Dash}\u30FC\uFF70\u3161\u1173\u2500\u2501\u02D7\u2043]$/u;
const TILDE = /^[\u301C\u3030\u223C\u2053\uFF5E\u02DC]$/u;
const DOT = /^[\u00B7\u2022\u2024\u2027\u30FB\uFF65\u318D\u119E\u3002\uFF61]$/u;
const LINE_BREAK = /^[\n\r\v\f\u0085\u2028\u2029]$/u;
const BLANK = /^\s$/u;
const ASCII_ONLY = /^[\x20-\x7E]+$/;

/** Leading consonants, vowels and trailing consonants of the Unicode composition algorithm (The Unicode Standard, section 3.12). */
const LEAD = { first: 0x1100, count: 19 };
const VOWEL = { first: 0x1161, count: 21 };
const TAIL = { first: 0x11a7, count: 28 };

function isSyllable(code: number): boolean {
  return code >= 0xac00 && code <= 0xd7a3;
}

const FOREIGN_DIGIT = /^\p{Nd}$/u;

/** The value of a decimal digit of any script. Unicode keeps the ten of a script together and in order (section 4.6). */
function digitValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (FOREIGN_DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

const MAX_REMEMBERED_SPELLINGS = 2_000;

/** A code point in the spelling of the detectors; `''` when it is invisible. */
const plainSpelling = remember((character) => {
  if (TILDE.test(character)) return '~';
  if (DASH.test(character)) return '-';
  if (DOT.test(character)) return '.';
  if (LINE_BREAK.test(character)) return '\n';
  // The Hangul filler and its like are invisible by Unicode, yet apps use them as blanks: gone either way.
  if (INVISIBLE.test(character)) return '';
  if (BLANK.test(character)) return ' ';
  const compatible = character.normalize('NFKC');
  if (ASCII_ONLY.test(compatible)) return compatible;
  return FOREIGN_DIGIT.test(character) ? String(digitValue(character)) : character;
}, MAX_REMEMBERED_SPELLINGS);

/** The decomposed syllable that starts at `at`, as macOS file names and some keyboards send it. */
function composedSyllable(
  text: string,
  at: number,
): { readonly syllable: string; readonly length: number } | undefined {
  const lead = text.charCodeAt(at) - LEAD.first;
  const vowel = text.charCodeAt(at + 1) - VOWEL.first;
  if (!(lead >= 0 && lead < LEAD.count && vowel >= 0 && vowel < VOWEL.count)) return undefined;
  const tail = text.charCodeAt(at + 2) - TAIL.first;
  const hasTail = tail > 0 && tail < TAIL.count;
  const code = 0xac00 + (lead * VOWEL.count + vowel) * TAIL.count + (hasTail ? tail : 0);
  return { syllable: String.fromCharCode(code), length: hasTail ? 3 : 2 };
}

/** Where the plain characters from `from` on end: printable ASCII, line feeds and Hangul syllables. */
function plainUntil(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= 0x20 && code < 0x7f) || isSyllable(code) || code === 0x0a)) break;
  }
  return at;
}

export function normalise(original: string): NormalisedText {
  const source = new PlainText(original);
  const plainEnd = plainUntil(original, 0);
  if (plainEnd === original.length) return source;
  const result = new NormalisedTextBuilder();
  result.copy(source, 0, plainEnd);
  for (let at = plainEnd; at < original.length; ) {
    const runEnd = plainUntil(original, at);
    if (runEnd > at) {
      result.copy(source, at, runEnd);
      at = runEnd;
      continue;
    }
    const composed = composedSyllable(original, at);
    if (composed !== undefined) {
      result.append(composed.syllable, at, at + composed.length);
      at += composed.length;
      continue;
    }
    const character = String.fromCodePoint(original.codePointAt(at) ?? 0);
    const end = at + character.length;
    if (MARK_OF_LAST.test(character)) result.extendLast(end);
    else result.append(plainSpelling(character), at, end);
    at = end;
  }
  return result;
}
