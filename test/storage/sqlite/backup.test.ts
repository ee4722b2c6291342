import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.ts';
import { backupSqliteStore } from '../../../src/storage/sqlite/backup.ts';
import { claimDataDirectory, DATABASE_FILE, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function createEmptyFile(path: string): string {
  closeSync(openSync(path, 'wx', 0o600));
  return path;
}

it('copies one instant of a store that a server goes on writing to', async () => {
  const directory = await temporaryDirectory();
  const data = join(directory, 'data');
  const claim = await claimDataDirectory(data);
  onTestFinished(() => claim.release());
  const store = await openSqliteStore({ directory: data, logger: silentLogger });
  onTestFinished(() => store.close());
  const text = '가'.repeat(3_000);
  for (let note = 0; note < 2_000; note += 1) void store.writeNote(`before-${note}`, text);
  await store.writeNote('last', 'before');

  const path = createEmptyFile(join(directory, 'copy.sqlite'));
  const steps: number[] = [];
  const writes: Promise<unknown>[] = [];
  const { isInUse } = await backupSqliteStore(data, {
    path,
    onProgress: (done) => {
      steps.push(done);
      writes.push(store.writeNote('last', `during ${done}`));
    },
  });
  await Promise.all(writes);

  expect(isInUse).toBe(true);
  expect(steps.length).toBeGreaterThan(2);
  // It never began again.
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(await store.readNote('last')).toMatch(/^during/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['copy.sqlite', 'data']);

  const given = createEmptyFile(join(directory, 'given-up.sqlite'));
  const onProgress = () => {
    throw new Error('enough');
  };
  await expect(backupSqliteStore(data, { path: given, onProgress })).rejects.toThrow();

  const restored = join(directory, 'restored');
  await mkdir(restored);
  await rename(path, join(restored, DATABASE_FILE));
  const copy = await openSqliteStore({ directory: restored, logger: silentLogger });
  expect(await copy.readNote('last')).toBe('before');
  expect(await copy.readNote('before-1999')).toBe(text);
  await copy.close();
});

it('says that a store is damaged instead of keeping a copy of it as a backup', async () => {
  const directory = await temporaryDirectory();
  await (await openSqliteStore({ directory, logger: silentLogger })).close();
  const file = new DatabaseSync(join(directory, DATABASE_FILE), { enableForeignKeyConstraints: false });
  file.exec("INSERT INTO summaries VALUES (404, 'of nobody', 1, 1)");
  file.close();
  const path = createEmptyFile(join(directory, 'copy.sqlite'));
  await expect(backupSqliteStore(directory, { path, onProgress: () => {} })).rejects.toMatchObject({
    code: 'STORE_UNFIT',
    details: { reason: 'store-damaged' },
  });
});
