/** A look into the turn log, beside whoever writes to it. */
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export interface TurnLog {
  /** Turns and deliveries that somebody still has to work on. */
  open(): Promise<number>;
  /** What is open, told apart by who has it and what it waits for. */
  openByOwner(): Promise<readonly OpenWork[]>;
  /** Deliveries by state. */
  fates(): Promise<Readonly<Record<string, number>>>;
  /** What began these turns, as it is stored. */
  events(turnIds: readonly string[]): Promise<readonly string[]>;
  /** What is stored of the turns and deliveries that name these questions, a line each. */
  histories(questionIds: readonly string[]): Promise<readonly string[]>;
  /** The messages that were cut between writing and the result. */
  unknown(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Open turns, or open deliveries, of one kind. */
export interface OpenWork {
  readonly what: 'turn' | 'delivery';
  readonly state: string;
  readonly owner: string;
  readonly channel: string;
  /** How the answer goes out; of turns, what a customer's call offered. */
  readonly windows: string;
  readonly count: number;
  readonly conversations: number;
  /** Of the one that was received first. */
  readonly oldestReceivedAt: number;
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
    async openByOwner() {
      const rows = await query(
        `SELECT 'turn' AS what, t.state, t.owner_id, c.channel, t.event, t.conversation, t.received_at
         FROM ${schema}turns t JOIN ${schema}conversations c ON c.serial = t.conversation
         WHERE t.state IN ('received', 'answering')
         UNION ALL
         SELECT 'delivery', d.state, t.owner_id, c.channel, d.mode, d.conversation, t.received_at
         FROM ${schema}deliveries d JOIN ${schema}turns t ON t.serial = d.turn
         JOIN ${schema}conversations c ON c.serial = d.conversation WHERE d.state IN ('waiting', 'sending')`,
      );
      return [...Map.groupBy(rows.map(toOpen), ({ work }) => JSON.stringify(work)).values()].flatMap((alike) => {
        const [first] = alike;
        if (first === undefined) return [];
        return [
          {
            ...first.work,
            count: alike.length,
            conversations: new Set(alike.map(({ conversation }) => conversation)).size,
            oldestReceivedAt: Math.min(...alike.map(({ receivedAt }) => receivedAt)),
          },
        ];
      });
    },
    async fates() {
      const rows = await query(
        `SELECT state, count(*) AS count FROM ${schema}deliveries GROUP BY state ORDER BY state`,
      );
      return Object.fromEntries(rows.map(({ state, count }) => [String(state), Number(count)]));
    },
    async events(turnIds) {
      const ids = turnIds.map((id) => `'${id}'`).join(', ');
      const rows = ids === '' ? [] : await query(`SELECT event FROM ${schema}turns WHERE id IN (${ids})`);
      return rows.map(({ event }) => String(event));
    },
    async histories(questionIds) {
      const lines: string[] = [];
      for (const id of questionIds) {
        const rows = await query(
          `SELECT t.id, t.sequence, t.state, t.note, t.owner_id, t.received_at, t.answered_at, d.position, d.mode, d.state AS fate,
             d.attempts, d.updated_at, substr(d.message, 1, 300) AS message
           FROM ${schema}turns t LEFT JOIN ${schema}deliveries d ON d.turn = t.serial WHERE t.event LIKE '%${id} %'`,
        );
        lines.push(
          ...rows.map(
            (row) => `${id}: ${JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}`,
          ),
        );
      }
      return lines;
    },
    async unknown() {
      const rows = await query(`SELECT message FROM ${schema}deliveries WHERE state = 'unknown'`);
      return rows.map(({ message }) => String(message));
    },
    close,
  };
}

function toOpen(row: Rows[number]) {
  const isTurn = row.what === 'turn';
  return {
    work: {
      what: isTurn ? ('turn' as const) : ('delivery' as const),
      state: String(row.state),
      owner: String(row.owner_id),
      channel: String(row.channel),
      windows: isTurn ? modesIn(String(row.event)) : String(row.event),
    },
    conversation: String(row.conversation),
    receivedAt: Number(row.received_at),
  };
}

const modesIn = (event: string) => Array.from(event.matchAll(/"mode":"(\w+)"/g), ([, mode]) => mode).join(' ');
