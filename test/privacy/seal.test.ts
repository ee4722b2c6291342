import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeal, readSealKey } from '../../src/privacy/seal.ts';

const key = randomBytes(32);
const seal = createSeal(key);

describe('sealed personal data', () => {
  it('opens in its own place, and nobody else reads it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: 'grapheme' }), (data, place) => {
        const sealed = seal.close(data, place);
        expect(seal.open(sealed, place)).toBe(data);
        expect(Buffer.from(sealed, 'base64').includes(Buffer.from(data))).toBe(false);
        expect(seal.open(sealed, `${place}x`)).toBeUndefined();
      }),
    );
  });

  it('never looks the same twice', () => {
    expect(seal.close('01012345678', 'a')).not.toBe(seal.close('01012345678', 'a'));
  });

  it('does not open once a bit of it, or the key, is another', () => {
    const bytes = Buffer.from(seal.close('01012345678', 'a'), 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open(changed.toString('base64'), 'a')).toBeUndefined();
    }
    expect(createSeal(randomBytes(32)).open(bytes.toString('base64'), 'a')).toBeUndefined();
    for (const broken of ['', 'AQ==', bytes.subarray(0, 20).toString('base64'), '한글']) {
      expect(seal.open(broken, 'a')).toBeUndefined();
    }
  });
});

describe('the key of the seal', () => {
  it.each(['hex', 'base64', 'base64url'] as const)('is read as %s', (encoding) => {
    expect(readSealKey(key.toString(encoding))).toEqual(key);
  });

  it.each(['', 'short', key.toString('hex').slice(1), `${key.toString('base64')}A`, 'ㄱ'.repeat(64)])(
    'is not %j',
    (text) => {
      expect(readSealKey(text)).toBeUndefined();
    },
  );
});
