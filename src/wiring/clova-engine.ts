/** The engine of CLOVA Studio from the settings of a bot. */
import type { BotSettings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { type ClovaEngineSettings, createClovaEngine, readModelOverrides } from '../engine/clova-studio/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../platform/logger.ts';
import {
  ENGINE_CONNECT_TIMEOUT_MS,
  ENGINE_IDLE_TIMEOUT_MS,
  namingSettings,
  type SettingOfField,
} from './engine-settings.ts';
import { clovaGateOf } from './quota-gates.ts';

export const CLOVA_FIELDS: SettingOfField = {
  apiKey: 'clovaApiKey',
  apigwKey: 'clovaApigwKey',
  model: 'clovaModel',
  visionModel: 'clovaVisionModel',
  baseUrl: 'clovaBaseUrl',
  pathPrefix: 'clovaPathPrefix',
  maxOutputTokens: 'clovaMaxTokens',
  thinkingEffort: 'clovaThinking',
  temperature: 'clovaTemperature',
  topP: 'clovaTopP',
  topK: 'clovaTopK',
  repetitionPenalty: 'clovaRepetitionPenalty',
  stop: 'clovaStop',
  models: 'clovaModels',
};

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function createClova(
  bot: BotSettings,
  process: { readonly maxConcurrentTurns: number },
  callPath: CallPath,
  logger: Logger,
): Engine {
  return namingSettings(CLOVA_FIELDS, bot.id, () =>
    createClovaEngine(clovaEngineSettings(bot, process), { logger, gateOf: clovaGateOf(bot, callPath) }),
  );
}

/** @throws GatewayError `SETTINGS_INVALID` with the field `models` */
export function clovaEngineSettings(
  bot: BotSettings,
  { maxConcurrentTurns }: { readonly maxConcurrentTurns: number },
): ClovaEngineSettings {
  return {
    apiKey: bot.clovaApiKey ?? '',
    ...(bot.clovaApigwKey === undefined ? {} : { apigwKey: bot.clovaApigwKey }),
    model: bot.clovaModel,
    ...(bot.clovaVisionModel === undefined ? {} : { visionModel: bot.clovaVisionModel }),
    baseUrl: bot.clovaBaseUrl,
    pathPrefix: bot.clovaPathPrefix,
    maxOutputTokens: bot.clovaMaxTokens,
    thinkingEffort: bot.clovaThinking,
    temperature: bot.clovaTemperature,
    ...(bot.clovaTopP === undefined ? {} : { topP: bot.clovaTopP }),
    ...(bot.clovaTopK === undefined ? {} : { topK: bot.clovaTopK }),
    ...(bot.clovaRepetitionPenalty === undefined ? {} : { repetitionPenalty: bot.clovaRepetitionPenalty }),
    stop: bot.clovaStop,
    countsTokens: bot.clovaTokenCalculator,
    ...(bot.clovaAiFilter === 'off' ? {} : { withholdFrom: bot.clovaAiFilter }),
    ...(bot.clovaModels === undefined ? {} : { models: readModelOverrides(bot.clovaModels) }),
    connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
    firstTokenTimeoutMs: bot.clovaFirstTokenMs,
    idleTimeoutMs: ENGINE_IDLE_TIMEOUT_MS,
    // Fewer, and questions that hold an engine slot would wait again for a connection, with the time for their first words running.
    connections: maxConcurrentTurns,
  };
}
