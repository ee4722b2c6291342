import { cleanText } from '../platform/clean-text.ts';

/** Kakao and TalkTalk let nobody type more; what is longer did not come from their apps. */
const MAX_INBOUND_CHARS = 10_000;

/** A platform's text as the core wants it: storable, trimmed (봇테스트 ends every utterance with a newline), never too long. */
export function inboundText(value: unknown, maxChars = MAX_INBOUND_CHARS): string {
  if (typeof value !== 'string') return '';
  return cleanText(value.slice(0, maxChars)).trim();
}

/** A foreign id that may become part of a conversation key; undefined when it cannot. */
export function inboundId(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID_CHARS && cleanText(id) === id ? id : undefined;
}

/** Kakao's are at most 70 long, TalkTalk's 22; generous, because neither promises it. A conversation key names a customer and a room: with
 *  three bytes a character it stays below the 2,700 bytes that an index of PostgreSQL takes. */
export const MAX_ID_CHARS = 256;
