/** What the service says about a picture that is sent inline. Written apart from the product's own reading of pictures, so that a
 *  mistake there shows up here. Source: NAVER Cloud API guide, CLOVA Studio, Chat Completions v3, text and image (2026-08). */
import { ApiError } from './api-error.ts';

export interface Picture {
  readonly format: 'png' | 'jpeg' | 'webp' | 'bmp';
  readonly widthPx: number;
  readonly heightPx: number;
}

const MAX_SIZE_BYTES = 20_000_000;
const MAX_LONG_EDGE_PX = 2_240;
const MIN_SHORT_EDGE_PX = 4;
const MAX_ASPECT_RATIO = 5;
const DATA_URI_HEAD = /^data:image\/([a-z]+);base64,/;
/** Looked for, not matched to the end: a repetition over 27 MB overflows the stack of the regular expression now and then. */
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** @throws ApiError */
export function checkDataUri(data: unknown): Picture {
  // The bare base64 text that the documentation speaks of is refused; the whole data URI passes.
  const [head = '', named] = (typeof data === 'string' ? DATA_URI_HEAD.exec(data) : undefined) ?? [];
  const base64 = String(data).slice(head.length);
  if (named === undefined || !isBase64(base64)) throw ApiError.invalidParameter('dataUri');
  const format = { png: 'png', jpeg: 'jpeg', jpg: 'jpeg', webp: 'webp', bmp: 'bmp' }[named];
  if (format === undefined) throw new ApiError('40060', 'Unsupported image format');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_SIZE_BYTES) throw new ApiError('40061', 'Invalid image file size');
  const picture = readPicture(bytes);
  if (picture === undefined || picture.format !== format) throw new ApiError('40063', 'Invalid image file');
  const [shortPx = 0, longPx = 0] = [picture.widthPx, picture.heightPx].sort((a, b) => a - b);
  if (longPx > MAX_LONG_EDGE_PX || shortPx < MIN_SHORT_EDGE_PX) throw new ApiError('40063', 'Invalid image size');
  if (longPx > shortPx * MAX_ASPECT_RATIO) throw new ApiError('40063', 'Invalid image ratio');
  return picture;
}

function isBase64(text: string): boolean {
  const padding = text.search(NOT_BASE64);
  return text !== '' && padding !== 0 && (padding === -1 || /^={1,2}$/.test(text.slice(padding, padding + 3)));
}

function readPicture(bytes: Buffer): Picture | undefined {
  try {
    if (bytes.toString('latin1', 1, 4) === 'PNG') {
      return { format: 'png', widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) };
    }
    if (bytes.toString('latin1', 0, 2) === 'BM') {
      return { format: 'bmp', widthPx: bytes.readInt32LE(18), heightPx: Math.abs(bytes.readInt32LE(22)) };
    }
    if (bytes.toString('latin1', 8, 12) === 'WEBP') return readWebp(bytes);
    return bytes.readUInt16BE(0) === 0xffd8 ? readJpeg(bytes) : undefined;
  } catch {
    return undefined; // ends before its header does
  }
}

function readWebp(bytes: Buffer): Picture | undefined {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { format: 'webp', widthPx: bytes.readUInt16LE(26) % 0x4000, heightPx: bytes.readUInt16LE(28) % 0x4000 };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { format: 'webp', widthPx: (bits % 0x4000) + 1, heightPx: ((bits >>> 14) % 0x4000) + 1 };
    }
    case 'VP8X':
      return { format: 'webp', widthPx: bytes.readUIntLE(24, 3) + 1, heightPx: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/** The first start-of-frame segment has the size; C4, C8 and CC look like one and are none. */
function readJpeg(bytes: Buffer): Picture | undefined {
  for (let at = 2; bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { format: 'jpeg', widthPx: bytes.readUInt16BE(at + 7), heightPx: bytes.readUInt16BE(at + 5) };
    }
  }
  return undefined;
}
