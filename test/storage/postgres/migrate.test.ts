import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrateDown, migrateUp, readMigrations, SCHEMA_VERSION } from '../../../src/storage/postgres/migrate.ts';
import { MIGRATIONS, type Migration } from '../../../src/storage/postgres/migrations.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import { createStoreDatabase, type StoreDatabase } from './store-database.ts';

const step = (version: number, rest: Partial<Migration> = {}): Migration => ({
  version,
  name: `step-${version}`,
  worksFrom: 1,
  up: `CREATE TABLE malgil.step_${version} (id int)`,
  down: `DROP TABLE malgil.step_${version}`,
  ...rest,
});
const versions = async (url: string) => (await readMigrations(url)).map(({ version }) => version);

describe('the steps of the schema', () => {
  it('are numbered without a gap, and bear with programs of their own time at least', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
    expect(MIGRATIONS.filter(({ version, worksFrom }) => worksFrom > version || worksFrom < 1)).toEqual([]);
  });
});

describe.skipIf(!hasPostgres)('migrating PostgreSQL', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  afterEach(() => database.empty());
  afterAll(() => database.drop());

  const tables = async () =>
    (await database.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'malgil' ORDER BY tablename`)).map(
      ({ tablename }) => tablename,
    );

  it('runs each step once, however many programs start together', async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => migrateUp(database.url)));
    expect(found.filter((version) => version === 0).length).toBeGreaterThanOrEqual(1);
    expect(await versions(database.url)).toEqual(MIGRATIONS.map(({ version }) => version));
    expect(await migrateUp(database.url)).toBe(SCHEMA_VERSION);
  });

  it('leaves nothing behind on the way down, and comes up again', async () => {
    await migrateUp(database.url);
    const all = await tables();
    await migrateDown(database.url, 0);
    expect(await tables()).toEqual(['migrations']);
    expect(
      await database.query(`SELECT count(*)::int AS rest FROM pg_class WHERE relnamespace = 'malgil'::regnamespace
        AND relname NOT LIKE 'migrations%'`),
    ).toEqual([{ rest: 0 }]);
    await migrateUp(database.url);
    expect(await tables()).toEqual(all);
  });

  it('takes the last step back first, and no further than it was told', async () => {
    const steps = [step(1), step(2), step(3)];
    await migrateUp(database.url, steps);
    await migrateDown(database.url, 1, { migrations: steps });
    expect(await tables()).toEqual(['migrations', 'step_1']);
    expect(await versions(database.url)).toEqual([1]);
  });

  it('takes nothing back by hand while a gateway works on it, unless told to', async () => {
    const down = (...flags: readonly string[]) =>
      promisify(execFile)(process.execPath, ['scripts/migrate.ts', 'down', `${SCHEMA_VERSION - 1}`, ...flags], {
        env: { ...process.env, DATABASE_URL: database.url },
      });
    const store = await database.openStore();
    await expect(down()).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^A gateway works on this database.*--force/),
    });
    expect(await versions(database.url)).toHaveLength(SCHEMA_VERSION);
    await down('--force');
    expect(await versions(database.url)).toHaveLength(SCHEMA_VERSION - 1);

    await migrateUp(database.url);
    await store.close();
    await migrateDown(database.url, SCHEMA_VERSION - 1);
    expect(await versions(database.url)).toHaveLength(SCHEMA_VERSION - 1);
  });

  it('leaves what was before a step that fails', async () => {
    const broken = step(2, { up: 'CREATE TABLE malgil.half (id int); SELECT 1 / 0' });
    await expect(migrateUp(database.url, [step(1), broken])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await tables()).toEqual(['migrations', 'step_1']);
    expect(await versions(database.url)).toEqual([1]);
  });

  it('refuses a database whose steps were other ones', async () => {
    await migrateUp(database.url, [step(1, { up: 'CREATE TABLE malgil.other (id int)' })]);
    await expect(migrateUp(database.url, [step(1)])).rejects.toThrow(/Step 1 \(step-1\).*another version/);
    await expect(migrateDown(database.url, 0, { migrations: [step(1)] })).rejects.toThrow(
      /take it back with the version that made it/,
    );
  });

  it.each([
    ['all of it is gone', '', /do not belong together: step 1 \(.+\) does not fit.+42P07.+Restore the whole schema/],
    ['its end is gone', 'WHERE version > 1', /do not belong together: step 2 \(.+\) does not fit.+42P07/],
    ['a part of it is gone', 'WHERE version = 2', /do not belong together: step 2 is missing in malgil\.migrations/],
  ])('says what to do with tables whose list of steps was damaged: %s', async (_, where, sentence) => {
    const steps = [step(1), step(2), step(3)];
    await migrateUp(database.url, steps);
    await database.query(`DELETE FROM malgil.migrations ${where}`);
    await expect(migrateUp(database.url, steps)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(sentence),
    });
    expect(await tables()).toEqual(['migrations', 'step_1', 'step_2', 'step_3']);
  });

  it('works beside a newer program whose steps only added, and beside no other', async () => {
    await migrateUp(database.url, [step(1), step(2)]);
    expect(await migrateUp(database.url, [step(1)])).toBe(2);
    await migrateUp(database.url, [step(1), step(2), step(3, { worksFrom: 2 })]);
    expect(await migrateUp(database.url, [step(1), step(2)])).toBe(3);
    await expect(migrateUp(database.url, [step(1)])).rejects.toThrow(/belongs to a newer version/);
  });

  it('needs no right to create schemas where somebody else has made it', async () => {
    const role = `malgil_limited_${process.pid}`;
    await database.query(`CREATE ROLE ${role} LOGIN; CREATE SCHEMA malgil AUTHORIZATION ${role}`);
    const url = new URL(database.url);
    url.username = role;
    await migrateUp(url.href, [step(1)]);
    await migrateUp(url.href, [step(1)]);
    expect(await tables()).toEqual(['migrations', 'step_1']);
    await database.empty();
    await expect(migrateUp(url.href, [step(1)])).rejects.toThrow(/may not create what the program needs/);
    await database.query(`DROP ROLE ${role}`);
  });

  it.each([
    ['/no_such_database', /there is no database of that name/],
    [undefined, /nothing listens there/],
  ])('says in a sentence what is wrong with the address (%s)', async (path, sentence) => {
    const url = new URL(database.url);
    if (path === undefined) url.port = '1';
    else url.pathname = path;
    await expect(migrateUp(url.href)).rejects.toThrow(sentence);
  });
});
