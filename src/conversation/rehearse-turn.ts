/** A turn that nobody asked for, through a gateway whose parts keep nothing: code is compiled once for all gateways of a process, so the
 *  first customer's turn finds it warm. */

import { UNCOUNTED } from '../jobs/send-budget.ts';
import type { Clock } from '../platform/clock.ts';
import { silentLogger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Store } from '../storage/store.ts';
import type { Bot } from './bot.ts';
import { CustomerSigns } from './delivery/customer-signs.ts';
import { Gateway } from './gateway.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Threads } from './thread/threads.ts';

/** Asks no model, which costs money, and neither the operator's systems nor their tools. */
export async function rehearseTurn(bot: Bot, clock: Clock): Promise<void> {
  const { answerCache: _, costLimit: __, hook: ___, tools: ____, summarizer: _____, ...rest } = bot;
  const cheap: Bot = { ...rest, engines: [bot.approvedEngine] };
  const gateway = new Gateway(partsThatKeepNothing(cheap, clock));
  try {
    for (const channel of bot.channels.values()) {
      for (const question of [bot.topics[0]?.question ?? bot.name, UNKNOWN_QUESTION]) {
        const request = channel.rehearsal?.(question, clock.now());
        if (request === undefined) continue;
        const handled = await gateway.handle(cheap, channel, channel.parse(request));
        if (handled.kind !== 'respond') continue;
        channel.respond(handled.outcome);
        await handled.flushed(clock.now(), true);
      }
    }
  } finally {
    await gateway.drain(0);
  }
}

/** In words that no entry has: looking for what is not there goes other ways. */
const UNKNOWN_QUESTION = '점심 머 먹을까요? 비 오는데 우산이 없네요.';

function partsThatKeepNothing(bot: Bot, clock: Clock): GatewayParts {
  let ids = 0;
  const parts = {
    store: forgetfulStore(),
    clock,
    logger: silentLogger,
    metrics: new Proxy({} as Metrics, { get: () => () => {} }),
    alerts: { raise() {} },
    queue: { enqueue: async () => {}, work() {}, settled: async () => {}, depth: () => 0, drain: async () => 0 },
    sendBudget: { reserve: async () => UNCOUNTED, reserveRest: async () => UNCOUNTED, tryReserve: () => true },
    newId: () => `rehearsal-${ids++}`,
    ownerId: 'rehearsal',
  };
  return {
    ...parts,
    signs: new CustomerSigns(parts),
    threads: new Threads({ ...parts, bots: new Map([[bot.id, bot]]) }),
    spool: {
      size: 0,
      has: () => false,
      add: () => true,
      flushed: async () => true,
      heads: () => [],
      of: () => [],
      remove() {},
      purge() {},
      close: async () => {},
    },
    storedIn: 'data-directory',
    maxConcurrentTurns: 1,
    maxOpenTurns: 1,
    eventLoopDelayMs: () => 0,
  };
}

/** Takes everything and remembers nothing. */
function forgetfulStore(): Store {
  const memory = { recentTurns: [], heldDeliveries: [] };
  const known: Partial<Store> = {
    acceptTurn: async () => ({ outcome: 'accepted', sequence: 1, memory }),
    readMemory: async () => memory,
    readTurn: async () => undefined,
    readDeliveries: async () => [],
    readThread: async () => undefined,
  };
  return new Proxy(known as Store, { get: (store, name) => Reflect.get(store, name) ?? (async () => true) });
}
