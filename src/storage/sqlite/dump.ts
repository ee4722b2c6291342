/** The embedded store as something to move: read beside the running server, filled only without one. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { DATABASE_FILE } from '../data-directory.ts';
import {
  BATCH_ROWS,
  type DumpRow,
  type StoreReader,
  type StoreWriter,
  type TableColumns,
  unfit,
} from '../dump/dump.ts';
import type { DumpTable } from '../dump/tables.ts';
import { claimDataDirectory } from './claim-data-directory.ts';
import { createPrivateFile } from './database-file.ts';
import { callFailure, openFailure, storeError } from './failure.ts';
import { prepare } from './prepared.ts';
import { filledTables, migrate } from './schema.ts';
import { openSnapshot } from './snapshot.ts';

/** Nobody waits for this process; the server's commits are short. */
const BUSY_TIMEOUT_MS = 10_000;

export async function openSqliteReader(directory: string): Promise<StoreReader> {
  const { database, isInUse, close } = openSnapshot(directory);
  return { ...readingCalls(database), isInUse, close: async () => close() };
}

/** Holds the directory, so that no server starts before the end. Everything is one transaction in a rollback journal: after kill -9 whoever
 *  opens the file next rolls back and finds it empty.
 *  @throws GatewayError `DATA_DIR_IN_USE`; `STORE_UNFIT`: `store-not-empty`, `store-newer`; `STORE_FAILED`, `STORE_BUSY` */
export async function openSqliteWriter(directory: string, clock: Clock): Promise<StoreWriter> {
  const claim = await claimDataDirectory(directory, clock);
  const file = join(directory, DATABASE_FILE);
  let database: DatabaseSync | undefined;
  try {
    createPrivateFile(directory, file);
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, returnArrays: true });
    assertEmpty(database);
    // The server goes back to its log when it starts. Here the log would hold a second copy of everything until the end.
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    migrate(database);
    database.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    database?.close();
    await claim.release();
    throw thrown instanceof GatewayError ? thrown : storeError(openFailure(file, thrown));
  }
  const opened = database;
  const insertInto = rememberInserts(opened);
  return {
    ...readingCalls(opened),
    isInUse: false,
    async writeRows(to, rows) {
      translateFailure(() => {
        const insert = insertInto(to);
        for (const row of rows) insert.run(...row);
      });
    },
    commit: async () => translateFailure(() => opened.exec('COMMIT')),
    // What was not committed is rolled back with the connection.
    async close() {
      opened.close();
      await claim.release();
    },
  };
}

function readingCalls(database: DatabaseSync): Pick<StoreReader, 'kind' | 'countRows' | 'readRows' | 'asKept'> {
  return {
    kind: 'sqlite',
    countRows: async ({ name }) =>
      translateFailure(() => prepare<[number]>(database, `SELECT count(*) FROM "${name}"`).get()?.[0] ?? 0),
    readRows: (from) => readRows(database, from),
    asKept: (row) =>
      row.every(isKept) ? row : row.map((value) => (isKept(value) ? value : String(value).toWellFormed())),
  };
}

/** SQLite keeps UTF-8, which has no half of a surrogate pair; U+FFFD stands in for one. */
const isKept = (value: DumpRow[number]) => typeof value !== 'string' || value.isWellFormed();

async function* readRows(database: DatabaseSync, { table, columns }: TableColumns): AsyncGenerator<readonly DumpRow[]> {
  const { name, key } = table;
  const sql = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(name)} ORDER BY ${key.map(quote).join(', ')}`;
  const rows = translateFailure(() => database.prepare(sql).iterate()) as unknown as Iterator<DumpRow>;
  for (;;) {
    const batch = translateFailure(() => takeBatch(rows));
    if (batch.length > 0) yield batch;
    if (batch.length < BATCH_ROWS) return;
  }
}

function takeBatch(rows: Iterator<DumpRow>): readonly DumpRow[] {
  const batch: DumpRow[] = [];
  while (batch.length < BATCH_ROWS) {
    const { value, done } = rows.next();
    if (done === true) break;
    batch.push(value);
  }
  return batch;
}

function rememberInserts(database: DatabaseSync) {
  const prepared = new Map<DumpTable, ReturnType<typeof prepare>>();
  return ({ table, columns }: TableColumns) => {
    const known = prepared.get(table);
    if (known !== undefined) return known;
    const sql = `INSERT INTO ${quote(table.name)} (${columns.map(quote).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const insert = prepare(database, sql);
    prepared.set(table, insert);
    return insert;
  };
}

/** Any table of any version: it is looked at before the schema is brought up to date. */
function assertEmpty(database: DatabaseSync): void {
  const filled = filledTables(database);
  if (filled.length > 0) throw unfit('store-not-empty', 'The store is not empty', { tables: filled.join(', ') });
}

function translateFailure<Outcome>(work: () => Outcome): Outcome {
  try {
    return work();
  } catch (thrown) {
    throw storeError(callFailure(thrown));
  }
}

const quote = (name: string) => `"${name}"`;
