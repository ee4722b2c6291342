/** Where the calls of a bot wait for the quota of their account. */
import type { BotSettings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { capabilitiesOf, type ModelOverrides, tunedTaskId } from '../engine/clova/facts/models.ts';
import { readModelOverrides } from '../engine/clova-studio/index.ts';
import type { CallGate } from '../http-client/call-gate.ts';
import { dialectNameOf } from './openai-dialect.ts';
import { accountName, upstreamName } from './upstream-name.ts';

type Gates = Pick<CallPath, 'gate'>;

interface Limits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

const NO_LIMITS: Limits = { requestsPerMinute: Number.POSITIVE_INFINITY, tokensPerMinute: Number.POSITIVE_INFINITY };

export function clovaGateOf(bot: BotSettings, callPath: Gates): (model: string) => CallGate {
  const [native, compatible] = endpointsOf(bot);
  return (model) => gateOfClova(model, native, compatible, bot.clovaModels, callPath);
}

/** Of services that document no limits, what the operator says; else what refusals teach. */
export function openAiGate(bot: BotSettings, callPath: Gates): CallGate {
  const [native, compatible] = endpointsOf(bot);
  if (dialectNameOf(bot) === 'clova') {
    return gateOfClova(bot.openaiModel ?? '', compatible, native, bot.clovaModels, callPath);
  }
  const limits = limitsOf(compatible.requests, compatible.tokens, NO_LIMITS);
  return callPath.gate(upstreamName('openai', bot), limits, compatible.maxWaitMs);
}

/** One of the two ways to ask CLOVA Studio, and what the operator says of its account. */
interface Endpoint {
  readonly account: string;
  readonly requests: number | undefined;
  readonly tokens: number | undefined;
  readonly maxWaitMs: number;
}

function endpointsOf(bot: BotSettings): readonly [native: Endpoint, compatible: Endpoint] {
  return [
    {
      account: accountName(bot.clovaBaseUrl, bot.clovaApiKey),
      requests: bot.clovaRequestsPerMinute,
      tokens: bot.clovaTokensPerMinute,
      maxWaitMs: bot.clovaQueueMs,
    },
    {
      account: accountName(bot.openaiBaseUrl ?? '', bot.openaiApiKey),
      requests: bot.openaiRequestsPerMinute,
      tokens: bot.openaiTokensPerMinute,
      maxWaitMs: bot.openaiQueueMs,
    },
  ];
}

/** The service counts by account and model, and nothing says that it counts its two endpoints apart: one budget holds for both, and what
 *  the operator said of the account for the other one counts where this one is silent. */
function gateOfClova(
  model: string,
  asked: Endpoint,
  other: Endpoint,
  clovaModels: BotSettings['clovaModels'],
  callPath: Gates,
): CallGate {
  const overrides = clovaModels === undefined ? {} : readModelOverrides(clovaModels);
  const ofModel = Object.hasOwn(overrides, model) ? overrides[model] : undefined;
  const ofAccount = other.account === asked.account ? other : undefined;
  const limits = limitsOf(
    ofModel?.requestsPerMinute ?? asked.requests ?? ofAccount?.requests,
    ofModel?.tokensPerMinute ?? asked.tokens ?? ofAccount?.tokens,
    capabilitiesOf(model, overrides),
  );
  return callPath.gate(`clova-studio:${countedModel(model, overrides)}#${asked.account}`, limits, asked.maxWaitMs);
}

/** A tuned model's calls count as those of the model that it was made from. */
function countedModel(model: string, overrides: ModelOverrides): string {
  const isTold = tunedTaskId(model) !== undefined && Object.hasOwn(overrides, model);
  return (isTold ? overrides[model]?.like : undefined) ?? model;
}

/** What the operator says goes before what is documented. */
function limitsOf(requests: number | undefined, tokens: number | undefined, documented: Limits): Limits {
  return {
    requestsPerMinute: limitOf(requests) ?? documented.requestsPerMinute,
    tokensPerMinute: limitOf(tokens) ?? documented.tokensPerMinute,
  };
}

function limitOf(setting: number | undefined): number | undefined {
  return setting === 0 ? Number.POSITIVE_INFINITY : setting;
}
