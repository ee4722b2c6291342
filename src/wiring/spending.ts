/** What models may cost and do cost: opened before the bots, which pass it on their way to a model, and joined to the store later. */
import { type BotSettings, engineOf, type Settings } from '../config.ts';
import type { Bot } from '../conversation/bot.ts';
import type { Engine } from '../engine/engine.ts';
import type { Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Store } from '../storage/store.ts';
import { CostLimits } from '../usage/cost-limits.ts';
import { SpendingBook } from '../usage/spending-book.ts';

export interface Spending {
  readonly book: SpendingBook;
  readonly limits: CostLimits;
  /** @throws GatewayError `STORE_FAILED`, `STORE_BUSY` */
  open(store: Store, alerts: Alerts, isShared: boolean): Promise<void>;
}

export function createSpending(
  { bots }: Settings,
  parts: { readonly clock: Clock; readonly logger: Logger; readonly metrics: Metrics },
): Spending {
  const limited = bots.filter(hasLimit);
  const amounts = new Map(limited.map((bot) => [bot.id, amountsOf(bot)]));
  const limits = new CostLimits(amounts, parts.clock, parts.logger);
  const book = new SpendingBook(parts);
  return {
    book,
    limits,
    async open(store, alerts, isShared) {
      const { readSpending, writeNote } = store;
      await limits.open({ readSpending, writeNote, isShared }, alerts);
      book.keepIn(store, (botId, day, totals) => limits.learn(botId, day, totals));
    },
  };
}

/** @param engines one for each entry of ENGINE */
export function openCostLimit(
  bot: BotSettings,
  engines: readonly Engine[],
  approvedEngine: Engine,
  limits: CostLimits,
): Pick<Bot, 'costLimit'> {
  if (!hasLimit(bot)) return {};
  // Agents and dialogue builders are billed elsewhere and tell nothing; a limit that let them go on would be none.
  const free = engines.filter((_, index) => costsNothing(bot.engine[index]));
  const freeEngines = free.length > 0 ? free : [approvedEngine];
  return { costLimit: { ...amountsOf(bot), isReached: () => limits.isReached(bot.id), freeEngines } };
}

function costsNothing(entry: BotSettings['engine'][number] | undefined): boolean {
  const name = entry === undefined ? undefined : engineOf(entry);
  return name === 'faq' || name === 'socket';
}

function hasLimit({ dailyCostLimitKrw, monthlyCostLimitKrw }: BotSettings): boolean {
  return dailyCostLimitKrw > 0 || monthlyCostLimitKrw > 0;
}

function amountsOf({ dailyCostLimitKrw, monthlyCostLimitKrw }: BotSettings) {
  return { dailyWon: dailyCostLimitKrw, monthlyWon: monthlyCostLimitKrw };
}
