import { expect, it } from 'vitest';
import type { Engine, EnginePart, TokenUsage } from '../../src/engine/engine.ts';
import { createMeter, meterEngine } from '../../src/usage/meter.ts';
import { readModelPrices } from '../../src/usage/model-prices.ts';
import { collectParts, engineRequest } from '../helpers/engine-contract.ts';

const PRICES = readModelPrices({ 'gpt-9': { input: 1, output: 1 } });

function says(...parts: readonly EnginePart[]): Engine {
  return {
    name: 'openai',
    usualMs: () => 700,
    async *answer() {
      yield* parts;
    },
    close: async () => {},
  };
}

function metered(asked: string | undefined, ...parts: readonly EnginePart[]) {
  const recorded: [string, string, TokenUsage][] = [];
  const book = { record: (...entry: [string, string, TokenUsage]) => void recorded.push(entry) };
  return { engine: meterEngine(says(...parts), createMeter('shop', PRICES, book, asked)), recorded };
}

const USAGE = { promptTokens: 1_000, completionTokens: 100 };

it('records each answer that tells its usage, and passes it on with its cost', async () => {
  const finished = { type: 'finished', reason: 'filtered', model: 'HCX-007', usage: USAGE } as const;
  const { engine, recorded } = metered(undefined, { type: 'text-delta', text: '네' }, finished);
  const priced = { ...USAGE, costMicroWon: 1_750_000 };
  expect(await collectParts(engine, engineRequest())).toEqual([
    { type: 'text-delta', text: '네' },
    { ...finished, usage: priced },
  ]);
  expect(recorded).toEqual([['shop', 'HCX-007', priced]]);
  expect(engine.usualMs?.()).toBe(700);
});

it('takes the price of the model that was asked for when the answer names another one', async () => {
  const finished = { type: 'finished', reason: 'stop', model: 'gpt-9-2026-08-01', usage: USAGE } as const;
  const { engine, recorded } = metered('gpt-9', finished);
  await collectParts(engine, engineRequest());
  expect(recorded).toEqual([['shop', 'gpt-9-2026-08-01', { ...USAGE, costMicroWon: 1_100_000 }]]);
});

it('counts tokens alone without a price, and nothing where nothing is told', async () => {
  const unpriced = metered(undefined, { type: 'finished', reason: 'stop', model: 'other', usage: USAGE });
  await collectParts(unpriced.engine, engineRequest());
  expect(unpriced.recorded).toEqual([['shop', 'other', USAGE]]);
  const untold = metered(undefined, { type: 'finished', reason: 'stop' });
  await collectParts(untold.engine, engineRequest());
  expect(untold.recorded).toEqual([]);
});
