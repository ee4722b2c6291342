import { disassemble } from 'es-hangul';

const cache = new Map<string, string>();

/** The letters of one character ("뀜" → "ㄲㅜㅣㅁ"); what is no Hangul syllable is itself. Kept, because every message asks for the same few hundred. */
export function jamoOf(char: string): string {
  const known = cache.get(char);
  if (known !== undefined) return known;
  const jamo = char >= '가' && char <= '힣' ? disassemble(char) : char;
  if (char >= '가' && char <= '힣') cache.set(char, jamo); // 11,172 at most; other characters have no bound
  return jamo;
}

export function jamoOfWord(word: string): string {
  let jamo = '';
  for (const char of word) jamo += jamoOf(char);
  return jamo;
}
