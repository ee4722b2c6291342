import { resolve } from 'node:path';
import { jsonFault } from './json-fault.ts';
import { nearestName } from './near-names.ts';
import { mayStandInFile, type ReadFile, readSettings, readTextFile, type SettingSource } from './read-settings.ts';
import { BotIdSchema, type Properties } from './schema.ts';

/** What one bot of the file says itself; defaults come later. */
export interface WrittenBot {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** As it was read, and told of. */
  readonly wrong: Readonly<Record<string, unknown>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads `{ "bots": [ … ] }` or the array alone. Problems name the bot and the field, and hold no value but
 *  the path of the file. */
export function readBotsFile(
  path: string,
  properties: Properties,
  readFile: ReadFile,
  problems: string[],
): readonly WrittenBot[] {
  const entries = parseEntries(path, readFile, problems);
  const bots: WrittenBot[] = [];
  entries.forEach((entry, position) => {
    if (!isObject(entry)) {
      problems.push(`BOTS_FILE: bot number ${position + 1} must be an object`);
      return;
    }
    // Read by a schema of its own, the id is named in problems before it can be trusted.
    const place = `bot number ${position + 1}`;
    const { id } = readSettings({ id: BotIdSchema }, sourceOf(entry, place), readFile, problems);
    if (entry.id === undefined || entry.id === '') problems.push(`${place}: id is missing`);
    if (typeof id === 'string' && bots.some((other) => other.id === id)) {
      problems.push(`${place}: id "${id}" is taken by another bot`);
    }
    const name = typeof id === 'string' ? `bot "${id}"` : place;
    reportUnknownFields(entry, name, properties, problems);
    const wrong: Record<string, unknown> = {};
    const values = readSettings(properties, sourceOf(entry, name), readFile, problems, wrong);
    if (typeof id === 'string') bots.push({ id, values, wrong });
  });
  return bots;
}

function parseEntries(path: string, readFile: ReadFile, problems: string[]): readonly unknown[] {
  const content = readTextFile(path, readFile);
  if ('problem' in content) {
    problems.push(`BOTS_FILE: ${content.problem}: ${resolve(path)}`);
    return [];
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.text);
  } catch {
    problems.push(`BOTS_FILE: is not valid JSON (${jsonFault(content.text)})`);
    return [];
  }
  if (isObject(parsed)) {
    for (const field of Object.keys(parsed)) {
      if (field !== 'bots') problems.push(`BOTS_FILE: unknown field ${quoted(field)} beside "bots"`);
    }
  }
  const entries = isObject(parsed) ? parsed.bots : parsed;
  if (Array.isArray(entries) && entries.length > 0) return entries;
  problems.push('BOTS_FILE: must hold { "bots": [ … ] } with at least one bot');
  return [];
}

function reportUnknownFields(entry: JsonObject, name: string, properties: Properties, problems: string[]): void {
  const known = ['id', ...Object.keys(properties)];
  for (const [field, schema] of Object.entries(properties)) if (mayStandInFile(schema)) known.push(`${field}File`);
  for (const field of Object.keys(entry)) {
    if (known.includes(field)) continue;
    const near = nearestName(field, known);
    problems.push(`${name}: unknown field ${quoted(field)}${near === undefined ? '' : ` (did you mean ${near}?)`}`);
  }
}

function sourceOf(entry: JsonObject, name: string): SettingSource {
  return {
    get: (field) => (Object.hasOwn(entry, field) ? entry[field] : undefined),
    nameOf: (field) => `${name}: ${field}`,
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Field names are the operator's text: kept on one line and short. */
function quoted(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}
