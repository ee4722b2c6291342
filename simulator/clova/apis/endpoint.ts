/** What an API beside chat is made of, for the table of them. */
import { ApiError } from '../api-error.ts';
import { isJson, type Json } from '../rules.ts';

export interface ApiRequest {
  /** What the brackets of the path matched, decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** An object; empty where the method has no body. */
  readonly body: Json;
  readonly wantsStream: boolean;
  /** Epoch ms. */
  readonly now: number;
}

export interface ApiAnswer {
  /** Left out of the envelope when absent. */
  readonly result?: unknown;
  /** Of input and requested output; counts toward the quota. */
  readonly tokens: number;
  /** The body as it is, instead of an envelope: OpenAI's dialect. */
  readonly plain?: unknown;
  /** A stream, instead of an envelope. */
  readonly events?: string;
}

export interface ApiEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  /** @throws ApiError */
  answer(request: ApiRequest): ApiAnswer;
}

/** @throws ApiError `40001` unless it is text, `40004` when it is empty */
export function requiredText(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw ApiError.invalidParameter(name);
  if (value.trim() === '') throw new ApiError('40004', 'Text empty');
  return value;
}

/** @throws ApiError `40001` */
export function optionalWholeNumber(body: Json, name: string, accepts: (value: number) => boolean): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || !accepts(value)) throw ApiError.invalidParameter(name);
  return value;
}

/** @throws ApiError `40001` */
export function optionalFlag(body: Json, name: string): boolean | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'boolean') throw ApiError.invalidParameter(name);
  return value;
}

/** @throws ApiError `40001` for what is no list of objects */
export function objectList(body: Json, name: string): readonly Json[] {
  const value = body[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isJson)) throw ApiError.invalidParameter(name);
  return value;
}

/** Documents and the words of a query have something in common: pairs of letters, which does for Korean. */
export function shareOfPairs(query: string, text: string): number {
  const wanted = pairsOf(query);
  if (wanted.size === 0) return 0;
  const found = pairsOf(text);
  return [...wanted].filter((pair) => found.has(pair)).length / wanted.size;
}

export function pairsOf(text: string): ReadonlySet<string> {
  const letters = Array.from(text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' '));
  const pairs = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
  return new Set(pairs.filter((pair) => !pair.includes(' ')));
}
