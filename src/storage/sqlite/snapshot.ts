/** The embedded store as it is at one instant, read beside the server that goes on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../errors.ts';
import { DATABASE_FILE } from '../data-directory.ts';
import { unfit } from '../dump/dump.ts';
import { isClaimed } from './claim-data-directory.ts';
import { mustRollBack, openFailure, storeError } from './failure.ts';
import { prepare } from './prepared.ts';
import { filledTables, NewerSchemaError, readVersion, SCHEMA_VERSION } from './schema.ts';

/** Nobody waits for us; what the server locks it locks shortly. */
const BUSY_TIMEOUT_MS = 10_000;

export interface Snapshot {
  readonly database: DatabaseSync;
  /** A server works on the store. */
  readonly isInUse: boolean;
  close(): void;
}

/** A connection that cannot write, inside a transaction that has begun: it sees the store as it is now, whatever the server goes on to
 *  store. Only the server's log grows meanwhile.
 *  @throws GatewayError `STORE_UNFIT`: `store-missing`, `store-unfinished`, `store-older`; `STORE_FAILED`, `STORE_BUSY` */
export function openSnapshot(directory: string): Snapshot {
  const file = join(directory, DATABASE_FILE);
  if (!existsSync(file)) throw unfit('store-missing', 'There is no store in this data directory', { directory });
  const isInUse = isClaimed(directory);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS, returnArrays: true });
    database.exec('BEGIN');
    assertCurrent(database, directory);
  } catch (thrown) {
    database?.close();
    if (mustRollBack(thrown)) throw unfinished(directory);
    throw thrown instanceof GatewayError ? thrown : storeError(openFailure(file, thrown));
  }
  const opened = database;
  return { database: opened, isInUse, close: () => opened.close() };
}

function assertCurrent(database: DatabaseSync, directory: string): void {
  const version = readVersion(database);
  if (version > SCHEMA_VERSION) throw new NewerSchemaError(version);
  if (version < SCHEMA_VERSION) {
    // A server sets up its log before anything else; an import has none.
    const [journal] = prepare<[string]>(database, 'PRAGMA journal_mode').get() ?? [];
    if (journal !== 'wal' && filledTables(database).length === 0) throw unfinished(directory);
    throw unfit('store-older', 'The store was last used by an older version of the program', {
      found: version,
      known: SCHEMA_VERSION,
    });
  }
}

/** Whoever writes there next, importing again or starting a server, finds it empty. */
function unfinished(directory: string): GatewayError {
  return unfit('store-unfinished', 'An import into this store did not finish', { directory });
}
