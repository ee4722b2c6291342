/** The proof of `bench/kakao.ts` in small: shorter budgets, fewer customers, all of them at one gateway at once. */
import { expect, it } from 'vitest';
import { type Kind, type RunningGateway, runStorm } from '../../bench/kakao/storm.ts';
import { type Budgets, brokenPromises } from '../../bench/kakao/tally.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';

const BUDGETS: Budgets = { inlineMs: 400, callbackMs: 2_500, engineTotalMs: 5_000 };
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

const WHENEVER = [20, 390, 400, 600, 2_490, 2_500, 3_500, 'never'] as const;

it(
  'answers every question once, in time, and only to whoever asked it, however long the engine takes',
  PATIENCE,
  async () => {
    const kinds = WHENEVER.flatMap((engineMs) =>
      bothWays({ engineMs, customers: 20, questionsEach: 1, customersPerSecond: 10 }),
    );
    const tallies = await runStorm({ kinds, budgets: BUDGETS }, openGateway);
    const broken = tallies.flatMap((tally, index) => {
      const apologies = kinds[index]?.engineMs === 'never' ? 'all' : 'none';
      return brokenPromises(tally, BUDGETS, { apologies, mayTurnAway: false });
    });
    expect(broken).toEqual([]);
    expect(tallies.map((tally) => tally.questions)).toEqual(kinds.map(() => 20));
  },
);

it('shows at the callback budget what the model has said so far, and the rest with the tap', PATIENCE, async () => {
  const kinds = bothWays({ engineMs: 4_000, customers: 40, questionsEach: 1, customersPerSecond: 40 });
  const tallies = await runStorm({ kinds, budgets: BUDGETS, isStreamed: true }, openGateway);
  const broken = tallies.flatMap((tally) => brokenPromises(tally, BUDGETS, { apologies: 'none', mayTurnAway: false }));
  expect(broken).toEqual([]);
  expect(tallies.map((tally) => tally.pickups)).toEqual([40, 40]);
});

it(
  '200 customers with 5 questions each, asked while the one before is pending, get their own answers in order',
  PATIENCE,
  async () => {
    const kinds = bothWays({ engineMs: 500, customers: 100, questionsEach: 5, customersPerSecond: 50 });
    const budgets = { ...BUDGETS, callbackMs: 20_000, engineTotalMs: 30_000 };
    const tallies = await runStorm({ kinds, budgets }, openGateway);
    const broken = tallies.flatMap((tally) =>
      brokenPromises(tally, budgets, { apologies: 'none', mayTurnAway: false }),
    );
    expect(broken).toEqual([]);
    expect(tallies.map((tally) => tally.questions)).toEqual([500, 500]);
  },
);
