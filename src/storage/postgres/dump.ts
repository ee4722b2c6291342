/** The tables in PostgreSQL as something to move: read beside running servers, filled only without one. */
import pg from 'pg';
import { GatewayError } from '../../errors.ts';
import {
  BATCH_ROWS,
  type DumpRow,
  type StoreReader,
  type StoreWriter,
  type TableColumns,
  unfit,
} from '../dump/dump.ts';
import { DUMP_TABLES } from '../dump/tables.ts';
import { STORED_TYPES } from './database.ts';
import { openError, storeError } from './failure.ts';
import { hasLiveReplica } from './live-replica.ts';
import { migrateUp, readMigrations, SCHEMA_VERSION } from './migrate.ts';
import { toStoredText } from './text.ts';
import { splitEvent, wholeEvent } from './turn-row.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 10_000;

/** Of this transaction alone: a file may be slow, and a statement long. */
const PATIENTLY = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`;

/** Sees the database as it was when the first row was read, whatever the servers go on to store.
 *  @throws GatewayError `STORE_UNFIT`: `store-missing`, `store-older`, `store-newer`; `STORE_FAILED`, `STORE_BUSY` */
export async function openPostgresReader(url: string): Promise<StoreReader> {
  const found = (await readMigrations(url)).length;
  if (found === 0) throw unfit('store-missing', 'There is no store in this database');
  if (found !== SCHEMA_VERSION) {
    throw unfit(found < SCHEMA_VERSION ? 'store-older' : 'store-newer', 'The store has another schema', {
      found,
      known: SCHEMA_VERSION,
    });
  }
  const client = await connect(url);
  return closingOnFailure(client, async () => {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${PATIENTLY}`);
    const isInUse = await hasLiveReplica(client);
    return { ...readingCalls(client), isInUse, close: () => client.end() };
  });
}

/** Everything is one transaction. Its lock on the replicas' signs of life keeps servers from starting before the end.
 *  @throws GatewayError `STORE_UNFIT`: `store-not-empty`, `store-in-use`; `STORE_FAILED`, `STORE_BUSY` */
export async function openPostgresWriter(url: string): Promise<StoreWriter> {
  const client = await connect(url);
  return closingOnFailure(client, async () => {
    // Before the schema is touched, and again when nobody can change anything any more.
    await assertFree(client);
    await migrateUp(url);
    await client.query(`BEGIN; ${PATIENTLY}`);
    const tables = ['replicas', ...DUMP_TABLES.map(({ name }) => name)].map((name) => `malgil.${name}`);
    await client.query(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    await assertFree(client);
    return {
      ...readingCalls(client),
      isInUse: false,
      writeRows: (to, rows) => translateFailure(() => insertRows(client, to, rows)),
      commit: () => translateFailure(() => commit(client)),
      // What was not committed is rolled back with the connection.
      close: () => client.end(),
    };
  });
}

function readingCalls(client: pg.Client): Pick<StoreReader, 'kind' | 'countRows' | 'readRows' | 'asKept'> {
  return {
    kind: 'postgres',
    countRows: async ({ name }) => {
      const sql = `SELECT count(*) FROM malgil."${name}"`;
      const { rows } = await translateFailure(() => client.query<[number]>({ text: sql, rowMode: 'array' }));
      return rows[0]?.[0] ?? 0;
    },
    readRows: (from) => readRows(client, from),
    asKept: (row) => row,
  };
}

async function* readRows(client: pg.Client, { table, columns }: TableColumns): AsyncGenerator<readonly DumpRow[]> {
  const isTurns = table.name === 'turns';
  const eventAt = isTurns ? columns.indexOf('event') : -1;
  const selected = columns.map((column) => (table.columns[column] === 'flag' ? `"${column}"::integer` : `"${column}"`));
  if (isTurns) selected.push('"open_windows"');
  // As SQLite sorts: by bytes.
  const order = table.key.map((column) =>
    table.columns[column] === 'text' ? `"${column}" COLLATE "C"` : `"${column}"`,
  );
  const query = <Row extends unknown[]>(text: string) =>
    translateFailure(() => client.query<Row>({ text, rowMode: 'array' }));
  await query(
    `DECLARE moved NO SCROLL CURSOR FOR SELECT ${selected.join(', ')} FROM malgil."${table.name}" ORDER BY ${order.join(', ')}`,
  );
  for (;;) {
    const { rows } = await query<(string | number | null)[]>(`FETCH ${BATCH_ROWS} FROM moved`);
    if (rows.length > 0) yield isTurns ? rows.map((row) => withWholeEvent(row, eventAt)) : rows;
    if (rows.length < BATCH_ROWS) break;
  }
  await query('CLOSE moved');
}

/** The last column holds the windows that stand apart from the event. */
function withWholeEvent(row: DumpRow, eventAt: number): DumpRow {
  const openWindows = row.at(-1);
  const columns = row.slice(0, -1);
  return typeof openWindows === 'string'
    ? columns.with(eventAt, wholeEvent(String(columns[eventAt]), openWindows))
    : columns;
}

async function insertRows(
  client: pg.Client,
  { table, columns }: TableColumns,
  rows: readonly DumpRow[],
): Promise<void> {
  const eventAt = table.name === 'turns' ? columns.indexOf('event') : -1;
  const split = eventAt === -1 ? [] : rows.map((row) => splitEvent(String(row[eventAt])));
  const kinds = columns.map((column) => (table.columns[column] === 'text' ? 'text' : 'bigint'));
  const values = columns.map((_, at) =>
    at === eventAt ? split.map(([event]) => event) : rows.map((row) => row[at] ?? null),
  );
  const names = [...columns];
  if (eventAt !== -1) {
    names.push('open_windows');
    kinds.push('text');
    values.push(split.map(([, openWindows]) => openWindows));
  }
  const parameters = kinds.map((kind, at) => `$${at + 1}::${kind}[]`).join(', ');
  const selected = names.map((name) => (table.columns[name] === 'flag' ? `"${name}" <> 0` : `"${name}"`));
  await client.query(
    `INSERT INTO malgil."${table.name}" (${names.map((name) => `"${name}"`).join(', ')}) OVERRIDING SYSTEM VALUE
     SELECT ${selected.join(', ')} FROM unnest(${parameters}) AS moved (${names.map((name) => `"${name}"`).join(', ')})`,
    values.map((column) => column.map((value) => (typeof value === 'string' ? toStoredText(value) : value))),
  );
}

async function commit(client: pg.Client): Promise<void> {
  for (const { name, columns } of DUMP_TABLES) {
    // The next row gets the number after the last one, and queries are planned for what is there now.
    if (Object.hasOwn(columns, 'serial')) {
      await client.query(
        `SELECT setval(pg_get_serial_sequence('malgil.${name}', 'serial'), max(serial)) FROM malgil.${name} HAVING count(*) > 0`,
      );
    }
    await client.query(`ANALYZE malgil.${name}`);
  }
  await client.query('COMMIT');
}

/** Any table of any version of the schema, but for what a database keeps for itself. */
async function assertFree(client: pg.Client): Promise<void> {
  if (await hasLiveReplica(client)) throw unfit('store-in-use', 'A gateway works on this database');
  const { rows: tables } = await client.query<{ readonly name: string }>(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = 'malgil' AND tablename NOT IN ('migrations', 'replicas', 'leases') ORDER BY name`,
  );
  const filled: string[] = [];
  for (const { name } of tables) {
    if ((await client.query(`SELECT FROM malgil."${name}" LIMIT 1`)).rowCount === 1) filled.push(name);
  }
  if (filled.length > 0) throw unfit('store-not-empty', 'The store is not empty', { tables: filled.join(', ') });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'malgil-store',
    keepAlive: true,
    types: STORED_TYPES,
  });
  client.on('error', () => {}); // told by the call that runs on it, too
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    throw openError(thrown);
  }
}

async function closingOnFailure<Opened>(client: pg.Client, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open();
  } catch (thrown) {
    await client.end();
    throw thrown instanceof GatewayError ? thrown : storeError(thrown);
  }
}

async function translateFailure<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (thrown) {
    throw storeError(thrown);
  }
}
