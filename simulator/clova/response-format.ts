/** What structured outputs take for a schema. Written apart from the product's own reading of schemas, so that a mistake there shows
 *  up here. Source: NAVER Cloud API guide, CLOVA Studio, Chat Completions v3, structured outputs (2026-08). */
import { ApiError } from './api-error.ts';

const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['enum', 'format'],
  number: ['enum', 'minimum', 'maximum'],
  integer: ['enum', 'minimum', 'maximum'],
  boolean: ['enum'],
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required'],
};
const EVERYWHERE = ['type', 'description', 'anyOf', 'enum'];
const FORMATS = ['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];

/** @throws ApiError `40055` */
export function checkSchema(schema: unknown): void {
  const refusal = new ApiError('40055', 'Invalid response format schema');
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw refusal;
  const node = schema as Readonly<Record<string, unknown>>;
  const own = typeof node.type === 'string' ? KEYWORDS[node.type] : [];
  if (own === undefined || (node.type === undefined && node.anyOf === undefined && node.enum === undefined)) {
    throw refusal;
  }
  for (const keyword of Object.keys(node)) {
    if (!own.includes(keyword) && !EVERYWHERE.includes(keyword)) throw refusal;
  }
  if (node.format !== undefined && !FORMATS.includes(String(node.format))) throw refusal;
  if (node.items !== undefined) checkSchema(node.items);
  for (const property of Object.values(node.properties ?? {})) checkSchema(property);
  if (Array.isArray(node.anyOf)) for (const one of node.anyOf) checkSchema(one);
}
