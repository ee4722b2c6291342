/** What the operator knows better than our table: corrections and models that came after it. */
import { type ApiVersion, SAMPLING_NAMES, type SamplingName } from './capabilities.ts';
import { refuseSetting } from './refuse-setting.ts';

export interface ModelOverride {
  /** A model of our table that this one resembles in all that is not said here; of a tuned model, the one it was made from. */
  readonly like?: string;
  readonly apiVersion?: ApiVersion;
  readonly maxTokensField?: 'maxTokens' | 'maxCompletionTokens';
  readonly contextTokens?: number;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  readonly defaultOutputTokens?: number;
  readonly thinking?: boolean;
  readonly tools?: boolean;
  readonly structuredOutput?: boolean;
  readonly images?: boolean;
  /** Lowest and highest value, both allowed. */
  readonly ranges?: Readonly<Partial<Record<SamplingName, readonly [number, number]>>>;
}

export type ModelOverrides = Readonly<Record<string, ModelOverride>>;

const isTokenCount = (value: unknown) => Number.isInteger(value) && Number(value) > 0;
const isYesOrNo = (value: unknown) => typeof value === 'boolean';
const oneOf = (names: readonly string[]) => (value: unknown) => names.some((name) => name === value);

/** Fields, what fits them, and how that is said. */
const RULES: Readonly<Record<keyof ModelOverride, readonly [(value: unknown) => boolean, string]>> = {
  like: [(value) => typeof value === 'string' && value !== '', 'the name of a model'],
  apiVersion: [oneOf(['v1', 'v2', 'v3']), 'v1, v2 or v3'],
  maxTokensField: [oneOf(['maxTokens', 'maxCompletionTokens']), 'maxTokens or maxCompletionTokens'],
  contextTokens: [isTokenCount, 'a whole number above 0'],
  maxInputTokens: [isTokenCount, 'a whole number above 0'],
  maxOutputTokens: [isTokenCount, 'a whole number above 0'],
  defaultOutputTokens: [isTokenCount, 'a whole number above 0'],
  thinking: [isYesOrNo, 'true or false'],
  tools: [isYesOrNo, 'true or false'],
  structuredOutput: [isYesOrNo, 'true or false'],
  images: [isYesOrNo, 'true or false'],
  ranges: [areRanges, `an object of [lowest, highest] by ${SAMPLING_NAMES.join(', ')}`],
};

function areRanges(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, range]) =>
        SAMPLING_NAMES.some((known) => known === name) &&
        Array.isArray(range) &&
        range.length === 2 &&
        range.every(Number.isFinite) &&
        range[0] <= range[1],
    )
  );
}

/** `{"HCX-008": {"like": "HCX-007", "maxOutputTokens": 65536}}`, as parsed from JSON.
 *  @throws GatewayError `SETTINGS_INVALID` with the field `models`, without a value */
export function readModelOverrides(value: unknown): ModelOverrides {
  if (!isObject(value)) refuseSetting('models', 'must be an object with a model in every field');
  for (const [index, override] of Object.values(value).entries()) {
    const which = `entry ${index + 1}`;
    if (!isObject(override)) refuseSetting('models', `must have an object as ${which}`);
    for (const [field, said] of Object.entries(override)) {
      const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof ModelOverride] : undefined;
      if (rule === undefined) {
        refuseSetting('models', `has a field in ${which} that is none of ${Object.keys(RULES).join(', ')}`);
      }
      const [fits, expectation] = rule;
      if (!fits(said)) refuseSetting('models', `must have ${expectation} as ${field} of ${which}`);
    }
  }
  return value as ModelOverrides;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
