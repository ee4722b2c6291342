import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromStoredText, toStoredText } from '../../../src/storage/postgres/text.ts';

const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('\0', '\u0001', '\ud800', '\udc00', '"'), fc.string()) });

it('keeps every text, in a form that PostgreSQL takes, and no two in the same', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, other) => {
      const stored = toStoredText(text);
      expect(stored.includes('\0') || !stored.isWellFormed()).toBe(false);
      expect(fromStoredText(stored)).toBe(text);
      expect(stored === toStoredText(other)).toBe(text === other);
    }),
  );
});

it('leaves ordinary text as it is', () => {
  expect(toStoredText('배송은 언제 오나요? 😀')).toBe('배송은 언제 오나요? 😀');
});
