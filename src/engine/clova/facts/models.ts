/** What each HyperCLOVA X model takes, as data.
 *  Source: NAVER Cloud guide and API documentation of CLOVA Studio, model and Chat Completions pages (2026-08 to 2026-10). */

import type { ImageLimits } from '../../engine.ts';

/** One picture in a message and five in a request. A body may have 50 MB, and base64 makes four bytes of three. */
const IMAGE_LIMITS: ImageLimits = {
  mediaTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/bmp'],
  maxCount: 5,
  maxSizeBytes: 20_000_000,
  maxTotalBytes: 36_000_000,
  maxLongEdgePx: 2_240,
  minShortEdgePx: 4,
  maxAspectRatio: 5,
};

export interface NumberField {
  /** What the service calls it. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** `min` itself is refused. */
  readonly isMinExcluded?: boolean;
  readonly isInteger?: boolean;
  /** What the service takes when the field is left out. */
  readonly default: number;
}

export const SAMPLING_NAMES = ['temperature', 'topP', 'topK', 'repetitionPenalty', 'seed'] as const;
export type SamplingName = (typeof SAMPLING_NAMES)[number];

/** Our names, and what an API version makes of them. */
export interface SamplingFields extends Readonly<Record<SamplingName, NumberField>> {
  readonly stop: { readonly name: string };
}

const SHARED_FIELDS = {
  topP: { name: 'topP', min: 0, isMinExcluded: true, max: 1, default: 0.8 },
  topK: { name: 'topK', min: 0, max: 128, isInteger: true, default: 0 },
  /** 0 lets the service choose. */
  seed: { name: 'seed', min: 0, max: 4_294_967_295, isInteger: true, default: 0 },
} as const;

const SAMPLING: Readonly<Record<'v1' | 'v3', SamplingFields>> = {
  v1: {
    ...SHARED_FIELDS,
    temperature: { name: 'temperature', min: 0, isMinExcluded: true, max: 1, default: 0.5 },
    // Another scale than v3's under nearly the same name.
    repetitionPenalty: { name: 'repeatPenalty', min: 0, isMinExcluded: true, max: 10, default: 5 },
    stop: { name: 'stopBefore' },
  },
  v3: {
    ...SHARED_FIELDS,
    temperature: { name: 'temperature', min: 0, max: 1, default: 0.5 },
    repetitionPenalty: { name: 'repetitionPenalty', min: 0, isMinExcluded: true, max: 2, default: 1.1 },
    stop: { name: 'stop' },
  },
};

/** Part of the path; the wrong one is refused with `40084`. `v2` is met only in paths of tuned models, and reads like `v1`. */
export type ApiVersion = 'v1' | 'v2' | 'v3';

export interface ModelCapabilities {
  readonly apiVersion: ApiVersion;
  /** HCX-007 rejects `maxTokens`, all others reject `maxCompletionTokens`. */
  readonly maxTokensField: 'maxTokens' | 'maxCompletionTokens';
  /** Input and requested output together. */
  readonly contextTokens: number;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** What a request gets that asks for no number. Not documented for HCX-005 and HCX-DASH-002, which get HCX-007's. */
  readonly defaultOutputTokens: number;
  readonly sampling: SamplingFields;
  /** Of an account with a test key; 60 and 60,000 where it is not documented. Service keys have more. Source: CLOVA Studio guide, rate
   *  limiting (values of 2025-07, read 2026-09). */
  readonly requestsPerMinute: number;
  /** Input and *requested* output together. */
  readonly tokensPerMinute: number;
  /** Models that can think do so unless told not to; all others refuse the field altogether. */
  readonly thinking: boolean;
  readonly tools: boolean;
  readonly structuredOutput: boolean;
  /** Absent for models that cannot see: they refuse a picture with `40009`. */
  readonly images?: ImageLimits;
}

/** What the operator knows better than our table: corrections, and models that came after it. */
export interface ModelOverride {
  /** A model of our table that this one resembles in all that is not said here; of a tuned model, the one it was made from. */
  readonly like?: string;
  readonly apiVersion?: ApiVersion;
  readonly maxTokensField?: 'maxTokens' | 'maxCompletionTokens';
  readonly contextTokens?: number;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  readonly defaultOutputTokens?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly thinking?: boolean;
  readonly tools?: boolean;
  readonly structuredOutput?: boolean;
  readonly images?: boolean;
  /** Lowest and highest value, both allowed. */
  readonly ranges?: Readonly<Partial<Record<SamplingName, readonly [number, number]>>>;
}

/** By model name. */
export type ModelOverrides = Readonly<Record<string, ModelOverride>>;

const V3_MODEL = {
  apiVersion: 'v3',
  maxTokensField: 'maxTokens',
  maxOutputTokens: 4_096,
  defaultOutputTokens: 512,
  requestsPerMinute: 60,
  tokensPerMinute: 60_000,
  sampling: SAMPLING.v3,
  thinking: false,
  tools: true,
  structuredOutput: false,
} as const;

const V1_MODEL = {
  apiVersion: 'v1',
  maxTokensField: 'maxTokens',
  maxOutputTokens: 4_096,
  defaultOutputTokens: 100,
  requestsPerMinute: 200,
  tokensPerMinute: 30_000,
  sampling: SAMPLING.v1,
  thinking: false,
  tools: false,
  structuredOutput: false,
} as const;

const CAPABILITIES: Readonly<Record<string, ModelCapabilities>> = {
  'HCX-007': {
    ...V3_MODEL,
    maxTokensField: 'maxCompletionTokens',
    contextTokens: 128_000,
    maxInputTokens: 128_000,
    maxOutputTokens: 32_768,
    thinking: true,
    structuredOutput: true,
  },
  'HCX-005': { ...V3_MODEL, contextTokens: 128_000, maxInputTokens: 128_000, images: IMAGE_LIMITS },
  'HCX-DASH-002': {
    ...V3_MODEL,
    contextTokens: 32_000,
    maxInputTokens: 32_000,
    requestsPerMinute: 90,
    tokensPerMinute: 80_000,
  },
  'HCX-003': { ...V1_MODEL, contextTokens: 8_192, maxInputTokens: 7_600 },
  'HCX-DASH-001': { ...V1_MODEL, contextTokens: 4_096, maxInputTokens: 3_500 },
};

/** A model that came after this table: most likely v3, with the field that all but one v3 model take. The service knows
 *  its real limits; ours only keep an obvious typing error out. */
const GUESS: ModelCapabilities = {
  ...V3_MODEL,
  contextTokens: 128_000,
  maxInputTokens: 128_000,
  maxOutputTokens: 32_768,
  structuredOutput: true,
};

/** Two things that no request may have together, whatever the model. Source: API guide, Chat Completions v3 (function calling,
 *  thinking, structured outputs; 2026-08). */
export const EXCLUSIONS = [
  ['stop', 'thinkingEffort'],
  ['tools', 'thinkingEffort'],
  ['schema', 'thinkingEffort'],
  ['tools', 'schema'],
  ['tools', 'images'],
] as const;

const TUNED_PREFIX = 'ft:';

/** Id of a tuned model's task; models are named `ft:` and the id, as the service's OpenAI-compatible API names them. */
export function tunedTaskId(model: string): string | undefined {
  return model.startsWith(TUNED_PREFIX) ? model.slice(TUNED_PREFIX.length) : undefined;
}

/** Models of the Completions API, which ended with them. */
export function isWithdrawnModel(model: string): boolean {
  return /^LK-/i.test(model);
}

export function isKnownModel(model: string, overrides: ModelOverrides = {}): boolean {
  return Object.hasOwn(CAPABILITIES, model) || Object.hasOwn(overrides, model);
}

/** The models of our table, and those that the operator told us of. */
export function knownModels(overrides: ModelOverrides = {}): readonly string[] {
  return [...new Set([...Object.keys(CAPABILITIES), ...Object.keys(overrides)])];
}

export function capabilitiesOf(model: string, overrides: ModelOverrides = {}): ModelCapabilities {
  const { like, images, ranges, ...fields } = (Object.hasOwn(overrides, model) ? overrides[model] : undefined) ?? {};
  const base = tableEntry(like ?? model) ?? GUESS;
  const { images: imagesOfBase, ...rest } = tunedTaskId(model) === undefined ? base : withoutExtras(base);
  const apiVersion = fields.apiVersion ?? rest.apiVersion;
  const sees = images ?? imagesOfBase !== undefined;
  return {
    ...rest,
    ...fields,
    sampling: withRanges(SAMPLING[apiVersion === 'v3' ? 'v3' : 'v1'], ranges ?? {}),
    ...(sees && { images: IMAGE_LIMITS }),
  };
}

function tableEntry(model: string): ModelCapabilities | undefined {
  return Object.hasOwn(CAPABILITIES, model) ? CAPABILITIES[model] : undefined;
}

/** Tuning leaves nothing but text. */
function withoutExtras({ images: _, ...base }: ModelCapabilities): ModelCapabilities {
  return {
    ...base,
    maxOutputTokens: Math.min(base.maxOutputTokens, V3_MODEL.maxOutputTokens),
    thinking: false,
    tools: false,
    structuredOutput: false,
  };
}

function withRanges(
  sampling: SamplingFields,
  ranges: Readonly<Partial<Record<SamplingName, readonly [number, number]>>>,
): SamplingFields {
  const changed: Partial<Record<SamplingName, NumberField>> = {};
  for (const name of SAMPLING_NAMES) {
    const range = ranges[name];
    if (range !== undefined) changed[name] = { ...sampling[name], min: range[0], max: range[1], isMinExcluded: false };
  }
  return { ...sampling, ...changed };
}

/** What a model can look at when it is there to look at pictures: of one that is not in our table the operator knows better. */
export function sightOf(model: string, overrides: ModelOverrides = {}): ImageLimits | undefined {
  if (tunedTaskId(model) === undefined && !isKnownModel(model, overrides)) return IMAGE_LIMITS;
  return capabilitiesOf(model, overrides).images;
}
