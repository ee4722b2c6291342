import type { BotSettings } from '../config.ts';
import type { CallGate } from '../engine/call-gate.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { readModelOverrides } from '../engine/clova/index.ts';
import { capabilitiesOf } from '../engine/clova-studio-models.ts';
import { upstreamName } from './upstream-name.ts';

/** Where calls of this bot to a model wait for the quota of its account. What CLOVA_MODELS says of the model goes before what is said of
 *  all, and that before what is documented. */
export function clovaGateOf(bot: BotSettings, callPath: Pick<CallPath, 'gate'>): (model: string) => CallGate {
  const overrides = bot.clovaModels === undefined ? {} : readModelOverrides(bot.clovaModels);
  return (model) => {
    const said = Object.hasOwn(overrides, model) ? overrides[model] : undefined;
    const documented = capabilitiesOf(model, overrides);
    const limits = {
      requestsPerMinute: said?.requestsPerMinute ?? limitOf(bot.clovaRequestsPerMinute) ?? documented.requestsPerMinute,
      tokensPerMinute: said?.tokensPerMinute ?? limitOf(bot.clovaTokensPerMinute) ?? documented.tokensPerMinute,
    };
    return callPath.gate(upstreamName('clova', { ...bot, clovaModel: model }), limits, bot.clovaQueueMs);
  };
}

function limitOf(setting: number | undefined): number | undefined {
  return setting === 0 ? Number.POSITIVE_INFINITY : setting;
}
