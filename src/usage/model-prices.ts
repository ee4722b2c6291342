/** What the tokens of a model cost, as far as anybody has said. */
import type { TokenUsage } from '../engine/engine.ts';

/** Won for 1,000 tokens, without VAT. */
export interface ModelPrice {
  readonly input: number;
  /** Thinking counts as output. */
  readonly output: number;
}

export type ModelPrices = Readonly<Record<string, ModelPrice>>;

/** CLOVA Studio, pay as you go. Source: a survey of the official pages on 2026-09-19; the bill has the last word. */
const PUBLISHED: ModelPrices = {
  'HCX-007': { input: 1.25, output: 5 },
  'HCX-005': { input: 1.25, output: 5 },
  'HCX-DASH-002': { input: 0.25, output: 1 },
  'HCX-003': { input: 5, output: 5 },
  'HCX-DASH-001': { input: 1, output: 1 },
};

/** Above it, somebody wrote the price of a million tokens. */
const HIGHEST_WON = 10_000;
/** A won for a thousand tokens is so much for one. */
const MICRO_WON_PER_TOKEN = 1_000;

/** The published prices, with the operator's own in their place. */
export function readModelPrices(own: Readonly<Record<string, unknown>> | undefined): ModelPrices {
  return { ...PUBLISHED, ...(own as ModelPrices | undefined) };
}

/** What is wrong with a table of prices; `undefined` when nothing is. */
export function modelPricesProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return SHAPE;
  return Object.values(value).every(isPrice) ? undefined : SHAPE;
}

const SHAPE = `must be a JSON object of models, each with input and output in won for 1,000 tokens: numbers from 0 to ${HIGHEST_WON}`;

function isPrice(value: unknown): value is ModelPrice {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { input, output } = value as Partial<Record<keyof ModelPrice, unknown>>;
  return [input, output].every((won) => typeof won === 'number' && won >= 0 && won <= HIGHEST_WON);
}

export function priceOf(prices: ModelPrices, model: string): ModelPrice | undefined {
  return Object.hasOwn(prices, model) ? prices[model] : undefined;
}

/** Whole millionths of a won. */
export function costMicroWon({ promptTokens, completionTokens }: TokenUsage, { input, output }: ModelPrice): number {
  return Math.round((promptTokens * input + completionTokens * output) * MICRO_WON_PER_TOKEN);
}
