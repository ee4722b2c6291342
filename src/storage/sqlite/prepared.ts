import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A prepared statement whose rows are tuples; node:sqlite types them as objects whatever `returnArrays` says. */
interface Prepared<Row> {
  get(...values: readonly SQLInputValue[]): Row | undefined;
  all(...values: readonly SQLInputValue[]): Row[];
  run(...values: readonly SQLInputValue[]): { readonly changes: number | bigint };
}

export function prepare<Row = never>(database: DatabaseSync, sql: string): Prepared<Row> {
  return database.prepare(sql) as unknown as Prepared<Row>;
}
