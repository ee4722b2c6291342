/** The store's operations, synchronous, on one connection. Arguments and results are plain values that cross threads cheaply.
 *  Nothing here begins or ends a transaction: group-commit.ts does. */
import type { DatabaseSync } from 'node:sqlite';
import { DELIVERY_COLUMNS, type DeliveryRow, TURN_COLUMNS, type TurnRow } from '../rows.ts';
import { type DeliveryState, HANDED_OVER, type StoreCounts, type TurnState } from '../store.ts';
import { openDeadTurns, READING_DEAD_TURN_CALLS } from './dead-turns.ts';
import { openLedger, READING_LEDGER_CALLS } from './ledger.ts';
import { openMarks } from './marks.ts';
import { openNotes, READING_NOTE_CALLS } from './notes.ts';
import { openPayments, READING_PAYMENT_CALLS } from './payments.ts';
import { openPersonalData, READING_PERSONAL_DATA_CALLS } from './personal-data.ts';
import { prepare } from './prepared.ts';
import { openPushLog, READING_PUSH_CALLS } from './push-log.ts';
import { openSummaries, type SummaryRow } from './summaries.ts';
import { openThreads, READING_THREAD_CALLS } from './threads.ts';
import { openUsage, READING_USAGE_CALLS } from './usage.ts';

export type MemoryRows = readonly [
  turns: readonly TurnRow[],
  heldDeliveries: readonly DeliveryRow[],
  summary: SummaryRow | undefined,
];
export type AcceptedRows =
  | readonly ['accepted', sequence: number, ...memory: MemoryRows]
  | readonly ['duplicate', turnId: string];

/** `id, position, mode, state, message (JSON), closesAt, url, echoKey`. */
export type NewDeliveryRow = readonly [
  id: string,
  position: number,
  mode: string,
  state: DeliveryState,
  message: string,
  closesAt: number | null,
  url: string | null,
  echoKey: string | null,
];

export type TurnLog = ReturnType<typeof openTurnLog>;

/** Calls that change nothing: a batch of only these needs no write lock. */
export const READING_CALLS: ReadonlySet<keyof TurnLog> = new Set<keyof TurnLog>([
  'readMemory',
  'readTurn',
  'readTurns',
  'readDeliveries',
  'counts',
  ...READING_USAGE_CALLS,
  ...READING_LEDGER_CALLS,
  ...READING_DEAD_TURN_CALLS,
  ...READING_PUSH_CALLS,
  ...READING_THREAD_CALLS,
  ...READING_NOTE_CALLS,
  ...READING_PAYMENT_CALLS,
  ...READING_PERSONAL_DATA_CALLS,
]);

const OPEN = `state IN ('received', 'answering')`;
const PENDING = `state IN ('waiting', 'sending')`;
const HELD = `state IN ('held', 'unknown')`;
/** The plus hides the parameter from the planner, which otherwise plans for its value: SQLite then compiles the statement anew for
 *  every call, 15 µs of a message. */
const LIMIT = 'LIMIT +?';
const FROM_TURNS = 'FROM turns t JOIN conversations c ON c.serial = t.conversation';
const FROM_DELIVERIES =
  'FROM deliveries d JOIN turns t ON t.serial = d.turn JOIN conversations c ON c.serial = d.conversation';

type ConversationRow = readonly [
  serial: number,
  nextSequence: number,
  memoryAfterSequence: number,
  heldFromSequence: number,
];

type TurnStateRow = readonly [
  serial: number,
  state: TurnState,
  conversation: number,
  sequence: number,
  movedAt: number,
];

/** The event of a turn that has ended: the address of its callback opens a conversation of the customer's to whoever reads the file. */
const EVENT_WITHOUT_CALLBACK = `CASE WHEN instr(event, '"mode":"callback"') = 0 THEN event ELSE
  json_set(event, '$.replyWindows', (SELECT json_group_array(json(value)) FROM json_each(event, '$.replyWindows')
    WHERE json_extract(value, '$.mode') <> 'callback')) END`;

/** The connection must have been opened with `returnArrays`. */
export function openTurnLog(database: DatabaseSync) {
  const marks = openMarks(database);
  const payments = openPayments(database, marks);
  const conversation = prepare<ConversationRow>(
    database,
    'SELECT serial, next_sequence, memory_after_sequence, held_from_sequence FROM conversations WHERE key = ?',
  );
  const newConversation = prepare<ConversationRow>(
    database,
    `INSERT INTO conversations (key, bot_id, channel, last_received_at) VALUES (?, ?, ?, ?)
     RETURNING serial, next_sequence, memory_after_sequence, held_from_sequence`,
  );
  const advanceConversation = prepare(
    database,
    `UPDATE conversations SET next_sequence = next_sequence + 1, last_received_at = max(last_received_at, ?) WHERE serial = ?`,
  );
  const forgetBefore = prepare(
    database,
    'UPDATE conversations SET memory_after_sequence = next_sequence - 1, held_from_sequence = ? WHERE serial = ?',
  );
  const greet = prepare(
    database,
    `INSERT INTO conversations (key, bot_id, channel, last_received_at, greeted_at) VALUES (?1, ?2, ?3, ?4, ?4)
     ON CONFLICT (key) DO UPDATE SET greeted_at = ?4, last_received_at = max(last_received_at, ?4)
     WHERE greeted_at IS NULL OR greeted_at <= ?4 - ?5`,
  );

  const duplicate = prepare<readonly [turnId: string]>(
    database,
    `SELECT id FROM turns INDEXED BY turns_by_dedupe_key
     WHERE conversation = ? AND dedupe_key = ? AND received_at > ? ORDER BY received_at LIMIT 1`,
  );
  // An id that is already there is the same event again (a replay whose first answer was lost), not an error.
  const newTurn = prepare(
    database,
    `INSERT INTO turns (id, conversation, sequence, state, moved_at, owner_id, dedupe_key, received_at, event)
     VALUES (?1, ?2, ?3, ?4, ?7, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING`,
  );
  const answeredTurns = prepare<TurnRow>(
    database,
    `SELECT ${TURN_COLUMNS} FROM turns t INDEXED BY turns_by_sequence JOIN conversations c ON c.serial = t.conversation
     WHERE t.conversation = ? AND (t.state = 'answered' OR t.note = '${HANDED_OVER}')
       AND t.sequence > ? AND t.sequence < ?
     ORDER BY t.sequence DESC ${LIMIT}`,
  );
  const summary = prepare<SummaryRow>(
    database,
    `SELECT text, through_sequence, through_at FROM summaries
     WHERE conversation = ? AND through_sequence > ? AND through_sequence < ?`,
  );
  const forgetSummary = prepare(database, 'DELETE FROM summaries WHERE conversation = ?');
  const heldDeliveries = prepare<DeliveryRow>(
    database,
    `SELECT ${DELIVERY_COLUMNS} FROM deliveries d INDEXED BY deliveries_held
     JOIN turns t ON t.serial = d.turn JOIN conversations c ON c.serial = d.conversation
     WHERE d.conversation = ? AND d.${HELD} AND d.sequence >= ? AND d.sequence < ?
     ORDER BY d.sequence, d.position, d.serial`,
  );
  const turnById = prepare<TurnRow>(database, `SELECT ${TURN_COLUMNS} ${FROM_TURNS} WHERE t.id = ?`);
  const turnBySerial = prepare<TurnRow>(database, `SELECT ${TURN_COLUMNS} ${FROM_TURNS} WHERE t.serial = ?`);
  const turnsAfter = prepare<TurnRow>(
    database,
    `SELECT ${TURN_COLUMNS} FROM turns t INDEXED BY turns_by_sequence JOIN conversations c ON c.serial = t.conversation
     WHERE t.conversation = ? AND t.sequence > ? ORDER BY t.sequence ${LIMIT}`,
  );
  const turnState = prepare<TurnStateRow>(
    database,
    'SELECT serial, state, conversation, sequence, moved_at FROM turns WHERE id = ?',
  );
  const moveTurnTo = prepare(
    database,
    `UPDATE turns SET state = ?1, moved_at = ?2, note = coalesce(?3, note),
       event = CASE WHEN ?1 IN ('received', 'answering') THEN event ELSE ${EVENT_WITHOUT_CALLBACK} END
     WHERE serial = ?4`,
  );
  const storeAnswer = prepare(
    database,
    `UPDATE turns SET state = 'answered', moved_at = ?1, answered_at = ?1, reply = ?2, source = ?3, was_answered = ?4,
       event = ${EVENT_WITHOUT_CALLBACK}
     WHERE serial = ?5`,
  );
  const acknowledge = prepare(database, 'UPDATE turns SET acknowledged_at = coalesce(acknowledged_at, ?) WHERE id = ?');
  const openTurnsOf = prepare<readonly [serial: number, id: string]>(
    database,
    `SELECT serial, id FROM turns INDEXED BY turns_open
     WHERE conversation = ? AND ${OPEN} AND id <> ? ORDER BY sequence`,
  );
  const openTurnsOfOthers = prepare<readonly [serial: number]>(
    database,
    `SELECT serial FROM turns INDEXED BY turns_open WHERE ${OPEN} AND owner_id <> ? ORDER BY serial`,
  );
  const takeTurn = prepare(database, 'UPDATE turns SET owner_id = ? WHERE serial = ?');

  const newDelivery = prepare(
    database,
    `INSERT INTO deliveries
       (id, position, mode, state, message, closes_at, url, echo_key, turn, conversation, sequence, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)`,
  );
  const deliveriesOfTurn = prepare<DeliveryRow>(
    database,
    `SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES}
     WHERE d.turn = (SELECT serial FROM turns WHERE id = ?) ORDER BY d.position, d.serial`,
  );
  const deliveryBySerial = prepare<DeliveryRow>(
    database,
    `SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES} WHERE d.serial = ?`,
  );
  const deliveryState = prepare<readonly [serial: number, state: DeliveryState]>(
    database,
    'SELECT serial, state FROM deliveries WHERE id = ?',
  );
  const moveDeliveryTo = prepare(
    database,
    `UPDATE deliveries SET state = ?1, updated_at = ?2, mode = coalesce(?3, mode), result = coalesce(?4, result),
       platform_id = coalesce(?5, platform_id), url = CASE WHEN ?1 IN ('waiting', 'sending') THEN coalesce(?6, url) END,
       closes_at = coalesce(?7, closes_at), attempts = attempts + ?8, echo_key = coalesce(?9, echo_key)
     WHERE serial = ?10`,
  );
  const withoutEcho = prepare<readonly [serial: number, state: DeliveryState]>(
    database,
    `SELECT serial, state FROM deliveries INDEXED BY deliveries_without_echo
     WHERE conversation = ? AND echo_key = ? AND echoed_at IS NULL AND created_at > ?
       AND state IN ('sending', 'unknown', 'delivered') ORDER BY serial LIMIT 1`,
  );
  const storeEcho = prepare(
    database,
    `UPDATE deliveries SET state = 'delivered', updated_at = ?1, echoed_at = ?1, platform_id = coalesce(?2, platform_id)
     WHERE serial = ?3`,
  );
  const suppressWaiting = prepare(
    database,
    `UPDATE deliveries INDEXED BY deliveries_pending SET state = 'suppressed', updated_at = ?, url = NULL
     WHERE conversation = ? AND ${PENDING} AND state = 'waiting' AND sequence <> ?`,
  );
  const suppressHeld = prepare(
    database,
    `UPDATE deliveries INDEXED BY deliveries_held SET state = 'suppressed', updated_at = ?
     WHERE conversation = ? AND ${HELD} AND sequence <> ?`,
  );
  const pendingDeliveriesOfOthers = prepare<readonly [serial: number, turn: number]>(
    database,
    `SELECT d.serial, d.turn FROM deliveries d INDEXED BY deliveries_pending JOIN turns t ON t.serial = d.turn
     WHERE d.${PENDING} AND t.owner_id <> ? ORDER BY d.turn, d.position, d.serial`,
  );
  const doubtDelivery = prepare(
    database,
    `UPDATE deliveries SET state = 'unknown', updated_at = ?, url = NULL WHERE serial = ? AND state = 'sending'`,
  );

  const purgeOldest = prepare(
    database,
    `DELETE FROM turns WHERE serial IN
       (SELECT serial FROM turns INDEXED BY turns_by_age WHERE received_at < ? ORDER BY received_at ${LIMIT})`,
  );
  const endOfSlice = prepare<readonly [serial: number | null]>(
    database,
    `SELECT max(serial) FROM (SELECT serial FROM conversations WHERE serial > ? ORDER BY serial ${LIMIT})`,
  );
  const purgeIdle = prepare(
    database,
    `DELETE FROM conversations WHERE serial > ? AND serial <= ? AND last_received_at < ?
       AND NOT EXISTS (SELECT 1 FROM turns WHERE turns.conversation = conversations.serial)
       AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.conversation = conversations.serial AND untold IS NOT NULL)`,
  );
  const expireOldest = prepare(
    database,
    `UPDATE deliveries SET state = 'expired', updated_at = ? WHERE serial IN
       (SELECT serial FROM deliveries INDEXED BY deliveries_held_by_age
        WHERE state = 'held' AND created_at < ? ORDER BY created_at ${LIMIT})`,
  );

  const countOpenTurns = prepare<readonly [number]>(
    database,
    `SELECT count(*) FROM turns INDEXED BY turns_open WHERE ${OPEN}`,
  );
  const countWaiting = prepare<readonly [number]>(
    database,
    `SELECT count(*) FROM deliveries INDEXED BY deliveries_pending WHERE ${PENDING} AND state = 'waiting'`,
  );
  const countHeld = prepare<readonly [number]>(
    database,
    `SELECT count(*) FROM deliveries INDEXED BY deliveries_held WHERE ${HELD} AND state = 'held'`,
  );

  const memoryOf = (
    [serial, , memoryAfterSequence, heldFromSequence]: ConversationRow,
    beforeSequence: number,
    historyTurns: number,
  ): MemoryRows => [
    answeredTurns.all(serial, memoryAfterSequence, beforeSequence, atLeastZero(historyTurns)),
    heldDeliveries.all(serial, heldFromSequence, beforeSequence),
    summary.get(serial, memoryAfterSequence, beforeSequence),
  ];

  return {
    acceptTurn(
      id: string,
      key: string,
      botId: string,
      channel: string,
      ownerId: string,
      event: string,
      receivedAt: number,
      dedupeKey: string | null,
      dedupeSince: number,
      state: TurnState,
      historyTurns: number,
    ): AcceptedRows {
      const found = conversation.get(key) ?? newConversation.get(key, botId, channel, receivedAt);
      if (found === undefined) throw new Error('INSERT … RETURNING returned nothing');
      const [serial, sequence] = found;
      const first = dedupeKey === null ? undefined : duplicate.get(serial, dedupeKey, dedupeSince);
      if (first !== undefined) return ['duplicate', first[0]];
      const { changes } = newTurn.run(id, serial, sequence, state, ownerId, dedupeKey, receivedAt, event);
      if (changes === 0) return ['duplicate', id];
      advanceConversation.run(receivedAt, serial);
      return ['accepted', sequence, ...memoryOf(found, sequence, historyTurns)];
    },

    readMemory(key: string, beforeSequence: number, historyTurns: number): MemoryRows {
      const found = conversation.get(key);
      return found === undefined ? [[], [], undefined] : memoryOf(found, beforeSequence, historyTurns);
    },

    readTurn: (turnId: string): TurnRow | undefined => turnById.get(turnId),

    readTurns(key: string, afterSequence: number, limit: number): readonly TurnRow[] {
      const found = conversation.get(key);
      if (found === undefined) return [];
      const [serial, , memoryAfterSequence] = found;
      return turnsAfter.all(serial, Math.max(afterSequence, memoryAfterSequence), atLeastZero(limit));
    },

    readDeliveries: (turnId: string): readonly DeliveryRow[] => deliveriesOfTurn.all(turnId),

    moveTurn(turnId: string, from: readonly TurnState[], to: TurnState, at: number, note: string | null): boolean {
      const found = turnState.get(turnId);
      if (found === undefined || !from.includes(found[1])) return false;
      moveTurnTo.run(to, at, note, found[0]);
      return true;
    },

    answerTurn(
      turnId: string,
      reply: string,
      source: string,
      wasAnswered: 0 | 1,
      answeredAt: number,
      deliveries: readonly NewDeliveryRow[],
    ): boolean {
      const found = turnState.get(turnId);
      if (found === undefined || found[1] !== 'answering') return false;
      const [serial, , conversationSerial, sequence] = found;
      storeAnswer.run(answeredAt, reply, source, wasAnswered, serial);
      for (const delivery of deliveries) {
        newDelivery.run(...delivery, serial, conversationSerial, sequence, answeredAt);
      }
      return true;
    },

    /** The port gives no time: the delivery is dated by the move of its turn to `answering`, on the caller's clock. */
    addDelivery(turnId: string, delivery: NewDeliveryRow): boolean {
      const found = turnState.get(turnId);
      if (found === undefined || found[1] !== 'answering') return false;
      const [serial, , conversationSerial, sequence, movedAt] = found;
      newDelivery.run(...delivery, serial, conversationSerial, sequence, movedAt);
      return true;
    },

    recordAcknowledgement(turnId: string, at: number): void {
      acknowledge.run(at, turnId);
    },

    moveDelivery(
      deliveryId: string,
      from: readonly DeliveryState[],
      to: DeliveryState,
      at: number,
      mode: string | null,
      result: string | null,
      platformId: string | null,
      url: string | null,
      closesAt: number | null,
      attempts: 0 | 1,
      echoKey: string | null,
    ): boolean {
      const found = deliveryState.get(deliveryId);
      if (found === undefined || !from.includes(found[1])) return false;
      moveDeliveryTo.run(to, at, mode, result, platformId, url, closesAt, attempts, echoKey, found[0]);
      return true;
    },

    recordEcho(
      key: string,
      echoKeys: readonly string[],
      at: number,
      since: number,
      platformId: string | null,
    ): DeliveryState | undefined {
      const serial = conversation.get(key)?.[0];
      if (serial === undefined) return undefined;
      for (const echoKey of echoKeys) {
        const found = withoutEcho.get(serial, echoKey, since);
        if (found === undefined) continue;
        storeEcho.run(at, platformId, found[0]);
        return found[1];
      }
      return undefined;
    },

    /** What is being sent right now is left alone, and is never offered afterwards: `held_from_sequence` hides it, whatever becomes of it. */
    resetConversation(key: string, at: number, exceptTurnId: string | null): readonly string[] {
      const found = conversation.get(key);
      if (found === undefined) return [];
      const [serial, nextSequence] = found;
      const except = exceptTurnId === null ? undefined : turnState.get(exceptTurnId);
      const exceptSequence = except?.[2] === serial ? except[3] : nextSequence;
      const open = openTurnsOf.all(serial, exceptTurnId ?? '');
      for (const [turnSerial] of open) moveTurnTo.run('suppressed', at, null, turnSerial);
      suppressWaiting.run(at, serial, exceptSequence);
      suppressHeld.run(at, serial, exceptSequence);
      forgetBefore.run(exceptSequence, serial);
      forgetSummary.run(serial);
      return open.map(([, id]) => id);
    },

    claimGreeting(key: string, botId: string, channel: string, at: number, cooldownMs: number): boolean {
      return greet.run(key, botId, channel, at, cooldownMs).changes === 1;
    },

    /** The turn of a pending delivery changes its owner too, so that a second call finds nothing left to take. */
    takeOver(ownerId: string, at: number): readonly [turns: readonly TurnRow[], deliveries: readonly DeliveryRow[]] {
      const turns = openTurnsOfOthers.all(ownerId);
      const deliveries = pendingDeliveriesOfOthers.all(ownerId);
      for (const [serial] of turns) takeTurn.run(ownerId, serial);
      for (const [serial, turn] of deliveries) {
        takeTurn.run(ownerId, turn);
        doubtDelivery.run(at, serial);
      }
      return [
        turns.flatMap(([serial]) => turnBySerial.all(serial)),
        deliveries.flatMap(([serial]) => deliveryBySerial.all(serial)),
      ];
    },

    /** At most `limit` turns; returns how many went. */
    purgeTurns: (cutoff: number, limit: number): number => Number(purgeOldest.run(cutoff, limit).changes),

    /** Looks at `limit` conversations after `afterSerial`; returns where to go on, `null` at the end.
     *  A walk, because an index by age would cost a write for every message to save a second once a day. */
    purgeConversations(afterSerial: number, cutoff: number, limit: number): number | null {
      const lastSerial = endOfSlice.get(afterSerial, limit)?.[0] ?? null;
      if (lastSerial !== null) purgeIdle.run(afterSerial, lastSerial, cutoff);
      return lastSerial;
    },

    /** At most `limit` deliveries; returns how many expired. */
    expireHeld: (cutoff: number, at: number, limit: number): number =>
      Number(expireOldest.run(at, cutoff, limit).changes),

    counts: (): StoreCounts => ({
      openTurns: countOpenTurns.get()?.[0] ?? 0,
      waitingDeliveries: countWaiting.get()?.[0] ?? 0,
      heldDeliveries: countHeld.get()?.[0] ?? 0,
    }),

    ...openUsage(database),
    ...openLedger(database),
    ...openDeadTurns(database),
    ...openPushLog(database),
    ...openSummaries(database),
    ...openThreads(database),
    ...openNotes(database),
    ...payments,
    ...openPersonalData(database, marks, payments),
    purgeMarks: marks.purgeMarks,
  };
}

/** SQLite takes a negative LIMIT for "no limit". */
function atLeastZero(limit: number): number {
  return Math.max(0, limit);
}
