import type { BotSettings, Settings } from '../config.ts';
import { createA2aEngine } from '../engine/a2a/index.ts';
import type { Engine } from '../engine/engine.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';

/** @throws GatewayError `SETTINGS_INVALID` */
export function createA2a(
  bot: BotSettings,
  { maxConcurrentTurns, govCa }: Settings,
  connectTimeoutMs: number,
  logger: Logger,
): Engine {
  if (bot.a2aUrl === undefined) throw new GatewayError('SETTINGS_INVALID', 'A2A_URL is not set');
  return createA2aEngine(
    {
      url: bot.a2aUrl,
      ...(bot.a2aApiKey === undefined ? {} : { apiKey: bot.a2aApiKey }),
      dialect: bot.a2aDialect,
      streams: bot.a2aStream,
      session: bot.a2aSession,
      ...(govCa === undefined ? {} : { ca: govCa }),
      connectTimeoutMs,
      timeoutMs: bot.a2aTimeoutMs,
      idleTimeoutMs: bot.a2aIdleMs,
      connections: maxConcurrentTurns,
    },
    { logger },
  );
}
