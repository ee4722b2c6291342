/** Payments that customers wanted to make. */
import { conversationKey } from '../../message.ts';
import { type KnownPaymentRow, toJson, toKnownPayment, toUntoldPayment } from '../rows.ts';
import type { Store } from '../store.ts';
import { ensureConversation } from './conversations.ts';
import { bind, type Database, statement } from './database.ts';
import type { CallsInDoubt } from './in-doubt.ts';
import { decideMarkedPayment, paymentMark } from './marks.ts';

const open = statement(
  'open-payment',
  `INSERT INTO malgil.payments (bot_id, key, conversation, ref, state, moved_at, request)
   SELECT bot_id, $2, serial, $3, 'asked', $4, $5 FROM malgil.conversations WHERE key = $1
     AND NOT EXISTS (SELECT FROM malgil.marks m WHERE m.key = ${paymentMark('bot_id', '$2::text')})
   ON CONFLICT (bot_id, key) DO NOTHING`,
);
const wasOpened = statement<[true]>(
  'payment-was-opened',
  `SELECT true FROM malgil.payments WHERE bot_id = $1 AND key = $2 AND state = 'asked' AND moved_at = $3`,
);
const read = statement<KnownPaymentRow>(
  'read-payment',
  `SELECT state, request FROM malgil.payments WHERE bot_id = $1 AND key = $2
   UNION ALL SELECT meaning, NULL FROM malgil.marks WHERE key = ${paymentMark('$1::text', '$2::text')}`,
);
const decide = statement(
  'decide-payment',
  `UPDATE malgil.payments SET state = $3, moved_at = $4
   WHERE bot_id = $1 AND key = $2 AND state IN ('asked', 'approved', 'refused')`,
);
const settle = statement(
  'settle-payment',
  `INSERT INTO malgil.payments (bot_id, key, conversation, ref, state, moved_at, untold)
   SELECT bot_id, $2, serial, $3, $4, $5, $6 FROM malgil.conversations WHERE key = $1
   ON CONFLICT (bot_id, key) DO UPDATE SET state = $4, moved_at = $5, untold = $6`,
);
const told = statement('payment-told', 'UPDATE malgil.payments SET untold = NULL WHERE bot_id = $1 AND key = $2');
const untold = statement<[key: string, ref: string, result: string]>(
  'untold-payments',
  'SELECT key, ref, untold FROM malgil.payments WHERE untold IS NOT NULL ORDER BY moved_at',
);

type PaymentCalls = Pick<
  Store,
  'openPayment' | 'readPayment' | 'decidePayment' | 'settlePayment' | 'paymentTold' | 'untoldPayments'
>;

export function openPayments(database: Database, inDoubt: CallsInDoubt): PaymentCalls {
  return {
    openPayment(ref, key, at, request) {
      const conversation = conversationKey(ref);
      return inDoubt.compareAndSet(
        `payment ${JSON.stringify([ref.botId, key, at])}`,
        async () => {
          const [, opened] = await database.transaction(
            bind(ensureConversation, conversation, ref.botId, ref.channel, at),
            bind(open, conversation, key, toJson(ref), at, request === undefined ? null : toJson(request)),
          );
          return opened.count === 1;
        },
        async () => (await database.run(wasOpened, ref.botId, key, at)).count === 1,
      );
    },

    async readPayment(botId, key) {
      const [row] = (await database.run(read, botId, key)).rows;
      return row === undefined ? undefined : toKnownPayment(row);
    },

    async decidePayment(botId, key, state, at) {
      await database.transaction(bind(decide, botId, key, state, at), bind(decideMarkedPayment, botId, key, state, at));
    },

    async settlePayment(ref, key, payment, at) {
      const conversation = conversationKey(ref);
      const { details: _, ...result } = payment;
      await database.transaction(
        bind(ensureConversation, conversation, ref.botId, ref.channel, at),
        bind(settle, conversation, key, toJson(ref), payment.isSuccess ? 'paid' : 'failed', at, toJson(result)),
      );
    },

    async paymentTold(botId, key) {
      await database.run(told, botId, key);
    },

    untoldPayments: async () => (await database.run(untold)).rows.map(toUntoldPayment),
  };
}
