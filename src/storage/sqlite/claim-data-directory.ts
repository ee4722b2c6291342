/** One process owns a data directory. Two would answer the same customers twice. */
import { constants, existsSync } from 'node:fs';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../errors.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { LOCK_FILE, OWNER_FILE } from '../data-directory.ts';
import { createDirectory } from './create-directory.ts';
import { hasCode, isBusy, openFailure, storeError } from './failure.ts';

const HEARTBEAT_INTERVAL_MS = 10_000;
/** Two processes that start together can each see the other's attempt; one retries while the other gives up. */
const LOCK_TIMEOUT_MS = 200;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly heartbeatAt: string;
}

export interface DataDirectoryClaim {
  release(): Promise<void>;
}

/** A connection that nobody refers to is collected, and its lock with it. */
const heldLocks = new Set<DatabaseSync>();

/** Holds the directory until `release` or the end of the process, kill -9 included.
 *  @throws GatewayError `DATA_DIR_IN_USE`, naming the owner; `STORE_FAILED` when the directory cannot be written */
export async function claimDataDirectory(directory: string, clock: Clock = systemClock): Promise<DataDirectoryClaim> {
  const lockFile = join(directory, LOCK_FILE);
  const ownerFile = join(directory, OWNER_FILE);
  const startedAt = isoTime(clock);
  const writeOwner = () =>
    replaceFile(
      ownerFile,
      `${JSON.stringify({ pid: process.pid, host: hostname(), startedAt, heartbeatAt: isoTime(clock) } satisfies Owner)}\n`,
    );

  let lock: DatabaseSync | undefined;
  try {
    createDirectory(directory);
    await assertWritable(lockFile);
    lock = lockExclusively(lockFile);
    await writeOwner();
  } catch (thrown) {
    lock?.close();
    if (isBusy(thrown)) throw await inUse(directory, ownerFile, thrown);
    throw thrown instanceof GatewayError ? thrown : storeError(openFailure(lockFile, thrown));
  }
  heldLocks.add(lock);
  const held = lock;

  let beating = Promise.resolve();
  let cancelBeat = clock.schedule(HEARTBEAT_INTERVAL_MS, beat);
  function beat(): void {
    // A full disk makes the sign of life old, not the lock less held.
    beating = writeOwner().catch(() => undefined);
    cancelBeat = clock.schedule(HEARTBEAT_INTERVAL_MS, beat);
  }

  let released: Promise<void> | undefined;
  return {
    release() {
      released ??= (async () => {
        cancelBeat();
        await beating;
        await rm(ownerFile, { force: true });
        held.close();
        heldLocks.delete(held);
      })();
      return released;
    },
  };
}

/** Whether a process holds the directory now; one that was killed does not, however fresh the sign of life that it left. */
export function isClaimed(directory: string): boolean {
  const lockFile = join(directory, LOCK_FILE);
  if (!existsSync(lockFile)) return false;
  let lock: DatabaseSync | undefined;
  try {
    // Readers share their lock: a server that starts at this instant waits for this one a moment, and is not refused.
    lock = new DatabaseSync(lockFile, { readOnly: true, timeout: 0 });
    lock.exec('SELECT 1 FROM sqlite_schema');
    return false;
  } catch {
    return true; // held; or not to be asked, and then a warning too many does less harm than one too few
  } finally {
    lock?.close();
  }
}

/** SQLite opens a file that it may not write for reading only, and then "begins exclusively" without any lock and without a word. */
async function assertWritable(lockFile: string): Promise<void> {
  try {
    await access(lockFile, constants.W_OK);
  } catch (thrown) {
    if (!hasCode(thrown, 'ENOENT')) throw thrown;
  }
}

function lockExclusively(lockFile: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile, { timeout: LOCK_TIMEOUT_MS });
  try {
    // In WAL mode an exclusive transaction still lets others read; a rollback journal keeps everyone out.
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return lock;
  } catch (thrown) {
    lock.close();
    throw thrown;
  }
}

async function inUse(directory: string, ownerFile: string, cause: unknown): Promise<GatewayError> {
  const owner = await readOwner(ownerFile);
  const who =
    owner === undefined
      ? 'another process'
      : `process ${owner.pid} on ${owner.host} (running since ${owner.startedAt}, last sign of life ${owner.heartbeatAt})`;
  return new GatewayError(
    'DATA_DIR_IN_USE',
    `The data directory ${directory} is in use by ${who}; stop it or choose another DATA_DIR`,
    owner === undefined ? { cause } : { cause, details: { pid: owner.pid, host: owner.host } },
  );
}

async function readOwner(ownerFile: string): Promise<Owner | undefined> {
  try {
    const { pid, host, startedAt, heartbeatAt } = JSON.parse(await readFile(ownerFile, 'utf8')) as Owner;
    return { pid, host, startedAt, heartbeatAt };
  } catch {
    return undefined; // not written yet, or by a hand
  }
}

/** Readers see the old content or the new one, never half of it. */
async function replaceFile(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
