/** The operator's tools, offered to engines whose models can call them. */
import type { BotSettings } from '../config.ts';
import type { Bot } from '../conversation/bot.ts';
import type { Engine } from '../engine/engine.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import { systemClock } from '../platform/clock.ts';
import { readTools } from '../tools/declaration.ts';
import { createHttpToolbox } from '../tools/http-toolbox.ts';

/** @throws GatewayError `SETTINGS_INVALID` when the bot has tools and no engine that can call them, or one whose model cannot */
export function openTools(bot: BotSettings, engines: readonly Engine[]): Pick<Bot, 'tools'> {
  if (bot.tools.length === 0) return {};
  const tools = readTools(bot.tools);
  const toolbox = createHttpToolbox({ tools, privateOrigins: bot.toolPrivateOrigins, clock: systemClock });
  const callers = engines.filter((engine) => engine.checkTools !== undefined);
  if (callers.length === 0)
    throw unusable(bot, 'none of its engines calls tools; ENGINE must name clova, or openai with OPENAI_TOOLS');
  for (const engine of callers) {
    try {
      engine.checkTools?.(toolbox.definitions);
    } catch (thrown) {
      throw unusable(bot, `${engine.name}: ${toGatewayError(thrown).message}`);
    }
  }
  return { tools: { toolbox, maxRounds: bot.toolRounds } };
}

function unusable({ id }: BotSettings, reason: string): GatewayError {
  return new GatewayError('SETTINGS_INVALID', `TOOLS of bot "${id}" cannot be used: ${reason}`);
}
