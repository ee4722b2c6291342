/** The turn log in PostgreSQL: one database, any number of processes. */
import { toGatewayError } from '../../errors.ts';
import type { ConversationRef } from '../../message.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Peers } from '../../platform/peers.ts';
import { parseJson } from '../rows.ts';
import type { Store } from '../store.ts';
import type { TurnOrder } from '../turn-order.ts';
import { connectionSettings, Database, type DatabaseOptions } from './database.ts';
import { openDeadTurns } from './dead-turns.ts';
import { CallsInDoubt } from './in-doubt.ts';
import { openLedger } from './ledger.ts';
import { migrateUp, SCHEMA_VERSION } from './migrate.ts';
import { openNotes } from './notes.ts';
import { Notifications } from './notifications.ts';
import { openPayments } from './payments.ts';
import { HINT, PostgresPeers } from './peers.ts';
import { openPersonalData } from './personal-data.ts';
import { openPushLog } from './push-log.ts';
import { JOINED, Replicas } from './replicas.ts';
import { openRetention } from './retention.ts';
import { sessionNameOf } from './sessions.ts';
import { openSummaries } from './summaries.ts';
import { openTakeOver } from './take-over.ts';
import { openThreads, THREAD_CHANGED } from './threads.ts';
import { openTurnLog } from './turn-log.ts';
import { PostgresTurnOrder } from './turn-order.ts';
import { openUsage } from './usage.ts';
import { warmUp } from './warm-up.ts';

export { leaveWord, readPredecessor } from './predecessor.ts';

export interface PostgresStoreOptions extends Omit<DatabaseOptions, 'sessionName'> {
  /** Of this process; the owner of its turns. */
  readonly replicaId: string;
  /** Of a process that is dead for certain. */
  readonly predecessorId?: string;
  readonly clock: Clock;
  /** For a server that does not answer yet. */
  readonly startWaitMs: number;
}

export interface PostgresStore extends Store {
  readonly replicas: Replicas;
  readonly turnOrder: TurnOrder;
  readonly peers: Peers;
  /** All connections are open and know the statements of a turn; or enough time has passed. */
  warmUp(): Promise<void>;
  /** @param tell called when a room may have another owner; undefined: perhaps any */
  onThreadChanged(tell: (conversation: ConversationRef | undefined) => void): void;
}

const START_PAUSE_MS = 1_000;

/** Gateways and their database often start together, and after a power cut the database has to recover first. */
async function migrateOnceItAnswers({ url, clock, logger, startWaitMs }: PostgresStoreOptions): Promise<number> {
  const givesUpAt = clock.now() + startWaitMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await migrateUp(url);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.code !== 'STORE_BUSY' || clock.now() + START_PAUSE_MS > givesUpAt) throw error;
      if (isFirst) logger.warn({ err: error, waitMs: startWaitMs }, 'the start waits for the database');
      await delay(clock, START_PAUSE_MS);
    }
  }
}

/** @throws GatewayError `STORE_FAILED` when the database refuses us or is newer than the program; `STORE_BUSY` when it does not answer */
export async function openPostgresStore(given: PostgresStoreOptions): Promise<PostgresStore> {
  const options = { ...given, sessionName: sessionNameOf(given.replicaId) };
  const foundVersion = await migrateOnceItAnswers(options);
  options.logger.debug({ schemaVersion: SCHEMA_VERSION, foundVersion }, 'store opened');
  const database = new Database(options);
  const inDoubt = new CallsInDoubt();
  // A sign of life must not wait behind customers' calls.
  const pulse = new Database({ ...options, poolSize: 1 });
  await pulse.open();
  const replicas = await Replicas.join({ ...options, database: pulse, id: options.replicaId });
  const turnOrder = new PostgresTurnOrder({ ...options, database, replicas, id: options.replicaId });
  const peers = new PostgresPeers({ ...options, database: pulse, replicas, id: options.replicaId });
  let tellThread: (conversation: ConversationRef | undefined) => void = () => {};
  const notifications = await Notifications.open({
    ...options,
    settings: connectionSettings(options),
    handlers: {
      malgil_ended: (conversation) => turnOrder.ended(conversation),
      [JOINED]: () => void replicas.lookAgain(),
      [HINT]: (hint) => peers.notified(hint),
      [THREAD_CHANGED]: (ref) => tellThread(ref === undefined ? undefined : parseJson<ConversationRef>(ref)),
    },
  });
  await database.open();
  return {
    replicas,
    turnOrder,
    peers,
    warmUp: () => warmUp(database, options),
    onThreadChanged(tell) {
      tellThread = tell;
    },
    ...openTurnLog(database, inDoubt),
    ...openTakeOver(database),
    ...openRetention(database),
    ...openDeadTurns(database),
    ...openThreads(database),
    ...openUsage(database),
    ...openLedger(database),
    ...openSummaries(database),
    ...openPushLog(database, inDoubt),
    ...openNotes(database),
    ...openPayments(database, inDoubt),
    ...openPersonalData(database),
    async close() {
      await notifications.close();
      await database.close();
      await replicas.leave();
      await pulse.close();
    },
  };
}
