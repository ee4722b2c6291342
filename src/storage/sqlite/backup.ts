/** A copy of the embedded store, made while the server runs. */
import { backup, DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../errors.ts';
import { unfit } from '../dump/dump.ts';
import { callFailure, storeError } from './failure.ts';
import { prepare } from './prepared.ts';
import { openSnapshot } from './snapshot.ts';

/** 4 MB: between two steps the process hears signals and shows progress. */
const PAGES_PER_STEP = 1_000;

export interface BackupOptions {
  /** Exists and is empty: it keeps the mode that it has. */
  readonly path: string;
  /** The copy ends when it throws.
   *  @param done pages so far, of `total` */
  readonly onProgress: (done: number, total: number) => void;
}

/** Copies the store as it is when the copy begins. SQLite begins again whenever somebody writes between two steps, so that a copy beside a
 *  busy server would never end; a read transaction that is held from the first step to the last gives it one unchanging source.
 *  @throws GatewayError `STORE_UNFIT`: `store-missing`, `store-unfinished`, `store-older`, `store-damaged`; `STORE_FAILED`, `STORE_BUSY` */
export async function backupSqliteStore(
  directory: string,
  { path, onProgress }: BackupOptions,
): Promise<{ readonly isInUse: boolean }> {
  const { database, isInUse, close } = openSnapshot(directory);
  try {
    await backup(database, path, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
    });
    assertSound(path);
    return { isInUse };
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : storeError(callFailure(thrown));
  } finally {
    close();
  }
}

/** What is wrong in the store is wrong in the copy, and better known now than when it is needed. */
function assertSound(path: string): void {
  const copy = new DatabaseSync(path, { returnArrays: true });
  try {
    // One file, without a log beside it that somebody forgets to copy.
    copy.exec('PRAGMA journal_mode = DELETE');
    const [verdict] = prepare<[string]>(copy, 'PRAGMA integrity_check(1)').get() ?? [''];
    const hasOrphans = prepare(copy, 'PRAGMA foreign_key_check').get() !== undefined;
    if (verdict !== 'ok' || hasOrphans) throw unfit('store-damaged', 'The store is damaged, and so is its copy');
  } finally {
    copy.close();
  }
}
