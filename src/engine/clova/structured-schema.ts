/** JSON Schema as structured outputs understand it: the rest is said in other words, left out, or refused.
 *  Source: NAVER Cloud API guide, CLOVA Studio, Chat Completions v3, structured outputs (2026-08). */
import { refuseSetting } from './refuse-setting.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const TYPES: readonly unknown[] = ['string', 'number', 'boolean', 'integer', 'object', 'array'];
const FORMATS: readonly unknown[] = [
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
];
/** Taken over as they are. */
const KEPT = ['type', 'description', 'enum', 'format', 'minimum', 'maximum', 'minItems', 'maxItems', 'required'];
/** Say nothing about what an answer may be, or nothing that the service would not do anyway. */
const DROPPED = [
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'default',
  'examples',
  'additionalProperties',
];
const MAX_DEPTH = 30;

/** @throws GatewayError `SETTINGS_INVALID` with the field `schema`, naming the keyword that the service does not know */
export function toStructuredSchema(schema: unknown): JsonObject {
  if (!isObject(schema)) refuseSetting('schema', 'must be a JSON Schema');
  return convert(schema, schema, 0);
}

function convert(node: unknown, root: JsonObject, depth: number): JsonObject {
  if (!isObject(node)) refuseSetting('schema', 'must have a schema wherever one can stand');
  if (depth > MAX_DEPTH) refuseSetting('schema', 'must not refer to itself, nor be deeper than 30 levels');
  const convertAll = (nodes: unknown) =>
    Array.isArray(nodes) && nodes.length > 0
      ? nodes.map((one) => convert(one, root, depth + 1))
      : refuseSetting('schema', 'must list schemas under anyOf');
  const converted: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword === '$ref') Object.assign(converted, convert(resolve(value, root), root, depth + 1));
    else if (keyword === 'items') converted.items = convert(value, root, depth + 1);
    else if (keyword === 'properties') converted.properties = convertProperties(value, root, depth);
    else if (keyword === 'anyOf' || keyword === 'oneOf') converted.anyOf = convertAll(value);
    else if (keyword === 'const') converted.enum = [value];
    else if (KEPT.includes(keyword)) converted[keyword] = value;
    else if (!DROPPED.includes(keyword)) refuseKeyword(keyword);
  }
  if (converted.type !== undefined && !TYPES.includes(converted.type)) {
    refuseSetting('schema', `must have one of ${TYPES.join(', ')} as every type`);
  }
  if (converted.format !== undefined && !FORMATS.includes(converted.format)) {
    refuseSetting('schema', `must have one of ${FORMATS.join(', ')} as every format`);
  }
  return converted;
}

function convertProperties(value: unknown, root: JsonObject, depth: number): JsonObject {
  if (!isObject(value)) refuseSetting('schema', 'must have an object as properties');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, convert(one, root, depth + 1)]));
}

/** `#/$defs/address`: inside the schema only. */
function resolve(ref: unknown, root: JsonObject): unknown {
  if (typeof ref !== 'string' || !ref.startsWith('#/')) refuseSetting('schema', 'must refer only to parts of itself');
  let node: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }
  return node;
}

function refuseKeyword(keyword: string): never {
  const named = /^\$?\w{1,40}$/.test(keyword) ? keyword : 'a keyword';
  refuseSetting('schema', `uses ${named}, which structured outputs do not know`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
