/** Files that are not what they were, and stores that are not free: nothing of them is taken, nothing there is touched. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { compareDump } from '../../../src/storage/dump/copy.ts';
import { openDump } from '../../../src/storage/dump/read-dump.ts';
import { claimDataDirectory, DATABASE_FILE, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { migrate } from '../../../src/storage/sqlite/schema.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import { createStoreDatabase, type StoreDatabase } from '../postgres/store-database.ts';
import { temporaryDirectory } from '../sqlite/temporary-directory.ts';
import { embedded, exportFrom, fill, importInto, inPostgres, linesOf, unwatched } from './moving.ts';
import { rewriteDump } from './rewrite-dump.ts';

let folder: string;
let dump: string;
let to: string;
beforeEach(async () => {
  folder = await temporaryDirectory();
  dump = join(folder, 'dump.gz');
  to = join(folder, 'to');
  const notes = Array.from({ length: 30 }, (_, index) => [`key-${index}`, `말길 ${index * 7919}`]);
  const usage = [['default', '2026-11', 'kakao-callback', 5]];
  await fill(
    embedded(join(folder, 'from')),
    new Map<string, (string | number)[][]>([
      ['notes', notes],
      ['monthly_usage', usage],
    ]),
  );
  await exportFrom(embedded(join(folder, 'from')), dump);
});

const refused = (reason: string, details: object = {}) => ({ code: 'STORE_UNFIT', details: { reason, ...details } });
const isEmpty = async () => {
  const copy = join(folder, 'copy.gz');
  await exportFrom(embedded(to), copy);
  return linesOf(copy).length === 2;
};

describe('a file', () => {
  it('is refused wherever it was cut', async () => {
    const whole = readFileSync(dump);
    for (let length = 0; length < whole.length; length += 61) {
      writeFileSync(dump, whole.subarray(0, length));
      await expect(importInto(embedded(to), dump), `${length} bytes`).rejects.toMatchObject(refused('file-cut'));
    }
    writeFileSync(dump, gzipSync(gunzipSync(whole).subarray(0, -1)));
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-cut'));
    writeFileSync(dump, gzipSync(''));
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-cut'));
  });

  it('is refused whichever byte has changed', async () => {
    const whole = gunzipSync(readFileSync(dump));
    for (let at = 0; at < whole.length; at += 151) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(dump, gzipSync(changed));
      await expect(importInto(embedded(to), dump), `byte ${at}`).rejects.toMatchObject({ code: 'STORE_UNFIT' });
    }
    expect(await isEmpty()).toBe(true);
  });

  it('is refused when gzip finds it damaged', async () => {
    const whole = readFileSync(dump);
    const at = whole.length - 6; // gzip's own sum
    whole[at] = (whole[at] ?? 0) ^ 1;
    writeFileSync(dump, whole);
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-damaged'));
  });

  it.each<[string, (rows: readonly string[]) => readonly string[]]>([
    ['a row too few', (rows) => rows.slice(1)],
    ['a row too many', (rows) => [...rows, ...rows.slice(-1)]],
    ['rows out of order', (rows) => rows.toReversed()],
    ['a value too few', ([first = '', ...rows]) => [first.replace(/,[^,]*]$/, ']'), ...rows]],
    ['a value of another kind', ([first = '', ...rows]) => [first.replace(/,[^,]*]$/, ',{}]'), ...rows]],
  ])('is refused with %s, although its sum is right', async (_, change) => {
    rewriteDump(dump, change);
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-damaged'));
    expect(await isEmpty()).toBe(true);
  });

  it('is refused when something was appended', async () => {
    writeFileSync(dump, gzipSync(`${linesOf(dump).join('\n')}\n["notes","more","x"]\n`));
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-damaged', { line: 34 }));
  });

  it('is refused when it is something else', async () => {
    writeFileSync(dump, 'SQLite format 3');
    await expect(openDump(dump)).rejects.toMatchObject(refused('file-foreign'));
    writeFileSync(dump, gzipSync('{"hello":"world"}\n'));
    await expect(openDump(dump)).rejects.toMatchObject(refused('file-foreign'));
    await expect(openDump(join(folder, 'nowhere.gz'))).rejects.toMatchObject(refused('file-missing'));
    await expect(openDump(folder)).rejects.toMatchObject(refused('file-unreadable', { code: 'EISDIR' }));
  });

  it.each([
    ['"version":1', '"version":2', 'version 2'],
    ['"name":"notes"', '"name":"dreams"', 'table dreams'],
    ['["key","text"]', '["key","tone"]', 'column notes.tone'],
  ])('of a newer version is refused by what is new in it (%s)', async (from, by, what) => {
    rewriteDump(
      dump,
      (rows) => rows,
      (header) => header.replace(from, by),
    );
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('file-newer', { what }));
  });

  it('of an older version, which lacked a column or a table, leaves the defaults', async () => {
    const conversation = [7, 'k', 'b', 'c', 1, 0, 0, 5, null];
    rewriteDump(
      dump,
      (rows) => [
        JSON.stringify(['conversations', ...conversation]),
        ...rows.filter((row) => row.startsWith('["monthly')),
      ],
      (header) =>
        header
          .replace('"greeted_at","is_under_14"],"rows":0', '"greeted_at"],"rows":1')
          .replace(/,\{"name":"notes".*?\}/, ''),
    );
    await importInto(embedded(to), dump);
    const copy = join(folder, 'copy.gz');
    await exportFrom(embedded(to), copy);
    expect(linesOf(copy).slice(1, -1)).toEqual([
      JSON.stringify(['conversations', ...conversation, 0]),
      '["monthly_usage","default","2026-11","kakao-callback",5]',
    ]);
  });

  it('that breaks a rule of the schema is refused as a whole', async () => {
    rewriteDump(dump, ([first = '', ...rows]) => [first, ...rows.slice(0, -1), ...rows.slice(-2, -1)]);
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await isEmpty()).toBe(true);
  });
});

describe('the embedded store', () => {
  it('is filled only when it is empty', async () => {
    await fill(embedded(to), new Map([['notes', [['mine', 'stays']]]]));
    const before = readFileSync(join(to, DATABASE_FILE));
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject(refused('store-not-empty', { tables: 'notes' }));
    expect(readFileSync(join(to, DATABASE_FILE)).equals(before)).toBe(true);
  });

  it('is not filled while a server has its directory, and keeps one from starting meanwhile', async () => {
    const claim = await claimDataDirectory(to);
    await expect(importInto(embedded(to), dump)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await claim.release();
    const writer = await embedded(to).write();
    await expect(claimDataDirectory(to)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await writer.close();
    await (await claimDataDirectory(to)).release();
  });

  it('is read as it was at one instant, beside a server that goes on', async () => {
    const claim = await claimDataDirectory(to, systemClock);
    onTestFinished(() => claim.release());
    const store = await openSqliteStore({ directory: to, logger: silentLogger });
    onTestFinished(() => store.close());
    await store.writeNote('first', '1');
    const reader = await embedded(to).read();
    await store.writeNote('second', '2');
    expect(reader.isInUse).toBe(true);
    expect(await reader.countRows({ name: 'notes', columns: {}, key: [] })).toBe(1);
    await reader.close();
  });

  it('of another version is not read', async () => {
    await expect(embedded(to).read()).rejects.toMatchObject(refused('store-missing'));
    await importInto(embedded(to), dump);
    const setVersion = (version: number) => {
      const file = new DatabaseSync(join(to, DATABASE_FILE));
      file.exec(`PRAGMA user_version = ${version}`);
      file.close();
    };
    setVersion(3);
    await expect(embedded(to).read()).rejects.toMatchObject(refused('store-older', { found: 3 }));
    setVersion(9_999);
    await expect(embedded(to).read()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it.each([
    [0, 'DELETE', 'store-unfinished'],
    [13, 'DELETE', 'store-unfinished'],
    [13, 'WAL', 'store-older'], // only a server makes a log
  ])('without a row, at version %i with journal %s, is %s', async (version, journal, reason) => {
    mkdirSync(to);
    const file = new DatabaseSync(join(to, DATABASE_FILE));
    if (version > 0) migrate(file);
    file.exec(`PRAGMA user_version = ${version}; PRAGMA journal_mode = ${journal}`);
    file.close();
    await expect(embedded(to).read()).rejects.toMatchObject(refused(reason));
  });

  it('is compared with a file table by table', async () => {
    await importInto(embedded(to), dump);
    const compare = async () => {
      const opened = await openDump(dump);
      const reader = await embedded(to).read();
      try {
        const tables = await compareDump(opened, reader, unwatched);
        return tables.filter(({ isSame }) => !isSame);
      } finally {
        await reader.close();
        opened.close();
      }
    };
    expect(await compare()).toEqual([]);
    const store = await openSqliteStore({ directory: to, logger: silentLogger });
    await store.addUsage('default', '2026-11', 'kakao-callback', 1);
    await store.writeNote('one more', 'x');
    await store.close();
    expect(await compare()).toEqual([
      { name: 'monthly_usage', fileRows: 1, storeRows: 1, isSame: false },
      { name: 'notes', fileRows: 30, storeRows: 31, isSame: false },
    ]);
  });
});

describe.runIf(hasPostgres)('PostgreSQL', () => {
  let database: StoreDatabase;
  beforeEach(async () => {
    database = await createStoreDatabase();
  });
  afterEach(() => database.drop());

  it('is filled only when it is empty, and not while a gateway works on it', async () => {
    await expect(inPostgres(database.url).read()).rejects.toMatchObject(refused('store-missing'));
    const store = await database.openStore();
    await expect(importInto(inPostgres(database.url), dump)).rejects.toMatchObject(refused('store-in-use'));
    await store.writeNote('mine', 'stays');
    const reader = await inPostgres(database.url).read();
    expect(reader.isInUse).toBe(true);
    await reader.close();
    await store.close();
    await expect(importInto(inPostgres(database.url), dump)).rejects.toMatchObject(
      refused('store-not-empty', { tables: 'notes' }),
    );
    expect(await database.query('SELECT key FROM malgil.notes')).toEqual([{ key: 'mine' }]);
  });

  it('lets no gateway start before an import has ended', async () => {
    const writer = await inPostgres(database.url).write();
    await expect(database.openStore({ lockTimeoutMs: 100 })).rejects.toMatchObject({ code: 'STORE_BUSY' });
    await writer.close();
    await (await database.openStore()).close();
  });

  it('of another version is not read', async () => {
    await (await database.openStore()).close();
    await database.query('DELETE FROM malgil.migrations WHERE version > 2');
    await expect(inPostgres(database.url).read()).rejects.toMatchObject(refused('store-older', { found: 2 }));
    await database.query("INSERT INTO malgil.migrations SELECT n, 'x', 1, 'x' FROM generate_series(3, 99) n");
    await expect(inPostgres(database.url).read()).rejects.toMatchObject(refused('store-newer', { found: 99 }));
  });
});
