import { sourceForCustomers } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import { apiResponse, renderWhole } from '../api-response.ts';
import type { Channel, InboundOutcome } from '../channel.ts';
import { createSecretCheck, verifySecret } from '../secret.ts';
import { parseWebRequest } from './parse.ts';

/** As long as the engine may work at all. */
const DEFAULT_BUDGET_MS = 120_000;

export interface WebChannelOptions {
  readonly botId: string;
  /** A page cannot keep a secret: usually none. Useful where another server stands in between. */
  readonly secrets: readonly string[];
  readonly newId: NewId;
  readonly budgetMs?: number;
}

/** The browser chat: one JSON answer, or a stream where the page asks for one. */
export function createWebChannel(options: WebChannelOptions): Channel {
  const { botId, newId, budgetMs = DEFAULT_BUDGET_MS } = options;
  const check = createSecretCheck(options.secrets);
  return {
    name: 'web',
    mergesWaitingMessages: false,
    greetsOncePerCooldown: false,
    maxBubblesPerResponse: 100,
    verify: (request) => verifySecret(request, check),
    parse: (request) => parseWebRequest(request, { botId, budgetMs, newId }),
    render: renderWhole,
    respond: (outcome) => apiResponse(forCustomers(outcome)),
    close: async () => {},
  };
}

function forCustomers(outcome: InboundOutcome): InboundOutcome {
  if (outcome.kind !== 'answered' || outcome.details === undefined) return outcome;
  const source = sourceForCustomers(outcome.details.source);
  return { ...outcome, details: { ...outcome.details, source } };
}
