import { iconv } from './iconv.ts';

/** Of the bytes of UTF-16: every blank, mark and line end has one. Other text has none. */
const LEAST_SHARE_OF_ZEROS = 1 / 30;

/** Text of a file that came out of some editor, spreadsheet or shell: UTF-8, UTF-16 (PowerShell, "Unicode text") or CP949 (Korean
 *  Windows, a superset of EUC-KR), with or without a mark. Line breaks become `\n`; U+FFFD stands where a character is broken. */
export function decodeText(bytes: Uint8Array): string {
  return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n');
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv().decode(bytes, 'utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv().decode(bytes, 'utf16be');
  const utf8 = bytes.toString('utf8');
  if (utf8.includes('\0')) return unmarkedUtf16(bytes, utf8) ?? utf8;
  return utf8.includes('\ufffd') ? linesOf(bytes).map(decodeLine).join('\n') : utf8;
}

/** `undefined` for what only happens to hold zeros. */
function unmarkedUtf16(bytes: Buffer, utf8: string): string | undefined {
  const zeros = utf8.split('\0').length - 1;
  if (zeros < bytes.length * LEAST_SHARE_OF_ZEROS) return undefined;
  const utf16 = iconv().decode(bytes, 'utf-16');
  return utf16.includes('\0') || !utf16.isWellFormed() ? undefined : utf16;
}

/** No character of UTF-8 or CP949 holds the byte of a line end, so a line may differ from the others: `echo NAME=… >> .env`. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
}

/** A few broken bytes do not turn UTF-8 into CP949: syllables of CP949 never read as syllables of UTF-8. */
function decodeLine(line: Buffer): string {
  const utf8 = line.toString('utf8');
  if (!utf8.includes('\ufffd') || /[가-힣]/.test(utf8)) return utf8;
  const cp949 = iconv().decode(line, 'cp949');
  return holes(cp949) < holes(utf8) ? cp949 : utf8;
}

function holes(text: string): number {
  return text.match(/\ufffd/g)?.length ?? 0;
}
