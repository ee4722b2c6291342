/** The letters of Hangul as they are typed: "뀜" is ㄲㅜㅣㅁ, "값" is ㄱㅏㅂㅅ. Worked out by arithmetic: the lists of words alone ask for
 *  ten thousand syllables at start-up. */

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** In the order of Unicode; what is typed with two keys is two letters. */
const INITIALS = codesOf([...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']);
const VOWELS = codesOf('ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' '));
const FINALS = codesOf(
  ' ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' '),
);
const VOWEL_COUNT = 21;
const FINAL_COUNT = 28;
const MAX_LETTERS_PER_CHAR = 5;

/** Two places for each, 0 where there is no letter. */
function codesOf(letters: readonly string[]): Uint16Array {
  const codes = new Uint16Array(letters.length * 2);
  letters.forEach((typed, i) => {
    for (let j = 0; j < typed.length; j += 1) codes[i * 2 + j] = typed.charCodeAt(j);
  });
  return codes;
}

/** The letters of one text after the other, as character codes; each takes the place of the one before. */
export class JamoText {
  /** Of the text, in characters. */
  length = 0;
  /** The letters of the character at `i` stand in `codes` from `starts[i]` to before `starts[i + 1]`. */
  starts = new Uint32Array(0);
  codes = new Uint16Array(0);

  /** What is no syllable is its own letter. */
  read(text: string): void {
    this.length = text.length;
    if (this.starts.length <= text.length) {
      this.starts = new Uint32Array(text.length * 2 + 1);
      this.codes = new Uint16Array(text.length * 2 * MAX_LETTERS_PER_CHAR);
    }
    const { starts, codes } = this;
    let count = 0;
    for (let i = 0; i < text.length; i += 1) {
      starts[i] = count;
      const code = text.charCodeAt(i);
      if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) {
        codes[count++] = code;
        continue;
      }
      const syllable = code - FIRST_SYLLABLE;
      const vowel = (Math.floor(syllable / FINAL_COUNT) % VOWEL_COUNT) * 2;
      const final = (syllable % FINAL_COUNT) * 2;
      codes[count++] = INITIALS[Math.floor(syllable / (VOWEL_COUNT * FINAL_COUNT)) * 2] ?? 0;
      codes[count++] = VOWELS[vowel] ?? 0;
      if (VOWELS[vowel + 1] !== 0) codes[count++] = VOWELS[vowel + 1] ?? 0;
      if (FINALS[final] !== 0) codes[count++] = FINALS[final] ?? 0;
      if (FINALS[final + 1] !== 0) codes[count++] = FINALS[final + 1] ?? 0;
    }
    starts[text.length] = count;
  }
}

const oneWord = new JamoText();

export function jamoOfWord(word: string): string {
  oneWord.read(word);
  // Spread, an array of numbers goes through its iterator: ten times the time while the code is cold, and start-up asks for thousands.
  return Reflect.apply(String.fromCharCode, undefined, oneWord.codes.subarray(0, oneWord.starts[word.length]));
}
