/** Payments that customers wanted to make, beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { KnownPaymentRow } from '../rows.ts';
import type { Marks } from './marks.ts';
import { prepare } from './prepared.ts';

type UntoldRow = readonly [key: string, ref: string, result: string];

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
    `INSERT INTO payments (bot_id, key, conversation, ref, state, moved_at, untold)
     SELECT bot_id, ?2, serial, ?3, ?4, ?5, ?6 FROM conversations WHERE key = ?1
     ON CONFLICT (bot_id, key) DO UPDATE SET state = ?4, moved_at = ?5, untold = ?6`,
  );
  const told = prepare(database, 'UPDATE payments SET untold = NULL WHERE bot_id = ? AND key = ?');
  const untold = prepare<UntoldRow>(
    database,
    'SELECT key, ref, untold FROM payments INDEXED BY payments_untold WHERE untold IS NOT NULL ORDER BY moved_at',
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
      at: number,
    ): void {
      ensureConversation.run(conversation, botId, channel, at);
      settle.run(conversation, key, ref, state, at, result);
    },

    paymentTold(botId: string, key: string): void {
      told.run(botId, key);
    },

    untoldPayments: (): readonly UntoldRow[] => untold.all(),

    purgePayments(cutoff: number): void {
      purge.run(cutoff);
    },
  };
}
