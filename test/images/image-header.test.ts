import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectMediaType, readImageHeader } from '../../src/images/image-header.ts';
import { photo, pngOf } from '../helpers/photos.ts';

describe('readImageHeader', () => {
  it.each([
    ['photo.png', 'image/png'],
    ['photo.jpg', 'image/jpeg'],
    ['photo.bmp', 'image/bmp'],
    ['lossy.webp', 'image/webp'],
    ['lossless.webp', 'image/webp'],
    ['extended.webp', 'image/webp'],
  ] as const)('%s', (file, mediaType) => {
    expect(readImageHeader(photo(file))).toEqual({ mediaType, widthPx: 40, heightPx: 24 });
  });

  it('reads past fill bytes and long segments of a JPEG', () => {
    const jpeg = photo('photo.jpg');
    const profile = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xe2, 0xff, 0xff]), Buffer.alloc(65_533)]);
    expect(readImageHeader(Buffer.concat([jpeg.subarray(0, 2), profile, jpeg.subarray(2)]))).toMatchObject({
      widthPx: 40,
      heightPx: 24,
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!doctype html><html>AccessDenied</html>')],
    ['a GIF', Buffer.from('GIF89a\x28\x00\x18\x00\x80\x00\x00')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="24"/>')],
    ['a HEIC', Buffer.from('\0\0\0\x24ftypheic\0\0\0\0mif1')],
    ['a PNG of no size', pngOf(0, 24)],
    ['a JPEG whose picture begins before its size', Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0])],
    ['a JPEG with a segment of no length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a WebP of no known kind', Buffer.from('RIFF\x10\0\0\0WEBPVP9 \0\0\0\0\0\0\0\0\0\0\0\0')],
  ])('does not take %s', (_name, bytes) => {
    expect(readImageHeader(bytes)).toBeUndefined();
  });

  it('never throws and never invents a size, wherever a file is cut or spoilt', () => {
    const files = fc.constantFrom('photo.png', 'photo.jpg', 'photo.bmp', 'lossy.webp', 'extended.webp' as const);
    fc.assert(
      fc.property(files, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (file, end, at, byte) => {
        const whole = photo(file);
        const cut = whole.subarray(0, end % (whole.length + 1));
        const header = readImageHeader(cut);
        if (header !== undefined) expect(header).toEqual(readImageHeader(whole));
        cut[at % Math.max(1, cut.length)] = byte;
        const spoilt = readImageHeader(cut);
        if (spoilt !== undefined) expect(spoilt.mediaType).toBe(detectMediaType(cut));
      }),
      { numRuns: 2_000 },
    );
  });
});
