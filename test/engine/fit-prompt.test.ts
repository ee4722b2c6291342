import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine, EnginePart, EngineRequest, HistoryMessage } from '../../src/engine/engine.ts';
import { fitPrompts } from '../../src/engine/fit-prompt.ts';
import { GatewayError } from '../../src/errors.ts';
import { estimateTokens } from '../../src/platform/token-scale.ts';
import { collectParts, engineRequest } from '../helpers/engine-contract.ts';

/** Counts in its own way: so many tokens for what we estimate to be one. */
function countingEngine(maxPromptTokens: number | undefined, tokensPerEstimate = 1) {
  const requests: EngineRequest[] = [];
  const promptTokens = ({ systemPrompt, history, question }: EngineRequest) =>
    Math.round(
      [systemPrompt, question, ...history.map(({ text }) => text)].reduce(
        (sum, text) => sum + estimateTokens(text),
        0,
      ) * tokensPerEstimate,
    );
  const engine: Engine = {
    name: 'counting',
    ...(maxPromptTokens === undefined ? {} : { window: { maxPromptTokens } }),
    async *answer(request): AsyncGenerator<EnginePart> {
      requests.push(request);
      yield { type: 'text-delta', text: '네' };
      const usage = { promptTokens: promptTokens(request), completionTokens: 1 };
      yield { type: 'finished', reason: 'stop', usage };
    },
    close: async () => {},
  };
  return { engine, requests, promptTokens };
}

const deps = { now: Date.now, onCalibrationFailed: () => {} };

/** Turns of a question and its answer, newest last. */
function turns(count: number, characters: number): HistoryMessage[] {
  return Array.from({ length: count }, (_, i) => [
    { role: 'user' as const, text: `${i} ${'가'.repeat(characters)}` },
    { role: 'assistant' as const, text: `${i} ${'나'.repeat(characters)}` },
  ]).flat();
}

const lastRequest = (requests: readonly EngineRequest[]) => requests.at(-1) ?? engineRequest();

describe('an engine with a window', () => {
  it('gets the youngest turns that fit beside everything else, whole ones only', async () => {
    const { engine, requests, promptTokens } = countingEngine(1_000);
    const fitted = fitPrompts(engine, deps);
    const history = turns(10, 100);
    await collectParts(fitted, engineRequest({ history }));
    const { history: kept } = lastRequest(requests);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(20);
    expect(kept).toEqual(history.slice(-kept.length));
    expect(kept[0]?.role).toBe('user');
    expect(promptTokens(lastRequest(requests))).toBeLessThanOrEqual(1_000);
  });

  it('is never sent more than its window, once it is known how it counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.4, max: 2, noNaN: true }),
        fc.integer({ min: 800, max: 8_000 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 }),
        async (tokensPerEstimate, maxPromptTokens, lengths) => {
          const { engine, requests, promptTokens } = countingEngine(maxPromptTokens, tokensPerEstimate);
          const fitted = fitPrompts(engine, deps);
          await collectParts(fitted, engineRequest({ systemPrompt: '당신은 상담원입니다. '.repeat(10) }));
          const history = lengths.flatMap((length) => turns(1, length));
          await collectParts(fitted, engineRequest({ history }));
          expect(promptTokens(lastRequest(requests))).toBeLessThanOrEqual(maxPromptTokens);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves room for tools and what they gave', async () => {
    const { engine, requests } = countingEngine(2_000);
    const fitted = fitPrompts(engine, deps);
    const history = turns(6, 80);
    await collectParts(fitted, engineRequest({ history }));
    expect(lastRequest(requests).history).toHaveLength(12);
    const call = { id: 'c', name: 'x', arguments: {} };
    await collectParts(fitted, engineRequest({ history, toolRounds: [[{ call, result: '다'.repeat(2_000) }]] }));
    expect(lastRequest(requests).history.length).toBeLessThan(12);
  });

  it('gets the question even when that alone may be too much', async () => {
    const { engine, requests } = countingEngine(10);
    await collectParts(fitPrompts(engine, deps), engineRequest({ history: turns(3, 10) }));
    expect(lastRequest(requests)).toMatchObject({ history: [], question: engineRequest().question });
  });

  it('can be told beforehand how its model counts', async () => {
    const { engine } = countingEngine(1_000);
    const counted: string[][] = [];
    const calculator: Engine = {
      ...engine,
      countTokens: async (texts) => {
        counted.push([...texts]);
        return 300;
      },
    };
    const fitted = fitPrompts(calculator, deps);
    const text = '가'.repeat(600);
    const before = fitted.estimateTokens?.(text) ?? 0;
    await fitted.calibrate?.([text], new AbortController().signal);
    expect(counted).toEqual([[text]]);
    expect(fitted.estimateTokens?.(text)).toBeLessThan(before);
    expect(fitted.estimateTokens?.(text)).toBeGreaterThanOrEqual(300);
  });

  it('goes on without a calculator that fails', async () => {
    const failures: GatewayError[] = [];
    const { engine } = countingEngine(1_000);
    const broken: Engine = { ...engine, countTokens: () => Promise.reject(new GatewayError('ENGINE_FAILED', 'down')) };
    const fitted = fitPrompts(broken, { ...deps, onCalibrationFailed: (error) => failures.push(error) });
    await fitted.calibrate?.(['가'], new AbortController().signal);
    expect(failures).toMatchObject([{ code: 'ENGINE_FAILED' }]);
  });
});

it('an engine without a window is what it was', () => {
  const { engine } = countingEngine(undefined);
  expect(fitPrompts(engine, deps)).toBe(engine);
});
