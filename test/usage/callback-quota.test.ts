import { expect, it } from 'vitest';
import type { Alert } from '../../src/platform/alerts.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { createCallbackCounter } from '../../src/usage/callback-quota.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** A counter on counts that outlive it. */
function counterOn(
  counts: Map<string, number>,
  quota = { perMonth: 10, warnPercent: 80 },
  at = '2026-11-22T00:00:00Z',
) {
  const raised: Alert[] = [];
  const store = {
    async addUsage(botId: string, month: string, kind: string, amount: number) {
      const key = [botId, month, kind].join(' ');
      counts.set(key, (counts.get(key) ?? 0) + amount);
      return counts.get(key) ?? 0;
    },
  };
  const alerts = { raise: (alert: Alert) => void raised.push(alert) };
  const parts = { store, alerts, clock: new ManualClock(Date.parse(at)), logger: silentLogger };
  const count = createCallbackCounter('shop', quota, parts);
  return {
    raised,
    async count(times: number) {
      for (let i = 0; i < times; i += 1) count();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('raises one alert at the warning level and one at the quota, over restarts too', async () => {
  const counts = new Map<string, number>();
  const first = counterOn(counts);
  await first.count(7);
  expect(first.raised).toEqual([]);
  await first.count(1);
  expect(first.raised).toEqual([
    expect.objectContaining({
      code: 'kakao-callbacks-near-quota',
      botId: 'shop',
      details: { count: 8, quota: 10, month: '2026-11' },
    }),
  ]);
  const restarted = counterOn(counts);
  await restarted.count(1);
  expect(restarted.raised).toEqual([]);
  await restarted.count(5);
  expect(restarted.raised.map(({ code }) => code)).toEqual(['kakao-callbacks-used-up']);
  for (const { text } of [...first.raised, ...restarted.raised]) expect(text).toMatch(/[가-힣].*10건/);
});

it('begins anew with the month of Korea', async () => {
  const counts = new Map<string, number>();
  await counterOn(counts, undefined, '2026-11-30T14:59:59.999Z').count(9);
  const december = counterOn(counts, undefined, '2026-11-30T15:00:00Z');
  await december.count(1);
  expect(Object.fromEntries(counts)).toEqual({
    'shop 2026-11 kakao-callbacks': 9,
    'shop 2026-12 kakao-callbacks': 1,
  });
  expect(december.raised).toEqual([]);
});

it('says at 100 % once when that is the warning level too, and nothing without a quota', async () => {
  const full = counterOn(new Map(), { perMonth: 3, warnPercent: 100 });
  await full.count(4);
  expect(full.raised.map(({ code }) => code)).toEqual(['kakao-callbacks-used-up']);
  const unwatched = counterOn(new Map(), { perMonth: 0, warnPercent: 80 });
  await unwatched.count(3);
  expect(unwatched.raised).toEqual([]);
});

it('survives a store that cannot count', async () => {
  const errors: string[] = [];
  const count = createCallbackCounter(
    'shop',
    { perMonth: 10, warnPercent: 80 },
    {
      store: { addUsage: () => Promise.reject(new Error('down')) },
      alerts: { raise: () => {} },
      clock: new ManualClock(),
      logger: { ...silentLogger, error: (_fields, message) => void errors.push(message) },
    },
  );
  count();
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual(['a callback could not be counted']);
});
