/** A cheap look before the expensive one: most answers hold prices and days, and no number that belongs to anybody. */

/** The shortest number that is detected: a local phone number. */
const MIN_DIGITS = 7;
/** Half of a registration number; its other half may stand words away. */
const LONG_RUN = 6;
/** Between two digits of one number: blanks, marks, an emoji. */
const LONGEST_GAP = 6;

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

/** Syllables that digits are spelled with. */
const WORD_DIGITS = codesOf('공영빵일이둘삼셋사넷오육륙칠팔구하나다섯여덟곱아홉');
/** How a dash between spoken digits is read aloud: 에, 의, 다시, 국에, 번, 하이픈, 대시, 빼기. */
const SPOKEN_DASHES = codesOf('에의시국번픈대빼기');
/** Letters that pass for digits. */
const LOOK_ALIKES = codesOf('oOlIi|');

function isHangulSyllable(code: number): boolean {
  return code >= 0xac00 && code <= 0xd7a3;
}

/** False only where no detector can find anything: no `@` in any spelling, no run of six digits, and nowhere seven things that could be
 *  digits close together. One pass, no allocation. */
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
      if (isHangulSyllable(code)) {
        if (code === 0xace8 || code === 0xc573 || code === 0xc5e3) return true; // 골(뱅이), 앳, 엣
        if (WORD_DIGITS.has(code)) {
          digits += 1;
          gap = 0;
        } else if (!SPOKEN_DASHES.has(code)) digits = 0;
      } else if (code >= 0x80 || LOOK_ALIKES.has(code)) {
        // What is neither ASCII nor a syllable may fold to a digit, or to an @.
        if (code === 0xff20 || code === 0xfe6b) return true;
        digits += 1;
        gap = 0;
      } else {
        if (code === 0x40 || code === 0x5b || code === 0x28 || code === 0x7b || code === 0x3c) {
          // A bracket may open an "(at)"; only then.
          if (code === 0x40 || /^.\s?(?:at|골|앳|엣)/i.test(text.slice(i, i + 4))) return true;
        } else if (code === 0x20 && /^ at /i.test(text.slice(i, i + 4))) return true;
        gap += 1;
        if (gap > LONGEST_GAP) digits = 0;
      }
    }
    if (digits >= MIN_DIGITS) return true;
  }
  return false;
}
