/** Where the calls of a bot wait for the quota of their account. */
import type { BotSettings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { capabilitiesOf } from '../engine/clova/facts/models.ts';
import { readModelOverrides } from '../engine/clova-studio/index.ts';
import type { CallGate } from '../http-client/call-gate.ts';
import { dialectNameOf } from './openai-dialect.ts';
import { upstreamName } from './upstream-name.ts';

type Gates = Pick<CallPath, 'gate'>;

interface Limits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

const NO_LIMITS: Limits = { requestsPerMinute: Number.POSITIVE_INFINITY, tokensPerMinute: Number.POSITIVE_INFINITY };

export function clovaGateOf(bot: BotSettings, callPath: Gates): (model: string) => CallGate {
  return (model) => {
    const limits = limitsOfClova(bot, model, bot.clovaRequestsPerMinute, bot.clovaTokensPerMinute);
    return callPath.gate(upstreamName('clova', { ...bot, clovaModel: model }), limits, bot.clovaQueueMs);
  };
}

/** Of services that document no limits, what the operator says; else what refusals teach. */
export function openAiGate(bot: BotSettings, callPath: Gates): CallGate {
  const { openaiRequestsPerMinute: requests, openaiTokensPerMinute: tokens, openaiModel: model = '' } = bot;
  const limits =
    dialectNameOf(bot) === 'clova'
      ? limitsOfClova(bot, model, requests, tokens)
      : limitsOf({}, requests, tokens, NO_LIMITS);
  return callPath.gate(upstreamName('openai', bot), limits, bot.openaiQueueMs);
}

function limitsOfClova(
  { clovaModels }: BotSettings,
  model: string,
  requests: number | undefined,
  tokens: number | undefined,
): Limits {
  const overrides = clovaModels === undefined ? {} : readModelOverrides(clovaModels);
  const said = Object.hasOwn(overrides, model) ? overrides[model] : undefined;
  return limitsOf(said ?? {}, requests, tokens, capabilitiesOf(model, overrides));
}

/** What is said of the model goes before what is said of all, and that before what is documented. */
function limitsOf(
  said: Partial<Limits>,
  requests: number | undefined,
  tokens: number | undefined,
  documented: Limits,
): Limits {
  return {
    requestsPerMinute: said.requestsPerMinute ?? limitOf(requests) ?? documented.requestsPerMinute,
    tokensPerMinute: said.tokensPerMinute ?? limitOf(tokens) ?? documented.tokensPerMinute,
  };
}

function limitOf(setting: number | undefined): number | undefined {
  return setting === 0 ? Number.POSITIVE_INFINITY : setting;
}
