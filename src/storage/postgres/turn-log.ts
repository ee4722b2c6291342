/** Turns and deliveries. Transitions are single statements whose WHERE is the comparison; PostgreSQL looks again at a row that somebody
 *  else changed meanwhile (READ COMMITTED), so one of many wins. What touches several rows of a conversation locks its row first: a
 *  statement sees only what was committed when it began, and the lock makes it begin late enough. */

import { conversationKey } from '../../message.ts';
import { InOrder } from '../../platform/in-order.ts';
import {
  DELIVERY_COLUMNS,
  type DeliveryRow,
  toDelivery,
  toDeliveryChangeRow,
  toJson,
  toRememberedTurn,
} from '../rows.ts';
import {
  type AcceptResult,
  type ConversationMemory,
  type DeliveryState,
  HANDED_OVER,
  type NewDelivery,
  type NewTurn,
  type Store,
} from '../store.ts';
import { lockConversation, touchConversation } from './conversations.ts';
import { bind, type Queries, statement } from './database.ts';
import type { CallsInDoubt } from './in-doubt.ts';
import { type SummaryRow, summaryOf, toSummary } from './summaries.ts';
import { eventColumns, TURN_COLUMNS, type TurnRow, toTurn } from './turn-row.ts';

const OPEN = `state IN ('received', 'answering')`;
const PENDING = `state IN ('waiting', 'sending')`;
const HELD = `state IN ('held', 'unknown')`;
const CONVERSATION = '(SELECT serial FROM malgil.conversations WHERE key = $1)';
const FROM_TURNS = 'FROM malgil.turns t JOIN malgil.conversations c ON c.serial = t.conversation';
const FROM_DELIVERIES =
  'FROM malgil.deliveries d JOIN malgil.turns t ON t.serial = d.turn JOIN malgil.conversations c ON c.serial = d.conversation';

/** Of one turn, as arrays side by side. */
const NEW_DELIVERIES = `unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
  WITH ORDINALITY AS n (id, position, mode, state, message, closes_at, url, echo_key, nth)`;
const DELIVERY_FIELDS =
  'id, position, mode, state, message, closes_at, url, echo_key, turn, conversation, sequence, created_at, updated_at';
const NEW_FIELDS = 'n.id, n.position, n.mode, n.state, n.message, n.closes_at, n.url, n.echo_key';

/** Answers and resets exclude each other, in the order conversation, turn: whatever an answer adds, a reset that comes after it sees. */
const SHARED_LOCK = `locked AS (
  SELECT c.serial FROM malgil.conversations c
  WHERE c.serial = (SELECT conversation FROM malgil.turns WHERE id = $1) FOR KEY SHARE
)`;

const insertTurn = statement<[sequence: number | null, turnId: string]>(
  'insert-turn',
  `WITH c AS (SELECT serial, next_sequence FROM malgil.conversations WHERE key = $1),
   earlier AS (
     SELECT t.id FROM malgil.turns t
     WHERE t.conversation = (SELECT serial FROM c) AND hashtextextended(t.dedupe_key, 0) = hashtextextended($5, 0)
       AND t.dedupe_key = $5 AND t.received_at > $6
     ORDER BY t.received_at, t.serial LIMIT 1
   ),
   inserted AS (
     INSERT INTO malgil.turns (id, conversation, sequence, state, moved_at, owner_id, dedupe_key, received_at, event, open_windows)
     SELECT $2, c.serial, c.next_sequence, $3, $7, $4, $5, $7, $8, $9 FROM c WHERE NOT EXISTS (SELECT FROM earlier)
     ON CONFLICT (id) DO NOTHING
     RETURNING sequence
   ),
   advanced AS (
     UPDATE malgil.conversations SET next_sequence = next_sequence + 1
     WHERE serial = (SELECT serial FROM c) AND EXISTS (SELECT FROM inserted)
   )
   SELECT (SELECT sequence FROM inserted), coalesce((SELECT id FROM earlier), $2)`,
);

const recentTurns = statement<TurnRow>(
  'recent-turns',
  `SELECT ${TURN_COLUMNS} ${FROM_TURNS}
   WHERE t.conversation = ${CONVERSATION} AND (t.state = 'answered' OR t.note = '${HANDED_OVER}')
     AND t.sequence > (SELECT memory_after_sequence FROM malgil.conversations WHERE key = $1)
     AND t.sequence < $2
   ORDER BY t.sequence DESC LIMIT $3`,
);
const heldDeliveries = statement<DeliveryRow>(
  'held-deliveries',
  `SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES}
   WHERE d.conversation = ${CONVERSATION} AND d.${HELD}
     AND d.sequence >= (SELECT held_from_sequence FROM malgil.conversations WHERE key = $1) AND d.sequence < $2
   ORDER BY d.sequence, d.position, d.serial`,
);
const turnById = statement<TurnRow>('turn', `SELECT ${TURN_COLUMNS} ${FROM_TURNS} WHERE t.id = $1`);
const turnsAfter = statement<TurnRow>(
  'turns-after',
  `SELECT ${TURN_COLUMNS} ${FROM_TURNS}
   WHERE t.conversation = ${CONVERSATION}
     AND t.sequence > greatest($2, (SELECT memory_after_sequence FROM malgil.conversations WHERE key = $1))
   ORDER BY t.sequence LIMIT $3`,
);
const deliveriesOf = statement<DeliveryRow>(
  'deliveries-of-turn',
  `SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES}
   WHERE d.turn = (SELECT serial FROM malgil.turns WHERE id = $1) ORDER BY d.position, d.serial`,
);

const moveTurn = statement(
  'move-turn',
  `UPDATE malgil.turns SET state = $3, moved_at = $4, note = coalesce($5, note),
     open_windows = CASE WHEN $3 IN ('received', 'answering') THEN open_windows END
   WHERE id = $1 AND state = ANY($2)`,
);
const turnWasMoved = statement<[true]>(
  'turn-was-moved',
  'SELECT true FROM malgil.turns WHERE id = $1 AND state = $2 AND moved_at = $3',
);
const answerTurn = statement<[true]>(
  'answer-turn',
  `WITH ${SHARED_LOCK},
   answered AS (
     UPDATE malgil.turns t SET state = 'answered', moved_at = $10, answered_at = $10, reply = $11, source = $12, was_answered = $13,
       open_windows = NULL
     FROM locked WHERE t.id = $1 AND t.conversation = locked.serial AND t.state = 'answering'
     RETURNING t.serial, t.conversation, t.sequence
   ),
   added AS (
     INSERT INTO malgil.deliveries (${DELIVERY_FIELDS})
     SELECT ${NEW_FIELDS}, a.serial, a.conversation, a.sequence, $10, $10 FROM answered a, ${NEW_DELIVERIES} ORDER BY n.nth
   )
   SELECT true FROM answered`,
);
const turnWasAnswered = statement<[true]>(
  'turn-was-answered',
  `SELECT true FROM malgil.turns t WHERE t.id = $1 AND t.state = 'answered' AND t.answered_at = $2
     AND ($3::text IS NULL OR EXISTS (SELECT FROM malgil.deliveries d WHERE d.id = $3 AND d.turn = t.serial))`,
);
// The port gives no time: the delivery is dated by the move of its turn to `answering`, on the caller's clock.
const addDelivery = statement(
  'add-delivery',
  `WITH ${SHARED_LOCK},
   answering AS (
     SELECT t.serial, t.conversation, t.sequence, t.moved_at FROM malgil.turns t, locked
     WHERE t.id = $1 AND t.conversation = locked.serial AND t.state = 'answering' FOR UPDATE OF t
   )
   INSERT INTO malgil.deliveries (${DELIVERY_FIELDS})
   SELECT ${NEW_FIELDS}, a.serial, a.conversation, a.sequence, a.moved_at, a.moved_at FROM answering a, ${NEW_DELIVERIES}`,
);
const addFollowUp = statement(
  'add-follow-up',
  `WITH ${SHARED_LOCK},
   answered AS (
     SELECT t.serial, t.conversation, t.sequence FROM malgil.turns t, locked
     WHERE t.id = $1 AND t.conversation = locked.serial AND t.state = 'answered' FOR UPDATE OF t
   )
   INSERT INTO malgil.deliveries (${DELIVERY_FIELDS}, owner_id)
   SELECT $2, (SELECT coalesce(max(position), -1) + 1 FROM malgil.deliveries WHERE turn = a.serial), 'push', 'waiting', $3,
     NULL, NULL, $4, a.serial, a.conversation, a.sequence, $5, $5, $6
   FROM answered a`,
);
const deliveryExists = statement<[true]>('delivery-exists', 'SELECT true FROM malgil.deliveries WHERE id = $1');
const acknowledge = statement(
  'acknowledge-turn',
  'UPDATE malgil.turns SET acknowledged_at = $2 WHERE id = $1 AND acknowledged_at IS NULL',
);
const moveDelivery = statement(
  'move-delivery',
  `UPDATE malgil.deliveries SET state = $3, updated_at = $4, mode = coalesce($5, mode), result = coalesce($6, result),
     platform_id = coalesce($7, platform_id), url = CASE WHEN $3 IN ('waiting', 'sending') THEN coalesce($8, url) END,
     closes_at = coalesce($9, closes_at), attempts = attempts + $10, echo_key = coalesce($11, echo_key),
     owner_id = CASE WHEN $3 IN ('waiting', 'sending') THEN coalesce($12, owner_id) END
   WHERE id = $1 AND state = ANY($2)`,
);
const deliveryWasMoved = statement<[true]>(
  'delivery-was-moved',
  'SELECT true FROM malgil.deliveries WHERE id = $1 AND state = $2 AND updated_at = $3',
);
const recordEcho = statement<[state: DeliveryState]>(
  'record-echo',
  `WITH found AS (
     SELECT d.serial, d.state FROM malgil.deliveries d
     WHERE d.serial = (
       SELECT first.serial FROM unnest($2::text[]) WITH ORDINALITY AS k (echo_key, nth),
         LATERAL (
           SELECT e.serial FROM malgil.deliveries e
           WHERE e.conversation = ${CONVERSATION} AND e.echo_key = k.echo_key AND e.echoed_at IS NULL AND e.created_at > $3
             AND e.state IN ('sending', 'unknown', 'delivered')
           ORDER BY e.serial LIMIT 1
         ) AS first
       ORDER BY k.nth LIMIT 1
     ) FOR UPDATE
   ),
   echoed AS (
     UPDATE malgil.deliveries d SET state = 'delivered', updated_at = $4, echoed_at = $4, url = NULL, platform_id = coalesce($5, platform_id)
     FROM found WHERE d.serial = found.serial
   )
   SELECT state FROM found`,
);

// What is being sent right now is left alone, and is never offered afterwards: `held_from_sequence` hides it, whatever becomes of it.
const reset = statement<[id: string, sequence: number]>(
  'reset-conversation',
  `WITH c AS (
     SELECT o.serial, coalesce(
       (SELECT t.sequence FROM malgil.turns t WHERE t.id = $3 AND t.conversation = o.serial), o.next_sequence) AS kept
     FROM malgil.conversations o WHERE o.key = $1
   ),
   ended AS (
     UPDATE malgil.turns SET state = 'suppressed', moved_at = $2, open_windows = NULL
     WHERE conversation = (SELECT serial FROM c) AND ${OPEN} AND id IS DISTINCT FROM $3
     RETURNING id, sequence
   ),
   suppressed AS (
     UPDATE malgil.deliveries SET state = 'suppressed', updated_at = $2, url = NULL
     WHERE conversation = (SELECT serial FROM c) AND sequence <> (SELECT kept FROM c)
       AND ((${PENDING} AND state = 'waiting') OR ${HELD})
   ),
   forgotten AS (
     UPDATE malgil.conversations SET memory_after_sequence = next_sequence - 1, held_from_sequence = (SELECT kept FROM c)
     WHERE serial = (SELECT serial FROM c)
   ),
   unsummed AS (DELETE FROM malgil.summaries WHERE conversation = (SELECT serial FROM c))
   SELECT id, sequence FROM ended ORDER BY sequence`,
);
const silence = statement<[id: string, sequence: number]>(
  'silence-conversation',
  `WITH ended AS (
     UPDATE malgil.turns SET state = 'suppressed', moved_at = $2, note = '${HANDED_OVER}', open_windows = NULL
     WHERE conversation = ${CONVERSATION} AND ${OPEN} AND id <> ALL($3)
     RETURNING id, sequence
   ),
   suppressed AS (
     UPDATE malgil.deliveries SET state = 'suppressed', updated_at = $2, url = NULL
     WHERE conversation = ${CONVERSATION} AND ${PENDING} AND state = 'waiting'
   )
   SELECT id, sequence FROM ended ORDER BY sequence`,
);

const greet = statement(
  'claim-greeting',
  `INSERT INTO malgil.conversations AS c (key, bot_id, channel, last_received_at, greeted_at) VALUES ($1, $2, $3, $4, $4)
   ON CONFLICT (key) DO UPDATE SET greeted_at = $4, last_received_at = greatest(c.last_received_at, $4)
   WHERE c.greeted_at IS NULL OR c.greeted_at <= $4 - $5::bigint`,
);
const wasGreeted = statement<[true]>(
  'was-greeted',
  'SELECT true FROM malgil.conversations WHERE key = $1 AND greeted_at = $2',
);

const counts = statement<[openTurns: number, waitingDeliveries: number, heldDeliveries: number]>(
  'counts',
  `SELECT (SELECT count(*) FROM malgil.turns WHERE ${OPEN}),
     (SELECT count(*) FROM malgil.deliveries WHERE ${PENDING} AND state = 'waiting'),
     (SELECT count(*) FROM malgil.deliveries WHERE ${HELD} AND state = 'held')`,
);

type TurnLogCalls = Pick<
  Store,
  | 'acceptTurn'
  | 'readMemory'
  | 'readTurn'
  | 'readTurns'
  | 'readDeliveries'
  | 'moveTurn'
  | 'answerTurn'
  | 'addDelivery'
  | 'addFollowUp'
  | 'recordAcknowledgement'
  | 'moveDelivery'
  | 'recordEcho'
  | 'resetConversation'
  | 'silenceConversation'
  | 'claimGreeting'
  | 'counts'
>;

export function openTurnLog(database: Queries, inDoubt: CallsInDoubt): TurnLogCalls {
  const arrivals = new InOrder();
  const isTrue = async (...[prepared, ...values]: Parameters<typeof database.run<readonly [true]>>) =>
    (await database.run(prepared, ...values)).count > 0;

  const readMemory: Store['readMemory'] = async (key, beforeSequence, historyTurns) => {
    // One transaction would not make them agree more: nothing here needs both.
    const [turns, held, summary] = await database.transaction(
      bind(recentTurns, key, beforeSequence, atLeastZero(historyTurns)),
      bind(heldDeliveries, key, beforeSequence),
      bind(summaryOf, key, beforeSequence),
    );
    return toMemory(turns.rows, held.rows, summary.rows);
  };

  async function accept(turn: NewTurn, historyTurns: number, isRepeated: boolean): Promise<AcceptResult> {
    const { conversationKey: key, conversation, receivedAt } = turn;
    const [, inserted, turns, held, summary] = await database.transaction(
      bind(touchConversation, key, conversation.botId, conversation.channel, receivedAt),
      bind(
        insertTurn,
        key,
        turn.id,
        turn.state,
        turn.ownerId,
        turn.dedupeKey ?? null,
        turn.dedupeSince,
        receivedAt,
        ...eventColumns(turn.event),
      ),
      // Nothing in the conversation is later than the turn itself, which has neither an answer nor deliveries.
      bind(recentTurns, key, Number.MAX_SAFE_INTEGER, atLeastZero(historyTurns)),
      bind(heldDeliveries, key, Number.MAX_SAFE_INTEGER),
      bind(summaryOf, key, Number.MAX_SAFE_INTEGER),
    );
    const [sequence, turnId] = inserted.rows[0] ?? [null, turn.id];
    if (sequence !== null)
      return { outcome: 'accepted', sequence, memory: toMemory(turns.rows, held.rows, summary.rows) };
    // An id that is already there is the same event again (a replay whose first answer was lost), not an error.
    if (!isRepeated || turnId !== turn.id) return { outcome: 'duplicate', turnId };
    // An earlier attempt of this very call had succeeded, and nobody knew.
    const [mine] = (await database.run(turnById, turn.id)).rows;
    if (mine === undefined) return { outcome: 'duplicate', turnId };
    const { sequence: sequenceOfMine } = toTurn(mine);
    return {
      outcome: 'accepted',
      sequence: sequenceOfMine,
      memory: await readMemory(key, sequenceOfMine, historyTurns),
    };
  }

  return {
    acceptTurn: (turn, historyTurns) =>
      arrivals.run(turn.conversationKey, () =>
        inDoubt.repeatable(`accept ${turn.id}`, (isRepeated) => accept(turn, historyTurns, isRepeated)),
      ),

    readMemory,

    async readTurn(turnId) {
      const [row] = (await database.run(turnById, turnId)).rows;
      return row === undefined ? undefined : toTurn(row);
    },

    readTurns: async (key, afterSequence, limit) =>
      (await database.run(turnsAfter, key, afterSequence, atLeastZero(limit))).rows.map(toTurn),

    readDeliveries: async (turnId) => (await database.run(deliveriesOf, turnId)).rows.map(toDelivery),

    moveTurn: (turnId, from, to, at, note) =>
      inDoubt.compareAndSet(
        `turn ${turnId} ${to} ${at}`,
        async () => (await database.run(moveTurn, turnId, from, to, at, note ?? null)).count === 1,
        () => isTrue(turnWasMoved, turnId, to, at),
      ),

    answerTurn: (turnId, { reply, source, wasAnswered, answeredAt }, deliveries) =>
      inDoubt.compareAndSet(
        `answer ${turnId} ${answeredAt}`,
        async () => {
          const values = [answeredAt, toJson(reply), toJson(source), wasAnswered ? 1 : 0] as const;
          return (await database.run(answerTurn, turnId, ...columnsOf(deliveries), ...values)).count === 1;
        },
        () => isTrue(turnWasAnswered, turnId, answeredAt, deliveries[0]?.id ?? null),
      ),

    addDelivery: (turnId, delivery) =>
      inDoubt.compareAndSet(
        `delivery ${delivery.id}`,
        async () => (await database.run(addDelivery, turnId, ...columnsOf([delivery]))).count === 1,
        () => isTrue(deliveryExists, delivery.id),
      ),

    addFollowUp: (turnId, { id, message, ownerId }, at) =>
      inDoubt.compareAndSet(
        `delivery ${id}`,
        async () =>
          (await database.run(addFollowUp, turnId, id, toJson(message), message.echoKey ?? null, at, ownerId)).count ===
          1,
        () => isTrue(deliveryExists, id),
      ),

    async recordAcknowledgement(turnId, at) {
      await database.run(acknowledge, turnId, at);
    },

    moveDelivery: (deliveryId, from, to, at, change = {}) =>
      inDoubt.compareAndSet(
        `delivery ${deliveryId} ${to} ${at}`,
        async () => {
          const values = [...toDeliveryChangeRow(change), change.ownerId ?? null] as const;
          return (await database.run(moveDelivery, deliveryId, from, to, at, ...values)).count === 1;
        },
        () => isTrue(deliveryWasMoved, deliveryId, to, at),
      ),

    async recordEcho({ conversationKey: key, keys, at, since, platformId }) {
      // Two echoes of the same words at once must find two messages.
      const [, found] = await database.transaction(
        bind(lockConversation, key),
        bind(recordEcho, key, keys, since, at, platformId ?? null),
      );
      return found.rows[0]?.[0];
    },

    async resetConversation(key, at, exceptTurnId) {
      const [, ended] = await database.transaction(
        bind(lockConversation, key),
        bind(reset, key, at, exceptTurnId ?? null),
      );
      return ended.rows.map(([id]) => id);
    },

    async silenceConversation(key, at, exceptTurnIds) {
      const [, ended] = await database.transaction(bind(lockConversation, key), bind(silence, key, at, exceptTurnIds));
      return ended.rows.map(([id]) => id);
    },

    claimGreeting(conversation, at, cooldownMs) {
      const key = conversationKey(conversation);
      return inDoubt.compareAndSet(
        `greeting ${key} ${at}`,
        async () =>
          (await database.run(greet, key, conversation.botId, conversation.channel, at, cooldownMs)).count === 1,
        () => isTrue(wasGreeted, key, at),
      );
    },

    async counts() {
      const [openTurns = 0, waitingDeliveries = 0, held = 0] = (await database.run(counts)).rows[0] ?? [];
      return { openTurns, waitingDeliveries, heldDeliveries: held };
    },
  };
}

function columnsOf(deliveries: readonly NewDelivery[]) {
  return [
    deliveries.map(({ id }) => id),
    deliveries.map(({ position }) => position),
    deliveries.map(({ mode }) => mode),
    deliveries.map(({ state }) => state),
    deliveries.map(({ message }) => toJson(message)),
    deliveries.map(({ closesAt }) => closesAt ?? null),
    deliveries.map(({ url }) => url ?? null),
    deliveries.map(({ message }) => message.echoKey ?? null),
  ] as const;
}

function toMemory(
  turns: readonly TurnRow[],
  held: readonly DeliveryRow[],
  [summary]: readonly SummaryRow[],
): ConversationMemory {
  return {
    recentTurns: turns.map((row) => toRememberedTurn(toTurn(row))),
    heldDeliveries: held.map(toDelivery),
    ...(summary === undefined ? {} : { summary: toSummary(summary) }),
  };
}

/** A negative LIMIT is an error. */
function atLeastZero(limit: number): number {
  return Math.max(0, limit);
}
