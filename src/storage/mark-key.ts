/** Under what a mark is kept once everything about its conversation is erased. The platforms' keys of customers and payments are long and
 *  random, so a digest leads back to nobody who does not hold them already. PostgreSQL computes the same one by itself. */
import { createHash } from 'node:crypto';

/** Stands between the parts of a key, in both stores. */
export const MARK_SEPARATOR_CODE = 31;

/** The customer of a conversation is under 14. */
export function under14Mark(conversationKey: string): string {
  return digestOf('under-14', conversationKey);
}

/** What was decided about a payment of a bot. */
export function paymentMark(botId: string, key: string): string {
  return digestOf('payment', botId, key);
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256')
    .update(parts.join(String.fromCharCode(MARK_SEPARATOR_CODE)))
    .digest('hex');
}
