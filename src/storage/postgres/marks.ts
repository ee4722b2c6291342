/** What must outlive the erasure of a conversation, under digests that name nobody. */
import { MARK_SEPARATOR_CODE } from '../mark-key.ts';
import { statement } from './database.ts';

/** In SQL what mark-key.ts is in the embedded store; the parts are SQL expressions. */
function digestOf(...parts: readonly string[]): string {
  const text = parts.join(` || chr(${MARK_SEPARATOR_CODE}) || `);
  return `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
}

function under14Mark(conversationKey: string): string {
  return digestOf(`'under-14'`, conversationKey);
}

export function paymentMark(botId: string, key: string): string {
  return digestOf(`'payment'`, botId, key);
}

const INTO_MARKS = 'INSERT INTO malgil.marks (key, meaning, marked_at)';
const INSTEAD = 'ON CONFLICT (key) DO UPDATE SET meaning = excluded.meaning, marked_at = excluded.marked_at';

export const markUnder14 = statement(
  'mark-under-14',
  `${INTO_MARKS} SELECT ${under14Mark('key')}, 'under-14', $2 FROM malgil.conversations WHERE key = $1 AND is_under_14 ${INSTEAD}`,
);
export const markPayments = statement(
  'mark-payments',
  `${INTO_MARKS} SELECT ${paymentMark('p.bot_id', 'p.key')}, p.state, $2 FROM malgil.payments p
   JOIN malgil.conversations c ON c.serial = p.conversation WHERE c.key = $1 ${INSTEAD}`,
);
export const forgetUnder14 = statement(
  'forget-under-14',
  `DELETE FROM malgil.marks WHERE key = ${under14Mark('$1::text')}`,
);
export const isMarkedUnder14 = statement<[true]>(
  'is-marked-under-14',
  `SELECT true FROM malgil.marks WHERE key = ${under14Mark('$1::text')}`,
);
export const decideMarkedPayment = statement(
  'decide-marked-payment',
  `UPDATE malgil.marks SET meaning = $3, marked_at = $4
   WHERE key = ${paymentMark('$1::text', '$2::text')} AND meaning IN ('asked', 'approved', 'refused')`,
);
export const purgeMarks = statement('purge-marks', 'DELETE FROM malgil.marks WHERE marked_at < $1');
