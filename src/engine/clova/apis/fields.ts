/** Foreign JSON, read without believing it: fields may be missing, and further ones may have come. */
import { GatewayError } from '../../../errors.ts';
import { brokenStream } from '../errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object as it is; anything else has no fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** @throws GatewayError `ENGINE_STREAM_BROKEN` */
export function requireText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw brokenStream(`lacks ${name}`);
  return value;
}

/** @throws GatewayError `ENGINE_STREAM_BROKEN` */
export function requireList(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw brokenStream(`lacks ${name}`);
  return value;
}

/** Some samples print numbers as texts.
 *  @throws GatewayError `ENGINE_STREAM_BROKEN` */
export function requireNumber(fields: Fields, name: string): number {
  const value = numberOf(fields[name]);
  if (value === undefined) throw brokenStream(`lacks ${name}`);
  return value;
}

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

/** What the service would refuse is refused before it costs a request. `expected` fits after "takes".
 *  @throws GatewayError `ENGINE_BAD_REQUEST`, always; without an HTTP status, since nothing was sent */
export function refuseInput(parameter: string, expected: string): never {
  throw new GatewayError('ENGINE_BAD_REQUEST', `CLOVA Studio takes ${expected} as ${parameter}`, {
    details: { parameters: parameter },
  });
}

/** @throws GatewayError `ENGINE_BAD_REQUEST` */
export function checkText(parameter: string, text: string, maxCharacters?: number): void {
  if (text.trim() === '') refuseInput(parameter, 'a text that is not empty');
  if (maxCharacters !== undefined && text.length > maxCharacters) {
    refuseInput(parameter, `up to ${maxCharacters} characters`);
  }
}

/** @throws GatewayError `ENGINE_BAD_REQUEST` */
export function checkWhole(parameter: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
    refuseInput(parameter, `a whole number from ${min} to ${max}`);
  }
}

/** An id as part of a path.
 *  @throws GatewayError `ENGINE_BAD_REQUEST` */
export function pathPart(parameter: string, value: string): string {
  if (!/^[\w.-]{1,200}$/.test(value) || /^\.+$/.test(value)) {
    refuseInput(parameter, 'letters, digits, dots, dashes and underscores');
  }
  return value;
}
