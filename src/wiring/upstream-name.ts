import { createHash } from 'node:crypto';
import type { BotSettings, EngineName } from '../config.ts';

/** Whom an engine asks, for log and metrics: the same for all bots that share an account and a model, whose failures and quota are then
 *  one. No key can be told from it. */
export function upstreamName(engine: EngineName, bot: BotSettings): string {
  switch (engine) {
    case 'clova':
      return `clova:${bot.clovaModel}#${fingerprint(bot.clovaBaseUrl, bot.clovaApiKey ?? '')}`;
    case 'clova-chatbot':
      return `clova-chatbot#${fingerprint(bot.clovaChatbotUrl ?? '', bot.clovaChatbotSecret ?? '')}`;
    case 'a2a':
      return `a2a:${new URL(bot.a2aUrl ?? '').host}#${fingerprint(bot.a2aUrl ?? '', bot.a2aApiKey ?? '')}`;
    case 'openai':
      return `openai:${bot.openaiModel ?? ''}#${fingerprint(bot.openaiBaseUrl ?? '', bot.openaiApiKey ?? '')}`;
    case 'socket':
      return `socket:${bot.socketEngine}`;
    default:
      return `${engine}@${bot.id}`;
  }
}

/** Whose quota it is: a key has one account, whatever the address; where none is sent, the address may know one. */
export function accountName(baseUrl: string, key: string | undefined): string {
  return key === undefined ? fingerprint(baseUrl, '') : fingerprint('', key);
}

function fingerprint(baseUrl: string, key: string): string {
  return createHash('sha256').update(`${baseUrl}\n${key}`).digest('hex').slice(0, 6);
}
