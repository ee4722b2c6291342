/** Payments that customers wanted to make, beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { KnownPaymentRow, UntoldPaymentRow } from '../rows.ts';
import type { Marks } from './marks.ts';
import { prepare } from './prepared.ts';

export const READING_PAYMENT_CALLS = ['untoldPayments', 'readPayment'] as const;

export function openPayments(database: DatabaseSync, marks: Marks) {
  const ensureConversation = prepare(
    database,
    'INSERT INTO conversations (key, bot_id, channel, last_received_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const open = prepare(
    database,
    `INSERT INTO payments (bot_id, key, conversation, ref, state, moved_at, request)
     SELECT bot_id, ?2, serial, ?3, 'asked', ?4, ?5 FROM conversations WHERE key = ?1
     ON CONFLICT (bot_id, key) DO NOTHING`,
  );
  const read = prepare<KnownPaymentRow>(database, 'SELECT state, request FROM payments WHERE bot_id = ? AND key = ?');
  const decide = prepare(
    database,
    `UPDATE payments SET state = ?, moved_at = ? WHERE bot_id = ? AND key = ? AND state IN ('asked', 'approved', 'refused')`,
  );
  const settle = prepare(
    database,
    `INSERT INTO payments (bot_id, key, conversation, ref, state, moved_at, untold, nameless)
     SELECT bot_id, ?2, serial, ?3, ?4, ?5, ?6, ?7 FROM conversations WHERE key = ?1
     ON CONFLICT (bot_id, key) DO UPDATE SET state = ?4, moved_at = ?5, untold = ?6, nameless = ?7`,
  );
  const told = prepare(database, 'UPDATE payments SET untold = NULL, nameless = NULL WHERE bot_id = ? AND key = ?');
  const namelessTold = prepare(database, 'DELETE FROM nameless_settlements WHERE bot_id = ? AND key = ?');
  const keepNameless = prepare(
    database,
    `INSERT INTO nameless_settlements (bot_id, key, channel, moved_at, untold)
     SELECT p.bot_id, p.key, c.channel, p.moved_at, p.nameless
     FROM conversations c JOIN payments p ON p.conversation = c.serial WHERE c.key = ? AND p.nameless IS NOT NULL
     ON CONFLICT (bot_id, key) DO UPDATE SET moved_at = excluded.moved_at, untold = excluded.untold`,
  );
  const untold = prepare<UntoldPaymentRow>(
    database,
    `SELECT key, bot_id, channel, ref, untold FROM (
       SELECT p.key, p.bot_id, c.channel, p.ref, p.untold, p.moved_at
       FROM payments p INDEXED BY payments_untold JOIN conversations c ON c.serial = p.conversation
       WHERE p.untold IS NOT NULL
       UNION ALL SELECT key, bot_id, channel, NULL, untold, moved_at FROM nameless_settlements
     ) ORDER BY moved_at`,
  );
  const anyIn = prepare<readonly [1]>(
    database,
    'SELECT 1 FROM payments WHERE conversation = (SELECT serial FROM conversations WHERE key = ?) LIMIT 1',
  );
  const purge = prepare(database, 'DELETE FROM payments WHERE moved_at < ? AND untold IS NULL');

  return {
    openPayment(
      conversation: string,
      botId: string,
      channel: string,
      ref: string,
      key: string,
      at: number,
      request: string | null,
    ): boolean {
      if (marks.markedPayment(botId, key) !== undefined) return false;
      ensureConversation.run(conversation, botId, channel, at);
      return open.run(conversation, key, ref, at, request).changes === 1;
    },

    readPayment: (botId: string, key: string): KnownPaymentRow | undefined => {
      const marked = marks.markedPayment(botId, key);
      return read.get(botId, key) ?? (marked === undefined ? undefined : [marked, null]);
    },

    decidePayment(botId: string, key: string, state: 'approved' | 'refused', at: number): void {
      decide.run(state, at, botId, key);
      marks.decideMarkedPayment(botId, key, state, at);
    },

    settlePayment(
      conversation: string,
      botId: string,
      channel: string,
      ref: string,
      key: string,
      state: 'paid' | 'failed',
      result: string,
      namelessResult: string,
      at: number,
    ): void {
      ensureConversation.run(conversation, botId, channel, at);
      settle.run(conversation, key, ref, state, at, result, namelessResult);
    },

    paymentTold(botId: string, key: string): void {
      told.run(botId, key);
      namelessTold.run(botId, key);
    },

    untoldPayments: (): readonly UntoldPaymentRow[] => untold.all(),

    /** To be called before the conversation is deleted. */
    keepNamelessSettlements(conversation: string): void {
      keepNameless.run(conversation);
    },

    hasPayments: (conversation: string): boolean => anyIn.get(conversation) !== undefined,

    /** To be called behind it. A row that grows may move to another page of the B-tree, and `secure_delete` overwrites it only where it
     *  stands: what it left on its way goes when the pages do. Payments are few. */
    overwriteGaps(): void {
      database.exec(`
        CREATE TEMP TABLE kept_payments AS SELECT * FROM payments;
        DELETE FROM payments;
        INSERT INTO payments SELECT * FROM kept_payments;
        DROP TABLE kept_payments;
      `);
    },

    purgePayments(cutoff: number): void {
      purge.run(cutoff);
    },
  };
}

export type Payments = ReturnType<typeof openPayments>;
