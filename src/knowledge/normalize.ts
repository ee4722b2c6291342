/** Text as retrieval sees it: what people confuse, pad and decorate is made equal, on both sides of the comparison. */
import { brandsInHangul } from './brand-names.ts';

/** Longer messages keep their head and their tail: the question stands at one of the two ends. */
const MAX_CHARS = 400;
const TAIL_CHARS = 150;
/** NFKC turns one character into up to 18, so the text is cut once before as well. */
const MAX_RAW_CHARS = 2_000;

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const VOWELS = 21;
const FINALS = 28;

/** Vowels that sound alike and are typed for one another: ㅐ·ㅒ·ㅖ → ㅔ, ㅙ·ㅞ → ㅚ ("돼/되", "예요/에요"). Index: Unicode order of vowels. */
const FOLDED_VOWEL = foldTable(VOWELS, { 1: 5, 3: 5, 7: 5, 10: 11, 15: 11 });
/** Finals likewise: ㄲ → ㄱ, ㄶ → ㄴ, ㅀ → ㄹ, ㅄ → ㅂ, ㅆ → ㅅ ("않돼/안돼", "잇나요/있나요"). */
const FOLDED_FINAL = foldTable(FINALS, { 2: 1, 6: 4, 15: 8, 18: 17, 20: 19 });

function foldTable(size: number, changes: Readonly<Record<number, number>>): readonly number[] {
  return Array.from({ length: size }, (_, index) => changes[index] ?? index);
}

/** What NFKC leaves as it is, or makes another sign of (dashes, quotation marks, the middle dot): most texts hold nothing else. */
const PLAIN = /^[\0-\x7f가-힣\u00b7\u2010-\u2016\u2018-\u201f]*$/;
/** "ㅠㅠ", "ㅋㅋ": gone before NFKC, which would turn them into parts of syllables. */
const LOOSE_LETTERS = /[\u3130-\u318f\uffa0-\uffdc]+/g;
const LETTER = /^\p{L}$/u;
const NUMBER = /^\p{N}$/u;

/** Lower-case words of letters and digits, one space between them; empty when nothing is left. Never throws. */
export function normalize(text: string): string {
  const raw = ends(text, MAX_RAW_CHARS).replace(LOOSE_LETTERS, ' ');
  const composed = PLAIN.test(raw) ? raw.toLowerCase() : compose(raw);
  return tidy(brandsInHangul(ends(composed, MAX_CHARS)));
}

function compose(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '') // zero-width characters and emoji variants
    .replace(/[\u1100-\u11ff]+/g, ''); // loose parts of syllables
}

/** The same without spaces: "반품 배송비" and "반품배송비" are one question. */
export function compact(normalized: string): string {
  return normalized.replaceAll(' ', '');
}

function ends(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - TAIL_CHARS)} ${text.slice(-TAIL_CHARS)}`;
}

/** One pass instead of four replacements: syllables folded, one space for all that is no letter or digit, one letter for three and
 *  more ("제발요오오오"). */
function tidy(text: string): string {
  let tidied = '';
  let last = 0;
  let times = 0;
  for (let i = 0; i < text.length; i += 1) {
    let code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i += 1;
    if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) code = foldSyllable(code);
    const kind = kindOf(code);
    if (kind === 'other') {
      last = 0;
      continue;
    }
    const char = String.fromCodePoint(code);
    times = code === last ? times + 1 : 1;
    if (times === 1 && last === 0 && tidied !== '') tidied += ' ';
    last = code;
    if (times < 3 || kind === 'digit') tidied += char;
    else if (times === 3) tidied = tidied.slice(0, -char.length);
  }
  return tidied;
}

function kindOf(code: number): 'letter' | 'digit' | 'other' {
  if ((code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) || (code >= 0x61 && code <= 0x7a)) return 'letter';
  if (code >= 0x30 && code <= 0x39) return 'digit';
  // V8 takes milliseconds to make the Unicode classes, so the signs of ordinary texts are told apart without them.
  if (code < 0x80 || code === 0xb7 || (code >= 0x2000 && code <= 0x206f)) return 'other';
  const char = String.fromCodePoint(code);
  if (LETTER.test(char)) return 'letter';
  return NUMBER.test(char) ? 'digit' : 'other';
}

function foldSyllable(code: number): number {
  const offset = code - FIRST_SYLLABLE;
  const initial = Math.floor(offset / (VOWELS * FINALS));
  const vowel = FOLDED_VOWEL[Math.floor(offset / FINALS) % VOWELS] ?? 0;
  const final = FOLDED_FINAL[offset % FINALS] ?? 0;
  return FIRST_SYLLABLE + (initial * VOWELS + vowel) * FINALS + final;
}
