import { expect, it } from 'vitest';
import { runStorm } from '../../bench/talktalk-storm/storm.ts';

it('no bot is suspended and no question is lost while the store is locked, the model is down and the core has a bug', async () => {
  const report = await runStorm({
    bots: 4,
    perSecond: 25,
    seconds: 10,
    faultSeconds: 2,
    opens: 500,
    opensPerSecond: 250,
    patienceSeconds: 60,
  });
  expect(report).toMatchObject({
    questions: 250,
    silent: [],
    doubled: [],
    outOfOrder: [],
    suspended: 0,
    faults: 0,
    payments: 5,
    payments200: 0,
  });
  expect(report.phases.map(({ name, not200 }) => `${name}: ${not200}`)).toEqual([
    'steady: 0',
    'store locked: 0',
    'model down: 0',
    'burst of open: 0',
  ]);
  // A storm in which nothing was ever wrong would prove nothing.
  expect(report.spooled).toBeGreaterThan(0);
  expect(report.explained).toBeGreaterThan(0);
  expect(report.answeredOnce).toBeGreaterThan(0);
}, 180_000);
