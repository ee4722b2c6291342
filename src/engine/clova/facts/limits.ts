/** Why CLOVA Studio would refuse every question, natively and in OpenAI's words alike. Reasons fit after the name of a setting and hold no
 *  value. */
import { isKnownModel, isWithdrawnModel, knownModels, type ModelCapabilities, type ModelOverrides } from './models.ts';

/** A smaller maximum is refused beside tools, in words that read as if tools and maximum excluded each other. */
export const MIN_TOKENS_WITH_TOOLS = 1_024;

const MODEL_NAME = /^(?:ft:)?[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function isModelName(model: string): boolean {
  return MODEL_NAME.test(model);
}

export function modelProblem(model: string, overrides: ModelOverrides = {}): string | undefined {
  if (!isModelName(model)) return 'must be a model name such as HCX-007';
  if (isWithdrawnModel(model)) {
    return 'names an LK model, which CLOVA Studio withdrew together with its Completions API: use an HCX model';
  }
  if (isKnownModel(model, overrides)) return undefined;
  const meant = knownModels(overrides).find((known) => known.toLowerCase() === model.toLowerCase());
  return meant === undefined ? undefined : `names no model: did you mean ${meant}? Capital letters count`;
}

/** The service takes an answer that fills the context, and then finds every prompt too long for it. */
export function outputProblem(
  maxOutputTokens: number,
  { maxOutputTokens: most, contextTokens }: ModelCapabilities,
): string | undefined {
  if (!Number.isInteger(maxOutputTokens) || maxOutputTokens < 1 || maxOutputTokens > most) {
    return `must be a whole number from 1 to ${most} for this model`;
  }
  return maxOutputTokens < contextTokens
    ? undefined
    : `leaves no room for a question: prompt and answer share the ${contextTokens} tokens of this model`;
}

/** What is left for a prompt beside an answer of `outputTokens`. */
export function promptRoom({ contextTokens, maxInputTokens }: ModelCapabilities, outputTokens: number): number {
  return Math.min(maxInputTokens, contextTokens - outputTokens);
}
