/** The proof of `bench/kakao.ts` in small: shorter budgets, fewer customers, all of them at one gateway at once. */
import { expect, it } from 'vitest';
import { type Kind, type RunningGateway, runStorm } from '../../bench/kakao/storm.ts';
import { type Budgets, brokenPromises } from '../../bench/kakao/tally.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';

/** The slowest engine that answers is seconds away from each end, so that a busy machine does not decide what is seen. */
const BUDGETS: Budgets = { inlineMs: 1_500, callbackMs: 4_000, engineTotalMs: 14_000 };
const PATIENCE = { timeout: 120_000 };

async function openGateway(env: Readonly<Record<string, string>>): Promise<RunningGateway> {
  return GatewayProcess.start(env);
}

/** With and without callback. */
function bothWays(kind: Omit<Kind, 'name' | 'hasCallback'>): readonly Kind[] {
  return [true, false].map((hasCallback) => ({
    ...kind,
    hasCallback,
    name: `${kind.engineMs}, ${hasCallback ? 'callback' : 'pickup'}`,
  }));
}

const WHENEVER = [20, 1_490, 1_500, 2_000, 3_990, 4_000, 4_500, 'never'] as const;

it.concurrent(
  'answers every question once, in time, and only to whoever asked it, however long the engine takes',
  PATIENCE,
  async () => {
    const kinds = WHENEVER.flatMap((engineMs) =>
      bothWays({ engineMs, customers: 20, questionsEach: 1, customersPerSecond: 10 }),
    );
    const tallies = await runStorm({ kinds, budgets: BUDGETS }, openGateway);
    const broken = tallies.flatMap((tally, index) => {
      const apologies = kinds[index]?.engineMs === 'never' ? 'all' : 'none';
      return brokenPromises(tally, BUDGETS, { apologies, mayTurnAway: false, isUntimed: true });
    });
    expect(broken).toEqual([]);
    expect(tallies.map((tally) => tally.questions)).toEqual(kinds.map(() => 20));
  },
);

it.concurrent(
  'shows at the callback budget what the model has said so far, and the rest with the tap',
  PATIENCE,
  async () => {
    const kinds = bothWays({ engineMs: 5_500, customers: 40, questionsEach: 1, customersPerSecond: 40 });
    const tallies = await runStorm({ kinds, budgets: BUDGETS, isStreamed: true }, openGateway);
    const broken = tallies.flatMap((tally) =>
      brokenPromises(tally, BUDGETS, { apologies: 'none', mayTurnAway: false, isUntimed: true }),
    );
    expect(broken).toEqual([]);
    expect(tallies.every((tally) => tally.pickups > 0)).toBe(true);
  },
);

it.concurrent(
  '200 customers with 5 questions each, asked while the one before is pending, get their own answers in order',
  PATIENCE,
  async () => {
    const kinds = bothWays({ engineMs: 2_500, customers: 100, questionsEach: 5, customersPerSecond: 20 });
    const budgets = { ...BUDGETS, callbackMs: 20_000, engineTotalMs: 30_000 };
    const tallies = await runStorm({ kinds, budgets }, openGateway);
    const broken = tallies.flatMap((tally) =>
      brokenPromises(tally, budgets, { apologies: 'none', mayTurnAway: false, isUntimed: true }),
    );
    expect(broken).toEqual([]);
    expect(tallies.map((tally) => tally.questions)).toEqual([500, 500]);
  },
);
