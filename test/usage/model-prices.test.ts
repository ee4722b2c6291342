import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costMicroWon, modelPricesProblem, priceOf, readModelPrices } from '../../src/usage/model-prices.ts';

describe('prices', () => {
  it('are those of CLOVA Studio, where the operator says nothing else', () => {
    const prices = readModelPrices({ 'HCX-005': { input: 2, output: 8 }, 'my-model': { input: 0, output: 0 } });
    expect(priceOf(prices, 'HCX-007')).toEqual({ input: 1.25, output: 5 });
    expect(priceOf(prices, 'HCX-005')).toEqual({ input: 2, output: 8 });
    expect(priceOf(prices, 'my-model')).toEqual({ input: 0, output: 0 });
    expect(priceOf(prices, 'gpt-9')).toBeUndefined();
    expect(priceOf(prices, 'constructor')).toBeUndefined();
  });

  it('make a cost in whole millionths of a won, thinking as output', () => {
    const usage = { promptTokens: 1_000, completionTokens: 200, thinkingTokens: 150 };
    expect(costMicroWon(usage, { input: 1.25, output: 5 })).toBe(2_250_000);
    expect(costMicroWon({ promptTokens: 1, completionTokens: 0 }, { input: 0.25, output: 1 })).toBe(250);
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.nat(40_000),
        fc.double({ min: 0, max: 10_000, noNaN: true }),
        (input, output, won) =>
          Number.isSafeInteger(
            costMicroWon({ promptTokens: input, completionTokens: output }, { input: won, output: won }),
          ),
      ),
    );
  });

  it.each([
    [[]],
    [null],
    ['HCX-007'],
    [{ 'HCX-007': 5 }],
    [{ 'HCX-007': { input: 1 } }],
    [{ 'HCX-007': { input: 1, output: -1 } }],
    [{ 'HCX-007': { input: 1, output: '5' } }],
    [{ 'HCX-007': { input: 1, output: 50_000 } }],
    [{ 'HCX-007': { input: 1, output: 5, thinking: 5 } }],
  ])('are refused when they are no table: %j', (value) => {
    expect(modelPricesProblem(value)).toContain('won for 1,000 tokens');
    expect(modelPricesProblem({ 'HCX-007': { input: 1, output: 5 } })).toBeUndefined();
  });
});
