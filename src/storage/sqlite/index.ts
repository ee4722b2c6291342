/** The turn log in one SQLite file: nothing to install, one process. */
import { join } from 'node:path';
import { conversationKey } from '../../message.ts';
import type { Logger } from '../../platform/logger.ts';
import { DATABASE_FILE } from '../data-directory.ts';
import {
  settlementTexts,
  toDeadTurn,
  toDelivery,
  toDeliveryChangeRow,
  toJson,
  toKnownPayment,
  toPushCall,
  toRememberedTurn,
  toSpending,
  toSpendingRow,
  toThread,
  toTurn,
  toUntoldPayment,
} from '../rows.ts';
import type { ConversationMemory, HistorySummary, NewDelivery, Store } from '../store.ts';
import { createPrivateFile } from './database-file.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { StoreThread } from './store-thread.ts';
import type { SummaryRow } from './summaries.ts';
import type { MemoryRows, NewDeliveryRow } from './turn-log.ts';

export { claimDataDirectory } from './claim-data-directory.ts';
export { DATABASE_FILE };

/** Rows in one transaction of the housekeeping: a few milliseconds, so that customers' calls slip in between. */
const SLICE_ROWS = 200;

export interface SqliteStoreOptions {
  /** Created when it is not there. Claim it first (claimDataDirectory): the store itself shares its file with anyone. */
  readonly directory: string;
  readonly logger: Logger;
}

/** The thread starts within the call, so whoever has other work can do it while the file is being opened.
 *  @throws GatewayError `STORE_FAILED` when the file is damaged, newer than the program or not writable; `STORE_BUSY` when it is locked */
export async function openSqliteStore({ directory, logger }: SqliteStoreOptions): Promise<Store> {
  const file = join(directory, DATABASE_FILE);
  createPrivateFile(directory, file);
  const { thread, foundVersion } = await StoreThread.start(file, logger);
  logger.debug({ file, schemaVersion: SCHEMA_VERSION, foundVersion }, 'store opened');

  return {
    async acceptTurn(turn, historyTurns) {
      const answer = await thread.call(
        'acceptTurn',
        turn.id,
        turn.conversationKey,
        turn.conversation.botId,
        turn.conversation.channel,
        turn.ownerId,
        toJson(turn.event),
        turn.receivedAt,
        turn.dedupeKey ?? null,
        turn.dedupeSince,
        turn.state,
        historyTurns,
      );
      if (answer[0] === 'duplicate') return { outcome: 'duplicate', turnId: answer[1] };
      const [, sequence, ...memory] = answer;
      return { outcome: 'accepted', sequence, memory: toMemory(memory) };
    },

    readMemory: async (key, beforeSequence, historyTurns) =>
      toMemory(await thread.call('readMemory', key, beforeSequence, historyTurns)),

    async readTurn(turnId) {
      const row = await thread.call('readTurn', turnId);
      return row === undefined ? undefined : toTurn(row);
    },

    readTurns: async (key, afterSequence, limit) =>
      (await thread.call('readTurns', key, afterSequence, limit)).map(toTurn),

    readDeliveries: async (turnId) => (await thread.call('readDeliveries', turnId)).map(toDelivery),

    moveTurn: (turnId, from, to, at, note) => thread.call('moveTurn', turnId, from, to, at, note ?? null),

    answerTurn: async (turnId, { reply, source, wasAnswered, answeredAt }, deliveries) =>
      thread.call(
        'answerTurn',
        turnId,
        toJson(reply),
        toJson(source),
        wasAnswered ? 1 : 0,
        answeredAt,
        deliveries.map(toNewDeliveryRow),
      ),

    addDelivery: async (turnId, delivery) => thread.call('addDelivery', turnId, toNewDeliveryRow(delivery)),

    recordAcknowledgement: (turnId, at) => thread.call('recordAcknowledgement', turnId, at),

    moveDelivery(deliveryId, from, to, at, change = {}) {
      const args = [deliveryId, from, to, at, ...toDeliveryChangeRow(change)] as const;
      // A receipt is news about the past. A process killed before it is stored leaves the same doubt as one killed before it came.
      return to === 'delivered' ? thread.callInCompany('moveDelivery', ...args) : thread.call('moveDelivery', ...args);
    },

    recordEcho: ({ conversationKey: key, keys, at, since, platformId }) =>
      thread.callInCompany('recordEcho', key, keys, at, since, platformId ?? null),

    resetConversation: (key, at, exceptTurnId) => thread.call('resetConversation', key, at, exceptTurnId ?? null),

    claimGreeting: (conversation, at, cooldownMs) =>
      thread.call(
        'claimGreeting',
        conversationKey(conversation),
        conversation.botId,
        conversation.channel,
        at,
        cooldownMs,
      ),

    async takeOver(ownerId, at) {
      const [turns, deliveries] = await thread.call('takeOver', ownerId, at);
      return { turns: turns.map(toTurn), deliveries: deliveries.map(toDelivery) };
    },

    async purgeBefore(cutoff) {
      const purged = await repeatWhileFull(() => thread.call('purgeTurns', cutoff, SLICE_ROWS));
      let serial: number | null = 0;
      while (serial !== null) serial = await thread.call('purgeConversations', serial, cutoff, SLICE_ROWS);
      await repeatWhileFull(() => thread.call('purgePushes', cutoff, SLICE_ROWS));
      await thread.call('purgePayments', cutoff);
      await thread.call('purgeSummaries', cutoff);
      await thread.call('purgeMarks', cutoff);
      return purged;
    },

    expireHeldBefore: (cutoff, at) => repeatWhileFull(() => thread.call('expireHeld', cutoff, at, SLICE_ROWS)),

    saveThread: ({ conversation: ref, thread: state, revision, driverId }, from, at) =>
      thread.call(
        'saveThread',
        conversationKey(ref),
        ref.botId,
        ref.channel,
        at,
        toJson(ref),
        toJson(state),
        revision,
        driverId,
        from ?? null,
      ),

    removeThread: (key, revision) => thread.call('removeThread', key, revision),

    async readThread(key) {
      const row = await thread.call('readThread', key);
      return row === undefined ? undefined : toThread(row);
    },

    readThreads: async () => (await thread.call('readThreads')).map(toThread),

    takeThreads: async (driverId, revision) => (await thread.call('takeThreads', driverId, revision)).map(toThread),

    ownTurns: (turnIds, ownerId) => thread.call('ownTurns', turnIds, ownerId),

    silenceConversation: (key, at, exceptTurnIds) => thread.call('silenceConversation', key, at, exceptTurnIds),

    addFollowUp: (turnId, { id, message }, at) => thread.call('addFollowUp', turnId, id, toJson(message), at),

    counts: () => thread.call('counts'),

    addUsage: (botId, month, kind, amount) => thread.callInCompany('addUsage', botId, month, kind, amount),

    readUsage: async (month) =>
      (await thread.call('readUsage', month)).map(([botId, kind, count]) => ({ botId, month, kind, count })),

    async addSpending(spending) {
      const [dayMicroWon, monthMicroWon] = await thread.callInCompany('addSpending', toSpendingRow(spending));
      return { dayMicroWon, monthMicroWon };
    },

    readDeadTurns: async (botId, limit, beforeTurnId) =>
      (await thread.call('readDeadTurns', botId, limit, beforeTurnId ?? null)).map(toDeadTurn),

    readSpending: async (firstDay, lastDay) => (await thread.call('readSpending', firstDay, lastDay)).map(toSpending),

    async openPush({ id, botId, idempotencyKey, bodyDigest, createdAt }) {
      const opened = await thread.call('openPush', id, botId, idempotencyKey ?? null, bodyDigest, createdAt);
      if (opened === 'key-reused') return { outcome: 'key-reused' };
      const [pushId, calls] = opened;
      return { outcome: 'opened', pushId, calls: calls.map(toPushCall) };
    },

    startPushCall: (pushId, position, recipients, at) => thread.call('startPushCall', pushId, position, recipients, at),

    endPushCall: (pushId, position, { state, taskId, receipt }) =>
      thread.call('endPushCall', pushId, position, state, taskId ?? null, toJson(receipt)),

    settlePushCall: ({ botId, taskId }, delivered, isFinal, { month, kind }) =>
      thread.call('settlePushCall', botId, taskId, delivered, isFinal ? 1 : 0, month, kind),

    unsettledPushCalls: async (after, before, limit) =>
      (await thread.call('unsettledPushCalls', after, before, limit)).map(([botId, taskId]) => ({ botId, taskId })),

    readNotes: async (prefix) => new Map(await thread.call('readNotes', prefix)),
    readNote: async (key) => (await thread.call('readNote', key)) ?? undefined,

    writeNote: (key, text) => thread.call('writeNote', key, text ?? null),

    openPayment(ref, key, at, request) {
      const asked = request === undefined ? null : toJson(request);
      return thread.call('openPayment', conversationKey(ref), ref.botId, ref.channel, toJson(ref), key, at, asked);
    },

    async readPayment(botId, key) {
      const row = await thread.call('readPayment', botId, key);
      return row === undefined ? undefined : toKnownPayment(row);
    },

    decidePayment: (botId, key, state, at) => thread.call('decidePayment', botId, key, state, at),

    settlePayment(ref, key, payment, at) {
      const state = payment.isSuccess ? 'paid' : 'failed';
      const { untold, nameless } = settlementTexts(payment);
      const whose = [conversationKey(ref), ref.botId, ref.channel, toJson(ref)] as const;
      return thread.call('settlePayment', ...whose, key, state, untold, nameless, at);
    },

    paymentTold: (botId, key) => thread.call('paymentTold', botId, key),

    untoldPayments: async () => (await thread.call('untoldPayments')).map(toUntoldPayment),

    saveUnder14: (ref, isUnder14, at) =>
      // Beside the greeting of the same event.
      thread.callInCompany('saveUnder14', conversationKey(ref), ref.botId, ref.channel, isUnder14 ? 1 : 0, at),

    savePersonalField: (ref, name, { sealed, expiresAt }, at) =>
      thread.call('savePersonalField', conversationKey(ref), ref.botId, ref.channel, name, sealed, expiresAt, at),

    async readPersonalData(key, at) {
      const [isUnder14, fields] = await thread.call('readPersonalData', key, at);
      return { isUnder14, fields: new Map(fields) };
    },

    purgePersonalFields: (at) => thread.call('purgePersonalFields', at),

    eraseConversation: (key, at) => thread.call('eraseConversation', key, at),

    saveSummary: (key, { text, throughSequence, throughAt }) =>
      // News about the past: whoever loses it sums up once more.
      thread.callInCompany('saveSummary', key, text, throughSequence, throughAt),

    close: () => thread.close(),
  };
}

/** Runs slice after slice until one is not full; returns how many rows went in all. */
async function repeatWhileFull(runSlice: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const rows = await runSlice();
    total += rows;
    if (rows < SLICE_ROWS) return total;
  }
}

function toMemory([turns, deliveries, summary]: MemoryRows): ConversationMemory {
  return {
    recentTurns: turns.map((row) => toRememberedTurn(toTurn(row))),
    heldDeliveries: deliveries.map(toDelivery),
    ...(summary === undefined ? {} : { summary: toSummary(summary) }),
  };
}

function toSummary([text, throughSequence, throughAt]: SummaryRow): HistorySummary {
  return { text, throughSequence, throughAt };
}

function toNewDeliveryRow(delivery: NewDelivery): NewDeliveryRow {
  const { id, position, mode, state, message, closesAt, url } = delivery;
  return [id, position, mode, state, toJson(message), closesAt ?? null, url ?? null, message.echoKey ?? null];
}
