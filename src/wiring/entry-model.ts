import { type BotSettings, modelOf } from '../config.ts';
import { capabilitiesOf, type ModelOverrides, sightOf } from '../engine/clova/facts/models.ts';
import { readModelOverrides } from '../engine/clova-studio/index.ts';
import { dialectNameOf } from './openai-dialect.ts';

/** The settings of the bot with the model that the entry of ENGINE names, which is asked like the bot's own one as far as it can.
 *  @throws GatewayError `SETTINGS_INVALID` with the field `models` */
export function withModelOf(entry: BotSettings['engine'][number], bot: BotSettings): BotSettings {
  const named = modelOf(entry);
  if (named === undefined) return bot;
  const { setting, model } = named;
  if (setting === 'openaiModel')
    return { ...bot, openaiModel: model, openaiVision: bot.openaiVision && maySee(model, bot) };
  const { thinking, maxOutputTokens, contextTokens } = capabilitiesOf(model, overridesOf(bot));
  return {
    ...bot,
    clovaModel: model,
    clovaThinking: thinking ? bot.clovaThinking : 'none',
    // Small contexts are shared with the prompt.
    clovaMaxTokens: Math.min(bot.clovaMaxTokens, maxOutputTokens, Math.floor(contextTokens / 2)),
  };
}

/** What cannot is not shown photos; only of CLOVA Studio's models it is known. */
function maySee(model: string, bot: BotSettings): boolean {
  if (dialectNameOf({ ...bot, openaiModel: model }) !== 'clova') return true;
  return sightOf(model, overridesOf(bot)) !== undefined;
}

function overridesOf({ clovaModels }: BotSettings): ModelOverrides {
  return clovaModels === undefined ? {} : readModelOverrides(clovaModels);
}
