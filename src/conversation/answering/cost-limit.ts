import type { Engine } from '../../engine/engine.ts';
import type { Bot } from '../bot.ts';

/** What a bot may cost, and who answers beyond that. */
export interface CostLimit {
  /** In won; 0: no limit. */
  readonly dailyWon: number;
  readonly monthlyWon: number;
  readonly isReached: () => boolean;
  /** Those of the chain that cost nothing, in its order; never empty. */
  readonly freeEngines: readonly Engine[];
}

/** Who may answer now, in order; never empty. */
export function enginesNow(
  bot: Pick<Bot, 'answerMode' | 'approvedEngine' | 'engines' | 'costLimit'>,
): readonly Engine[] {
  if (bot.answerMode === 'approved') return [bot.approvedEngine];
  return bot.costLimit?.isReached() === true ? bot.costLimit.freeEngines : bot.engines;
}

/** Models that would answer are not asked for what they cost. */
export function passesOverModels(bot: Parameters<typeof enginesNow>[0]): boolean {
  return enginesNow(bot).length < bot.engines.length && bot.answerMode !== 'approved';
}
