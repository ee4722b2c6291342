/** What bytes are, by the bytes themselves: the other side's Content-Type is only its opinion. */
import type { ImageMediaType } from '../engine/engine.ts';

export interface ImageHeader {
  readonly mediaType: ImageMediaType;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Enough of a file for {@link detectMediaType}. */
export const MAGIC_BYTES = 12;

export function detectMediaType(bytes: Uint8Array): ImageMediaType | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 0, 2) === 'BM') return 'image/bmp';
  return undefined;
}

/** `undefined` for anything else, and for a header that breaks off. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const mediaType = detectMediaType(bytes);
  if (mediaType === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const [widthPx, heightPx] = READERS[mediaType](view, bytes);
    return widthPx > 0 && heightPx > 0 ? { mediaType, widthPx, heightPx } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // beyond the last byte
    throw error;
  }
}

type Size = readonly [widthPx: number, heightPx: number];
const UNKNOWN_SIZE: Size = [0, 0];

const READERS: Readonly<Record<ImageMediaType, (view: DataView, bytes: Uint8Array) => Size>> = {
  'image/png': (view) => [view.getUint32(16), view.getUint32(20)],
  // A negative height means that the rows come from the top.
  'image/bmp': (view) => [view.getInt32(18, true), Math.abs(view.getInt32(22, true))],
  'image/jpeg': readJpegSize,
  'image/webp': readWebpSize,
};

/** Segment by segment to the frame header. What stands before it (a colour profile, a small preview) can be long. */
function readJpegSize(view: DataView): Size {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill bytes may stand before a marker
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    if (marker === 0xd9 || marker === 0xda) return UNKNOWN_SIZE; // the picture begins, and nobody said how large it is
    const sizeBytes = view.getUint16(at + 2);
    if (sizeBytes < 2) return UNKNOWN_SIZE;
    at += 2 + sizeBytes;
  }
  return UNKNOWN_SIZE;
}

function readWebpSize(view: DataView, bytes: Uint8Array): Size {
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
    }
    case 'VP8X':
      return [uint24(view, 24) + 1, uint24(view, 27) + 1];
    default:
      return UNKNOWN_SIZE;
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
