import { GatewayError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For payloads in which any object may be missing, null or something else. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isJsonObject(value) ? value : EMPTY;
}

const EMPTY: JsonObject = {};

/** Broken UTF-8 becomes U+FFFD: a platform's message with one bad byte is still a message.
 *  @throws GatewayError `INBOUND_MALFORMED` */
export function readJsonObject(body: Uint8Array): JsonObject {
  return parseObject(decodeTolerantly(body));
}

/** The same for callers who can mend their request: broken UTF-8 is an error.
 *  @throws GatewayError `INBOUND_MALFORMED` */
export function readStrictJsonObject(body: Uint8Array): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new GatewayError('INBOUND_MALFORMED', 'The body is not valid UTF-8', { cause });
  }
  return parseObject(text);
}

export function decodeTolerantly(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The JSON object of an answer that may be anything: an error page, nothing. */
export function findJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No `cause`: the parser quotes the body in its message.
    throw new GatewayError('INBOUND_MALFORMED', 'The body is not valid JSON');
  }
  if (!isJsonObject(value)) throw new GatewayError('INBOUND_MALFORMED', 'The body must be a JSON object');
  return value;
}
