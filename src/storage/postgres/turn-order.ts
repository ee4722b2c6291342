/** The lease of a conversation names the turn that is being answered. It lapses with its turn, and with the signs of life of the process
 *  that holds it: nothing has to be renewed turn by turn, or given back. */
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { TurnOrder } from '../turn-order.ts';
import { bind, type Queries, statement } from './database.ts';
import { isAlive, type Replicas } from './replicas.ts';

/** A notification comes at once; this is for those that were missed. */
const POLL_MS = 1_000;
const AWAITED_SECONDS = 120;
/** A question that waits for an agent is open for hours, and nobody waits for it. */
const QUESTION_WAITS_MS = 60_000;

const OPEN = `state IN ('received', 'answering')`;

// A lease that is lost with a crash of the server is no loss: its turn is compared and set like every other.
const withoutFlush = statement<[string]>('without-flush', `SELECT set_config('synchronous_commit', 'off', true)`);
const lockConversationOf = statement<[true]>(
  'lock-conversation-of-turn',
  `SELECT true FROM malgil.conversations
   WHERE serial = (SELECT conversation FROM malgil.turns WHERE id = $1) FOR NO KEY UPDATE`,
);
// What a process has taken over stands in its lane behind what it was answering then, although it was asked earlier. Whoever waits for
// that would never be done if it were waited for by what stands in front: then both wait for each other, for ever. A question counts
// whether its process is at work or not: somebody takes it over, and it was asked first.
const takeLease = statement(
  'take-lease',
  `INSERT INTO malgil.leases AS l (conversation, turn, owner_id)
   SELECT t.conversation, t.serial, $2 FROM malgil.turns t
   WHERE t.id = $1 AND ($3 OR NOT EXISTS (
     SELECT FROM malgil.turns o
     WHERE o.conversation = t.conversation AND o.${OPEN} AND o.sequence < t.sequence AND o.owner_id <> $2
       AND (o.state = 'answering' OR o.received_at > t.received_at - ${QUESTION_WAITS_MS})
       AND NOT EXISTS (
         SELECT FROM malgil.turns m
         WHERE m.conversation = t.conversation AND m.${OPEN} AND m.sequence < o.sequence AND m.owner_id = $2
       )
   ) AND NOT EXISTS (
     SELECT FROM malgil.deliveries d JOIN malgil.turns o ON o.serial = d.turn
     WHERE d.conversation = t.conversation AND d.state IN ('waiting', 'sending') AND d.sequence < t.sequence
       AND coalesce(d.owner_id, o.owner_id) <> $2
   ))
   ON CONFLICT (conversation) DO UPDATE SET turn = excluded.turn, owner_id = excluded.owner_id
   WHERE l.owner_id = excluded.owner_id OR NOT ${isAlive('l.owner_id')}
     OR NOT EXISTS (SELECT FROM malgil.turns h WHERE h.serial = l.turn AND h.${OPEN})`,
);
// An answer goes out by itself where the promise of a callback was heard. Not where a delivery is ahead of the end of its turn: that was
// the callback, and the rest is held.
const toFetch = statement<[true]>(
  'to-fetch',
  `SELECT true FROM malgil.turns t
   WHERE t.id = $1 AND (EXISTS (
     SELECT FROM malgil.turns o
     WHERE o.conversation = t.conversation AND o.${OPEN} AND o.sequence < t.sequence AND o.owner_id <> $2
       AND (o.acknowledged_at IS NULL OR EXISTS (SELECT FROM malgil.deliveries d WHERE d.turn = o.serial))
   ) OR EXISTS (
     SELECT FROM malgil.deliveries d
     WHERE d.conversation = t.conversation AND d.state = 'held' AND d.sequence < t.sequence
   ))`,
);
const giveLeaseUp = statement(
  'give-lease-up',
  'DELETE FROM malgil.leases WHERE turn = (SELECT serial FROM malgil.turns WHERE id = $1)',
);
const awaitEnd = statement<[conversation: string]>(
  'await-end',
  `UPDATE malgil.conversations SET awaited_until = now() + interval '${AWAITED_SECONDS} seconds'
   WHERE serial = (SELECT conversation FROM malgil.turns WHERE id = $1) RETURNING serial::text`,
);
const isOpen = statement<[true]>('is-open', `SELECT true FROM malgil.turns WHERE id = $1 AND ${OPEN}`);

export interface TurnOrderOptions {
  readonly database: Queries;
  readonly replicas: Pick<Replicas, 'others'>;
  /** Of this process. */
  readonly id: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class PostgresTurnOrder implements TurnOrder {
  readonly #options: TurnOrderOptions;
  /** Who waits for the end of a turn, by conversation. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: TurnOrderOptions) {
    this.#options = options;
  }

  /** A turn or a delivery of the conversation has ended; undefined: perhaps of any. */
  ended(conversation: string | undefined): void {
    const told = conversation === undefined ? [...this.#waiting.values()] : [this.#waiting.get(conversation) ?? []];
    for (const waiting of told) for (const wake of [...waiting]) wake();
  }

  async enter(turnId: string, goesFirst: boolean, signal: AbortSignal): Promise<boolean> {
    const { replicas, clock, logger } = this.#options;
    let hadToWait = false;
    while (replicas.others > 0 && !(hadToWait && signal.aborted)) {
      try {
        if (await this.#take(turnId, goesFirst)) return hadToWait;
        hadToWait = true;
        await this.#lookUntil(() => this.#take(turnId, goesFirst), turnId, signal);
        return true;
      } catch (err) {
        // A database that is too busy to tell is no reason to answer before an earlier question.
        logger.warn({ err, turn: turnId }, 'a turn does not learn its place among other processes and asks again');
        hadToWait = true;
        await delay(clock, POLL_MS, signal);
      }
    }
    return hadToWait;
  }

  async leavesToFetch(turnId: string): Promise<boolean> {
    const { database, replicas, id } = this.#options;
    return replicas.others > 0 && (await database.run(toFetch, turnId, id)).count > 0;
  }

  async stepBack(turnId: string): Promise<void> {
    const { database, logger } = this.#options;
    try {
      await database.run(giveLeaseUp, turnId);
    } catch (err) {
      logger.warn({ err, turn: turnId }, 'a turn that steps back keeps others waiting until it has ended');
    }
  }

  async untilEnded(turnId: string, signal: AbortSignal): Promise<void> {
    const { database } = this.#options;
    await this.#lookUntil(async () => (await database.run(isOpen, turnId)).count === 0, turnId, signal);
  }

  async #take(turnId: string, goesFirst: boolean): Promise<boolean> {
    const { database, id } = this.#options;
    const [, , taken] = await database.transaction(
      bind(withoutFlush),
      bind(lockConversationOf, turnId),
      bind(takeLease, turnId, id, goesFirst),
    );
    return taken.count === 1;
  }

  /** Looks now, whenever something of the conversation has ended, and once a while; until `isDone` or the signal fires. */
  async #lookUntil(isDone: () => Promise<boolean>, turnId: string, signal: AbortSignal): Promise<void> {
    const { database, clock } = this.#options;
    const [conversation] = (await database.run(awaitEnd, turnId)).rows[0] ?? [];
    if (conversation === undefined) return;
    while (!signal.aborted) {
      const woken = new AbortController();
      const wake = () => woken.abort();
      const waiting = this.#waiting.get(conversation) ?? new Set();
      // Before looking: what ends in between would be missed by both.
      this.#waiting.set(conversation, waiting.add(wake));
      signal.addEventListener('abort', wake, { once: true });
      try {
        if (await isDone()) return;
        await delay(clock, POLL_MS, woken.signal);
      } finally {
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(conversation) === waiting) this.#waiting.delete(conversation);
      }
    }
  }
}
