/** Letters that look like digits inside the complete shape of a number: "O1O-1234-5678", "010-I234-5678", "900101-l234567". */
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

/** Latin, Cyrillic and Greek letters, jamo and circles. */
const ZEROS = 'oO\\u043E\\u041E\\u03BF\\u039Fㅇ○〇';
const ONES = 'lIi\\u0406\\u0456\\u0399ı|ㅣ';
const ZERO = new RegExp(`[${ZEROS}]`, 'g');
const ONE = new RegExp(`[${ONES}]`, 'g');
const DIGIT = `[0-9${ZEROS}${ONES}]`;
const SEPARATOR = '[^\\p{L}\\p{N}]{0,3}';

function shape(...groups: readonly string[]): RegExp {
  const digits = groups.map((size) => `${DIGIT}{${size}}`).join(SEPARATOR);
  return new RegExp(`(?<![A-Za-z0-9])${digits}(?![A-Za-z0-9])`, 'gu');
}

/** Phones, registration numbers and cards: what has a shape of its own. */
const SHAPES = [shape('2,4', '3,4', '4'), shape('6', '7'), shape('4', '4', '4', '4')];
/** The head of a mobile number can be spelled in syllables as well; nothing but digits follows then. */
const MOBILE_HEAD =
  /(?<![A-Za-z0-9가-힣])[0oOㅇ○〇공영][1lI|ㅣ일][0oOㅇ○〇공영](?=[ \n\-.,~/_()]{0,3}\d{3,4}[ \n\-.,~/_()]{0,3}\d{4}(?!\d))/g;
/** Every respelling holds one of these. */
const LOOK_ALIKE = new RegExp(`[${ZEROS}${ONES}공영일]`);
/** Fewer real digits are words ("Oil 12"); the shortest phone number with one letter has as many. */
const MIN_REAL_DIGITS = 7;

function plainDigits(written: string): string {
  return written.replace(ZERO, '0').replace(ONE, '1');
}

/** Whether the letters before the first separator stand for digits: "O1O", "O2"; "Oil" and "lol" are words. */
function hasPlausibleHead(written: string): boolean {
  const head = /^[\p{L}\p{N}]+/u.exec(written)?.[0] ?? '';
  return /\d/.test(head) || plainDigits(head) === '010';
}

export function withLookAlikeDigits(source: NormalisedText): NormalisedText {
  if (!LOOK_ALIKE.test(source.text)) return source;
  const respellings: Respelling[] = [];
  for (const match of SHAPES.flatMap((expression) => matchesOf(expression, source.text))) {
    const written = match[0];
    if (!/[^\d\P{L}]|[|○〇]/u.test(written) || !hasPlausibleHead(written)) continue;
    if (written.replace(/\D/g, '').length < MIN_REAL_DIGITS) continue;
    for (let i = 0; i < written.length; i += 1) {
      const plain = plainDigits(written.charAt(i));
      // A stroke is a separator as often as a one: it stays one where it already parts digits.
      const parts = written.charAt(i) === '|' && /^\d\|\d/.test(written.slice(Math.max(0, i - 1)));
      if (plain === written.charAt(i) || parts) continue;
      respellings.push({ start: match.index + i, end: match.index + i + 1, plain });
    }
  }
  for (const match of matchesOf(MOBILE_HEAD, source.text)) {
    [...'010'].forEach((plain, i) => {
      respellings.push({ start: match.index + i, end: match.index + i + 1, plain });
    });
  }
  return respell(source, respellings);
}
