/** Many kill -9 while customers go on asking, on either store. The long form is `node bench/crash-storm.ts`. */
import { expect, it } from 'vitest';
import { type CrashStormReport, runCrashStorm } from '../../bench/crash-storm/storm.ts';
import { createTestDatabase, hasPostgres } from '../helpers/postgres.ts';

const ROUNDS = 20;
const CUSTOMERS = 10;
const WAIT = { timeout: 300_000 };

const NOTHING_WRONG = { lost: [], doubled: [], crossed: [], outOfOrder: [], faults: [], leftOpen: 0, openWork: [] };

function check(report: CrashStormReport): void {
  const { lost, doubled, crossed, outOfOrder, faults, leftOpen, openWork, fates, accepted } = report;
  console.table({ accepted, ...fates });
  expect({ lost, doubled, crossed, outOfOrder, faults, leftOpen, openWork }).toEqual(NOTHING_WRONG);
  // Nothing is on its way any more: each message has its fate.
  expect(Object.keys(fates)).not.toContain('waiting');
  expect(Object.keys(fates)).not.toContain('sending');
  expect(accepted).toBeGreaterThan(ROUNDS * CUSTOMERS);
}

it('kills of the only process lose, double and cross no answer, and keep their order', WAIT, async () => {
  check(await runCrashStorm({ rounds: ROUNDS, customers: CUSTOMERS }));
});

it.skipIf(!hasPostgres)('nor do kills of one of two replicas, again and again', WAIT, async () => {
  const database = await createTestDatabase();
  try {
    check(await runCrashStorm({ rounds: ROUNDS, customers: CUSTOMERS, postgres: { url: database.url, replicas: 2 } }));
  } finally {
    await database.drop();
  }
});
