/** The processes that share a database. Each has a row with a sign of life; the work of one whose sign is too old goes to the others.
 *  Times are those of the database: clocks of machines differ. */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { type Database, statement } from './database.ts';
import { endSessionsOf } from './sessions.ts';

/** Channel of notifications: a process begins. */
export const JOINED = 'malgil_replica_joined';

export const BEAT_MS = 2_000;
/** With one beat more until somebody looks, what a dead process left open goes on within 12 s. */
export const LAPSE_MS = 8_000;

/** A process that left says so by an infinitely old sign. After an outage of the database itself every sign is old: then all get the
 *  time to give a new one. */
const HAS_LAPSED = `r.beat_at < now() - interval '${LAPSE_MS} milliseconds'
  AND (r.beat_at = '-infinity' OR pg_postmaster_start_time() < now() - interval '${LAPSE_MS} milliseconds')`;

/** SQL: the process of this id is at work. */
export const isAlive = (id: string) =>
  `EXISTS (SELECT FROM malgil.replicas r WHERE r.id = ${id} AND NOT (${HAS_LAPSED}))`;

const COUNT_OTHERS = `count(*) FILTER (WHERE NOT (${HAS_LAPSED})), count(*) FILTER (WHERE r.id < $1 AND NOT (${HAS_LAPSED}))`;

const beat = statement<[alive: number, before: number, gone: readonly string[]]>(
  'beat',
  `WITH mine AS (
     INSERT INTO malgil.replicas (id, beat_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET beat_at = now()
   )
   SELECT ${COUNT_OTHERS}, coalesce(array_agg(r.id) FILTER (WHERE ${HAS_LAPSED}), '{}')
   FROM malgil.replicas r WHERE r.id <> $1`,
);
const countOthers = statement<[alive: number, before: number]>(
  'count-replicas',
  `SELECT ${COUNT_OTHERS} FROM malgil.replicas r WHERE r.id <> $1`,
);
const tellJoined = statement<[unknown]>('tell-joined', `SELECT pg_notify('${JOINED}', '')::text`);
const leave = statement('leave', `UPDATE malgil.replicas SET beat_at = '-infinity' WHERE id = $1`);
const forget = statement('forget-replicas', `DELETE FROM malgil.replicas r WHERE r.id = ANY($1) AND ${HAS_LAPSED}`);

export interface ReplicasOptions {
  readonly database: Database;
  /** Of this process. */
  readonly id: string;
  /** That is known to be dead. */
  readonly predecessorId?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Replicas {
  readonly #options: ReplicasOptions;
  #cancelBeat: () => void = () => {};
  #beating: Promise<void> = Promise.resolve();
  #takeOver: (() => Promise<void>) | undefined;
  #takingOver: Promise<void> | undefined;
  /** Since when this process has reached the database without a gap that others might have had, too. */
  #steadySince = Number.POSITIVE_INFINITY;
  #lastBeatAt = Number.NEGATIVE_INFINITY;
  #isLeaving = false;
  #others = 0;
  /** Of the others, those whose ids come first. */
  #before = 0;

  private constructor(options: ReplicasOptions) {
    this.#options = options;
  }

  /** The first sign of life, before any work is taken; then one every {@link BEAT_MS}.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  static async join(options: ReplicasOptions): Promise<Replicas> {
    const replicas = new Replicas(options);
    if (options.predecessorId !== undefined) {
      await endSessionsOf([options.predecessorId], options.database);
      await options.database.run(leave, options.predecessorId);
    }
    await replicas.#beat();
    await options.database.run(tellJoined);
    replicas.#schedule();
    return replicas;
  }

  /** @param takeOver called when others have gone; again later if it rejects */
  onOthersGone(takeOver: () => Promise<void>): void {
    this.#takeOver = takeOver;
  }

  /** How many other processes are at work, as far as this one knows. */
  get others(): number {
    return this.#others;
  }

  /** Which part of what all may do together is this one's. */
  get share(): { readonly processes: number; readonly rank: number } {
    return { processes: this.#others + 1, rank: this.#before };
  }

  /** Another one has begun, or may have. */
  async lookAgain(): Promise<void> {
    const { database, id, logger } = this.#options;
    try {
      const [[others, before] = [0, 0]] = (await database.run(countOthers, id)).rows;
      this.#others = others;
      this.#before = before;
    } catch (err) {
      logger.warn({ err }, 'how many processes share the database is seen with the next sign of life');
    }
  }

  /** What is still open may be taken by others at once. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#cancelBeat();
    await Promise.all([this.#beating, this.#takingOver]);
    const { database, id, logger } = this.#options;
    try {
      await database.run(leave, id);
    } catch (err) {
      logger.warn({ err }, 'the others find out by themselves that this process has gone');
    }
  }

  #schedule(): void {
    if (this.#isLeaving) return;
    const { clock, logger } = this.#options;
    this.#cancelBeat = clock.schedule(BEAT_MS, () => {
      this.#beating = this.#beat()
        .catch((err: unknown) => logger.warn({ err }, 'no sign of life could be left in the database'))
        .finally(() => this.#schedule());
    });
  }

  async #beat(): Promise<void> {
    const { database, id, clock } = this.#options;
    const [result] = (await database.run(beat, id)).rows;
    const now = clock.now();
    if (now - this.#lastBeatAt > LAPSE_MS) this.#steadySince = now;
    this.#lastBeatAt = now;
    const [others = 0, before = 0, gone = []] = result ?? [];
    this.#others = others;
    this.#before = before;
    // Whoever was cut off from the database may find the others' signs old because they were cut off as well.
    const isSteady = now - this.#steadySince >= LAPSE_MS;
    if (gone.length > 0 && isSteady) this.#takeFrom(gone);
  }

  /** Beside the signs of life: hundreds of turns take their time, and whoever gave none meanwhile would lose them to the next. */
  #takeFrom(gone: readonly string[]): void {
    const { database, logger } = this.#options;
    const takeOver = this.#takeOver;
    if (takeOver === undefined || this.#takingOver !== undefined) return;
    const work = async () => {
      await endSessionsOf(gone, database);
      await takeOver();
      await database.run(forget, gone);
    };
    this.#takingOver = work()
      .catch((err: unknown) => logger.warn({ err }, 'the work of a process that has gone is taken over a little later'))
      .finally(() => {
        this.#takingOver = undefined;
      });
  }
}
