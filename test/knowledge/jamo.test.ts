import { disassemble } from 'es-hangul';
import { describe, expect, it } from 'vitest';
import { JamoText, jamoOfWord } from '../../src/knowledge/jamo.ts';

const syllables = Array.from({ length: 11_172 }, (_, i) => String.fromCharCode(0xac00 + i));

describe('jamoOfWord', () => {
  it('takes every syllable apart as a keyboard writes it', () => {
    expect(syllables.map(jamoOfWord)).toEqual(syllables.map((syllable) => disassemble(syllable)));
  });

  it('leaves what is no syllable', () => {
    expect(jamoOfWord('')).toBe('');
    expect(jamoOfWord('vip회원2명')).toBe('vipㅎㅗㅣㅇㅜㅓㄴ2ㅁㅕㅇ');
  });
});

describe('JamoText', () => {
  it('says where the letters of each character stand, for a longer text after a shorter one and the other way round', () => {
    const text = new JamoText();
    for (const read of ['값', '뀜a값', '뷁뷁뷁뷁 2', 'as', '']) {
      text.read(read);
      const letters = Array.from({ length: text.length }, (_, i) =>
        String.fromCharCode(...text.codes.subarray(text.starts[i], text.starts[i + 1])),
      );
      expect(letters).toEqual(Array.from({ length: read.length }, (_, i) => jamoOfWord(read.charAt(i))));
    }
  });
});
