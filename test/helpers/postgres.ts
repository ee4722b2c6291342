/** PostgreSQL for tests: one server for the whole run, one database for each test file that asks. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { findPostgresBinaries, PostgresServer, type PostgresServerOptions } from './postgres-server.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 25;

const binaries = findPostgresBinaries();

/** False only where the npm package has no PostgreSQL for this machine and `PGURL` names none. */
export const hasPostgres = binaries !== undefined || process.env.PGURL !== undefined;
if (!hasPostgres) {
  console.warn(
    '\n*** WARNING: no PostgreSQL for this machine (set PGURL to use a running one): its tests are skipped\n',
  );
}

export interface TestDatabase {
  readonly url: string;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A new, empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabaseAt(await sharedServerUrl());
}

export async function createDatabaseAt(serverUrl: string): Promise<TestDatabase> {
  const name = `malgil_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await runAt(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql) => runAt(url.href, sql),
    drop: async () => {
      await runAt(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Another user of the database, who may create schemas there and open only so many connections: the superuser of the tests may open all. */
export async function createLimitedUser(
  { url, query }: TestDatabase,
  connectionLimit: number,
): Promise<Pick<TestDatabase, 'url' | 'drop'>> {
  const limited = new URL(url);
  const database = limited.pathname.slice(1);
  limited.username = `${database}_user`;
  limited.password = 'the-password';
  await query(`CREATE ROLE ${limited.username} LOGIN PASSWORD 'the-password' CONNECTION LIMIT ${connectionLimit};
    GRANT CREATE ON DATABASE ${database} TO ${limited.username}`);
  return {
    url: limited.href,
    drop: async () => {
      await query(`DROP OWNED BY ${limited.username}; DROP ROLE ${limited.username}`);
    },
  };
}

/** A server of the test's own, to stop and start; not with `PGURL` alone. */
export async function startOwnServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  if (binaries === undefined) throw new Error('there is no PostgreSQL for this machine');
  return PostgresServer.create(binaries, options);
}

export const canStartServers = binaries !== undefined;

async function runAt(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Test files run in processes of their own: the first that comes starts the server, the others wait for its address. */
async function sharedServerUrl(): Promise<string> {
  if (process.env.PGURL !== undefined) return process.env.PGURL;
  const run = inject('postgresRunFolder');
  const addressFile = join(run, 'address');
  const folder = join(run, 'server');
  if (await isFirst(folder)) {
    const server = await startOwnServer({ folder });
    await writeFile(`${addressFile}.new`, server.url);
    await rename(`${addressFile}.new`, addressFile);
  }
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await readFile(addressFile, 'utf8');
    } catch (thrown) {
      if (Date.now() > giveUpAt) throw new Error('the shared PostgreSQL server did not start', { cause: thrown });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch {
    return false;
  }
}
