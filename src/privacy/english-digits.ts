/** Digits as English words: "zero one zero", "one-five-eight-eight". */

const DIGIT_OF_ENGLISH: Readonly<Record<string, string>> = {
  zero: '0',
  oh: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};

/** An expression for one of the words, to be used without regard to case. */
export const ENGLISH_DIGIT = `(?:${Object.keys(DIGIT_OF_ENGLISH).join('|')})`;

/** Two in a row: fewer are no part of any number. */
export const ENGLISH_DIGITS = new RegExp(`${ENGLISH_DIGIT}[\\s.,~/_()-]{1,3}${ENGLISH_DIGIT}`, 'i');

/** @returns undefined for other words */
export function englishDigit(word: string): string | undefined {
  return DIGIT_OF_ENGLISH[word.toLowerCase()];
}
