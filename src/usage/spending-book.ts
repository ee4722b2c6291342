/** What models use up, by bot and Korean day: metrics at once, the ledger of the store behind the answer. */
import type { TokenUsage } from '../engine/engine.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { seoulDay } from '../platform/seoul-time.ts';
import type { Ledger, ModelSpending, SpendingTotals } from '../storage/ledger.ts';

export interface SpendingBookParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'modelUsed'>;
}

/** Hears what a bot has spent so far, all processes together. */
export type OnTotals = (botId: string, day: string, totals: SpendingTotals) => void;

export class SpendingBook {
  readonly #parts: SpendingBookParts;
  /** Not written yet, by bot, then by day and model: what comes while a write is under way becomes one more write. */
  readonly #pending = new Map<string, Map<string, ModelSpending>>();
  readonly #writing = new Map<string, Promise<void>>();
  #ledger: Pick<Ledger, 'addSpending'> | undefined;
  #onTotals: OnTotals = () => {};

  constructor(parts: SpendingBookParts) {
    this.#parts = parts;
  }

  /** From now on it is kept; what was counted before is kept, too. */
  keepIn(ledger: Pick<Ledger, 'addSpending'>, onTotals: OnTotals): void {
    this.#ledger = ledger;
    this.#onTotals = onTotals;
    for (const botId of this.#pending.keys()) this.#write(botId);
  }

  /** Never throws, never waits. `usage.costMicroWon` is missing where the price is not known. */
  record(botId: string, model: string, usage: TokenUsage): void {
    const { promptTokens, completionTokens, thinkingTokens = 0, costMicroWon } = usage;
    this.#parts.metrics.modelUsed(botId, model, usage);
    this.#add({
      botId,
      day: seoulDay(this.#parts.clock.now()),
      model,
      calls: 1,
      promptTokens,
      completionTokens,
      thinkingTokens,
      costMicroWon: costMicroWon ?? 0,
    });
    this.#write(botId);
  }

  /** Resolves when all that can be written is. */
  async close(): Promise<void> {
    for (const botId of this.#pending.keys()) this.#write(botId);
    await Promise.all(this.#writing.values());
  }

  #add(spending: ModelSpending): void {
    const { botId, day, model } = spending;
    const ofBot = this.#pending.get(botId) ?? new Map<string, ModelSpending>();
    this.#pending.set(botId, ofBot);
    const key = `${day} ${model}`;
    const known = ofBot.get(key);
    ofBot.set(key, known === undefined ? spending : sum(known, spending));
  }

  /** One write of a bot at a time, so that totals arrive in their order. */
  #write(botId: string): void {
    const ledger = this.#ledger;
    if (ledger === undefined || this.#writing.has(botId)) return;
    const written = this.#writeAll(botId, ledger).finally(() => this.#writing.delete(botId));
    this.#writing.set(botId, written);
  }

  async #writeAll(botId: string, ledger: Pick<Ledger, 'addSpending'>): Promise<void> {
    const { logger } = this.#parts;
    for (;;) {
      const [next] = this.#pending.get(botId) ?? [];
      if (next === undefined) return;
      const [key, spending] = next;
      this.#pending.get(botId)?.delete(key);
      try {
        const totals = await ledger.addSpending(spending);
        this.#onTotals(botId, spending.day, totals);
      } catch (err) {
        // With the next one it is tried again.
        this.#add(spending);
        logger.error({ err, bot: botId }, 'what a model used could not be written down yet');
        return;
      }
    }
  }
}

function sum(one: ModelSpending, other: ModelSpending): ModelSpending {
  return {
    ...one,
    calls: one.calls + other.calls,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    thinkingTokens: one.thinkingTokens + other.thinkingTokens,
    costMicroWon: one.costMicroWon + other.costMicroWon,
  };
}
