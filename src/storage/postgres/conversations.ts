/** Statements on the row of a conversation that several parts of the store need. */
import { statement } from './database.ts';

/** Creates it, or marks that something was received; whoever has done so is alone with the conversation until COMMIT. */
export const touchConversation = statement(
  'touch-conversation',
  `INSERT INTO malgil.conversations AS c (key, bot_id, channel, last_received_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (key) DO UPDATE SET last_received_at = greatest(c.last_received_at, $4)`,
);

/** For what is not a message of the customer. */
export const ensureConversation = statement(
  'ensure-conversation',
  `INSERT INTO malgil.conversations (key, bot_id, channel, last_received_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (key) DO NOTHING`,
);

/** Nobody else adds, answers or resets a turn of it until COMMIT. */
export const lockConversation = statement<[true]>(
  'lock-conversation',
  'SELECT true FROM malgil.conversations WHERE key = $1 FOR UPDATE',
);
