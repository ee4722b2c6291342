/** From what somebody wrote (text of the environment, JSON of the bots file) to checked values, or to the reason why not. */
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { whyUnusable } from '../platform/settings-file.ts';
import { jsonFault } from './json-fault.ts';
import type { Properties } from './schema.ts';
import type { SettingTraits } from './shapes.ts';

/** Text of a file, with U+FFFD where a character is broken. Whatever it throws means that the file cannot be used. */
export type ReadFile = (path: string) => string;

/** Where settings are written down. `get` gives whatever stands there; `undefined` and blank text mean that nothing does. */
export interface SettingSource {
  get(field: string): unknown;
  /** How a problem names the field: `KAKAO_SECRET`, `bot "shop": kakaoSecret`. */
  nameOf(field: string): string;
}

/** The part of JSON Schema that reading and explaining needs. */
interface SchemaFacts extends Partial<SettingTraits> {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: SchemaFacts;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

export function factsOf(schema: TSchema): SchemaFacts {
  return schema;
}

export function mayStandInFile(schema: TSchema): boolean {
  const { secret, fromFile, items } = factsOf(schema);
  return secret === true || fromFile === true || items?.secret === true;
}

/** Fields that are set and right. What is wrong goes to `problems`, one line each, without the value, and as it was read to `wrong`. */
export function readSettings(
  properties: Properties,
  source: SettingSource,
  readFile: ReadFile,
  problems: string[],
  wrong: Record<string, unknown> = {},
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(properties)) {
    const { name, written, problem } = findWritten(field, schema, source, readFile);
    if (problem !== undefined) {
      problems.push(`${name}: ${problem}`);
    } else if (written !== undefined) {
      const fault = factsOf(schema).json === true && isMeantAsJson(written) ? jsonFault(written) : undefined;
      if (fault !== undefined) {
        problems.push(`${name}: is not valid JSON (${fault})`);
        continue;
      }
      const value = typeof written === 'string' ? valueOfText(factsOf(schema), written) : trimItems(written);
      const reason = isSlip(written, value) ? NOTHING_NAMED : reasonAgainst(schema, value);
      if (reason === undefined) {
        values[field] = value;
        continue;
      }
      wrong[field] = value;
      problems.push(`${name}: ${reason}`);
    }
  }
  return values;
}

interface Found {
  readonly name: string;
  readonly written?: unknown;
  readonly problem?: string;
}

/** The setting itself, or the content of the file that its `…_FILE` sibling names. */
function findWritten(field: string, schema: TSchema, source: SettingSource, readFile: ReadFile): Found {
  const name = source.nameOf(field);
  const written = setOrNothing(source.get(field));
  const fileField = `${field}File`;
  const path = mayStandInFile(schema) ? setOrNothing(source.get(fileField)) : undefined;
  if (path === undefined) return { name, written };
  const fileName = source.nameOf(fileField);
  if (written !== undefined) return { name: fileName, problem: `is set together with ${name}; keep one of them` };
  const content = readTextFile(path, readFile);
  if ('problem' in content) return { name: fileName, problem: content.problem };
  if (content.text.trim() === '') return { name: fileName, problem: 'the file that it names is empty' };
  return { name: fileName, written: content.text };
}

const BROKEN = 'is no text, or holds broken characters: save it in UTF-8';

/** The content without the line ends that editors add, or why there is none. */
export function readTextFile(
  path: unknown,
  readFile: ReadFile,
): { readonly text: string } | { readonly problem: string } {
  if (typeof path !== 'string') return { problem: 'must be the path of a file' };
  try {
    const text = readFile(path.trim()).replace(/[\r\n]+$/, '');
    return /[\0\ufffd]/.test(text) ? { problem: `the file that it names ${BROKEN}` } : { text };
  } catch (thrown) {
    return { problem: `the file that it names ${whyUnusable(thrown)}` };
  }
}

export function defaultsOf(properties: Properties): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(properties)) {
    const value = factsOf(schema).default;
    if (value !== undefined) defaults[field] = value;
  }
  return defaults;
}

function setOrNothing(written: unknown): unknown {
  return typeof written === 'string' && written.trim() === '' ? undefined : written;
}

const YES = ['on', 'true', '1', 'yes'];
const NO = ['off', 'false', '0', 'no'];

/** Text that cannot be read as the type stays text, so that the check refuses it. */
function valueOfText(facts: SchemaFacts, written: string): unknown {
  if (facts.exact === true) return written;
  if (facts.json === true) return parsedOrText(written);
  const text = written.trim();
  if (facts.type === 'integer' || facts.type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (facts.type === 'boolean') {
    const word = text.toLowerCase();
    return YES.includes(word) || (NO.includes(word) ? false : text);
  }
  if (facts.type === 'array') return listOfText(facts.items ?? {}, text);
  if (facts.format === 'http-url') return text.replace(/\/+$/, '');
  return facts.enum === undefined ? text : text.toLowerCase();
}

function isMeantAsJson(written: unknown): written is string {
  return typeof written === 'string' && /^\s*[{[]/.test(written);
}

/** What is no JSON is refused as what it is. */
function parsedOrText(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

function listOfText(items: SchemaFacts, text: string): unknown[] {
  const written = text.split(',').filter((item) => item.trim() !== '');
  return written.map((item) => valueOfText(items, item));
}

/** `,,` is what a template leaves of a value that is missing: a list of secrets that it emptied would open the door. */
function isSlip(written: unknown, value: unknown): boolean {
  return typeof written === 'string' && Array.isArray(value) && value.length === 0;
}

const NOTHING_NAMED = 'must name at least one';

/** Lists in JSON may come out of a template as untidily as lists in the environment. */
function trimItems(written: unknown): unknown {
  if (!Array.isArray(written)) return written;
  return written.map((item: unknown) => (typeof item === 'string' ? item.trim() : item));
}

/** Says what would be right rather than which keyword failed: "must be a whole number from 1 to 3650". */
function reasonAgainst(schema: TSchema, value: unknown): string | undefined {
  const [error] = Value.Errors(schema, value);
  if (error === undefined) return undefined;
  const item = /^\/(\d+)$/.exec(error.instancePath)?.[1];
  const facts = factsOf(schema);
  const subject = item === undefined ? facts : (facts.items ?? facts);
  const reason = error.keyword === '~refine' ? error.message : expectation(subject, error);
  return item === undefined ? reason : `item ${Number(item) + 1} ${reason}`;
}

function expectation(facts: SchemaFacts, error: { readonly keyword: string; readonly message: string }): string {
  if (facts.enum !== undefined) return `must be one of ${facts.enum.map((name) => name || '(empty)').join(', ')}`;
  switch (facts.type) {
    case 'integer':
      return `must be a whole number from ${facts.minimum} to ${facts.maximum}`;
    case 'number':
      return `must be a number from ${facts.minimum} to ${facts.maximum}`;
    case 'boolean':
      return 'must be on or off (or true, false, yes, no, 1, 0)';
    case 'array':
      if (error.keyword === 'minItems') return NOTHING_NAMED;
      if (error.keyword === 'uniqueItems') return 'must not name the same thing twice';
      return 'must be a list';
    default:
      return error.keyword === 'type' ? 'must be text' : error.message;
  }
}
