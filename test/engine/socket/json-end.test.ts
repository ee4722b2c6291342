import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonEnd } from '../../../src/engine/socket/json-end.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Where the value ended, counted over all pieces. */
function endIn(bytes: Uint8Array, pieceBytes: number): number | undefined {
  const end = new JsonEnd();
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const found = end.find(bytes.subarray(start, start + pieceBytes));
    if (found !== undefined) return start + found;
  }
  return undefined;
}

describe('the end of a JSON value', () => {
  it('is found wherever the reads cut it, whatever follows', () => {
    const value = fc.oneof(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 40 }), fc.string(), (json, pieceBytes, rest) => {
        const bytes = bytesOf(JSON.stringify(json));
        expect(endIn(bytesOf(JSON.stringify(json) + rest), pieceBytes)).toBe(bytes.length);
        expect(endIn(bytes.subarray(0, -1), pieceBytes)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['brackets in a string', '{"Answer":"] } \\" {"}'],
    ['white space first', ' \r\n\t{"Answer":"네"}'],
    ['a byte order mark first', '\ufeff{"Answer":"네"}'],
    ['an escaped backslash before the quote', '{"Answer":"C:\\\\"}'],
  ])('is found with %s', (_, text) => {
    expect(endIn(bytesOf(`${text}\n`), 3)).toBe(bytesOf(text).length);
  });

  it('is not found in what is no object', () => {
    expect(endIn(bytesOf('"네"'), 3)).toBeUndefined();
    expect(endIn(bytesOf(']}'), 3)).toBeUndefined();
  });
});
