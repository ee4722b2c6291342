/** The first calls of a connection are slow: the server starts a session, reads its catalogues into it and parses each statement. TalkTalk
 *  waits less than that on a busy machine, so it is done before the first customer comes: the way of a turn, on every connection, undone. */
import { type ConversationRef, conversationKey, type MessageReceived, textReply } from '../../message.ts';
import { atMost, type Clock } from '../../platform/clock.ts';
import { randomId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Database, Queries } from './database.ts';
import { isOutOfConnections } from './failure.ts';
import { CallsInDoubt } from './in-doubt.ts';
import { openThreads } from './threads.ts';
import { openTurnLog } from './turn-log.ts';
import { PostgresTurnOrder } from './turn-order.ts';

/** What takes longer goes on beside the first customers. */
const PATIENCE_MS = 3_000;

export interface WarmUpOptions {
  /** Of this process. */
  readonly replicaId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Never rejects: a database that is busy or away will be so for customers too, and the store's patience is for that. */
export async function warmUp(database: Database, options: WarmUpOptions): Promise<void> {
  const { clock, logger } = options;
  const rehearsed = database.rehearse((queries) => rehearseTurn(queries, options));
  await atMost(
    clock,
    PATIENCE_MS,
    rehearsed.then((ends) => tellFailure(ends, logger)),
  );
}

function tellFailure(ends: readonly PromiseSettledResult<void>[], logger: Logger): void {
  const failures = ends.filter((end) => end.status === 'rejected').map(({ reason }): unknown => reason);
  const refusal = failures.find(isOutOfConnections);
  if (refusal !== undefined) {
    logger.warn(
      { err: refusal, connections: ends.length - failures.length, databasePoolSize: ends.length },
      'the database gives fewer connections than DATABASE_POOL_SIZE: raise max_connections or CONNECTION LIMIT of the role there, or lower DATABASE_POOL_SIZE',
    );
  } else if (failures.length > 0) {
    logger.warn({ err: failures[0] }, 'connections to the database are slow at their first use');
  }
}

/** Of nobody else: each connection has a conversation of its own, or they would wait for each other. */
async function rehearseTurn(queries: Queries, { replicaId, clock, logger }: WarmUpOptions): Promise<void> {
  const turns = openTurnLog(queries, new CallsInDoubt());
  const order = new PostgresTurnOrder({ database: queries, replicas: { others: 1 }, id: replicaId, clock, logger });
  const now = clock.now();
  const id = randomId();
  const conversation: ConversationRef = { botId: 'rehearsal', channel: 'test', user: id };
  const key = conversationKey(conversation);
  const event: MessageReceived = {
    type: 'message-received',
    id,
    conversation,
    receivedAt: now,
    requestId: id,
    replyWindows: [{ mode: 'push' }],
    text: '',
    input: 'typed',
  };
  const message = { wire: {}, text: '', bubbles: 1, echoKey: id };
  const reply = textReply('');
  const answer = {
    reply,
    source: { kind: 'system', engine: 'rehearsal', entries: [] },
    wasAnswered: true,
    answeredAt: now,
  } as const;

  await turns.claimGreeting(conversation, now, 0);
  await openThreads(queries).readThread(key);
  const accepted = {
    id,
    conversation,
    conversationKey: key,
    ownerId: replicaId,
    event,
    receivedAt: now,
    dedupeSince: now,
  };
  await turns.acceptTurn({ ...accepted, state: 'received', dedupeKey: id }, 1);
  await order.enter(id, false, AbortSignal.abort());
  await turns.moveTurn(id, ['received'], 'answering', now);
  await turns.recordAcknowledgement(id, now);
  await turns.answerTurn(id, answer, [{ id, position: 0, mode: 'push', state: 'waiting', message }]);
  await turns.readTurn(id);
  await turns.readDeliveries(id);
  await turns.moveDelivery(id, ['waiting'], 'sending', now, { attempted: true });
  await turns.moveDelivery(id, ['sending'], 'delivered', now);
  await turns.recordEcho({ conversationKey: key, keys: [id], at: now, since: 0 });
}
