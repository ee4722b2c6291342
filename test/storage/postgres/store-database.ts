/** A database with the tables of the store, for the tests of one file. */

import { systemClock } from '../../../src/platform/clock.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../../src/storage/postgres/index.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/postgres.ts';

export interface StoreDatabase extends TestDatabase {
  openStore(options?: Partial<PostgresStoreOptions>): Promise<PostgresStore>;
  /** Nothing is left in it, not even the tables. */
  empty(): Promise<void>;
}

/** Patient enough for a machine that is busy with other tests. */
export function databaseOptions(url: string, options: Partial<PostgresStoreOptions> = {}): PostgresStoreOptions {
  return {
    url,
    poolSize: 4,
    startWaitMs: 0,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 10_000,
    lockTimeoutMs: 10_000,
    replicaId: randomId(),
    clock: systemClock,
    logger: silentLogger,
    ...options,
  };
}

export async function createStoreDatabase(): Promise<StoreDatabase> {
  const database = await createTestDatabase();
  return {
    ...database,
    openStore: (options) => openPostgresStore(databaseOptions(database.url, options)),
    empty: async () => {
      await database.query('DROP SCHEMA IF EXISTS malgil CASCADE');
    },
  };
}
