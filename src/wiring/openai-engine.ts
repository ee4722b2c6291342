/** The engine for services that speak OpenAI's words, from the settings of a bot. */
import type { BotSettings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { readModelOverrides } from '../engine/clova-studio/index.ts';
import type { Engine } from '../engine/engine.ts';
import { createOpenAiEngine, type OpenAiEngineSettings } from '../engine/openai/index.ts';
import type { Logger } from '../platform/logger.ts';
import {
  ENGINE_CONNECT_TIMEOUT_MS,
  ENGINE_IDLE_TIMEOUT_MS,
  namingSettings,
  type SettingOfField,
} from './engine-settings.ts';
import { dialectNameOf } from './openai-dialect.ts';
import { openAiGate } from './quota-gates.ts';

export const OPENAI_FIELDS: SettingOfField = {
  baseUrl: 'openaiBaseUrl',
  apiKey: 'openaiApiKey',
  model: 'openaiModel',
  models: 'clovaModels',
  maxOutputTokens: 'openaiMaxTokens',
  vision: 'openaiVision',
  temperature: 'openaiTemperature',
  extraBody: 'openaiExtraBody',
};

interface ProcessPart {
  readonly maxConcurrentTurns: number;
  readonly govCa?: string;
}

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function createOpenAi(bot: BotSettings, process: ProcessPart, callPath: CallPath, logger: Logger): Engine {
  const engine = namingSettings(OPENAI_FIELDS, bot.id, () =>
    createOpenAiEngine(openAiEngineSettings(bot, process), { logger, gate: openAiGate(bot, callPath) }),
  );
  // Beside the start, which it must not hold up.
  void engine.checkModel();
  return engine;
}

/** @throws GatewayError `SETTINGS_INVALID` with the field `models` */
export function openAiEngineSettings(
  bot: BotSettings,
  { maxConcurrentTurns, govCa }: ProcessPart,
): OpenAiEngineSettings {
  const { openaiBaseUrl: baseUrl = '', openaiModel: model = '' } = bot;
  return {
    baseUrl,
    dialect: dialectNameOf(bot),
    ...(bot.openaiApiKey === undefined ? {} : { apiKey: bot.openaiApiKey }),
    model,
    ...(bot.clovaModels === undefined ? {} : { models: readModelOverrides(bot.clovaModels) }),
    maxOutputTokens: bot.openaiMaxTokens,
    vision: bot.openaiVision,
    callsTools: bot.openaiTools,
    ...(bot.openaiTemperature === undefined ? {} : { temperature: bot.openaiTemperature }),
    ...(bot.openaiExtraBody === undefined ? {} : { extraBody: bot.openaiExtraBody }),
    ...(govCa === undefined ? {} : { ca: govCa }),
    connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
    firstTokenTimeoutMs: bot.openaiFirstTokenMs,
    idleTimeoutMs: ENGINE_IDLE_TIMEOUT_MS,
    // Fewer, and questions that hold an engine slot would wait again for a connection, with the time for their first words running.
    connections: maxConcurrentTurns,
  };
}
