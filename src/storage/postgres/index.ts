/** The turn log in PostgreSQL: one database, any number of processes. */
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../store.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { CallsInDoubt } from './in-doubt.ts';
import { openLedger } from './ledger.ts';
import { migrateUp, SCHEMA_VERSION } from './migrate.ts';
import { openNotes } from './notes.ts';
import { openPayments } from './payments.ts';
import { openPersonalData } from './personal-data.ts';
import { openPushLog } from './push-log.ts';
import { Replicas } from './replicas.ts';
import { openRetention } from './retention.ts';
import { openSummaries } from './summaries.ts';
import { openTakeOver } from './take-over.ts';
import { openThreads } from './threads.ts';
import { openTurnLog } from './turn-log.ts';
import { openUsage } from './usage.ts';

export interface PostgresStoreOptions extends DatabaseOptions {
  /** Of this process; the owner of its turns. */
  readonly replicaId: string;
  readonly clock: Clock;
}

export interface PostgresStore extends Store {
  readonly replicas: Replicas;
}

/** @throws GatewayError `STORE_FAILED` when the database refuses us or is newer than the program; `STORE_BUSY` when it does not answer */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const foundVersion = await migrateUp(options.url);
  options.logger.debug({ schemaVersion: SCHEMA_VERSION, foundVersion }, 'store opened');
  const database = new Database(options);
  const inDoubt = new CallsInDoubt();
  // A sign of life must not wait behind customers' calls.
  const pulse = new Database({ ...options, poolSize: 1 });
  const replicas = await Replicas.join({ ...options, database: pulse, id: options.replicaId });
  return {
    replicas,
    ...openTurnLog(database, inDoubt),
    ...openTakeOver(database),
    ...openRetention(database),
    ...openThreads(database),
    ...openUsage(database),
    ...openLedger(database),
    ...openSummaries(database),
    ...openPushLog(database, inDoubt),
    ...openNotes(database),
    ...openPayments(database, inDoubt),
    ...openPersonalData(database),
    async close() {
      await database.close();
      await replicas.leave();
      await pulse.close();
    },
  };
}
