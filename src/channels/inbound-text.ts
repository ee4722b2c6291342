import { GatewayError } from '../errors.ts';
import { cleanText } from '../platform/clean-text.ts';

/** Kakao and TalkTalk let nobody type more; what is longer did not come from their apps. */
export const MAX_INBOUND_CHARS = 10_000;

/** A platform's text as the core wants it: storable, trimmed (봇테스트 ends every utterance with a newline), never too long. */
export function inboundText(value: unknown, maxChars = MAX_INBOUND_CHARS): string {
  if (typeof value !== 'string') return '';
  return cleanText(value.slice(0, maxChars)).trim();
}

/** A foreign id that may become part of a conversation key; undefined when it cannot. */
export function inboundId(value: unknown): string | undefined {
  return idFault(value) === undefined ? String(value) : undefined;
}

/** @param field as the log names it
 *  @throws GatewayError `INBOUND_MALFORMED` that says what is wrong with the id */
export function requireInboundId(value: unknown, field: string): string {
  const fault = idFault(value);
  if (fault === undefined) return String(value);
  throw new GatewayError('INBOUND_MALFORMED', `The field "${field}" ${fault}`);
}

/** What keeps a value from being an id, as the end of a sentence. */
function idFault(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'is a number out of range';
  if (typeof value !== 'string') return 'is neither text nor a number';
  if (value === '') return 'is empty';
  if (value.length > MAX_ID_CHARS) return `is longer than ${MAX_ID_CHARS} characters`;
  return cleanText(value) === value ? undefined : 'holds control characters or half a surrogate pair';
}

/** Kakao's are at most 70 long, TalkTalk's 22; generous, because neither promises it. A conversation key names a customer and a room: with
 *  three bytes a character it stays below the 2,700 bytes that an index of PostgreSQL takes. */
export const MAX_ID_CHARS = 256;
