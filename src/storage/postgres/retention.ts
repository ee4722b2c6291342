/** What is too old goes, in slices of a few milliseconds, so that customers' calls slip in between. */
import type { Store } from '../store.ts';
import { type Database, type Statement, statement, type Value } from './database.ts';
import { purgeMarks } from './marks.ts';

const SLICE_ROWS = 200;

const purgeTurns = statement(
  'purge-turns',
  `DELETE FROM malgil.turns WHERE serial IN
     (SELECT serial FROM malgil.turns WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);
// A walk, because an index by age would cost a write for every message to save a second once a day.
const purgeConversations = statement<[lastSerial: number | null]>(
  'purge-conversations',
  `WITH slice AS (SELECT serial FROM malgil.conversations WHERE serial > $1 ORDER BY serial LIMIT $3),
   gone AS (
     DELETE FROM malgil.conversations c WHERE c.serial IN (SELECT serial FROM slice) AND c.last_received_at < $2
       AND NOT EXISTS (SELECT FROM malgil.turns t WHERE t.conversation = c.serial)
       AND NOT EXISTS (SELECT FROM malgil.payments p WHERE p.conversation = c.serial AND p.untold IS NOT NULL)
   )
   SELECT max(serial) FROM slice`,
);
const purgePushes = statement(
  'purge-pushes',
  `DELETE FROM malgil.pushes WHERE id IN
     (SELECT id FROM malgil.pushes WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);
const purgePayments = statement('purge-payments', 'DELETE FROM malgil.payments WHERE moved_at < $1 AND untold IS NULL');
const purgeSummaries = statement('purge-summaries', 'DELETE FROM malgil.summaries WHERE through_at < $1');
const expireHeld = statement(
  'expire-held',
  `UPDATE malgil.deliveries SET state = 'expired', updated_at = $3 WHERE serial IN
     (SELECT serial FROM malgil.deliveries WHERE state = 'held' AND created_at < $1
      ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

export function openRetention(database: Database): Pick<Store, 'purgeBefore' | 'expireHeldBefore'> {
  /** Runs slice after slice until one is not full; returns how many rows went in all. */
  async function repeatWhileFull(slice: Statement<readonly []>, ...values: readonly Value[]): Promise<number> {
    let total = 0;
    for (;;) {
      const { count } = await database.run(slice, ...values);
      total += count;
      if (count < SLICE_ROWS) return total;
    }
  }

  return {
    async purgeBefore(cutoff) {
      const purged = await repeatWhileFull(purgeTurns, cutoff, SLICE_ROWS);
      let serial: number | null = 0;
      while (serial !== null) {
        serial = (await database.run(purgeConversations, serial, cutoff, SLICE_ROWS)).rows[0]?.[0] ?? null;
      }
      await repeatWhileFull(purgePushes, cutoff, SLICE_ROWS);
      await database.run(purgePayments, cutoff);
      await database.run(purgeSummaries, cutoff);
      await database.run(purgeMarks, cutoff);
      return purged;
    },

    expireHeldBefore: (cutoff, at) => repeatWhileFull(expireHeld, cutoff, SLICE_ROWS, at),
  };
}
