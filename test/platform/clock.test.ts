import { expect, it } from 'vitest';
import { atMost } from '../../src/platform/clock.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

it('work that ends in time has its result, and no timer stays behind', async () => {
  const clock = new ManualClock();
  expect(await atMost(clock, 100, Promise.resolve('done'))).toBe('done');
  await expect(atMost(clock, 100, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(clock.waiting).toBe(0);
});

it('work that takes longer is waited for no more', async () => {
  const clock = new ManualClock();
  let isOver = false;
  const waiting = atMost(clock, 100, new Promise(() => {})).then((result) => {
    isOver = true;
    return result;
  });
  await clock.advance(99);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await waiting).toBeUndefined();
});
