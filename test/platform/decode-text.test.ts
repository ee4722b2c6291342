import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/platform/decode-text.ts';

const TEXT = 'NAME=행복 상점\n# 소개\nGREETING=안녕하세요! ※ 10시부터예요.\nPORT=3000\n';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16', utf16(`\ufeff${TEXT}`)],
    ['UTF-16, the other way round', utf16(`\ufeff${TEXT}`).swap16()],
    ['UTF-16 without a mark', utf16(TEXT)],
    ['UTF-16 without a mark, the other way round', utf16(TEXT).swap16()],
    ['CP949', iconv.encode(TEXT, 'cp949')],
    ['Windows line ends', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
  ])('%s', (_, bytes) => expect(decodeText(bytes)).toBe(TEXT));

  it('reads each line in its own encoding: an editor and a shell have written one file', () => {
    const lines = ['# 상점', 'NAME=상점', 'CONTACT=※ 1600-0000', 'PORT=1', ''];
    for (const [index] of lines.entries()) {
      const parts = lines.map((line, at) => (at === index ? iconv.encode(line, 'cp949') : Buffer.from(line)));
      const bytes = Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [Buffer.from('\n'), part])));
      expect(decodeText(bytes)).toBe(lines.join('\n'));
    }
  });

  it('leaves a hole where a character is broken, and the rest as it is', () => {
    const broken = Buffer.concat([Buffer.from('교환'), Buffer.from([0xeb, 0xb0]), Buffer.from(' 되나요?\n배송')]);
    expect(decodeText(broken)).toBe('교환\ufffd 되나요?\n배송');
    expect(decodeText(Buffer.from('caf\xe9, na\xefve', 'latin1'))).toMatch(/^caf\ufffd, na\ufffd/);
  });

  it('takes no noise for UTF-16: zeros keep what else stands there', () => {
    const stray = 'question,answer\nhow much is it?,\0nothing\n';
    expect(decodeText(Buffer.from(stray))).toBe(stray);
    expect(decodeText(Buffer.from(`NAME=x\n${'\0'.repeat(64)}`))).toBe(`NAME=x\n${'\0'.repeat(64)}`);
  });

  it('reads every text of Korean words in every encoding, with or without a mark', () => {
    const word = fc.constantFrom('가', '각', '배송', '환불은', '漢字', '①', '※', 'ㄱ', 'abc', '3,000원', '=', '"');
    const texts = fc
      .array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 })
      .map((lines) => lines.map((words) => `A=${words.join(' ')}\n`).join(''));
    fc.assert(
      fc.property(texts, (text) => {
        for (const bytes of [Buffer.from(text), utf16(text), utf16(text).swap16(), iconv.encode(text, 'cp949')]) {
          expect(decodeText(bytes)).toBe(text);
        }
      }),
    );
  });
});
