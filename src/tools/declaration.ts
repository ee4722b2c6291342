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
    const label = labelOf(entry, index);
    const problems = problemsOf(entry);
    if (!hasName(entry)) problems.unshift('name must be 1 to 64 letters, digits, _ and -');
    else if (names.has(String(entry.name))) problems.unshift('name is taken by another tool');
    names.add(String(entry.name));
    return problems.map((problem) => `${label}: ${problem}`);
  });
}

/** Where tools lead, those included that are wrong in something else.
 *  @returns `label` as in {@link toolProblems}; none for a tool without a URL */
export function toolPlaces(value: unknown): readonly { readonly label: string; readonly origin: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown, index) =>
    isObject(entry) && isHttpUrl(entry.url)
      ? [{ label: labelOf(entry, index), origin: new URL(entry.url).origin }]
      : [],
  );
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

function hasName({ name }: JsonObject): boolean {
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name);
}

function labelOf(entry: JsonObject, index: number): string {
  return hasName(entry) ? `tool ${String(entry.name)}` : `tool ${index + 1}`;
}

function problemsOf(entry: JsonObject): string[] {
  const { description, method, secretHeader, timeoutMs, waitingText, identifiesCustomer } = entry;
  const problems = Object.keys(entry)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `unknown field ${JSON.stringify(field.slice(0, 40))}`);
  if (typeof description !== 'string' || description.trim() === '' || description.length > 1_000) {
    problems.push('description must be text of at most 1000 characters: the model chooses by it');
  }
  if (!hasMethod(method)) {
    problems.push(`method must be one of ${METHODS.join(', ')}`);
  }
  const shape = shapeProblem(entry.parameters);
  const parameters = shape === undefined ? (entry.parameters as JsonObject) : undefined;
  const schema = parameters === undefined ? [] : argumentSchemaProblems(parameters);
  problems.push(...(shape === undefined ? schema : [shape]), ...problemsOfUrl(entry.url));
  if (parameters !== undefined && isHttpUrl(entry.url)) {
    problems.push(...problemsOfPath(entry.url, parameters));
    // What is wrong in an argument or in the method leaves open what would be right in the address.
    if (schema.length === 0 && hasMethod(method)) problems.push(...problemsOfAddress(entry.url, method, parameters));
  }
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

function shapeProblem(parameters: unknown): string | undefined {
  if (!isObject(parameters) || parameters.type !== 'object') {
    return 'parameters must be a JSON Schema of the type object';
  }
  const { properties = {}, required = [] } = parameters;
  if (!isObject(properties) || !Object.values(properties).every(isObject)) {
    return 'parameters.properties must hold a schema for each argument';
  }
  if (!Array.isArray(required) || required.some((name) => !Object.hasOwn(properties, String(name)))) {
    return 'parameters.required must list names of properties';
  }
  return undefined;
}

function hasMethod(method: unknown): method is ToolMethod | undefined {
  return method === undefined || METHODS.some((known) => known === method);
}

function isHttpUrl(url: unknown): url is string {
  return typeof url === 'string' && /^https?:\/\/[^\s\\]+$/i.test(url) && URL.canParse(url);
}

function problemsOfUrl(url: unknown): string[] {
  if (!isHttpUrl(url)) return ['url must begin with https:// or http://'];
  const { username, password, hash, host, pathname, search } = new URL(url);
  const problems: string[] = [];
  if (username !== '' || password !== '' || hash !== '') {
    problems.push('url must hold no user name and no fragment; a key belongs into secretHeader');
  }
  // The parser encodes them in a path and refuses them in a host; in a query they would be sent as they are.
  if (/[{}]|%7B|%7D/i.test(host + search)) problems.push('url may have {arguments} in its path only');
  if (/[{}]/.test(withBraces(pathname).replace(PLACEHOLDER, ''))) {
    problems.push('url must name its arguments as {name}: letters, digits and _');
  }
  return problems;
}

function problemsOfPath(url: string, { properties = {}, required = [] }: JsonObject): string[] {
  return placeholdersOf(withBraces(new URL(url).pathname))
    .filter(
      (name) => !Object.hasOwn(properties as JsonObject, name) || !(required as readonly unknown[]).includes(name),
    )
    .map((name) => `{${name}} of the url must be a required argument`);
}

/** Arguments that cannot stand in an address, or stand there already. */
function problemsOfAddress(url: string, method: ToolMethod = 'GET', { properties = {} }: JsonObject): string[] {
  const { pathname, searchParams } = new URL(url);
  const inPath = placeholdersOf(withBraces(pathname));
  const schemas = properties as Readonly<Record<string, JsonObject>>;
  const problems: string[] = [];
  for (const name of hasBody(method) ? inPath : Object.keys(schemas)) {
    if (!Object.hasOwn(schemas, name)) continue;
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
