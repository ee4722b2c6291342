/** What the real service knows about its models. Written apart from the product's own table, so that a mistake there shows up here.
 *  Source: NAVER Cloud API guide, CLOVA Studio model and Chat Completions pages (2026-08 to 2026-10). */

export type ApiVersion = 'v1' | 'v3';
export type ThinkingEffort = 'none' | 'low' | 'medium' | 'high';

export interface SimulatedModel {
  readonly version: ApiVersion;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly maxField: 'maxTokens' | 'maxCompletionTokens';
  /** What is reserved when the request names no maximum. */
  readonly defaultOutputTokens: number;
  readonly thinking: boolean;
  readonly tools: boolean;
  readonly structuredOutput: boolean;
  readonly image: boolean;
}

const MODELS: Readonly<Record<string, SimulatedModel>> = {
  'HCX-007': {
    version: 'v3',
    contextTokens: 128_000,
    maxOutputTokens: 32_768,
    maxField: 'maxCompletionTokens',
    defaultOutputTokens: 512,
    thinking: true,
    tools: true,
    structuredOutput: true,
    image: false,
  },
  'HCX-005': {
    version: 'v3',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    maxField: 'maxTokens',
    defaultOutputTokens: 512, // not documented for this model
    thinking: false,
    tools: true,
    structuredOutput: false,
    image: true,
  },
  'HCX-DASH-002': {
    version: 'v3',
    contextTokens: 32_000,
    maxOutputTokens: 4_096,
    maxField: 'maxTokens',
    defaultOutputTokens: 512, // not documented for this model
    thinking: false,
    tools: true,
    structuredOutput: false,
    image: false,
  },
  'HCX-003': {
    version: 'v1',
    contextTokens: 8_192,
    maxOutputTokens: 4_096,
    maxField: 'maxTokens',
    defaultOutputTokens: 100,
    thinking: false,
    tools: false,
    structuredOutput: false,
    image: false,
  },
  'HCX-DASH-001': {
    version: 'v1',
    contextTokens: 4_096,
    maxOutputTokens: 4_096,
    maxField: 'maxTokens',
    defaultOutputTokens: 100,
    thinking: false,
    tools: false,
    structuredOutput: false,
    image: false,
  },
};

/** Output reserved by thinking requests that name no maximum. */
export const OUTPUT_TOKENS_OF_EFFORT: Readonly<Record<ThinkingEffort, number>> = {
  none: 512,
  low: 5_120,
  medium: 10_240,
  high: 20_480,
};

export function modelNames(): readonly string[] {
  return Object.keys(MODELS);
}

export function simulatedModel(name: string): SimulatedModel | undefined {
  return Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
}

/** A model that somebody trained further: its limits, and nothing but text. */
export function tunedModel(baseName: string): SimulatedModel | undefined {
  const base = simulatedModel(baseName);
  return base && { ...base, thinking: false, tools: false, structuredOutput: false, image: false };
}

/** Early models that were withdrawn: `40082`, not `40080`. */
export function isWithdrawn(name: string): boolean {
  return /^LK-/.test(name) || name === 'HCX-002';
}
