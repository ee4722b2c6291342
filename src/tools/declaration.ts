/** A tool as an operator writes it down, and what can be wrong with it. */
import { argumentSchemaProblems } from './argument-schema.ts';

export type ToolMethod = (typeof METHODS)[number];

export interface DeclaredTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object; what it does not name is refused. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly method: ToolMethod;
  readonly origin: string;
  /** Encoded, with `{argument}` where one belongs. */
  readonly pathTemplate: string;
  /** Fixed part of the query, with its question mark; may be empty. */
  readonly search: string;
  readonly secretHeader?: { readonly name: string; readonly value: string };
  readonly timeoutMs: number;
  readonly waitingText?: string;
  /** Tells the tool which customer asks. */
  readonly identifiesCustomer: boolean;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const FIELDS = [
  'name',
  'description',
  'parameters',
  'url',
  'method',
  'secretHeader',
  'timeoutMs',
  'waitingText',
  'identifiesCustomer',
];
const MAX_TOOLS = 32;
const MAX_TIMEOUT_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 5_000;
/** They frame the request itself, or name what is ours to say. */
const OWN_HEADERS =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|accept.*|x-malgil-.*|idempotency-key)$/i;
const SCALARS: readonly unknown[] = ['string', 'number', 'integer', 'boolean'];
const PLACEHOLDER = /\{([A-Za-z0-9_]{1,64})\}/g;

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether the arguments travel in a body: all others go into the address. */
export function hasBody(method: ToolMethod): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

export function placeholdersOf(pathTemplate: string): readonly string[] {
  return [...pathTemplate.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** All reasons at once; they name tools and fields, and hold no other value. Empty: {@link readTools} takes it. */
export function toolProblems(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return ['must be a list of tools'];
  if (value.length > MAX_TOOLS) return [`must name at most ${MAX_TOOLS} tools`];
  const names = new Set<string>();
  return value.flatMap((entry: unknown, index) => {
    if (!isObject(entry)) return [`tool ${index + 1} must be an object`];
    const isNamed = typeof entry.name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(entry.name);
    const label = isNamed ? `tool ${entry.name}` : `tool ${index + 1}`;
    const problems = problemsOf(entry);
    if (!isNamed) problems.unshift('name must be 1 to 64 letters, digits, _ and -');
    else if (names.has(String(entry.name))) problems.unshift('name is taken by another tool');
    names.add(String(entry.name));
    return problems.map((problem) => `${label}: ${problem}`);
  });
}

/** `value` must have no {@link toolProblems}. */
export function readTools(value: readonly unknown[]): readonly DeclaredTool[] {
  return value.filter(isObject).map((entry) => {
    const { name, description, parameters, url, secretHeader, waitingText } = entry;
    const { origin, pathname, search } = new URL(String(url));
    return {
      name: String(name),
      description: String(description),
      // Whatever the model makes up beside its arguments must not become a parameter of the operator's service.
      parameters: { ...(parameters as JsonObject), additionalProperties: false },
      method: (entry.method ?? 'GET') as ToolMethod,
      origin,
      pathTemplate: withBraces(pathname),
      search,
      ...(secretHeader === undefined ? {} : { secretHeader: secretHeader as { name: string; value: string } }),
      timeoutMs: typeof entry.timeoutMs === 'number' ? entry.timeoutMs : DEFAULT_TIMEOUT_MS,
      ...(typeof waitingText === 'string' ? { waitingText } : {}),
      identifiesCustomer: entry.identifiesCustomer === true,
    };
  });
}

function problemsOf(entry: JsonObject): string[] {
  const { description, method, secretHeader, timeoutMs, waitingText, identifiesCustomer } = entry;
  const problems = Object.keys(entry)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `unknown field ${JSON.stringify(field.slice(0, 40))}`);
  if (typeof description !== 'string' || description.trim() === '' || description.length > 1_000) {
    problems.push('description must be text of at most 1000 characters: the model chooses by it');
  }
  if (method !== undefined && !METHODS.some((known) => known === method)) {
    problems.push(`method must be one of ${METHODS.join(', ')}`);
  }
  const parameters = problemsOfParameters(entry.parameters);
  problems.push(...parameters);
  if (parameters.length === 0) problems.push(...problemsOfUrl(entry, entry.parameters as JsonObject));
  if (secretHeader !== undefined) problems.push(...problemsOfHeader(secretHeader));
  if (timeoutMs !== undefined && !isWholeNumber(timeoutMs, 100, MAX_TIMEOUT_MS)) {
    problems.push(`timeoutMs must be a whole number from 100 to ${MAX_TIMEOUT_MS}`);
  }
  const saysTooMuch = typeof waitingText !== 'string' || waitingText.trim() === '' || waitingText.length > 200;
  if (waitingText !== undefined && saysTooMuch) {
    problems.push('waitingText must be text of at most 200 characters');
  }
  if (identifiesCustomer !== undefined && typeof identifiesCustomer !== 'boolean') {
    problems.push('identifiesCustomer must be true or false');
  }
  return problems;
}

function problemsOfParameters(parameters: unknown): string[] {
  if (!isObject(parameters) || parameters.type !== 'object') {
    return ['parameters must be a JSON Schema of the type object'];
  }
  const { properties = {}, required = [] } = parameters;
  if (!isObject(properties) || !Object.values(properties).every(isObject)) {
    return ['parameters.properties must hold a schema for each argument'];
  }
  if (!Array.isArray(required) || required.some((name) => !Object.hasOwn(properties, String(name)))) {
    return ['parameters.required must list names of properties'];
  }
  return [...argumentSchemaProblems(parameters)];
}

function problemsOfUrl({ url, method = 'GET' }: JsonObject, { properties, required }: JsonObject): string[] {
  if (typeof url !== 'string' || !/^https?:\/\/[^\s\\]+$/i.test(url) || !URL.canParse(url)) {
    return ['url must begin with https:// or http://'];
  }
  const { username, password, hash, host, pathname, search, searchParams } = new URL(url);
  if (username !== '' || password !== '' || hash !== '') {
    return ['url must hold no user name and no fragment; a key belongs into secretHeader'];
  }
  // The parser encodes them in a path and refuses them in a host; in a query they would be sent as they are.
  if (/[{}]|%7B|%7D/i.test(host + search)) return ['url may have {arguments} in its path only'];
  const inPath = placeholdersOf(withBraces(pathname));
  if (/[{}]/.test(withBraces(pathname).replace(PLACEHOLDER, ''))) {
    return ['url must name its arguments as {name}: letters, digits and _'];
  }
  const schemas = (properties ?? {}) as Readonly<Record<string, JsonObject>>;
  const problems = inPath
    .filter((name) => !Object.hasOwn(schemas, name) || !(required as readonly unknown[] | undefined)?.includes(name))
    .map((name) => `{${name}} of the url must be a required argument`);
  const inAddress = hasBody(method as ToolMethod) ? inPath : Object.keys(schemas);
  for (const name of inAddress.filter((argument) => Object.hasOwn(schemas, argument))) {
    const schema = schemas[name] ?? {};
    const isList = schema.type === 'array' && isObject(schema.items) && SCALARS.includes(schema.items.type);
    const fits = SCALARS.includes(schema.type) || Array.isArray(schema.enum) || (isList && !inPath.includes(name));
    if (!fits) problems.push(`argument ${name} goes into the address, so it must be text, a number or true/false`);
    if (searchParams.has(name)) problems.push(`argument ${name} is already fixed in the query of the url`);
  }
  return problems;
}

function problemsOfHeader(header: unknown): string[] {
  if (!isObject(header) || typeof header.name !== 'string' || typeof header.value !== 'string') {
    return ['secretHeader must be { "name": …, "value": … }'];
  }
  const problems: string[] = [];
  if (!/^[A-Za-z0-9-]{1,64}$/.test(header.name) || OWN_HEADERS.test(header.name)) {
    problems.push('secretHeader.name must be a header that is not set by the gateway itself');
  }
  if (!/^[\x20-\x7e]{1,4096}$/.test(header.value) || header.value.trim() !== header.value) {
    problems.push('secretHeader.value must be printable ASCII');
  }
  return problems;
}

/** The URL parser writes braces of a path as `%7B` and `%7D`. */
function withBraces(pathname: string): string {
  return pathname.replaceAll(/%7B/gi, '{').replaceAll(/%7D/gi, '}');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWholeNumber(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
