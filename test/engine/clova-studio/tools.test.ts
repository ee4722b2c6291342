/** Which model can be offered tools, and how an engine's answer with them looks. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClovaSimulatorOptions, createClovaSimulator } from '../../../simulator/clova/server.ts';
import { createClovaEngine, toolChecks } from '../../../src/engine/clova-studio/index.ts';
import type { ClovaEngineSettings } from '../../../src/engine/clova-studio/settings.ts';
import { runChecks } from '../../../src/http-client/upstream-settings.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest, expectPartGrammar, textOf } from '../../helpers/engine-contract.ts';
import { clovaSettings } from '../clova-settings.ts';
import { callsIn, ORDER_STATUS, TOOLS_BY_MODEL } from '../offered-tools.ts';

const TOOLS = [ORDER_STATUS];

function openEngine(overrides: Partial<ClovaEngineSettings> = {}) {
  const engine = createClovaEngine(clovaSettings(overrides), { logger: silentLogger });
  onTestFinished(() => engine.close());
  return engine;
}

async function openWithSimulator(model: string, options: ClovaSimulatorOptions = {}) {
  const simulator = createClovaSimulator(options);
  onTestFinished(() => simulator.close());
  const { url } = await simulator.start();
  return { simulator, engine: openEngine({ model, baseUrl: url }) };
}

describe('before the first question', () => {
  it.each<[Partial<ClovaEngineSettings>, string | undefined]>([
    ...TOOLS_BY_MODEL,
    [{ model: 'HCX-007', thinkingEffort: 'low' }, 'cannot be combined with thinkingEffort'],
    [{ model: 'HCX-007', thinkingEffort: 'high' }, 'cannot be combined with thinkingEffort'],
    [{ model: 'ft:abc123' }, 'cannot be used with this tuned model'],
  ])('%o is told whether it can be offered tools', (settings, refusal) => {
    const check = () => runChecks(toolChecks(clovaSettings(settings), TOOLS));
    if (refusal === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(refusal);
  });
});

describe.each(['HCX-007', 'HCX-005', 'HCX-DASH-002'])('%s with tools', (model) => {
  it('asks for a call, gets its result and answers in words', async () => {
    const { simulator, engine } = await openWithSimulator(model);
    const request = engineRequest({ question: '주문 20261122 어디쯤인가요?', tools: TOOLS });
    const asked = await collectParts(engine, request);
    expectPartGrammar(asked.filter((part) => part.type !== 'tool-calls'));
    expect(asked.at(-1)).toMatchObject({ type: 'finished', reason: 'tool-calls', model });
    const [call] = callsIn(asked);
    expect(call).toMatchObject({ name: 'order_status', arguments: { orderNumber: request.question } });
    if (call === undefined) return;

    const round = [{ call, result: '{"status":"배송 중"}' }];
    const answered = await collectParts(engine, { ...request, toolRounds: [round] });
    expect(textOf(answered)).toContain('배송 중');
    expect(callsIn(answered)).toEqual([]);
    const [first, second] = simulator.requests.map(({ body }) => body as Record<string, unknown[]>);
    expect(first?.tools).toHaveLength(1);
    expect(first?.thinking).toEqual(model === 'HCX-007' ? { effort: 'none' } : undefined);
    expect(second?.messages?.slice(-2)).toEqual([
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } }],
      },
      { role: 'tool', toolCallId: call.id, content: '{"status":"배송 중"}' },
    ]);
  });

  it('answers in words when results are there and no tool is offered any more', async () => {
    const { simulator, engine } = await openWithSimulator(model, {
      toolCalls: () => [{ name: 'order_status', arguments: { orderNumber: '1' } }],
    });
    const call = { id: 'call_1', name: 'order_status', arguments: { orderNumber: '1' } };
    const parts = await collectParts(engine, engineRequest({ toolRounds: [[{ call, result: '{}' }]] }));
    expect(callsIn(parts)).toEqual([]);
    expect(textOf(parts)).not.toBe('');
    expect(simulator.requests[0]?.body).not.toHaveProperty('tools');
  });
});

it('leaves tools away from pictures, which exclude them', async () => {
  const { simulator, engine } = await openWithSimulator('HCX-005');
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
    'base64',
  );
  const images = [{ mediaType: 'image/png', bytes: png }] as const;
  await collectParts(engine, engineRequest({ images, tools: TOOLS }));
  expect(simulator.requests[0]?.body).not.toHaveProperty('tools');
});
