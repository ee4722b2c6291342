/** What went wrong in the store, as plain data: an Error loses its code on the way between threads. */
import { GatewayError } from '../../errors.ts';
import { NewerSchemaError, SCHEMA_VERSION } from './schema.ts';

export interface StoreFailure {
  readonly code: 'STORE_BUSY' | 'STORE_FAILED';
  /** One sentence; becomes the message of the GatewayError. */
  readonly message: string;
  /** What SQLite or Node said, for the cause. Values are always bound, so no user text gets into it. */
  readonly reason: string;
  /** Extended result code. Source: https://www.sqlite.org/rescode.html */
  readonly sqliteCode?: number;
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_READONLY_ROLLBACK = 776;

/** Why a call failed; `thrown` comes out of node:sqlite. */
export function callFailure(thrown: unknown): StoreFailure {
  const busy = isBusy(thrown);
  return failure(
    thrown,
    busy ? 'STORE_BUSY' : 'STORE_FAILED',
    busy ? 'The store is busy; try again in a moment' : 'The store could not do this',
  );
}

/** Why the file could not be opened, in a sentence for the operator who has just started the program. */
export function openFailure(file: string, thrown: unknown): StoreFailure {
  if (isBusy(thrown)) return failure(thrown, 'STORE_BUSY', `Another program has locked the database file ${file}`);
  return failure(thrown, 'STORE_FAILED', openSentence(file, thrown));
}

/** Two threads, one class of error: the reason becomes the cause again. */
export function storeError({ code, message, reason, sqliteCode }: StoreFailure): GatewayError {
  return new GatewayError(code, message, {
    cause: new Error(reason),
    ...(sqliteCode === undefined ? {} : { details: { sqliteCode } }),
  });
}

/** True when another connection holds the lock that was asked for. */
export function isBusy(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** True when a transaction that died with its process has to be taken back first, which a connection that only reads may not. */
export function mustRollBack(thrown: unknown): boolean {
  return extendedCode(thrown) === SQLITE_READONLY_ROLLBACK;
}

/** Whether `thrown` is a system error of one of these codes. */
export function hasCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.some((code) => code === thrown.code);
}

function openSentence(file: string, thrown: unknown): string {
  if (thrown instanceof NewerSchemaError) {
    return (
      `The database file ${file} belongs to a newer version of the program ` +
      `(schema ${thrown.foundVersion}, this one knows ${SCHEMA_VERSION}); start that version or restore an older backup`
    );
  }
  const code = primaryCode(thrown);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return `The database file ${file} is damaged or is not a database; restore a backup or move the file away`;
  }
  if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN || hasCode(thrown, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) {
    return `The database file ${file} cannot be written; check the rights of its directory`;
  }
  if (code === SQLITE_FULL || hasCode(thrown, 'ENOSPC')) return `There is no space left for the database file ${file}`;
  return `The database file ${file} cannot be opened`;
}

function failure(thrown: unknown, code: StoreFailure['code'], message: string): StoreFailure {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const sqliteCode = extendedCode(thrown);
  return sqliteCode === undefined ? { code, message, reason } : { code, message, reason, sqliteCode };
}

/** The extended codes keep the primary one in their low byte. */
function primaryCode(thrown: unknown): number | undefined {
  const code = extendedCode(thrown);
  return code === undefined ? undefined : code & 0xff;
}

function extendedCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
}
