import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTap, encodeTap, type TapAction } from '../src/message.ts';

const id = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
const anyTap: fc.Arbitrary<TapAction> = fc.oneof(
  fc.record({ kind: fc.constantFrom('pickup' as const, 'again' as const), turnId: id }),
  fc.record({ kind: fc.constant('continue' as const), turnId: id, position: fc.nat() }),
  fc.record({
    kind: fc.constant('ask' as const),
    entryId: fc.string({ minLength: 1 }).filter((text) => text[0] !== ':'),
  }),
  fc.record({
    kind: fc.constant('engine' as const),
    engine: fc.constantFrom('clova-chatbot', 'socket'),
    data: fc.string({ minLength: 1, unit: 'grapheme' }),
  }),
  fc.constantFrom({ kind: 'reset' as const }, { kind: 'person' as const }),
);

describe('a tap as one string', () => {
  it('comes back as what it was', () => {
    fc.assert(
      fc.property(anyTap, (tap) => {
        expect(decodeTap(encodeTap(tap))).toEqual(tap);
      }),
    );
  });

  it.each([
    'malgil:engine',
    'malgil:engine:',
    'malgil:engine::data',
    'malgil:engine:clova-chatbot:',
    'malgil:engine:x',
  ])('%s is none', (code) => expect(decodeTap(code)).toBeUndefined());
});
