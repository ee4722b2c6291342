/** Brings the tables of a database to a version. Once, however many programs start together. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { GatewayError } from '../../errors.ts';
import { unfit } from '../dump/dump.ts';
import { openError } from './failure.ts';
import { hasLiveReplica, holdReplicas } from './live-replica.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

/** Whoever wants to migrate this database waits for this advisory lock: "malgil" in the bytes of a number. */
const LOCK_KEY = '120291366137196';
/** Another program may be at a long step. */
const LOCK_TIMEOUT_MS = 120_000;

export const SCHEMA_VERSION = MIGRATIONS.length;

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly appliedAt: string;
}

interface StoredMigration extends AppliedMigration {
  readonly worksFrom: number;
  readonly checksum: string;
}

/** Applies what is missing, each step in a transaction of its own. Returns the version that it found; one above
 *  {@link SCHEMA_VERSION} belongs to a newer program, beside which this one can work.
 *  @throws GatewayError `STORE_FAILED`, `STORE_BUSY`, with a sentence for the operator */
export function migrateUp(url: string, migrations: readonly Migration[] = MIGRATIONS): Promise<number> {
  return withClient(url, async (client) => {
    let found: number | undefined;
    for (;;) {
      const isDone = await inTransaction(client, async () => {
        await createMigrationsTable(client);
        const applied = await readApplied(client);
        found ??= applied.length;
        assertWithoutGap(applied);
        assertKnown(applied, migrations);
        const next = migrations[applied.length];
        if (next === undefined) return true;
        await apply(client, next);
        await client.query(
          'INSERT INTO malgil.migrations (version, name, works_from, checksum) VALUES ($1, $2, $3, $4)',
          [next.version, next.name, next.worksFrom, checksumOf(next)],
        );
        return false;
      });
      if (isDone) return found ?? 0;
    }
  });
}

/** Takes steps back until `version` is reached, the last one first. What they had added is gone.
 *  @param options.force also below a gateway that works on the database
 *  @throws GatewayError `STORE_UNFIT`: `store-in-use`; `STORE_FAILED`, `STORE_BUSY`; with a sentence for the operator */
export function migrateDown(
  url: string,
  version: number,
  {
    migrations = MIGRATIONS,
    force = false,
  }: { readonly migrations?: readonly Migration[]; readonly force?: boolean } = {},
): Promise<void> {
  return withClient(url, async (client) => {
    for (;;) {
      const isDone = await inTransaction(client, async () => {
        await createMigrationsTable(client);
        const applied = await readApplied(client);
        const last = applied.at(-1);
        if (last === undefined || last.version <= version) return true;
        if (!force) await assertUnused(client);
        const step = migrations[last.version - 1];
        if (step === undefined || checksumOf(step) !== last.checksum) {
          throw new GatewayError(
            'STORE_FAILED',
            `Step ${last.version} (${last.name}) of the database is not one of this program; take it back with the version that made it`,
          );
        }
        await client.query(step.down);
        await client.query('DELETE FROM malgil.migrations WHERE version = $1', [last.version]);
        return false;
      });
      if (isDone) return;
    }
  });
}

async function assertUnused(client: pg.Client): Promise<void> {
  await holdReplicas(client);
  if (!(await hasLiveReplica(client))) return;
  throw unfit(
    'store-in-use',
    'A gateway works on this database, and what the steps had added would be gone below it. Stop every gateway first (one that was killed counts for 10 s), or add --force',
  );
}

/** Oldest first; none in a database that the program has never seen. */
export function readMigrations(url: string): Promise<readonly AppliedMigration[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ found: string | null }>(`SELECT to_regclass('malgil.migrations') AS found`);
    return rows[0]?.found == null ? [] : readApplied(client);
  });
}

async function createMigrationsTable(client: pg.Client): Promise<void> {
  // IF NOT EXISTS asks for the right to create what is there already.
  const { rows } = await client.query<{ hasSchema: boolean; hasTable: boolean }>(
    `SELECT to_regnamespace('malgil') IS NOT NULL AS "hasSchema", to_regclass('malgil.migrations') IS NOT NULL AS "hasTable"`,
  );
  if (rows[0]?.hasSchema !== true) await client.query('CREATE SCHEMA malgil');
  if (rows[0]?.hasTable === true) return;
  await client.query(
    `CREATE TABLE malgil.migrations (
       version    integer PRIMARY KEY,
       name       text NOT NULL,
       works_from integer NOT NULL,
       checksum   text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
}

async function readApplied(client: pg.Client): Promise<readonly StoredMigration[]> {
  const { rows } = await client.query<Omit<StoredMigration, 'appliedAt'> & { readonly appliedAt: Date }>(
    `SELECT version, name, works_from AS "worksFrom", checksum, applied_at AS "appliedAt"
     FROM malgil.migrations ORDER BY version`,
  );
  return rows.map((row) => ({ ...row, appliedAt: row.appliedAt.toISOString() }));
}

/** Codes of what a step cannot make because it is there, or change because it is not: the list of steps is not that of these tables. */
const OTHER_TABLES = ['42P07', '42P06', '42701', '42710', '42723', '42P01', '42703', '42704', '42883'];

async function apply(client: pg.Client, { version, name, up }: Migration): Promise<void> {
  try {
    await client.query(up);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (!OTHER_TABLES.includes(code)) throw thrown;
    throw damaged(`step ${version} (${name}) does not fit the tables that are there, PostgreSQL says ${code}`, thrown);
  }
}

function assertWithoutGap(applied: readonly StoredMigration[]): void {
  const missing = applied.findIndex(({ version }, index) => version !== index + 1);
  if (missing !== -1) throw damaged(`step ${missing + 1} is missing in malgil.migrations`);
}

/** Somebody changed the list of steps by hand, or brought back a part of a backup. */
function damaged(what: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'STORE_FAILED',
    `The tables of the database and their list of steps (malgil.migrations) do not belong together: ${what}. Nothing was changed. Restore the whole schema "malgil" from a backup; only if nothing in it is needed any more, DROP SCHEMA malgil CASCADE and start again`,
    { cause },
  );
}

/** What this program knows of must be exactly that; what it does not know of must have promised to bear with it. */
function assertKnown(applied: readonly StoredMigration[], migrations: readonly Migration[]): void {
  for (const { version, name, worksFrom, checksum } of applied) {
    const known = migrations[version - 1];
    if (known !== undefined && checksumOf(known) !== checksum) {
      throw new GatewayError(
        'STORE_FAILED',
        `Step ${version} (${name}) of the database was made by another version of the program; restore a backup or use that version`,
      );
    }
    if (known === undefined && worksFrom > migrations.length) {
      throw new GatewayError(
        'STORE_FAILED',
        `The database belongs to a newer version of the program (schema ${applied.length}, this one knows ${migrations.length}); start that version`,
      );
    }
  }
}

function checksumOf({ name, up }: Migration): string {
  return createHash('sha256').update(`${name}\n${up}`).digest('hex');
}

async function inTransaction<Outcome>(client: pg.Client, work: () => Promise<Outcome>): Promise<Outcome> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const outcome = await work();
    await client.query('COMMIT');
    return outcome;
  } catch (thrown) {
    // A connection that is gone has rolled back by itself, and its failure is the one to tell.
    await client.query('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}

async function withClient<Outcome>(url: string, work: (client: pg.Client) => Promise<Outcome>): Promise<Outcome> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'malgil' });
  client.on('error', () => {}); // told by the call that runs on it, too
  try {
    await client.connect();
    return await work(client);
  } catch (thrown) {
    throw openError(thrown);
  } finally {
    await client.end();
  }
}
