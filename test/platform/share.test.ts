import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partOf, WHOLE } from '../../src/platform/share.ts';

it('leaves all to one that is alone', () => {
  expect(partOf({ count: 5, windowMs: 1_000 }, WHOLE)).toEqual({ count: 5, windowMs: 1_000 });
});

it('divides into parts that add up to all, each of them a whole number above 0', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 50 }), (count, processes) => {
      const parts = Array.from({ length: processes }, (_, rank) =>
        partOf({ count, windowMs: 1_000 }, { processes, rank }),
      );
      const inSecond = parts.reduce((sum, part) => sum + part.count * (1_000 / part.windowMs), 0);
      expect(inSecond).toBeCloseTo(count, 6);
      for (const part of parts) expect(Number.isInteger(part.count) && part.count > 0).toBe(true);
    }),
  );
});

it('leaves what is not limited unlimited', () => {
  const part = partOf({ count: Number.POSITIVE_INFINITY, windowMs: 1_000 }, { processes: 3, rank: 2 });
  expect(part).toEqual({ count: Number.POSITIVE_INFINITY, windowMs: 1_000 });
});
