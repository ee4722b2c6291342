import type { BotSettings, Settings } from '../config.ts';
import type { Engine } from '../engine/engine.ts';
import { createOpenAiEngine, guessDialect } from '../engine/openai/index.ts';
import type { Logger } from '../platform/logger.ts';
import { ENGINE_CONNECT_TIMEOUT_MS, ENGINE_IDLE_TIMEOUT_MS, namingSettings } from './engine-settings.ts';

/** What the operator calls the fields of the engine, for its complaints at start-up. */
const OPENAI_SETTINGS: Readonly<Record<string, string>> = {
  baseUrl: 'OPENAI_BASE_URL',
  apiKey: 'OPENAI_API_KEY',
  model: 'OPENAI_MODEL',
  maxOutputTokens: 'OPENAI_MAX_TOKENS',
  temperature: 'OPENAI_TEMPERATURE',
  extraBody: 'OPENAI_EXTRA_BODY',
};

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function createOpenAi(bot: BotSettings, { maxConcurrentTurns, govCa }: Settings, logger: Logger): Engine {
  const baseUrl = bot.openaiBaseUrl ?? '';
  const engine = namingSettings(OPENAI_SETTINGS, bot.id, () =>
    createOpenAiEngine(
      {
        baseUrl,
        dialect: bot.openaiDialect === 'auto' ? guessDialect(baseUrl) : bot.openaiDialect,
        ...(bot.openaiApiKey === undefined ? {} : { apiKey: bot.openaiApiKey }),
        model: bot.openaiModel ?? '',
        maxOutputTokens: bot.openaiMaxTokens,
        ...(bot.openaiTemperature === undefined ? {} : { temperature: bot.openaiTemperature }),
        ...(bot.openaiExtraBody === undefined ? {} : { extraBody: bot.openaiExtraBody }),
        ...(govCa === undefined ? {} : { ca: govCa }),
        connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
        firstTokenTimeoutMs: bot.openaiFirstTokenMs,
        idleTimeoutMs: ENGINE_IDLE_TIMEOUT_MS,
        // Fewer, and questions that hold an engine slot would wait again for a connection, with the time for their first words running.
        connections: maxConcurrentTurns,
      },
      { logger },
    ),
  );
  // Beside the start, which it must not hold up.
  void engine.checkModel();
  return engine;
}
