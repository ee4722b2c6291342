/** The JSON Schema of a tool's arguments, as it is checked against what a model made up from a customer's words. */
import { RE2JS, RE2JSException } from 're2js';
import Schema from 'typebox/schema';

type JsonObject = Readonly<Record<string, unknown>>;

/** For an argument whose declaration sets no limit of its own. */
const DEFAULT_MAX_LENGTH = 500;
const TYPES: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];
/** Their values are schemas by a name, which may be any word: a property called "pattern" is no pattern. */
const NAMED_SCHEMAS: readonly string[] = ['properties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'];
/** Their values are examples of data and no schemas. */
const DATA: readonly string[] = ['const', 'enum', 'default', 'examples', 'required', 'type'];
const COUNTS: readonly string[] = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const NUMBERS: readonly string[] = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** What is wrong with `parameters`, each with the place it stands at. Empty: {@link compileArguments} takes it. */
export function argumentSchemaProblems(parameters: JsonObject): readonly string[] {
  const problems: string[] = [];
  const checkable = prepared(parameters, '', problems);
  if (problems.length > 0) return problems;
  try {
    Schema.Compile(checkable);
    return [];
  } catch (thrown) {
    return [
      `parameters cannot be read as a JSON Schema: ${thrown instanceof Error ? thrown.message : 'unknown reason'}`,
    ];
  }
}

/** `parameters` must have no {@link argumentSchemaProblems}. */
export function compileArguments(parameters: JsonObject): Schema.Validator {
  return Schema.Compile(prepared(parameters, '', []));
}

/** A copy whose patterns take linear time: an expression of the language itself (`^(\d+-?)+$`) can need seconds for 30 characters that
 *  fail it in the end, and those characters are a customer's. */
function prepared(schema: JsonObject, place: string, problems: string[]): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const problem = keywordProblem(keyword, value);
    if (problem !== undefined) problems.push(`${described(place)} ${problem}`);
    else if (keyword === 'pattern') copy['~refine'] = [linearPattern(String(value), place, problems)];
    else copy[keyword] = preparedValue(keyword, value, place, problems);
  }
  const { type, enum: choices, maxLength = choices === undefined ? DEFAULT_MAX_LENGTH : undefined } = schema;
  if ([type].flat().includes('string') && maxLength !== undefined) copy.maxLength = maxLength;
  return copy;
}

function preparedValue(keyword: string, value: unknown, place: string, problems: string[]): unknown {
  if (DATA.includes(keyword)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => preparedValue('', item, place, problems));
  if (!isObject(value)) return value;
  if (!NAMED_SCHEMAS.includes(keyword)) return prepared(value, place, problems);
  return Object.fromEntries(
    Object.entries(value).map(([name, named]) => {
      const at = place === '' ? name : `${place}.${name}`;
      return [name, preparedValue('', named, at, problems)];
    }),
  );
}

function keywordProblem(keyword: string, value: unknown): string | undefined {
  if (keyword === 'patternProperties') return 'uses patternProperties: name each argument in properties';
  if (keyword === 'pattern' && typeof value !== 'string') return 'has a pattern that is no text';
  if (keyword === 'type' && ![value].flat().every((type) => TYPES.includes(type))) {
    return 'has a type that JSON Schema does not know';
  }
  if (COUNTS.includes(keyword) && !(Number.isInteger(value) && Number(value) >= 0)) {
    return `has a ${keyword} that is no whole number`;
  }
  if (NUMBERS.includes(keyword) && typeof value !== 'number') return `has a ${keyword} that is no number`;
  return keyword === 'enum' && !Array.isArray(value) ? 'has an enum that is no list' : undefined;
}

function linearPattern(pattern: string, place: string, problems: string[]): object {
  try {
    const expression = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return {
      check: (value: unknown) => typeof value !== 'string' || expression.test(value),
      error: () => `must match pattern "${pattern}"`,
    };
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    const reason = thrown.message.replace(/^error parsing regexp: /, '').slice(0, 120);
    problems.push(
      `${described(place)} has a pattern that cannot be used: ${reason} (RE2 syntax: no look-ahead, look-behind or back-reference, repeats up to 1000)`,
    );
    return {};
  }
}

function described(place: string): string {
  return place === '' ? 'parameters' : `argument ${place}`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
