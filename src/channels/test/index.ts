import type { NewId } from '../../platform/ids.ts';
import { renderWhole } from '../api-response.ts';
import type { Channel } from '../channel.ts';
import { createSecretCheck } from '../secret.ts';
import { parseTestRequest } from './parse.ts';
import { respondToTest } from './render.ts';
import { verifyTestRequest } from './verify.ts';

/** As long as the engine may work at all. */
const DEFAULT_BUDGET_MS = 120_000;

export interface TestChannelOptions {
  readonly botId: string;
  readonly testSecret?: string;
  /** The bot's secrets are accepted as well. */
  readonly secrets: readonly string[];
  readonly newId: NewId;
  readonly budgetMs?: number;
}

/** One question, one JSON answer: for curl and for programs. */
export function createTestChannel(options: TestChannelOptions): Channel {
  const { botId, newId, budgetMs = DEFAULT_BUDGET_MS } = options;
  const check = createSecretCheck([options.testSecret ?? '', ...options.secrets]);
  return {
    name: 'test',
    mergesWaitingMessages: false,
    greetsOncePerCooldown: false,
    maxBubblesPerResponse: 100,
    verify: (request) => verifyTestRequest(request, check),
    parse: (request) => parseTestRequest(request, { botId, budgetMs, newId }),
    render: renderWhole,
    respond: respondToTest,
    close: async () => {},
  };
}
