import { estimateInputTokens } from '../http-client/input-size.ts';
import type { EngineRequest } from './engine.ts';

/** A picture costs 800 to 1,500 in the samples of CLOVA Studio's documentation. */
const TOKENS_PER_IMAGE = 1_500;

/** Tokens of all that a question brings along, estimated. */
export function estimatePrompt({ systemPrompt, history, question, images, tools, toolRounds }: EngineRequest): number {
  const texts = [systemPrompt, question, ...history.map(({ text }) => text)];
  if (tools !== undefined) texts.push(JSON.stringify(tools));
  for (const { call, result } of toolRounds?.flat() ?? []) texts.push(JSON.stringify(call), result);
  return estimateInputTokens(texts) + (images?.length ?? 0) * TOKENS_PER_IMAGE;
}
