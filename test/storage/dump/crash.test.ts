/** kill -9 in the middle of an import: nobody ever finds half a store. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { createTestDatabase, hasPostgres, type TestDatabase } from '../../helpers/postgres.ts';
import { nextLine, startChild } from '../sqlite/child-process.ts';
import { temporaryDirectory } from '../sqlite/temporary-directory.ts';
import { embedded, exportFrom, fill, type House, importInto, inPostgres, linesOf } from './moving.ts';

const IMPORTING_PROCESS = new URL('./importing-process.ts', import.meta.url);
const NOTES = 4_000;
const MOMENTS = [
  ['writing', 1_000],
  ['writing', NOTES],
  ['reading-store', 1_000],
  ['reading-store', NOTES],
] as const;

let database: TestDatabase | undefined;
afterEach(async () => {
  await database?.drop();
  database = undefined;
});

/** 8 MB, so that SQLite has to write into its file long before the end. */
async function dumpOfManyNotes(folder: string): Promise<string> {
  const dump = join(folder, 'dump.gz');
  const text = '가나다라'.repeat(170);
  await fill(
    embedded(join(folder, 'from')),
    new Map([['notes', Array.from({ length: NOTES }, (_, index) => [`note-${index}`, text])]]),
  );
  await exportFrom(embedded(join(folder, 'from')), dump);
  return dump;
}

async function killWhileImporting(kind: string, where: string, dump: string, moment: (typeof MOMENTS)[number]) {
  const child = startChild(IMPORTING_PROCESS, [kind, where, dump, moment[0], String(moment[1])]);
  expect(await nextLine(child)).toMatch(new RegExp(`^${moment[0]} \\d+;$`));
  await child.kill();
}

async function countNotes(house: House): Promise<number> {
  const reader = await house.read();
  try {
    let notes = 0;
    for await (const rows of reader.readRows({
      table: { name: 'notes', columns: { key: 'text' }, key: ['key'] },
      columns: ['key'],
    })) {
      notes += rows.length;
    }
    return notes;
  } finally {
    await reader.close();
  }
}

it.each(MOMENTS)('leaves an empty embedded store when killed while %s, at %i rows', async (...moment) => {
  const folder = await temporaryDirectory();
  const dump = await dumpOfManyNotes(folder);
  const to = join(folder, 'to');
  await killWhileImporting('sqlite', to, dump, moment);
  // The journal is what takes back the pages that are in the file already.
  expect(existsSync(join(to, 'malgil.sqlite-journal'))).toBe(true);
  await expect(embedded(to).read()).rejects.toMatchObject({ details: { reason: 'store-unfinished', directory: to } });

  const store = await openSqliteStore({ directory: to, logger: silentLogger });
  expect(await store.readNote('note-1')).toBeUndefined();
  await store.close();
  expect(await countNotes(embedded(to))).toBe(0);

  await importInto(embedded(to), dump);
  expect(await countNotes(embedded(to))).toBe(NOTES);
});

it.runIf(hasPostgres).each(MOMENTS)('leaves an empty database when killed while %s, at %i rows', async (...moment) => {
  const folder = await temporaryDirectory();
  const dump = await dumpOfManyNotes(folder);
  database = await createTestDatabase();
  await killWhileImporting('postgres', database.url, dump, moment);
  expect(await countNotes(inPostgres(database.url))).toBe(0);

  await importInto(inPostgres(database.url), dump);
  const again = join(folder, 'again.gz');
  await exportFrom(inPostgres(database.url), again);
  expect(linesOf(again).slice(1, -1)).toEqual(linesOf(dump).slice(1, -1));
});
