/** Photos as bytes, and a server that has them. */
import { readFileSync } from 'node:fs';

type PhotoFile = 'photo.png' | 'photo.jpg' | 'photo.bmp' | 'lossy.webp' | 'lossless.webp' | 'extended.webp';

/** All 40 × 24 pixels. */
export function photo(file: PhotoFile): Buffer {
  return readFileSync(new URL(`../fixtures/photos/${file}`, import.meta.url));
}

/** A PNG whose header says that it has this size. */
export function pngOf(widthPx: number, heightPx: number): Buffer {
  const bytes = photo('photo.png');
  bytes.writeUInt32BE(widthPx, 16);
  bytes.writeUInt32BE(heightPx, 20);
  return bytes;
}
