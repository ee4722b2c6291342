import { estimateTokens } from '../platform/token-scale.ts';

/** What a service will count as input, all texts together; on the high side, because a quota that was kept to is never refused. */
export function estimateInputTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateTokens(text), 0);
}
