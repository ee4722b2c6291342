/** Korean typed with the keyboard on Latin letters: "qksvna" is "반품". */
import { convertQwertyToHangul } from 'es-hangul';

const MAX_CHARS = 100;
const MIN_LETTERS = 3;
/** "zz" and "bb" (ㅋㅋ, ㅠㅠ) make no syllable; a message with more of those than of syllables is another language. */
const MIN_SYLLABLE_SHARE = 0.7;

/** What was meant, or `undefined` where the letters make no Korean. Never throws. */
export function hangulTypedOnLatin(text: string): string | undefined {
  if (text.length > MAX_CHARS || !/^[a-z\d\s?!.,~^]+$/i.test(text)) return undefined;
  let letters = 0;
  let lettersInSyllables = 0;
  const meant = text.replace(/[a-z]+/gi, (word) => {
    letters += word.length;
    const hangul = syllablesOf(word);
    if (hangul === undefined) return word;
    lettersInSyllables += word.length;
    return hangul;
  });
  return lettersInSyllables >= MIN_LETTERS && lettersInSyllables >= letters * MIN_SYLLABLE_SHARE ? meant : undefined;
}

function syllablesOf(word: string): string | undefined {
  const typed = word === word.toUpperCase() ? word.toLowerCase() : word; // caps lock
  try {
    const hangul = convertQwertyToHangul(typed);
    return /^[가-힣]+$/.test(hangul) ? hangul : undefined;
  } catch {
    // Three vowels in a row ("how", "hoa") make es-hangul throw instead of leaving them apart.
    return undefined;
  }
}
