/** The engines that ask somebody else, from the settings of a bot. */
import { type BotSettings, type EngineName, readHostAndPort, type Settings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { createClovaEngine, readModelOverrides } from '../engine/clova/index.ts';
import type { Engine } from '../engine/engine.ts';
import { createSocketEngine } from '../engine/socket/index.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';
import { createA2a } from './a2a-engine.ts';
import { createClovaChatbot } from './clova-chatbot.ts';
import { clovaGateOf } from './clova-gates.ts';
import { ENGINE_CONNECT_TIMEOUT_MS, ENGINE_IDLE_TIMEOUT_MS, namingSettings } from './engine-settings.ts';
import { createOpenAi } from './openai-engine.ts';

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function createUpstreamEngine(
  name: Exclude<EngineName, 'faq'>,
  bot: BotSettings,
  settings: Settings,
  callPath: CallPath,
  logger: Logger,
): Engine {
  switch (name) {
    case 'clova':
      return createClova(bot, settings, callPath, logger);
    case 'clova-chatbot':
      return createClovaChatbot(bot, settings, ENGINE_CONNECT_TIMEOUT_MS, logger);
    case 'a2a':
      return createA2a(bot, settings, ENGINE_CONNECT_TIMEOUT_MS, logger);
    case 'openai':
      return createOpenAi(bot, settings, logger);
    case 'socket':
      return createSocket(bot);
  }
}

function createSocket({ socketEngine, socketEngineTimeoutMs }: BotSettings): Engine {
  const address = readHostAndPort(socketEngine);
  if (address === undefined) throw new GatewayError('SETTINGS_INVALID', 'SOCKET_ENGINE is no host and port');
  return createSocketEngine({
    address,
    connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: socketEngineTimeoutMs,
  });
}

/** What the operator calls the fields of the engine, for its complaints at start-up. */
const CLOVA_SETTINGS: Readonly<Record<string, string>> = {
  apiKey: 'CLOVA_API_KEY',
  apigwKey: 'CLOVA_APIGW_KEY',
  model: 'CLOVA_MODEL',
  visionModel: 'CLOVA_VISION_MODEL',
  baseUrl: 'CLOVA_BASE_URL',
  pathPrefix: 'CLOVA_PATH_PREFIX',
  maxOutputTokens: 'CLOVA_MAX_TOKENS',
  thinkingEffort: 'CLOVA_THINKING',
  temperature: 'CLOVA_TEMPERATURE',
  topP: 'CLOVA_TOP_P',
  topK: 'CLOVA_TOP_K',
  repetitionPenalty: 'CLOVA_REPETITION_PENALTY',
  stop: 'CLOVA_STOP',
  models: 'CLOVA_MODELS',
};

function createClova(bot: BotSettings, settings: Settings, callPath: CallPath, logger: Logger): Engine {
  return namingSettings(CLOVA_SETTINGS, bot.id, () => openClova(bot, settings, callPath, logger));
}

function openClova(bot: BotSettings, { maxConcurrentTurns }: Settings, callPath: CallPath, logger: Logger): Engine {
  return createClovaEngine(
    {
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
    },
    { logger, gateOf: clovaGateOf(bot, callPath) },
  );
}
