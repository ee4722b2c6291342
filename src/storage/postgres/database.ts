/** Statements on a bounded pool of connections. Every statement has a name and is prepared once per connection; rows are tuples; text
 *  travels in the form that PostgreSQL can keep. */
import pg from 'pg';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../platform/logger.ts';
import { isConnectionLost, openError, storeError } from './failure.ts';
import { fromStoredText, toStoredText } from './text.ts';

export type Value =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly (number | null)[]
  | readonly (string | null)[];

export interface Statement<Row extends readonly unknown[]> {
  readonly name: string;
  readonly text: string;
  /** Never there: carries the type of the rows. */
  readonly row?: Row;
}

export interface BoundStatement<Row extends readonly unknown[] = readonly unknown[]> extends Statement<Row> {
  readonly values: readonly Value[];
}

export interface Result<Row extends readonly unknown[]> {
  readonly rows: readonly Row[];
  /** Rows that were returned, or changed where none are returned. */
  readonly count: number;
}

type Results<Statements extends readonly BoundStatement[]> = {
  readonly [Index in keyof Statements]: Statements[Index] extends BoundStatement<infer Row> ? Result<Row> : never;
};

/** What statements may be run on: the pool, or the one connection of a rehearsal. */
export type Queries = Pick<Database, 'run' | 'transaction'>;

export interface DatabaseOptions {
  /** By which the server lists our sessions. */
  readonly sessionName: string;
  /** With the password: never logged. */
  readonly url: string;
  readonly poolSize: number;
  /** Opening a connection, or waiting for one of the pool. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly logger: Logger;
}

/** Per connection: beyond it whoever waits gets its answer too late to use it. */
const MAX_WAITING_PER_CONNECTION = 200;
/** The server ends a statement by itself; this is for a server that does not answer at all. */
const SILENCE_MS = 1_000;

const INT8 = 20;
const TEXT = 25;

/** How columns are read. */
export const STORED_TYPES: pg.CustomTypesConfig = {
  getTypeParser(id, format) {
    if (id === INT8) return Number;
    if (id === TEXT) return fromStoredText;
    return pg.types.getTypeParser(id, format);
  },
};

/** @param name unique in the program */
export function statement<Row extends readonly unknown[] = readonly []>(name: string, text: string): Statement<Row> {
  return { name, text };
}

export function bind<Row extends readonly unknown[]>(
  prepared: Statement<Row>,
  ...values: readonly Value[]
): BoundStatement<Row> {
  return { ...prepared, values };
}

/** What all connections of the program have in common. */
export function connectionSettings(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: withoutSessionName(options.url),
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + SILENCE_MS,
    application_name: options.sessionName,
    keepAlive: true,
    types: STORED_TYPES,
  };
}

/** What an address says wins over settings, and the others would not find the sessions of a process that has gone. */
function withoutSessionName(address: string): string {
  const url = new URL(address);
  if (!url.searchParams.has('application_name')) return address;
  url.searchParams.delete('application_name');
  return url.href;
}

export class Database {
  readonly #pool: pg.Pool;
  readonly #size: number;
  readonly #maxWaiting: number;
  #inFlight = 0;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      ...connectionSettings(options),
      // The statements of a transaction travel together: one round trip instead of one each.
      pipeline: true,
      max: options.poolSize,
      // What is open stays open: the first customers after a quiet minute must not wait for the server to start their sessions.
      idleTimeoutMillis: 0,
      allowExitOnIdle: true,
    });
    this.#size = options.poolSize;
    this.#maxWaiting = options.poolSize * MAX_WAITING_PER_CONNECTION;
    // An idle connection that ends is replaced by the next call; whoever needs it hears of it then.
    this.#pool.on('error', (err) => options.logger.warn({ reason: err.message }, 'a database connection was lost'));
  }

  /** One statement, which is its own transaction.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async run<Row extends readonly unknown[]>(
    prepared: Statement<Row>,
    ...values: readonly Value[]
  ): Promise<Result<Row>> {
    return this.#use((client) => execute(client, bind(prepared, ...values)));
  }

  /** All or nothing, in this order; each sees what those before it did and what others committed until it began.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async transaction<Statements extends readonly BoundStatement[]>(
    ...statements: Statements
  ): Promise<Results<Statements>> {
    return this.#use(async (client) => {
      // Sent before the first answer is there. Behind one that fails the others do nothing, and COMMIT rolls back.
      const began = client.query('BEGIN');
      const executed = executeAll(client, statements);
      await allEnded<unknown>([began, executed, client.query('COMMIT')]);
      return executed;
    });
  }

  /** The first connection, so that a start which gets none ends with the reason.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED`, with a sentence for the operator */
  async open(): Promise<void> {
    try {
      (await this.#pool.connect()).release();
    } catch (thrown) {
      throw openError(thrown);
    }
  }

  /** Opens every connection of the pool, and does the work on each, in a transaction that is undone.
   *  @returns for each connection, when all have ended: why it could not be */
  async rehearse(work: (queries: Queries) => Promise<unknown>): Promise<readonly PromiseSettledResult<void>[]> {
    const onOne = () =>
      this.#use(async (client) => {
        await client.query('BEGIN');
        try {
          await work(rehearsalOn(client));
        } finally {
          await client.query('ROLLBACK');
        }
      });
    // Asked for in one go: each gets a connection of its own, because none has been given back yet.
    return Promise.allSettled(Array.from({ length: this.#size }, onOne));
  }

  /** Finishes what was called before; calls that come later are refused. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await this.#pool.end();
  }

  async #use<Outcome>(work: (client: pg.PoolClient) => Promise<Outcome>): Promise<Outcome> {
    if (this.#isClosed) throw new GatewayError('STORE_FAILED', 'The store is closed');
    if (this.#pool.waitingCount >= this.#maxWaiting) {
      throw new GatewayError('STORE_BUSY', 'The store has too much to do; try again in a moment');
    }
    this.#inFlight += 1;
    try {
      return await this.#withClient(work);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#whenIdle?.();
    }
  }

  async #withClient<Outcome>(work: (client: pg.PoolClient) => Promise<Outcome>): Promise<Outcome> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (thrown) {
      throw storeError(thrown);
    }
    // A connection that breaks says so twice, as an event and as the failure of what runs on it.
    const ignore = () => {};
    client.on('error', ignore);
    try {
      const outcome = await work(client);
      client.off('error', ignore);
      client.release();
      return outcome;
    } catch (thrown) {
      const isLost = isConnectionLost(thrown);
      client.release(isLost);
      throw storeError(thrown, isLost);
    }
  }
}

/** A transaction of the work is part of the one that is undone. */
function rehearsalOn(client: pg.ClientBase): Queries {
  return {
    run: (prepared, ...values) => execute(client, bind(prepared, ...values)),
    transaction: (...statements) => executeAll(client, statements),
  };
}

/** Sent together. */
async function executeAll<Statements extends readonly BoundStatement[]>(
  client: pg.ClientBase,
  statements: Statements,
): Promise<Results<Statements>> {
  const results = await allEnded(statements.map((bound) => execute(client, bound)));
  return results as unknown as Results<Statements>;
}

/** Like `Promise.all`, but a failure is not told before the last has ended: until then the connection is in use. */
async function allEnded<Outcome>(pending: readonly Promise<Outcome>[]): Promise<readonly Outcome[]> {
  await Promise.allSettled(pending);
  return Promise.all(pending);
}

async function execute<Row extends readonly unknown[]>(
  client: pg.ClientBase,
  { name, text, values }: BoundStatement<Row>,
): Promise<Result<Row>> {
  const { rows, rowCount } = await client.query({ name, text, values: values.map(toStored), rowMode: 'array' });
  return { rows: rows as unknown as readonly Row[], count: rowCount ?? 0 };
}

function toStored(value: Value): unknown {
  if (typeof value === 'string') return toStoredText(value);
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'string' ? toStoredText(item) : item));
  return value;
}
