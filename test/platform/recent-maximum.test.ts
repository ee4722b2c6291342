import { expect, it } from 'vitest';
import { RecentMaximum } from '../../src/platform/recent-maximum.ts';

it('remembers the largest for as many values as it was told to', () => {
  const recent = new RecentMaximum(3);
  expect(recent.value).toBe(0);
  const seen = [5, 900, 3, 2, 1, 0].map((value) => {
    recent.add(value);
    return recent.value;
  });
  expect(seen).toEqual([5, 900, 900, 900, 3, 2]);
});
