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

/** Lower-case words of letters and digits, one space between them; empty when nothing is left. Never throws. */
export function normalize(text: string): string {
  const composed = ends(text, MAX_RAW_CHARS)
    .toWellFormed()
    // "ㅠㅠ", "ㅋㅋ": before NFKC, which would turn them into parts of syllables
    .replace(/[\u3130-\u318f\uffa0-\uffdc]+/g, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '') // zero-width characters and emoji variants
    .replace(/[\u1100-\u11ff]+/g, ''); // loose parts of syllables
  return fold(brandsInHangul(ends(composed, MAX_CHARS)))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/(\p{L})\1{2,}/gu, '$1')
    .trim();
}

/** The same without spaces: "반품 배송비" and "반품배송비" are one question. */
export function compact(normalized: string): string {
  return normalized.replaceAll(' ', '');
}

function ends(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - TAIL_CHARS)} ${text.slice(-TAIL_CHARS)}`;
}

function fold(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    folded += code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE ? foldSyllable(code) : text[i];
  }
  return folded;
}

function foldSyllable(code: number): string {
  const offset = code - FIRST_SYLLABLE;
  const initial = Math.floor(offset / (VOWELS * FINALS));
  const vowel = FOLDED_VOWEL[Math.floor(offset / FINALS) % VOWELS] ?? 0;
  const final = FOLDED_FINAL[offset % FINALS] ?? 0;
  return String.fromCharCode(FIRST_SYLLABLE + (initial * VOWELS + vowel) * FINALS + final);
}
