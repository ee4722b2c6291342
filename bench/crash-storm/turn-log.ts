/** A look into the turn log, beside whoever writes to it. */
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export interface TurnLog {
  /** Turns and deliveries that somebody still has to work on. */
  open(): Promise<number>;
  /** Deliveries by state. */
  fates(): Promise<Readonly<Record<string, number>>>;
  /** The messages that were cut between writing and the result. */
  unknown(): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

export function readSqlite(file: string): TurnLog {
  return readTurnLog(
    async (sql) => {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    '',
    async () => {},
  );
}

export function readPostgres(url: string): TurnLog {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  return readTurnLog(
    async (sql) => (await pool.query(sql)).rows,
    'malgil.',
    () => pool.end(),
  );
}

function readTurnLog(query: (sql: string) => Promise<Rows>, schema: string, close: () => Promise<void>): TurnLog {
  return {
    async open() {
      const rows = await query(
        `SELECT (SELECT count(*) FROM ${schema}turns WHERE state IN ('received', 'answering'))
              + (SELECT count(*) FROM ${schema}deliveries WHERE state IN ('waiting', 'sending')) AS count`,
      );
      return Number(rows[0]?.count);
    },
    async fates() {
      const rows = await query(
        `SELECT state, count(*) AS count FROM ${schema}deliveries GROUP BY state ORDER BY state`,
      );
      return Object.fromEntries(rows.map(({ state, count }) => [String(state), Number(count)]));
    },
    async unknown() {
      const rows = await query(`SELECT message FROM ${schema}deliveries WHERE state = 'unknown'`);
      return rows.map(({ message }) => String(message));
    },
    close,
  };
}
