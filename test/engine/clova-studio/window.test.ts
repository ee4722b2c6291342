/** What a model takes beside its answer, and what a text costs there. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { maxPromptTokens } from '../../../src/engine/clova/chat-options.ts';
import { createClovaEngine } from '../../../src/engine/clova-studio/index.ts';
import { silentLogger } from '../../../src/platform/logger.ts';

describe('the window of a prompt', () => {
  it.each([
    [{ model: 'HCX-007', maxOutputTokens: 1_024 }, 128_000 - 1_024],
    [{ model: 'HCX-007', thinkingEffort: 'high' }, 128_000 - 20_480],
    // Tools may come with any question, and raise what is asked for.
    [{ model: 'HCX-DASH-002', maxOutputTokens: 100 }, 32_000 - 1_024],
    // What may go in is less than what the answer leaves free.
    [{ model: 'HCX-003', maxOutputTokens: 100 }, 7_600],
    [{ model: 'HCX-DASH-001', maxOutputTokens: 1_024 }, 4_096 - 1_024],
  ] as const)('of %o is %i', (options, tokens) => {
    expect(maxPromptTokens(options)).toBe(tokens);
  });
});

it('has texts counted by the service where the operator wants that', async () => {
  const simulator = createClovaSimulator();
  onTestFinished(() => simulator.close());
  const { url } = await simulator.start();
  const open = (countsTokens: boolean) => {
    const engine = createClovaEngine(
      {
        apiKey: 'nv-test',
        model: 'HCX-007',
        baseUrl: url,
        pathPrefix: '',
        maxOutputTokens: 1_024,
        connectTimeoutMs: 1_000,
        firstTokenTimeoutMs: 10_000,
        idleTimeoutMs: 10_000,
        connections: 4,
        countsTokens,
      },
      { logger: silentLogger },
    );
    onTestFinished(() => engine.close());
    return engine;
  };
  expect(open(false).countTokens).toBeUndefined();
  const call = { requestId: 'r', closesAt: Date.now() + 10_000, signal: new AbortController().signal };
  const count = (text: string) => open(true).countTokens?.([text], call) ?? 0;
  expect(await count('반품 배송비는 얼마인가요?')).toBeGreaterThan(0);
  expect(await count('반품 배송비는 얼마인가요?'.repeat(20))).toBeGreaterThan(100);
  expect(simulator.requests[0]?.path).toBe('/v3/api-tools/chat-tokenize/HCX-007');
});
