/** Who owns the rooms that bots share with human agents, and what that asks of the turn log beside it, on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import { THREAD_COLUMNS, type ThreadRow } from '../rows.ts';
import { prepare } from './prepared.ts';

export const READING_THREAD_CALLS = ['readThread', 'readThreads'] as const;

export function openThreads(database: DatabaseSync) {
  // An agent may speak to somebody who never wrote to the bot.
  const ensureConversation = prepare(
    database,
    'INSERT INTO conversations (key, bot_id, channel, last_received_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const save = prepare(
    database,
    `INSERT INTO threads (conversation, ref, state, revision, driver_id)
     SELECT serial, ?2, ?3, ?4, ?5 FROM conversations
     WHERE key = ?1 AND (?6 IS NULL OR EXISTS (SELECT 1 FROM threads WHERE conversation = serial))
     ON CONFLICT (conversation) DO UPDATE SET
       state = excluded.state, revision = excluded.revision, driver_id = excluded.driver_id
     WHERE revision = ?6 OR revision = ?4`,
  );
  const remove = prepare(
    database,
    'DELETE FROM threads WHERE conversation = (SELECT serial FROM conversations WHERE key = ?) AND revision = ?',
  );
  const one = prepare<ThreadRow>(
    database,
    `SELECT ${THREAD_COLUMNS} FROM threads WHERE conversation = (SELECT serial FROM conversations WHERE key = ?)`,
  );
  const all = prepare<ThreadRow>(database, `SELECT ${THREAD_COLUMNS} FROM threads ORDER BY conversation`);
  // One process owns the file: every other one has gone.
  const take = prepare<ThreadRow>(
    database,
    `UPDATE threads SET driver_id = ?1, revision = ?2 WHERE driver_id <> ?1 RETURNING ${THREAD_COLUMNS}`,
  );
  const own = prepare(database, `UPDATE turns SET owner_id = ?2 WHERE id = ?1 AND state = 'received'`);

  const openTurns = prepare<readonly [serial: number, id: string]>(
    database,
    `SELECT t.serial, t.id FROM conversations c JOIN turns t INDEXED BY turns_open ON t.conversation = c.serial
     WHERE c.key = ? AND t.state IN ('received', 'answering') ORDER BY t.sequence`,
  );
  const suppressTurn = prepare(
    database,
    `UPDATE turns SET state = 'suppressed', moved_at = ?, note = 'handed-over' WHERE serial = ?`,
  );
  const suppressWaiting = prepare(
    database,
    `UPDATE deliveries INDEXED BY deliveries_pending SET state = 'suppressed', updated_at = ?
     WHERE conversation = (SELECT serial FROM conversations WHERE key = ?)
       AND state IN ('waiting', 'sending') AND state = 'waiting'`,
  );
  const addDelivery = prepare(
    database,
    `INSERT INTO deliveries
       (id, position, mode, state, message, echo_key, turn, conversation, sequence, created_at, updated_at)
     SELECT ?1, (SELECT coalesce(max(position), -1) + 1 FROM deliveries WHERE turn = t.serial), 'push', 'waiting', ?2,
       json_extract(?2, '$.echoKey'), t.serial, t.conversation, t.sequence, ?4, ?4
     FROM turns t WHERE t.id = ?3 AND t.state = 'answered'`,
  );

  return {
    saveThread(
      key: string,
      botId: string,
      channel: string,
      at: number,
      ref: string,
      state: string,
      revision: string,
      driverId: string,
      from: string | null,
    ): boolean {
      ensureConversation.run(key, botId, channel, at);
      return save.run(key, ref, state, revision, driverId, from).changes === 1;
    },

    removeThread(key: string, revision: string): void {
      remove.run(key, revision);
    },

    readThread: (key: string): ThreadRow | undefined => one.get(key),

    readThreads: (): readonly ThreadRow[] => all.all(),

    takeThreads: (driverId: string, revision: string): readonly ThreadRow[] => take.all(driverId, revision),

    ownTurns(turnIds: readonly string[], ownerId: string): void {
      for (const turnId of turnIds) own.run(turnId, ownerId);
    },

    silenceConversation(key: string, at: number, exceptTurnIds: readonly string[]): readonly string[] {
      const silenced = openTurns.all(key).filter(([, id]) => !exceptTurnIds.includes(id));
      for (const [serial] of silenced) suppressTurn.run(at, serial);
      suppressWaiting.run(at, key);
      return silenced.map(([, id]) => id);
    },

    addFollowUp: (turnId: string, id: string, message: string, at: number): boolean =>
      addDelivery.run(id, message, turnId, at).changes === 1,
  };
}
