import { expect, it } from 'vitest';
import { createLatency } from '../../../src/engine/call-path/latency.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const MINUTE_MS = 60_000;

it('knows nothing before it has seen a few answers', () => {
  const latency = createLatency(new ManualClock());
  latency.note(100);
  latency.note(100);
  expect(latency.usualMs()).toBeUndefined();
  latency.note(100);
  expect(latency.usualMs()).toBe(100);
});

it('is what four of five answers do not exceed, whatever hangs now and then', () => {
  const latency = createLatency(new ManualClock());
  for (const ms of [100, 200, 300, 400, 60_000]) latency.note(ms);
  expect(latency.usualMs()).toBe(400);
});

it('follows the upstream', () => {
  const latency = createLatency(new ManualClock());
  for (let i = 0; i < 100; i += 1) latency.note(100);
  for (let i = 0; i < 32; i += 1) latency.note(5_000);
  expect(latency.usualMs()).toBe(5_000);
});

it('forgets what is older than five minutes, so that a slow one gets another chance', async () => {
  const clock = new ManualClock();
  const latency = createLatency(clock);
  for (let i = 0; i < 3; i += 1) latency.note(90_000);
  await clock.advance(5 * MINUTE_MS - 1);
  expect(latency.usualMs()).toBe(90_000);
  await clock.advance(1);
  expect(latency.usualMs()).toBeUndefined();
});
