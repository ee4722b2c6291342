import { type BotSettings, modelOf } from '../config.ts';
import { readModelOverrides } from '../engine/clova/index.ts';
import { capabilitiesOf } from '../engine/clova-studio-models.ts';

/** The settings of the bot with the model that the entry of ENGINE names, which is asked like the bot's own one as far as it can.
 *  @throws GatewayError `SETTINGS_INVALID` with the field `models` */
export function withModelOf(entry: BotSettings['engine'][number], bot: BotSettings): BotSettings {
  const named = modelOf(entry);
  if (named === undefined) return bot;
  const { setting, model } = named;
  if (setting !== 'clovaModel') return { ...bot, [setting]: model };
  const overrides = bot.clovaModels === undefined ? {} : readModelOverrides(bot.clovaModels);
  const { thinking, maxOutputTokens, contextTokens } = capabilitiesOf(model, overrides);
  return {
    ...bot,
    clovaModel: model,
    clovaThinking: thinking ? bot.clovaThinking : 'none',
    // Small contexts are shared with the prompt.
    clovaMaxTokens: Math.min(bot.clovaMaxTokens, maxOutputTokens, Math.floor(contextTokens / 2)),
  };
}
