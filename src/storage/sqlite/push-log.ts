/** What the operator's own systems have sent to customers, beside the turn log on the same connection. Neither recipients nor what was
 *  sent is kept. */
import type { DatabaseSync } from 'node:sqlite';
import type { PushCallRow } from '../rows.ts';
import type { PushCallEnd } from '../store.ts';
import { prepare } from './prepared.ts';
import { openUsage } from './usage.ts';

type TaskRow = readonly [botId: string, taskId: string];

export const READING_PUSH_CALLS = ['unsettledPushCalls'] as const;

export function openPushLog(database: DatabaseSync) {
  const { addUsage } = openUsage(database);
  // Without a key nothing conflicts: SQLite takes every NULL for another value.
  const insert = prepare(
    database,
    `INSERT INTO pushes (id, bot_id, idempotency_key, body_digest, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const byKey = prepare<readonly [id: string, bodyDigest: string]>(
    database,
    'SELECT id, body_digest FROM pushes WHERE bot_id = ? AND idempotency_key = ?',
  );
  const callsOf = prepare<PushCallRow>(
    database,
    'SELECT position, state, receipt FROM push_calls WHERE push = ? ORDER BY position',
  );
  const start = prepare(
    database,
    `INSERT INTO push_calls (push, position, bot_id, recipients, state, started_at)
     SELECT id, ?2, bot_id, ?3, 'sending', ?4 FROM pushes WHERE id = ?1 ON CONFLICT DO NOTHING`,
  );
  const end = prepare(
    database,
    `UPDATE push_calls SET state = ?3, task_id = ?4, receipt = ?5 WHERE push = ?1 AND position = ?2 AND state = 'sending'`,
  );
  const counted = prepare<readonly [push: string, position: number, delivered: number]>(
    database,
    `SELECT push, position, delivered FROM push_calls INDEXED BY push_calls_by_task WHERE task_id = ? AND bot_id = ?`,
  );
  const settle = prepare(
    database,
    `UPDATE push_calls SET delivered = max(delivered, ?3), is_settled = max(is_settled, ?4) WHERE push = ?1 AND position = ?2`,
  );
  const unsettled = prepare<TaskRow>(
    database,
    `SELECT bot_id, task_id FROM push_calls INDEXED BY push_calls_unsettled
     WHERE state = 'accepted' AND is_settled = 0 AND task_id IS NOT NULL AND started_at > ? AND started_at <= ?
     ORDER BY started_at LIMIT +?`,
  );
  const purgeOldest = prepare(
    database,
    `DELETE FROM pushes WHERE id IN
       (SELECT id FROM pushes INDEXED BY pushes_by_age WHERE created_at < ? ORDER BY created_at LIMIT +?)`,
  );

  return {
    /** The push that is new, or the earlier one with the same key; with the calls that it has made. */
    openPush(
      id: string,
      botId: string,
      idempotencyKey: string | null,
      bodyDigest: string,
      createdAt: number,
    ): readonly [pushId: string, calls: readonly PushCallRow[]] | 'key-reused' {
      if (insert.run(id, botId, idempotencyKey, bodyDigest, createdAt).changes === 1) return [id, []];
      const [pushId, storedDigest] = byKey.get(botId, idempotencyKey) ?? [id, bodyDigest];
      return storedDigest === bodyDigest ? [pushId, callsOf.all(pushId)] : 'key-reused';
    },

    startPushCall: (pushId: string, position: number, recipients: number, at: number): boolean =>
      start.run(pushId, position, recipients, at).changes === 1,

    endPushCall: (
      pushId: string,
      position: number,
      state: PushCallEnd['state'],
      taskId: string | null,
      receipt: string,
    ): boolean => end.run(pushId, position, state, taskId, receipt).changes === 1,

    /** Returns how many of the delivered messages had not been counted before. */
    settlePushCall(
      botId: string,
      taskId: string,
      delivered: number,
      isFinal: 0 | 1,
      month: string,
      kind: string,
    ): number {
      const call = counted.get(taskId, botId);
      if (call === undefined) return 0;
      const [push, position, before] = call;
      settle.run(push, position, delivered, isFinal);
      const added = Math.max(0, delivered - before);
      if (added > 0) addUsage(botId, month, kind, added);
      return added;
    },

    unsettledPushCalls: (after: number, before: number, limit: number): readonly TaskRow[] =>
      unsettled.all(after, before, limit),

    /** At most `limit` pushes; returns how many went. */
    purgePushes: (cutoff: number, limit: number): number => Number(purgeOldest.run(cutoff, limit).changes),
  };
}
