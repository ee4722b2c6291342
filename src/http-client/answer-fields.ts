/** Foreign JSON, read without believing it: fields may be missing, and further ones may have come. */
import { GatewayError } from '../errors.ts';
import { brokenAnswer } from './upstream-failure.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object as it is; anything else has no fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Some samples print numbers as texts. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one): one is string => typeof one === 'string');
}

/** `{ name: value }`, or nothing where there is no value. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

/** What an answer must have, and what a request must be, in errors that name the service and quote nobody. */
export interface FieldRules {
  /** @throws GatewayError `ENGINE_STREAM_BROKEN` */
  requireText(fields: Fields, name: string): string;
  /** @throws GatewayError `ENGINE_STREAM_BROKEN` */
  requireList(fields: Fields, name: string): readonly unknown[];
  /** @throws GatewayError `ENGINE_STREAM_BROKEN` */
  requireNumber(fields: Fields, name: string): number;
  /** What the service would refuse is refused before it costs a request. `expected` fits after "takes".
   *  @throws GatewayError `ENGINE_BAD_REQUEST`, always; without an HTTP status, since nothing was sent */
  refuseInput(parameter: string, expected: string): never;
  /** @throws GatewayError `ENGINE_BAD_REQUEST` */
  checkText(parameter: string, text: string, maxCharacters?: number): void;
  /** @throws GatewayError `ENGINE_BAD_REQUEST` */
  checkWhole(parameter: string, value: number | undefined, min: number, max: number): void;
  /** An id as part of a path.
   *  @throws GatewayError `ENGINE_BAD_REQUEST` */
  pathPart(parameter: string, value: string): string;
}

export function createFieldRules(upstream: string): FieldRules {
  const missing = (name: string) => brokenAnswer(upstream, `lacks ${name}`);
  const refuseInput = (parameter: string, expected: string): never => {
    throw new GatewayError('ENGINE_BAD_REQUEST', `${upstream} takes ${expected} as ${parameter}`, {
      details: { parameters: parameter },
    });
  };
  return {
    requireText(fields, name) {
      const value = fields[name];
      if (typeof value !== 'string') throw missing(name);
      return value;
    },
    requireList(fields, name) {
      const value = fields[name];
      if (!Array.isArray(value)) throw missing(name);
      return value;
    },
    requireNumber(fields, name) {
      const value = numberOf(fields[name]);
      if (value === undefined) throw missing(name);
      return value;
    },
    refuseInput,
    checkText(parameter, text, maxCharacters) {
      if (text.trim() === '') refuseInput(parameter, 'a text that is not empty');
      if (maxCharacters !== undefined && text.length > maxCharacters) {
        refuseInput(parameter, `up to ${maxCharacters} characters`);
      }
    },
    checkWhole(parameter, value, min, max) {
      if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
        refuseInput(parameter, `a whole number from ${min} to ${max}`);
      }
    },
    pathPart(parameter, value) {
      if (!/^[\w.-]{1,200}$/.test(value) || /^\.+$/.test(value)) {
        refuseInput(parameter, 'letters, digits, dots, dashes and underscores');
      }
      return value;
    },
  };
}
