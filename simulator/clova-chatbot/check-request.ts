/** What the chatbot refuses, in the order in which it looks. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fieldOf, listField, parseJson, textField } from '../json-reading.ts';

/** A refusal with the chatbot's own code. */
export class ChatbotError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type ChatbotEvent = 'open' | 'send' | 'getPersistentMenu';

export interface ChatbotCall {
  readonly event: ChatbotEvent;
  readonly userId: string;
  /** Of the last bubble: typed words, or what a button carried. Empty where there is none. */
  readonly text: string;
}

export interface RequestRules {
  readonly secret: string;
  /** How far the request's clock may be off. */
  readonly timestampWindowMs: number;
}

const EVENTS: readonly string[] = ['open', 'send', 'getPersistentMenu'];
const FIELDS: readonly string[] = ['version', 'userId', 'userIp', 'timestamp', 'bubbles', 'event'];
const MAX_USER_ID_CHARS = 256;

/** @throws ChatbotError */
export function checkRequest(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  rules: RequestRules,
  now: number,
): ChatbotCall {
  const signature = headers['x-ncp-chatbot_signature'];
  if (typeof signature !== 'string') throw new ChatbotError('4010', 'Unauthorized');
  if (signature !== createHmac('sha256', Buffer.from(rules.secret, 'utf8')).update(bytes).digest('base64')) {
    throw new ChatbotError('4031', 'Signature validation failed');
  }
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw new ChatbotError('4000', 'Content-Type');
  const body = parseJson(bytes.toString('utf8'))?.value;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new ChatbotError('4000', 'body');
  const unknown = Object.keys(body).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) throw new ChatbotError('4000', unknown);
  // The documents do not agree on what its absence means, so nobody may rely on it.
  if (textField(body, 'version') !== 'v2') throw new ChatbotError('1000', 'version');
  const userId = textField(body, 'userId') ?? '';
  if (userId === '' || userId.length > MAX_USER_ID_CHARS) throw new ChatbotError('4000', 'userId');
  const timestamp = fieldOf(body, 'timestamp');
  if (typeof timestamp !== 'number' || !Number.isInteger(timestamp)) throw new ChatbotError('4000', 'timestamp');
  if (Math.abs(now - timestamp) > rules.timestampWindowMs) throw new ChatbotError('4032', 'Timestamp out of range');
  const event = textField(body, 'event') ?? '';
  if (!EVENTS.includes(event)) throw new ChatbotError('4000', 'event');
  return { event: event as ChatbotEvent, userId, text: textOfBubbles(body, event as ChatbotEvent) };
}

const MAX_BUBBLES: Readonly<Record<ChatbotEvent, number>> = { open: 1, send: 1, getPersistentMenu: 0 };

function textOfBubbles(body: object, event: ChatbotEvent): string {
  if (!Array.isArray(fieldOf(body, 'bubbles'))) throw new ChatbotError('4000', 'bubbles');
  const bubbles = listField(body, 'bubbles');
  if (bubbles.length > MAX_BUBBLES[event] || (event === 'send' && bubbles.length === 0)) {
    throw new ChatbotError('4000', 'bubbles');
  }
  const [bubble] = bubbles;
  if (bubble === undefined) return '';
  const description = textField(fieldOf(bubble, 'data'), 'description');
  if (textField(bubble, 'type') !== 'text' || description === undefined || description === '') {
    throw new ChatbotError('4000', 'bubbles');
  }
  return description;
}
