import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { DATABASE_FILE, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import type { Store } from '../../../src/storage/store.ts';
import { newTurn, START } from '../../helpers/store-contract-records.ts';
import { nextLine, startChild } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const OPENING_PROCESS = new URL('./opening-process.ts', import.meta.url);

async function openStore(directory: string): Promise<Store> {
  const store = await openSqliteStore({ directory, logger: silentLogger });
  onTestFinished(() => store.close());
  return store;
}

/** Another program on the same file, as a backup tool or a curious operator would be. */
function openBeside(directory: string): DatabaseSync {
  const database = new DatabaseSync(join(directory, DATABASE_FILE));
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

describe('a database that somebody else has locked', () => {
  it('is busy for as long, and works again afterwards', async () => {
    const directory = await temporaryDirectory();
    const store = await openStore(directory);
    await store.acceptTurn(newTurn('t1'), 0);
    const other = openBeside(directory);
    other.exec('BEGIN IMMEDIATE');

    const blocked = await Promise.allSettled([
      store.acceptTurn(newTurn('t2'), 0),
      store.moveTurn('t1', ['answering'], 'failed', START),
    ]);
    expect(blocked).toMatchObject([{ reason: { code: 'STORE_BUSY' } }, { reason: { code: 'STORE_BUSY' } }]);
    expect(await store.readTurn('t1')).toMatchObject({ state: 'answering' }); // reading needs no lock

    other.exec('ROLLBACK');
    expect(await store.acceptTurn(newTurn('t2'), 0)).toMatchObject({ sequence: 2 });
  });

  it('never makes the event loop wait', async () => {
    const directory = await temporaryDirectory();
    const store = await openStore(directory);
    openBeside(directory).exec('BEGIN IMMEDIATE');
    let turnsOfTheLoop = 0;
    const counting = setInterval(() => (turnsOfTheLoop += 1), 1);
    await expect(store.acceptTurn(newTurn('t1'), 0)).rejects.toMatchObject({ code: 'STORE_BUSY', retryable: true });
    clearInterval(counting);
    expect(turnsOfTheLoop).toBeGreaterThan(3);
  });

  it('is refused when it is opened', async () => {
    const directory = await temporaryDirectory();
    await (await openSqliteStore({ directory, logger: silentLogger })).close();
    openBeside(directory).exec('BEGIN EXCLUSIVE');
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: `Another program has locked the database file ${join(directory, DATABASE_FILE)}`,
    });
  });
});

describe('a database that cannot be used', () => {
  it('is named when it is no database', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, DATABASE_FILE), 'Dear diary, '.repeat(1_000));
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: `The database file ${join(directory, DATABASE_FILE)} is damaged or is not a database; restore a backup or move the file away`,
    });
  });

  it('is named when its schema is damaged', async () => {
    const directory = await temporaryDirectory();
    await (await openSqliteStore({ directory, logger: silentLogger })).close();
    const other = openBeside(directory);
    other.enableDefensive(false);
    other.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE nonsense' WHERE name = 'turns'");
    other.close();
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('is damaged'),
    });
  });

  it('is named when a newer program wrote it, and stays as it is', async () => {
    const directory = await temporaryDirectory();
    const other = openBeside(directory);
    other.exec('PRAGMA user_version = 999');
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/belongs to a newer version of the program \(schema 999, this one knows \d+\)/),
    });
    expect(other.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({ tables: 0 });
  });

  it('is named when its directory is read-only', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o555);
    const child = startChild(OPENING_PROCESS, [directory], { unprivileged: true });
    await nextLine(child);
    expect(await nextLine(child)).toBe(
      `STORE_FAILED: The database file ${directory}/${DATABASE_FILE} cannot be written; check the rights of its directory`,
    );
  });

  it('is named when the file itself is read-only', async () => {
    const directory = await temporaryDirectory();
    await (await openSqliteStore({ directory, logger: silentLogger })).close();
    await chmod(directory, 0o777);
    await chmod(join(directory, DATABASE_FILE), 0o444);
    const child = startChild(OPENING_PROCESS, [directory], { unprivileged: true });
    expect(await nextLine(child)).toBe('ok');
    expect(await nextLine(child)).toContain(`STORE_FAILED: The database file ${directory}/${DATABASE_FILE} cannot be`);
  });
});

describe('errors of calls', () => {
  it('carry SQLite’s code, and neither SQL nor what customers wrote', async () => {
    const store = await openStore(await temporaryDirectory());
    const secret = '내 카드 번호는';
    await store.acceptTurn(newTurn('t1', { text: secret }), 0);
    const badTime = newTurn('t2', { text: secret, receivedAt: Number.NaN });
    const error = (await store.acceptTurn(badTime, 0).catch((thrown: unknown) => thrown)) as GatewayError;
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: 'The store could not do this' });
    expect(error.details).toHaveProperty('sqliteCode');
    expect(error.cause).toBeInstanceOf(Error);
    expect(`${error.message} ${error.cause}`).not.toMatch(new RegExp(`${secret}|INSERT|UPDATE`));
  });

  it('tell a record that is no JSON value from a store that is broken', async () => {
    const store = await openStore(await temporaryDirectory());
    const turn = newTurn('t1');
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(
      store.acceptTurn({ ...turn, event: { ...turn.event, ...circular } as typeof turn.event }, 0),
    ).rejects.toMatchObject({ code: 'STORE_FAILED', message: 'A record that is no JSON value cannot be stored' });
  });

  it('say that a damaged record cannot be read, without quoting it', async () => {
    const directory = await temporaryDirectory();
    const store = await openStore(directory);
    await store.acceptTurn(newTurn('t1'), 0);
    openBeside(directory).exec(`UPDATE turns SET event = '{"text": secret'`);
    const error = (await store.readTurn('t1').catch((thrown: unknown) => thrown)) as GatewayError;
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: 'A stored record cannot be read' });
    expect(error.cause).toBeUndefined();
  });
});

it('keeps its files from other users of the machine', async () => {
  const directory = join(await temporaryDirectory(), 'data');
  const store = await openStore(directory);
  await store.acceptTurn(newTurn('t1'), 0);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  for (const file of await readdir(directory)) {
    expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
  }
});
