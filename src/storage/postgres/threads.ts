/** Who owns the rooms that bots share with human agents. */
import { conversationKey } from '../../message.ts';
import { toJson, toThread } from '../rows.ts';
import type { Store } from '../store.ts';
import { ensureConversation } from './conversations.ts';
import { bind, type Database, statement } from './database.ts';

const save = statement(
  'save-thread',
  `INSERT INTO malgil.threads (conversation, ref, state)
   SELECT serial, $2, $3 FROM malgil.conversations WHERE key = $1
   ON CONFLICT (conversation) DO UPDATE SET state = excluded.state`,
);
const remove = statement(
  'remove-thread',
  'DELETE FROM malgil.threads WHERE conversation = (SELECT serial FROM malgil.conversations WHERE key = $1)',
);
const all = statement<[ref: string, state: string]>(
  'threads',
  'SELECT ref, state FROM malgil.threads ORDER BY conversation',
);

export function openThreads(database: Database): Pick<Store, 'saveThread' | 'readThreads'> {
  return {
    async saveThread(ref, thread, at) {
      const key = conversationKey(ref);
      if (thread === undefined) {
        await database.run(remove, key);
        return;
      }
      await database.transaction(
        // An agent may speak to somebody who never wrote to the bot.
        bind(ensureConversation, key, ref.botId, ref.channel, at),
        bind(save, key, toJson(ref), toJson(thread)),
      );
    },

    readThreads: async () => (await database.run(all)).rows.map(toThread),
  };
}
