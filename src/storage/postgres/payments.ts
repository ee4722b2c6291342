/** Payments that customers wanted to make. */
import { conversationKey } from '../../message.ts';
import {
  type KnownPaymentRow,
  settlementTexts,
  toJson,
  toKnownPayment,
  toUntoldPayment,
  type UntoldPaymentRow,
} from '../rows.ts';
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
  `INSERT INTO malgil.payments (bot_id, key, conversation, ref, state, moved_at, untold, nameless)
   SELECT bot_id, $2, serial, $3, $4, $5, $6, $7 FROM malgil.conversations WHERE key = $1
   ON CONFLICT (bot_id, key) DO UPDATE SET state = $4, moved_at = $5, untold = $6, nameless = $7`,
);
const told = statement(
  'payment-told',
  'UPDATE malgil.payments SET untold = NULL, nameless = NULL WHERE bot_id = $1 AND key = $2',
);
const namelessTold = statement(
  'nameless-settlement-told',
  'DELETE FROM malgil.nameless_settlements WHERE bot_id = $1 AND key = $2',
);
const untold = statement<UntoldPaymentRow>(
  'untold-payments',
  `SELECT key, bot_id, channel, ref, untold FROM (
     SELECT p.key, p.bot_id, c.channel, p.ref, p.untold, p.moved_at
     FROM malgil.payments p JOIN malgil.conversations c ON c.serial = p.conversation WHERE p.untold IS NOT NULL
     UNION ALL SELECT key, bot_id, channel, NULL, untold, moved_at FROM malgil.nameless_settlements
   ) AS settlements ORDER BY moved_at`,
);
/** To be run before the conversation is deleted. */
export const keepNamelessSettlements = statement(
  'keep-nameless-settlements',
  `INSERT INTO malgil.nameless_settlements (bot_id, key, channel, moved_at, untold)
   SELECT p.bot_id, p.key, c.channel, p.moved_at, p.nameless
   FROM malgil.conversations c JOIN malgil.payments p ON p.conversation = c.serial
   WHERE c.key = $1 AND p.nameless IS NOT NULL
   ON CONFLICT (bot_id, key) DO UPDATE SET moved_at = excluded.moved_at, untold = excluded.untold`,
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
      const texts = settlementTexts(payment);
      const state = payment.isSuccess ? 'paid' : 'failed';
      await database.transaction(
        bind(ensureConversation, conversation, ref.botId, ref.channel, at),
        bind(settle, conversation, key, toJson(ref), state, at, texts.untold, texts.nameless),
      );
    },

    async paymentTold(botId, key) {
      await database.transaction(bind(told, botId, key), bind(namelessTold, botId, key));
    },

    untoldPayments: async () => (await database.run(untold)).rows.map(toUntoldPayment),
  };
}
