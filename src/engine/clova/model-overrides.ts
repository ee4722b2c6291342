import { isModelName } from './facts/limits.ts';
import { knownModels, type ModelOverride, type ModelOverrides, SAMPLING_NAMES } from './facts/models.ts';
import { refuseSetting } from './refuse-setting.ts';

const isCount = (value: unknown) => Number.isInteger(value) && Number(value) > 0;
const isYesOrNo = (value: unknown) => typeof value === 'boolean';
const oneOf = (names: readonly string[]) => (value: unknown) => names.some((name) => name === value);

/** Fields, what fits them, and how that is said. */
const RULES: Readonly<Record<keyof ModelOverride, readonly [(value: unknown) => boolean, string]>> = {
  like: [oneOf(knownModels()), `one of ${knownModels().join(', ')}`],
  apiVersion: [oneOf(['v1', 'v2', 'v3']), 'v1, v2 or v3'],
  maxTokensField: [oneOf(['maxTokens', 'maxCompletionTokens']), 'maxTokens or maxCompletionTokens'],
  contextTokens: [isCount, 'a whole number above 0'],
  maxInputTokens: [isCount, 'a whole number above 0'],
  maxOutputTokens: [isCount, 'a whole number above 0'],
  defaultOutputTokens: [isCount, 'a whole number above 0'],
  requestsPerMinute: [isCount, 'a whole number above 0'],
  tokensPerMinute: [isCount, 'a whole number above 0'],
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
  for (const [index, [model, override]] of Object.entries(value).entries()) {
    const which = `entry ${index + 1}`;
    if (!isModelName(model))
      refuseSetting('models', `must name a model such as HCX-008 or ft: and a task id in ${which}`);
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
