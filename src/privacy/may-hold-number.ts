/** A cheap look before the expensive one: most answers hold prices and days, and no number that belongs to anybody. */
import { ENGLISH_DIGITS } from './english-digits.ts';

/** The shortest number that is detected: a local phone number. */
const MIN_DIGITS = 7;
/** Half of a registration number; its other half may stand words away. */
const LONG_RUN = 6;
/** How phone numbers begin; words may stand between that and the rest. */
const HEAD = /(?<!\d|\d[,.:-])0(?:10|2|[3-6]\d|[678]0)(?!\d|[,.:]\d)/;
/** Between two digits of one number: blanks, marks, an emoji. */
const LONGEST_GAP = 6;

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** What a syllable is to a number; 0: its end. */
const WORD_DIGIT = 1;
const SPOKEN_DASH = 2;
const WORD_FOR_AT = 3;
/** "천육백", "이천": all four digits of a group, with what follows. */
const THOUSAND = 4;

/** By syllable: a look into a set for each would take most of the time. */
const ROLES = new Uint8Array(LAST_SYLLABLE - FIRST_SYLLABLE + 1);
for (const [role, syllables] of [
  // Digits are spelled with them.
  [WORD_DIGIT, '공영빵일이둘삼셋사넷오육륙칠팔구하나다섯여덟곱아홉'],
  // How a dash between spoken digits is read aloud: 에, 의, 다시, 국에, 번, 하이픈, 대시, 빼기, 그리고; and the places of 천이백삼십사.
  [SPOKEN_DASH, '에의시국번픈대빼기그리고백십'],
  [THOUSAND, '천'],
  // 골(뱅이), 앳, 엣
  [WORD_FOR_AT, '골앳엣'],
] as const) {
  for (const code of codesOf(syllables)) ROLES[code - FIRST_SYLLABLE] ||= role;
}

/** At least, as 육백 of "천육백" counts for one. */
const DIGITS_OF_THOUSAND = 3;

/** Letters that pass for digits. */
const LOOK_ALIKES = codesOf('oOlIi|');
/** A bracket may open an "(at)". */
const OPENING_BRACKETS = codesOf('([{<');
const BLANK = 0x20;

/** Whether "at", in either case, stands at `index`. */
function isAt(text: string, index: number): boolean {
  return (text.charCodeAt(index) | 0x20) === 0x61 && (text.charCodeAt(index + 1) | 0x20) === 0x74;
}

/** False only where no detector can find anything: no `@` in any spelling, no run of six digits, none that a phone
 *  number begins with, and nowhere seven things that could be digits close together, nor two of their English names. No allocation.
 *  @param text normalised: brackets, blanks and digits of other widths and scripts are told from nothing else here */
export function mayHoldNumber(text: string): boolean {
  /** Of the cluster that is being read. */
  let digits = 0;
  let gap = 0;
  /** Plain digits in a row. */
  let run = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      run += 1;
      digits += 1;
      gap = 0;
      if (run >= LONG_RUN) return true;
    } else {
      run = 0;
      if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
        const role = ROLES[code - FIRST_SYLLABLE];
        if (role === WORD_FOR_AT) return true;
        if (role === WORD_DIGIT) {
          digits += 1;
          gap = 0;
        } else if (role === THOUSAND) {
          digits += DIGITS_OF_THOUSAND;
          gap = 0;
        } else if (role !== SPOKEN_DASH) digits = 0;
      } else if (code >= 0x80 || LOOK_ALIKES.has(code)) {
        // Circles, jamo and numerals may be meant as digits.
        digits += 1;
        gap = 0;
      } else {
        if (code === 0x40) return true;
        if (OPENING_BRACKETS.has(code) && (isAt(text, i + 1) || isAt(text, i + 2))) return true;
        if (code === BLANK && isAt(text, i + 1) && text.charCodeAt(i + 3) === BLANK) return true;
        gap += 1;
        if (gap > LONGEST_GAP) digits = 0;
      }
    }
    if (digits >= MIN_DIGITS) return true;
  }
  return HEAD.test(text) || ENGLISH_DIGITS.test(text);
}
