/** What each HyperCLOVA X model takes, as data.
 *  Source: NAVER Cloud guide and API documentation of CLOVA Studio, model and Chat Completions pages (2026-08 to 2026-10). */

import type { ImageLimits } from '../engine.ts';

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

export interface ModelCapabilities {
  /** Part of the path; the wrong one is refused with `40084`. */
  readonly apiVersion: 'v1' | 'v3';
  /** HCX-007 rejects `maxTokens`, all others reject `maxCompletionTokens`. */
  readonly maxTokensField: 'maxTokens' | 'maxCompletionTokens';
  /** Input and requested output together. */
  readonly contextTokens: number;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** 0 is a valid temperature on v3 and an invalid one on v1; 1 is the highest everywhere. */
  readonly zeroTemperature: boolean;
  /** Models that can think do so unless told not to; all others refuse the field altogether. */
  readonly thinking: boolean;
  readonly tools: boolean;
  readonly structuredOutput: boolean;
  /** Absent for models that cannot see: they refuse a picture with `40009`. */
  readonly images?: ImageLimits;
}

const CAPABILITIES: Readonly<Record<string, ModelCapabilities>> = {
  'HCX-007': {
    apiVersion: 'v3',
    maxTokensField: 'maxCompletionTokens',
    contextTokens: 128_000,
    maxInputTokens: 128_000,
    maxOutputTokens: 32_768,
    zeroTemperature: true,
    thinking: true,
    tools: true,
    structuredOutput: true,
  },
  'HCX-005': {
    apiVersion: 'v3',
    maxTokensField: 'maxTokens',
    contextTokens: 128_000,
    maxInputTokens: 128_000,
    maxOutputTokens: 4_096,
    zeroTemperature: true,
    thinking: false,
    tools: true,
    structuredOutput: false,
    images: IMAGE_LIMITS,
  },
  'HCX-DASH-002': {
    apiVersion: 'v3',
    maxTokensField: 'maxTokens',
    contextTokens: 32_000,
    maxInputTokens: 32_000,
    maxOutputTokens: 4_096,
    zeroTemperature: true,
    thinking: false,
    tools: true,
    structuredOutput: false,
  },
  'HCX-003': {
    apiVersion: 'v1',
    maxTokensField: 'maxTokens',
    contextTokens: 8_192,
    maxInputTokens: 7_600,
    maxOutputTokens: 4_096,
    zeroTemperature: false,
    thinking: false,
    tools: false,
    structuredOutput: false,
  },
  'HCX-DASH-001': {
    apiVersion: 'v1',
    maxTokensField: 'maxTokens',
    contextTokens: 4_096,
    maxInputTokens: 3_500,
    maxOutputTokens: 4_096,
    zeroTemperature: false,
    thinking: false,
    tools: false,
    structuredOutput: false,
  },
};

/** A model that came after this table: most likely v3, with the field that all but one v3 model take. The service knows
 *  its real limits; ours only keep an obvious typing error out. */
const GUESS: ModelCapabilities = {
  apiVersion: 'v3',
  maxTokensField: 'maxTokens',
  contextTokens: 128_000,
  maxInputTokens: 128_000,
  maxOutputTokens: 32_768,
  zeroTemperature: true,
  thinking: false,
  tools: false,
  structuredOutput: false,
};

export function isKnownModel(model: string): boolean {
  return Object.hasOwn(CAPABILITIES, model);
}

export function capabilitiesOf(model: string): ModelCapabilities {
  return isKnownModel(model) ? (CAPABILITIES[model] ?? GUESS) : GUESS;
}

/** What a model can look at when it is there to look at pictures: of one that is not in our table the operator knows better. */
export function sightOf(model: string): ImageLimits | undefined {
  return isKnownModel(model) ? capabilitiesOf(model).images : IMAGE_LIMITS;
}
