import { createHash, createHmac } from 'node:crypto';
import { type ConversationRef, conversationKey } from '../../message.ts';

/** The same for every message of one session, because forms go on by it; tells nobody who it is. Keyed, because ids of our own channels
 *  could be guessed. 43 of the 256 characters that an id may have.
 *  @param session as long as the memory of the conversation: after a reset nobody wants to be asked on for the next field of a form */
export function chatbotUserId(secret: string, conversation: ConversationRef, session: string | undefined): string {
  const key = JSON.stringify([conversationKey(conversation), session ?? '']);
  return createHmac('sha256', secret).update(key).digest('base64url');
}

/** Named after the question that begins it. */
export function newSession(requestId: string): string {
  return createHash('sha256').update(requestId).digest('base64url').slice(0, 16);
}
