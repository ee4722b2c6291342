/** Who owns the rooms that bots share with human agents. */
import { conversationKey } from '../../message.ts';
import { THREAD_COLUMNS, type ThreadRow, toJson, toThread } from '../rows.ts';
import type { Store } from '../store.ts';
import { ensureConversation } from './conversations.ts';
import { bind, type Queries, statement } from './database.ts';
import { isAlive } from './replicas.ts';

/** Channel of notifications: a room may have another owner. Told is the room, as JSON. */
export const THREAD_CHANGED = 'malgil_thread';

/** PostgreSQL refuses a notification of 8,000 bytes. Whoever is not told looks before the bot speaks. */
const MAX_TOLD_BYTES = 7_900;

// Old programs beside ours leave the revision as it is: then theirs is overwritten, as it was before.
const save = statement<[unknown]>(
  'save-thread',
  `WITH saved AS (
     INSERT INTO malgil.threads AS t (conversation, ref, state, revision, driver_id)
     SELECT c.serial, $2, $3, $4, $5 FROM malgil.conversations c
     WHERE c.key = $1 AND ($6::text IS NULL OR EXISTS (SELECT FROM malgil.threads e WHERE e.conversation = c.serial))
     ON CONFLICT (conversation) DO UPDATE SET
       state = excluded.state, revision = excluded.revision, driver_id = excluded.driver_id
     WHERE t.revision = $6 OR t.revision = $4
     RETURNING ref
   )
   SELECT CASE WHEN octet_length(ref) < ${MAX_TOLD_BYTES} THEN pg_notify('${THREAD_CHANGED}', ref)::text END FROM saved`,
);
const remove = statement(
  'remove-thread',
  `DELETE FROM malgil.threads
   WHERE conversation = (SELECT serial FROM malgil.conversations WHERE key = $1) AND revision = $2`,
);
const one = statement<ThreadRow>(
  'thread',
  `SELECT ${THREAD_COLUMNS} FROM malgil.threads
   WHERE conversation = (SELECT serial FROM malgil.conversations WHERE key = $1)`,
);
const all = statement<ThreadRow>('threads', `SELECT ${THREAD_COLUMNS} FROM malgil.threads ORDER BY conversation`);
const take = statement<ThreadRow>(
  'take-threads',
  `UPDATE malgil.threads t SET driver_id = $1, revision = $2
   WHERE (t.driver_id <> $1 AND NOT ${isAlive('t.driver_id')}) OR t.revision = ANY($3) RETURNING ${THREAD_COLUMNS}`,
);
const own = statement('own-turns', `UPDATE malgil.turns SET owner_id = $2 WHERE id = ANY($1) AND state = 'received'`);

type ThreadCalls = Pick<
  Store,
  'saveThread' | 'removeThread' | 'readThread' | 'readThreads' | 'takeThreads' | 'ownTurns'
>;

export function openThreads(database: Queries): ThreadCalls {
  /** Of calls that failed, perhaps only before their result was heard: a room that still has one of these is this process's, and nobody
   *  works on it. */
  const revisionsInDoubt = new Set<string>();

  return {
    async saveThread({ conversation: ref, thread, revision, driverId }, from, at) {
      const key = conversationKey(ref);
      const [, saved] = await database.transaction(
        // An agent may speak to somebody who never wrote to the bot.
        bind(ensureConversation, key, ref.botId, ref.channel, at),
        bind(save, key, toJson(ref), toJson(thread), revision, driverId, from ?? null),
      );
      return saved.count === 1;
    },

    async removeThread(key, revision) {
      await database.run(remove, key, revision);
    },

    async readThread(key) {
      const [row] = (await database.run(one, key)).rows;
      return row === undefined ? undefined : toThread(row);
    },

    readThreads: async () => (await database.run(all)).rows.map(toThread),

    async takeThreads(driverId, revision) {
      const earlier = [...revisionsInDoubt];
      revisionsInDoubt.add(revision);
      const taken = await database.run(take, driverId, revision, earlier);
      for (const settled of [...earlier, revision]) revisionsInDoubt.delete(settled);
      return taken.rows.map(toThread);
    },

    async ownTurns(turnIds, ownerId) {
      await database.run(own, turnIds, ownerId);
    },
  };
}
