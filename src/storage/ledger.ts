/** What the models of a bot used up, by day: part of the store. Names no conversation, so it outlives them. */

export interface ModelSpending {
  readonly botId: string;
  /** Korean time: `2026-11-22`. */
  readonly day: string;
  /** As its upstream calls it. */
  readonly model: string;
  /** Calls that were answered. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly thinkingTokens: number;
  /** Millionths of a won, because a token costs thousandths of one. 0 where the price is not known. */
  readonly costMicroWon: number;
}

/** Of one bot, all its models together. */
export interface SpendingTotals {
  readonly dayMicroWon: number;
  readonly monthMicroWon: number;
}

export interface Ledger {
  /** Adds to what the bot's model used on that day. Returns the totals of the day and of its month with it. */
  addSpending(spending: ModelSpending): Promise<SpendingTotals>;
  /** Of the days from `firstDay` to `lastDay`, both included; by day, bot and model. */
  readSpending(firstDay: string, lastDay: string): Promise<readonly ModelSpending[]>;
}
