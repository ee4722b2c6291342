/** Numerals among digits within one group of a number: "010-1234-567팔", "1이3사", "411일", "5five5". A numeral beside a digit is a unit or a particle
 *  far more often ("3일", "5678이요"), so that only the digits of a whole number, in its groups, are read so. */
import { isBankShape } from './account-number.ts';
import { isIssuedCard } from './card-number.ts';
import { ENGLISH_DIGIT, englishDigit } from './english-digits.ts';
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { isNationalNumber } from './phone-number.ts';
import { residentKindOfDigits } from './resident-number.ts';
import { type Respelling, respell } from './respell.ts';
import { digitOfNumeral, ONE_SIGN_NUMERALS } from './spoken-digits.ts';

const WORD = `(?:[${ONE_SIGN_NUMERALS}]|하나|다섯|여섯|일곱|여덟|아홉|${ENGLISH_DIGIT})`;
const DIGIT = `(?:[0-9]|${WORD})`;
const MIXED = new RegExp(`[0-9]${WORD}|${WORD}[0-9]`, 'i');
const NUMERAL = new RegExp(WORD, 'gi');

function plainDigit(numeral: string): string {
  return englishDigit(numeral) ?? digitOfNumeral(numeral);
}

/** Words end in numerals: behind a syllable a number begins with a digit. */
const BEGIN = '(?<![A-Za-z0-9])(?:(?=[0-9])|(?<![가-힣]))';
const SEPARATOR = '([ \\n\\-.,~/_()]{0,3})';

function groupsOf(...sizes: readonly string[]): RegExp {
  return new RegExp(`${BEGIN}${sizes.map((size) => `${DIGIT}{${size}}`).join(SEPARATOR)}(?!\\d)`, 'gi');
}

interface Shape {
  readonly expression: RegExp;
  readonly isNumber: (digits: string, separators: readonly string[], written: string) => boolean;
  /** Others of its kind have a digit less, so that 이 at its end may be a particle. */
  readonly varies?: true;
}

function allDashes(separators: readonly string[]): boolean {
  return separators.every((separator) => separator === '-');
}

function isAccount(_digits: string, separators: readonly string[], written: string): boolean {
  const sizes = written
    .replace(NUMERAL, plainDigit)
    .split('-')
    .map((group) => group.length);
  return allDashes(separators) && isBankShape(sizes.join('-'));
}

const SHAPES: readonly Shape[] = [
  { expression: groupsOf('3', '4', '4'), isNumber: (digits) => /^01[016789]/.test(digits) },
  {
    expression: groupsOf('2,4', '3,4', '4'),
    isNumber: (digits, separators) => isNationalNumber(digits) && allDashes(separators),
    varies: true,
  },
  { expression: groupsOf('6', '7'), isNumber: (digits) => residentKindOfDigits(digits) !== undefined },
  { expression: groupsOf('4', '4', '4', '4'), isNumber: isIssuedCard },
  { expression: groupsOf('3,6', '2,6', '1,7'), isNumber: isAccount, varies: true },
  { expression: groupsOf('3,5', '2,6', '2,6', '1,3'), isNumber: isAccount, varies: true },
];

function respellingsIn(text: string): readonly Respelling[] {
  return SHAPES.flatMap(({ expression, isNumber, varies }) =>
    matchesOf(expression, text).flatMap((match): readonly Respelling[] => {
      const written = match[0];
      const numerals = matchesOf(NUMERAL, written);
      // Without a dash a word may as well stand between two numbers.
      const isDivided = written.includes('-') || numerals.every(([numeral]) => numeral.length === 1);
      if (numerals.length === 0 || !isDivided) return [];
      const plain = written.replace(NUMERAL, plainDigit);
      const isWhole = isNumber(plain.replace(/\D/g, ''), match.slice(1), written);
      if (!isWhole || (varies === true && written.endsWith('이'))) return [];
      return numerals.map(({ 0: numeral, index }) => {
        const start = match.index + index;
        return { start, end: start + numeral.length, plain: plainDigit(numeral) };
      });
    }),
  );
}

/** `source` with the numerals inside numbers as digits; the same object when there are none. */
export function withMixedDigits(source: NormalisedText): NormalisedText {
  return MIXED.test(source.text) ? respell(source, respellingsIn(source.text)) : source;
}
