/** The CLOVA Chatbot engine from the settings of a bot. */
import type { BotSettings, Settings } from '../config.ts';
import { createClovaChatbotEngine } from '../engine/clova-chatbot/index.ts';
import type { Engine } from '../engine/engine.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';

/** @throws GatewayError `SETTINGS_INVALID` */
export function createClovaChatbot(
  bot: BotSettings,
  { maxConcurrentTurns }: Settings,
  connectTimeoutMs: number,
  logger: Logger,
): Engine {
  const { clovaChatbotUrl: url, clovaChatbotSecret: secret } = bot;
  if (url === undefined || secret === undefined) {
    throw new GatewayError('SETTINGS_INVALID', 'CLOVA_CHATBOT_URL or CLOVA_CHATBOT_SECRET is not set');
  }
  return createClovaChatbotEngine(
    {
      url,
      secret,
      contentType: bot.clovaChatbotContentType,
      connectTimeoutMs,
      timeoutMs: bot.clovaChatbotTimeoutMs,
      connections: maxConcurrentTurns,
      maxQuestionChars: bot.clovaChatbotMaxChars,
      greets: bot.clovaChatbotWelcome,
      menuWords: bot.clovaChatbotMenuWords,
      rule: bot.clovaChatbotFallback,
      failureTexts: bot.clovaChatbotFailureTexts,
      // Without a memory no session would come back, and every question would be another user's.
      startsSessions: bot.historyTurns > 0,
    },
    { logger },
  );
}
