import iconv from 'iconv-lite';

/** Text of a file that came out of some spreadsheet: UTF-8 with or without a mark, UTF-16 ("Unicode text"), or CP949 (Korean Excel,
 *  a superset of EUC-KR). Line breaks become `\n`. */
export function decodeText(bytes: Uint8Array): string {
  return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n');
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, 'utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(bytes, 'utf16be');
  const utf8 = bytes.toString('utf8');
  if (!utf8.includes('\ufffd')) return utf8;
  // A few broken bytes do not turn UTF-8 into CP949: the decoding that leaves fewer holes is the right one. CP949 text read as
  // UTF-8 has a hole for nearly every syllable; UTF-8 read as CP949 has rare Hanja and holes where the syllables were.
  const cp949 = iconv.decode(bytes, 'cp949');
  return holes(utf8) * 2 > syllables(utf8) && syllables(cp949) > 0 ? cp949 : utf8;
}

function holes(text: string): number {
  return text.match(/\ufffd/g)?.length ?? 0;
}

function syllables(text: string): number {
  return text.match(/[가-힣]/g)?.length ?? 0;
}
