/** The operator's tools. That an engine of the bot can call them was judged with the settings. */
import type { BotSettings } from '../config.ts';
import type { Bot } from '../conversation/bot.ts';
import { systemClock } from '../platform/clock.ts';
import { readTools } from '../tools/declaration.ts';
import { createHttpToolbox } from '../tools/http-toolbox.ts';

export function openTools(bot: BotSettings): Pick<Bot, 'tools'> {
  if (bot.tools.length === 0) return {};
  const tools = readTools(bot.tools);
  const toolbox = createHttpToolbox({ tools, privateOrigins: bot.toolPrivateOrigins, clock: systemClock });
  return { tools: { toolbox, maxRounds: bot.toolRounds } };
}
