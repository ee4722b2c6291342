/** What the operator's own systems have sent to customers. Neither recipients nor what was sent is kept. */
import { type PushCallRow, toJson, toPushCall } from '../rows.ts';
import type { Store } from '../store.ts';
import { bind, type Database, statement } from './database.ts';
import type { CallsInDoubt } from './in-doubt.ts';

// Without a key nothing conflicts: NULLs differ from each other.
const insert = statement(
  'insert-push',
  `INSERT INTO malgil.pushes (id, bot_id, idempotency_key, body_digest, created_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (bot_id, idempotency_key) DO NOTHING`,
);
const PUSH_OF_REQUEST = 'p.id = $1 OR (p.bot_id = $2 AND p.idempotency_key = $3)';
const ofRequest = statement<[id: string, bodyDigest: string]>(
  'push-of-request',
  `SELECT p.id, p.body_digest FROM malgil.pushes p WHERE ${PUSH_OF_REQUEST}`,
);
const callsOf = statement<PushCallRow>(
  'push-calls',
  `SELECT c.position, c.state, c.receipt FROM malgil.push_calls c
   WHERE c.push = (SELECT p.id FROM malgil.pushes p WHERE ${PUSH_OF_REQUEST}) ORDER BY c.position`,
);
const start = statement(
  'start-push-call',
  `INSERT INTO malgil.push_calls (push, position, bot_id, recipients, state, started_at)
   SELECT id, $2, bot_id, $3, 'sending', $4 FROM malgil.pushes WHERE id = $1
   ON CONFLICT DO NOTHING`,
);
const wasStarted = statement<[true]>(
  'push-call-was-started',
  `SELECT true FROM malgil.push_calls WHERE push = $1 AND position = $2 AND state = 'sending' AND started_at = $3`,
);
const end = statement(
  'end-push-call',
  `UPDATE malgil.push_calls SET state = $3, task_id = $4, receipt = $5
   WHERE push = $1 AND position = $2 AND state = 'sending'`,
);
const wasEnded = statement<[true]>(
  'push-call-was-ended',
  'SELECT true FROM malgil.push_calls WHERE push = $1 AND position = $2 AND state = $3 AND receipt = $4',
);
// Reads how much was counted under a lock, so that of two who ask at once the second counts nothing again.
const settle = statement<[added: number]>(
  'settle-push-call',
  `WITH before AS (
     SELECT push, position, delivered FROM malgil.push_calls WHERE task_id = $1 AND bot_id = $2 LIMIT 1 FOR UPDATE
   ),
   settled AS (
     UPDATE malgil.push_calls c SET delivered = greatest(c.delivered, $3), is_settled = c.is_settled OR $4
     FROM before WHERE c.push = before.push AND c.position = before.position
   ),
   counted AS (
     INSERT INTO malgil.monthly_usage AS u (bot_id, month, kind, count)
     SELECT $2, $5, $6, $3 - before.delivered FROM before WHERE $3 > before.delivered
     ON CONFLICT (month, bot_id, kind) DO UPDATE SET count = u.count + excluded.count
   )
   SELECT greatest(0, $3 - delivered) FROM before`,
);
const unsettled = statement<[botId: string, taskId: string]>(
  'unsettled-push-calls',
  `SELECT bot_id, task_id FROM malgil.push_calls
   WHERE state = 'accepted' AND NOT is_settled AND task_id IS NOT NULL AND started_at > $1 AND started_at <= $2
   ORDER BY started_at LIMIT $3`,
);

type PushCalls = Pick<Store, 'openPush' | 'startPushCall' | 'endPushCall' | 'settlePushCall' | 'unsettledPushCalls'>;

export function openPushLog(database: Database, inDoubt: CallsInDoubt): PushCalls {
  return {
    async openPush({ id, botId, idempotencyKey, bodyDigest, createdAt }) {
      const request = [id, botId, idempotencyKey ?? null] as const;
      const [, found, calls] = await database.transaction(
        bind(insert, ...request, bodyDigest, createdAt),
        bind(ofRequest, ...request),
        bind(callsOf, ...request),
      );
      const [pushId, storedDigest] = found.rows[0] ?? [id, bodyDigest];
      if (storedDigest !== bodyDigest) return { outcome: 'key-reused' };
      return { outcome: 'opened', pushId, calls: calls.rows.map(toPushCall) };
    },

    startPushCall: (pushId, position, recipients, at) =>
      inDoubt.compareAndSet(
        `start ${pushId} ${position} ${at}`,
        async () => (await database.run(start, pushId, position, recipients, at)).count === 1,
        async () => (await database.run(wasStarted, pushId, position, at)).count === 1,
      ),

    endPushCall(pushId, position, { state, taskId, receipt }) {
      const json = toJson(receipt);
      return inDoubt.compareAndSet(
        `end ${pushId} ${position} ${state}`,
        async () => (await database.run(end, pushId, position, state, taskId ?? null, json)).count === 1,
        async () => (await database.run(wasEnded, pushId, position, state, json)).count === 1,
      );
    },

    settlePushCall: async ({ botId, taskId }, delivered, isFinal, { month, kind }) =>
      (await database.run(settle, taskId, botId, delivered, isFinal, month, kind)).rows[0]?.[0] ?? 0,

    unsettledPushCalls: async (after, before, limit) =>
      (await database.run(unsettled, after, before, limit)).rows.map(([botId, taskId]) => ({ botId, taskId })),
  };
}
