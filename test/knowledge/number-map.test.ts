import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberMap } from '../../src/knowledge/number-map.ts';

const anyKey = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer()).filter((key) => key !== 0);

it('remembers what a Map remembers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyKey, fc.integer({ min: 1, max: 0x7fffffff })), { maxLength: 500 }), (pairs) => {
      const map = new NumberMap();
      const expected = new Map<number, number>();
      for (const [key, value] of pairs) {
        map.set(key, value);
        expected.set(key, value);
      }
      expect(map.size).toBe(expected.size);
      for (const [key, value] of expected) expect(map.get(key)).toBe(value);
      for (let key = -20; key <= 20; key += 1) expect(map.get(key)).toBe(expected.get(key) ?? 0);
    }),
  );
});

it('grows to a hundred thousand pairs of syllables', () => {
  const map = new NumberMap();
  const key = (i: number) => ((0xac00 + (i % 317)) << 16) | (0xac00 + Math.floor(i / 317));
  for (let i = 0; i < 100_000; i += 1) map.set(key(i), i + 1);
  expect(map.size).toBe(100_000);
  for (let i = 0; i < 100_000; i += 1) if (map.get(key(i)) !== i + 1) expect.fail(`key ${i} is lost`);
});
