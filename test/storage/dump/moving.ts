/** Stores of a test, dumps of them, and the ways between. */

import { closeSync, openSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../../src/platform/clock.ts';
import { importDump, type Watched } from '../../../src/storage/dump/copy.ts';
import type { StoreReader, StoreWriter } from '../../../src/storage/dump/dump.ts';
import { openDump } from '../../../src/storage/dump/read-dump.ts';
import { DUMP_TABLES } from '../../../src/storage/dump/tables.ts';
import { writeDump } from '../../../src/storage/dump/write-dump.ts';
import { openPostgresReader, openPostgresWriter } from '../../../src/storage/postgres/dump.ts';
import { openSqliteReader, openSqliteWriter } from '../../../src/storage/sqlite/dump.ts';
import type { StoreContents } from './random-store.ts';

export interface House {
  read(): Promise<StoreReader>;
  write(): Promise<StoreWriter>;
}

export const embedded = (directory: string): House => ({
  read: () => openSqliteReader(directory),
  write: () => openSqliteWriter(directory, systemClock),
});

export const inPostgres = (url: string): House => ({
  read: () => openPostgresReader(url),
  write: () => openPostgresWriter(url),
});

export const unwatched: Watched = { onProgress: () => {}, signal: new AbortController().signal };

export async function exportFrom(house: House, path: string): Promise<void> {
  const reader = await house.read();
  closeSync(openSync(path, 'w'));
  try {
    await writeDump(reader, path, {
      createdAt: '2026-11-22T00:00:00.000Z',
      onProgress: () => {},
      signal: unwatched.signal,
    });
  } finally {
    await reader.close();
  }
}

export async function importInto(house: House, path: string, watched: Watched = unwatched): Promise<void> {
  const dump = await openDump(path);
  try {
    const writer = await house.write();
    try {
      await importDump(dump, writer, watched);
    } finally {
      await writer.close();
    }
  } finally {
    dump.close();
  }
}

export async function fill(house: House, contents: StoreContents): Promise<void> {
  const writer = await house.write();
  try {
    for (const table of DUMP_TABLES) {
      const rows = contents.get(table.name) ?? [];
      if (rows.length > 0) await writer.writeRows({ table, columns: Object.keys(table.columns) }, rows);
    }
    await writer.commit();
  } finally {
    await writer.close();
  }
}

/** Header, rows, footer. */
export function linesOf(path: string): readonly string[] {
  return gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
}
