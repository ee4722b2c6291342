/** Moving a whole store: rows out of one database, and into another that is empty. */
import { GatewayError } from '../../errors.ts';
import type { DumpTable } from './tables.ts';

/** One row of a table, in the order of the columns that were asked for. */
export type DumpRow = readonly (string | number | null)[];

export interface TableColumns {
  readonly table: DumpTable;
  /** Some of the table's columns, in any order. */
  readonly columns: readonly string[];
}

/** What a store held at one instant, however long the reading takes. All calls may reject with GatewayError `STORE_BUSY`, `STORE_FAILED`. */
export interface StoreReader {
  readonly kind: 'sqlite' | 'postgres';
  /** A gateway works on this store: what it stores from now on is not seen here. */
  readonly isInUse: boolean;
  countRows(table: DumpTable): Promise<number>;
  /** By the key of the table, in batches of at most {@link BATCH_ROWS}. */
  readRows(from: TableColumns): AsyncIterable<readonly DumpRow[]>;
  /** The row as this database keeps it: not every one has room for half a surrogate pair. */
  asKept(row: DumpRow): DumpRow;
  close(): Promise<void>;
}

/** An empty store that nobody else can use meanwhile. It stays empty, kill -9 included, until `commit` has returned. */
export interface StoreWriter extends StoreReader {
  writeRows(to: TableColumns, rows: readonly DumpRow[]): Promise<void>;
  commit(): Promise<void>;
}

export const BATCH_ROWS = 500;

/** Why a store or a file of one cannot be used for that; the command line has a sentence for each. */
export type UnfitReason =
  | 'store-missing'
  | 'store-older'
  | 'store-newer'
  | 'store-unfinished'
  | 'store-not-empty'
  | 'store-in-use'
  | 'store-damaged'
  | 'store-differs'
  | 'file-missing'
  | 'file-unreadable'
  | 'file-foreign'
  | 'file-newer'
  | 'file-cut'
  | 'file-damaged'
  | 'file-exists'
  | 'file-of-malgil'
  | 'file-not-regular'
  | 'file-unwritable';

/** @param details where it is: names, numbers, never contents */
export function unfit(
  reason: UnfitReason,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
  cause?: unknown,
): GatewayError {
  return new GatewayError('STORE_UNFIT', message, { details: { reason, ...details }, cause });
}
