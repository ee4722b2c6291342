/** What must outlive the erasure of a conversation, under digests that name nobody; beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import { paymentMark, under14Mark } from '../mark-key.ts';
import type { KnownPayment } from '../store.ts';
import { prepare } from './prepared.ts';

type PaymentState = KnownPayment['state'];

export function openMarks(database: DatabaseSync) {
  const read = prepare<readonly [meaning: string]>(database, 'SELECT meaning FROM marks WHERE key = ?');
  const save = prepare(
    database,
    `INSERT INTO marks (key, meaning, marked_at) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET meaning = excluded.meaning, marked_at = excluded.marked_at`,
  );
  const decide = prepare(
    database,
    `UPDATE marks SET meaning = ?, marked_at = ? WHERE key = ? AND meaning IN ('asked', 'approved', 'refused')`,
  );
  const remove = prepare(database, 'DELETE FROM marks WHERE key = ?');
  const purge = prepare(database, 'DELETE FROM marks WHERE marked_at < ?');
  const childIn = prepare<readonly [1]>(database, 'SELECT 1 FROM conversations WHERE key = ? AND is_under_14 = 1');
  const paymentsIn = prepare<readonly [botId: string, key: string, state: PaymentState]>(
    database,
    'SELECT bot_id, key, state FROM payments WHERE conversation = (SELECT serial FROM conversations WHERE key = ?)',
  );

  return {
    /** To be called before the conversation is deleted. */
    markConversation(conversationKey: string, at: number): void {
      if (childIn.get(conversationKey) !== undefined) save.run(under14Mark(conversationKey), 'under-14', at);
      for (const [botId, key, state] of paymentsIn.all(conversationKey)) save.run(paymentMark(botId, key), state, at);
    },

    isMarkedUnder14: (conversationKey: string): boolean => read.get(under14Mark(conversationKey)) !== undefined,

    forgetUnder14(conversationKey: string): void {
      remove.run(under14Mark(conversationKey));
    },

    // Only `markConversation` and `decideMarkedPayment` wrote it.
    markedPayment: (botId: string, key: string): PaymentState | undefined =>
      read.get(paymentMark(botId, key))?.[0] as PaymentState | undefined,

    decideMarkedPayment(botId: string, key: string, state: 'approved' | 'refused', at: number): void {
      decide.run(state, at, paymentMark(botId, key));
    },

    purgeMarks(cutoff: number): void {
      purge.run(cutoff);
    },
  };
}

export type Marks = ReturnType<typeof openMarks>;
