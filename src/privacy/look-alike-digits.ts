/** Letters that look like digits inside the complete shape of a number: "O1O-1234-5678", "010-I234-5678", "900101-l234567". */
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

/** Latin, Cyrillic and Greek letters, jamo and circles. */
const ZEROS = 'oO\\u043E\\u041E\\u03BF\\u039Fㅇ○〇';
const ONES = 'lIi\\u0406\\u0456\\u0399ı|ㅣ';
const ZERO = new RegExp(`[${ZEROS}]`, 'g');
const ONE = new RegExp(`[${ONES}]`, 'g');
/** A word of nothing but digits and letters that look like them, with one of those, or a sign that stands alone just as well: every
 *  respelling but a mobile head is in one. */
const LOOK_ALIKE_WORD = new RegExp(
  `(?<![A-Za-z0-9])(?=[0-9]*[${ZEROS}${ONES}])[0-9${ZEROS}${ONES}]{2,}(?![A-Za-z0-9])|[|○]`,
);

const DIGIT_LIKE = new RegExp(`[0-9${ZEROS}${ONES}]`);
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

/** `d` and `l` may be digits (a sign of ASCII, a letter of another script), `b` a digit or a separator, `s` separates, `a` and `x` neither. */
function roleOf(character: string): string {
  const isAsciiWord = /[A-Za-z0-9]/.test(character);
  const isWord = isAsciiWord || LETTER_OR_NUMBER.test(character);
  if (DIGIT_LIKE.test(character)) return isAsciiWord ? 'd' : isWord ? 'l' : 'b';
  return isAsciiWord ? 'a' : isWord ? 'x' : 's';
}

/** One letter for each UTF-16 unit; the second half of a pair is a `t`. The shapes are looked for in these: an expression with
 *  `[^\p{L}\p{N}]` between its groups takes a tenth of a second to compile. */
function rolesOf(text: string): string {
  let roles = '';
  for (const character of text) roles += roleOf(character).padEnd(character.length, 't');
  return roles;
}

function shape(...groups: readonly string[]): RegExp {
  const digits = groups.map((size) => `[dlb]{${size}}`).join('(?:st?|b){0,3}');
  return new RegExp(`(?<![ad])${digits}(?![ad])`, 'g');
}

/** Phones, registration numbers and cards: what has a shape of its own. */
const SHAPES = [shape('2,4', '3,4', '4'), shape('6', '7'), shape('4', '4', '4', '4')];
/** The head of a mobile number can be spelled in syllables as well; nothing but digits follows then. */
const MOBILE_HEAD =
  /(?<![A-Za-z0-9가-힣])[0oOㅇ○〇공영][1lI|ㅣ일][0oOㅇ○〇공영](?=[ \n\-.,~/_()]{0,3}\d{3,4}[ \n\-.,~/_()]{0,3}\d{4}(?!\d))/g;
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

function inShapes(text: string): readonly Respelling[] {
  if (!LOOK_ALIKE_WORD.test(text)) return [];
  const roles = rolesOf(text);
  return SHAPES.flatMap((expression) => matchesOf(expression, roles)).flatMap(({ index, 0: { length } }) => {
    const written = text.slice(index, index + length);
    const isNumber = hasPlausibleHead(written) && written.replace(/\D/g, '').length >= MIN_REAL_DIGITS;
    return isNumber ? digitsIn(written, index) : [];
  });
}

function digitsIn(written: string, offset: number): readonly Respelling[] {
  const respellings: Respelling[] = [];
  for (let i = 0; i < written.length; i += 1) {
    const plain = plainDigits(written.charAt(i));
    // A stroke is a separator as often as a one: it stays one where it already parts digits.
    const parts = written.charAt(i) === '|' && /^\d\|\d/.test(written.slice(Math.max(0, i - 1)));
    if (plain !== written.charAt(i) && !parts) respellings.push({ start: offset + i, end: offset + i + 1, plain });
  }
  return respellings;
}

export function withLookAlikeDigits(source: NormalisedText): NormalisedText {
  const heads = matchesOf(MOBILE_HEAD, source.text).flatMap(({ index }) =>
    [...'010'].map((plain, i) => ({ start: index + i, end: index + i + 1, plain })),
  );
  return respell(source, [...inShapes(source.text), ...heads]);
}
