import type { BotSettings } from '../config.ts';
import { type DialectName, guessDialect } from '../engine/openai/index.ts';

export function dialectNameOf({ openaiDialect, openaiBaseUrl = '', openaiModel = '' }: BotSettings): DialectName {
  return openaiDialect === 'auto' ? guessDialect(openaiBaseUrl, openaiModel) : openaiDialect;
}
