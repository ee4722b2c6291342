/** What TEST and WEB share on the way in: our own API, so callers are told exactly what is wrong. */
import { GatewayError } from '../errors.ts';
import { cleanText } from '../platform/clean-text.ts';
import type { WebhookRequest } from './channel.ts';
import { headerValue } from './header.ts';
import { type JsonObject, readStrictJsonObject } from './json-body.ts';

const MAX_QUERY_CHARS = 10_000;

/** The JSON object of a request; fields other than `known` are refused.
 *  @throws GatewayError `INBOUND_WRONG_CONTENT_TYPE`, `INBOUND_MALFORMED` */
export function readApiBody(request: WebhookRequest, known: readonly string[]): JsonObject {
  const body = readApiObject(request);
  refuseUnknownFields(body, known);
  return body;
}

/** @throws GatewayError `INBOUND_WRONG_CONTENT_TYPE`, `INBOUND_MALFORMED` */
export function readApiObject(request: WebhookRequest): JsonObject {
  if (!/^application\/json\s*(?:;|$)/i.test(headerValue(request, 'content-type') ?? '')) {
    throw new GatewayError('INBOUND_WRONG_CONTENT_TYPE', 'The content type must be application/json');
  }
  // Bytes that a compressor made would only be called bad UTF-8.
  if (!/^(?:identity)?$/i.test((headerValue(request, 'content-encoding') ?? '').trim())) {
    throw new GatewayError(
      'INBOUND_WRONG_CONTENT_TYPE',
      'The body must not be compressed: no Content-Encoding but identity is supported',
    );
  }
  return readStrictJsonObject(request.body);
}

/** A misspelt field would be ignored in silence.
 *  @throws GatewayError `INBOUND_MALFORMED` */
export function refuseUnknownFields(body: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(body)) {
    if (known.includes(name)) continue;
    throw malformed(`The body has an unknown field ${foreignName(name)}; known are ${known.join(', ')}`);
  }
}

/** A field's name in a sentence about it: one that is no identifier may be anything, so it is not repeated. */
export function foreignName(name: string): string {
  return /^[A-Za-z_]\w{0,39}$/.test(name) ? `"${name}"` : 'with an unusual name';
}

/** @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE` */
export function readQuery(body: JsonObject, field = 'query'): string {
  return readText(body, field, MAX_QUERY_CHARS);
}

/** A required text field, trimmed.
 *  @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE` */
export function readText(body: JsonObject, field: string, maxChars: number): string {
  const value = Object.hasOwn(body, field) ? body[field] : undefined;
  if (value === undefined) throw malformed(`The field "${field}" is missing`);
  if (typeof value !== 'string') throw malformed(`The field "${field}" must be a string`);
  if (value.length > maxChars) {
    throw new GatewayError('INBOUND_TOO_LARGE', `The field "${field}" is longer than ${maxChars} characters`);
  }
  if (value.includes('\0')) throw malformed(`The field "${field}" contains a null character`);
  if (!value.isWellFormed()) throw malformed(`The field "${field}" contains half a surrogate pair`);
  const text = cleanText(value).trim();
  if (text === '') throw malformed(`The field "${field}" is empty`);
  return text;
}

export function malformed(message: string): GatewayError {
  return new GatewayError('INBOUND_MALFORMED', message);
}
