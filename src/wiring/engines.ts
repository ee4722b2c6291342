/** The engines that ask somebody else, from the settings of a bot. */
import { type BotSettings, type EngineName, readHostAndPort, type Settings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import type { Engine } from '../engine/engine.ts';
import { createSocketEngine } from '../engine/socket/index.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';
import { createA2a } from './a2a-engine.ts';
import { createClovaChatbot } from './clova-chatbot.ts';
import { createClova } from './clova-engine.ts';
import { ENGINE_CONNECT_TIMEOUT_MS } from './engine-settings.ts';
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
      return createOpenAi(bot, settings, callPath, logger);
    case 'socket':
      return createSocket(bot);
  }
}

function createSocket({ socketEngine, socketEngineTimeoutMs, socketEngineMarkdown }: BotSettings): Engine {
  const address = readHostAndPort(socketEngine);
  if (address === undefined) throw new GatewayError('SETTINGS_INVALID', 'SOCKET_ENGINE is no host and port');
  return createSocketEngine({
    address,
    connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: socketEngineTimeoutMs,
    writesMarkdown: socketEngineMarkdown,
  });
}
