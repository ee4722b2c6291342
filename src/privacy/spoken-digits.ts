/** Digits that are written as words ("공일공 일이삼사", "하나둘셋", "zero one zero"), turned into digits. */
import { ENGLISH_DIGIT, englishDigit } from './english-digits.ts';
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

const DIGIT_OF_WORD: Readonly<Record<string, string>> = {
  ...{ 공: '0', 영: '0', 빵: '0', 〇: '0', 零: '0', 일: '1', 하나: '1', 一: '1', 이: '2', 둘: '2', 二: '2' },
  ...{
    삼: '3',
    셋: '3',
    三: '3',
    사: '4',
    넷: '4',
    四: '4',
    오: '5',
    다섯: '5',
    五: '5',
    육: '6',
    륙: '6',
    여섯: '6',
    六: '6',
  },
  ...{ 칠: '7', 일곱: '7', 七: '7', 팔: '8', 여덟: '8', 八: '8', 구: '9', 아홉: '9', 九: '9' },
};

/** Numerals of one sign, as they stand in an expression between brackets. */
export const ONE_SIGN_NUMERALS = '공영빵〇零일一이둘二삼셋三사넷四오五육륙六칠七팔八구九';

/** @param numeral one of {@link ONE_SIGN_NUMERALS}, or of the longer ones from 하나 on */
export function digitOfNumeral(numeral: string): string {
  return DIGIT_OF_WORD[numeral] ?? numeral;
}

// 일곱 before 일: the longer word first.
const WORD = `(?:하나|다섯|여섯|일곱|여덟|아홉|[${ONE_SIGN_NUMERALS}]|(?<![a-z])${ENGLISH_DIGIT}(?![a-z]))`;
/** Between two digits: blanks and punctuation, or how a dash is read aloud ("공일공에 일이삼사에", "공일공 다시 일이삼사"). */
const SEPARATOR = '(?:[ \\n\\-.,~/_()]{0,3}| ?(?:에|의|다시|국에?|하이픈|대시|빼기) ?)';
const STRETCH = new RegExp(`${WORD}(?:${SEPARATOR}${WORD})*`, 'gi');
const WORDS = new RegExp(WORD, 'gi');
/** A stretch of words as long as this is a number by itself; nobody says seven digits' names in a row otherwise. */
const MIN_WORDS_ALONE = 7;
/** Fewer words are digits only beside real ones, and not fewer than this: "5678이구요" ends in two endings, not in 29. */
const MIN_WORDS_BESIDE_DIGITS = 3;
const DIGIT_BEFORE = new RegExp(`\\d${SEPARATOR}$`);
const DIGIT_AFTER = new RegExp(`^${SEPARATOR}\\d`);
const LONGEST_SEPARATOR = 5;

/** The words of a stretch that are digits: "오육칠팔이에요" ends in a copula and "…팔이구요" in two of them. */
function digitWords(stretch: string, offset: number, after: string): readonly Respelling[] {
  const found = matchesOf(WORDS, stretch);
  const words = found.map((match, i) => {
    const english = englishDigit(match[0]);
    const end = match.index + match[0].length;
    const next = found[i + 1]?.index ?? end;
    // Blanks between English words part words, not groups of digits.
    const isOneGroup = english !== undefined && /^[ -]$/.test(stretch.slice(end, next));
    return {
      start: offset + match.index,
      end: offset + (isOneGroup ? next : end),
      plain: english ?? DIGIT_OF_WORD[match[0]] ?? '0',
    };
  });
  const digits = words.map((word) => word.plain).join('');
  const mobile = /^01[016789]\d{8}/.test(digits);
  if (mobile) return words.slice(0, 11);
  const beforeHangul = /^[가-힣]/.test(after);
  if (after.startsWith('요') && (digits.endsWith('29') || digits.endsWith('25'))) return words.slice(0, -2);
  return beforeHangul && stretch.endsWith('이') ? words.slice(0, -1) : words;
}

function respellingsIn(text: string): readonly Respelling[] {
  const respellings: Respelling[] = [];
  for (const match of matchesOf(STRETCH, text)) {
    const stretch = match[0];
    if (stretch.length < MIN_WORDS_BESIDE_DIGITS) continue;
    const end = match.index + stretch.length;
    const words = digitWords(stretch, match.index, text.slice(end, end + 2));
    const besideDigits =
      words.length >= MIN_WORDS_BESIDE_DIGITS &&
      (DIGIT_BEFORE.test(text.slice(Math.max(0, match.index - 1 - LONGEST_SEPARATOR), match.index)) ||
        DIGIT_AFTER.test(text.slice(end, end + 1 + LONGEST_SEPARATOR)));
    if (words.length >= MIN_WORDS_ALONE || besideDigits) respellings.push(...words);
  }
  return respellings;
}

/** `source` with spoken digits as digits; the same object when there are none. */
export function withSpokenDigits(source: NormalisedText): NormalisedText {
  return respell(source, respellingsIn(source.text));
}
