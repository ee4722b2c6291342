/** The proof of `bench/clova-storm.ts` in small: a few seconds instead of a minute. */
import { expect, it } from 'vitest';
import { brokenPromises, runClovaStorm } from '../../bench/clova-storm/storm.ts';

it('answers everybody although the account may ask its model for a few of them only', {
  timeout: 120_000,
}, async () => {
  const report = await runClovaStorm({
    customers: 40,
    withinMs: 2_000,
    requestsPerMinute: 6,
    tokensPerMinute: 60_000,
    latencyMs: 50,
    // Fifty seconds to a deadline, and a patient platform: a busy machine does not decide what is seen.
    callback: true,
    skillTimeoutMs: 30_000,
    env: { CLOVA_QUEUE_MS: '500' },
  });
  expect(brokenPromises(report), report.unanswered.join('\n')).toEqual([]);
  expect(report.fates).toMatchObject({ late: 0, unknown: 0, apology: 0 });
  expect(report.fates.model).toBeGreaterThan(0);
  expect(report.fates.knowledge).toBeGreaterThan(0);
  expect(report.upstreamCalls).toBeLessThanOrEqual(12);
});
