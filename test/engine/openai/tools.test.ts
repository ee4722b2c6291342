/** Which model can be offered tools in OpenAI's words, and how its calls and their results travel. OpenAI's own client reads the same
 *  simulator beside the engine, so that neither follows a mistake of the other. */
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClovaSimulatorOptions, createClovaSimulator } from '../../../simulator/clova/server.ts';
import type { ToolDefinition } from '../../../src/engine/engine.ts';
import { CallCollector } from '../../../src/engine/openai/call-collector.ts';
import { checkTools, createOpenAiEngine, type OpenAiEngineSettings } from '../../../src/engine/openai/index.ts';
import { ChunkReader } from '../../../src/engine/openai/stream.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest, expectPartGrammar, textOf } from '../../helpers/engine-contract.ts';
import { callsIn, ORDER_STATUS, TOOLS_BY_MODEL } from '../offered-tools.ts';
import { openAiSettings } from './openai-settings.ts';

const TOOLS: readonly ToolDefinition[] = [
  ORDER_STATUS,
  { name: 'store_hours', description: '영업시간을 조회합니다.', parameters: { type: 'object', properties: {} } },
];

function openEngine(overrides: Partial<OpenAiEngineSettings> = {}) {
  const engine = createOpenAiEngine(openAiSettings(overrides), { logger: silentLogger });
  onTestFinished(() => engine.close());
  return engine;
}

async function start(options: ClovaSimulatorOptions = {}) {
  const simulator = createClovaSimulator(options);
  onTestFinished(() => simulator.close());
  const { url } = await simulator.start();
  return { simulator, clova: `${url}/v1/openai`, gov: `${url}/api/v1` };
}

describe('before the first question', () => {
  it.each<[Partial<OpenAiEngineSettings>, string | undefined]>([
    ...TOOLS_BY_MODEL,
    [{ model: 'HCX-007', extraBody: { reasoning_effort: 'low' } }, 'cannot be combined with reasoning_effort'],
    [{ model: 'HCX-007', extraBody: { reasoning_effort: null } }, 'cannot be combined with reasoning_effort'],
    [{ model: 'HCX-007', extraBody: { reasoning_effort: null, reasoning: { effort: 'none' } } }, undefined],
    [{ model: 'HCX-GOV', dialect: 'gov', baseUrl: 'https://api.clovastudio.go.kr/api/v1' }, undefined],
    [{ model: 'HCX-003', dialect: 'compatible' }, undefined], // a name like any other, elsewhere
  ])('%o is told whether it can be offered tools', (settings, refusal) => {
    const check = () => checkTools(openAiSettings(settings), TOOLS);
    if (refusal === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(refusal);
  });

  it('refuses tools that nobody would take, by the name of the setting', () => {
    const [tool] = TOOLS;
    const twice = tool === undefined ? [] : [tool, tool];
    expect(() => checkTools(openAiSettings(), twice)).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID', details: { field: 'tools', reason: expect.any(String) } }),
    );
  });

  it('offers none where the operator says that the model calls none', () => {
    expect(openEngine().callsTools).toBe(true);
    expect(openEngine({ callsTools: false }).callsTools).toBeUndefined();
  });
});

describe.each([
  ['clova', 'HCX-007'],
  ['clova', 'HCX-005'],
  ['clova', 'HCX-DASH-002'],
  ['gov', 'HCX-GOV-THINK'],
  ['gov', 'HCX-GOV'],
] as const)('%s: %s with tools', (dialect, model) => {
  it.each([
    ['streamed', {}],
    ['as a whole', { streaming: false }],
  ])('asks for a call, gets its result and answers in words, %s', async (_name, options) => {
    const { simulator, ...urls } = await start(options);
    // CLOVA Studio refuses tools beside a small maximum.
    const maxOutputTokens = dialect === 'clova' ? 200 : 1_024;
    const engine = openEngine({ dialect, model, baseUrl: urls[dialect], maxOutputTokens });
    const request = engineRequest({ question: '주문 20261122 어디쯤인가요?', tools: TOOLS });
    const asked = await collectParts(engine, request);
    expectPartGrammar(asked.filter((part) => part.type !== 'tool-calls'));
    expect(asked.at(-1)).toMatchObject({ type: 'finished', reason: 'tool-calls', model });
    const [call] = callsIn(asked);
    expect(call).toMatchObject({ name: 'order_status', arguments: { orderNumber: request.question } });
    if (call === undefined) return;

    const answered = await collectParts(engine, {
      ...request,
      toolRounds: [[{ call, result: '{"status":"배송 중"}' }]],
    });
    expect(textOf(answered)).toContain('배송 중');
    expect(callsIn(answered)).toEqual([]);
    expect(answered.at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
    const [first, second] = simulator.requests.map(({ body }) => body as Record<string, unknown[]>);
    expect(first?.tools).toHaveLength(2);
    expect(second?.messages?.slice(-2)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } },
        ],
      },
      { role: 'tool', tool_call_id: call.id, content: '{"status":"배송 중"}' },
    ]);
  });
});

it("gives what OpenAI's own client reads out of the same pieces, and sends what that client may send", async () => {
  const { simulator, clova } = await start({
    toolCalls: ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? []
        : [
            { name: 'order_status', arguments: { orderNumber: '가 "1"\\\n2' } },
            { name: 'store_hours', arguments: {} },
            { name: 'order_status', arguments: { orderNumber: '3' } },
          ],
  });
  const request = engineRequest({ tools: TOOLS });
  const engine = openEngine({ baseUrl: clova });
  const ours = callsIn(await collectParts(engine, request));
  const rounds = [ours.map((call) => ({ call, result: '' }))];
  await collectParts(engine, { ...request, toolRounds: rounds });

  const client = new OpenAI({ baseURL: clova, apiKey: 'nv-test', maxRetries: 0 });
  const [first, second] = simulator.requests.map(({ body }) => body as OpenAI.ChatCompletionCreateParamsStreaming);
  if (first === undefined || second === undefined) throw new Error('the engine did not ask');
  const theirs = await client.chat.completions.stream(first).finalChatCompletion();
  expect(theirs.choices[0]?.finish_reason).toBe('tool_calls');
  expect(theirs.choices[0]?.message.tool_calls).toEqual(
    ours.map(({ id, name, arguments: args }) =>
      expect.objectContaining({ id, function: expect.objectContaining({ name, arguments: JSON.stringify(args) }) }),
    ),
  );
  // An empty result would be refused; so would one that belongs to no call.
  const answered = await client.chat.completions.create({ ...second, stream: false });
  expect(answered.choices[0]?.finish_reason).toBe('stop');
});

it('tools are asked for twice more at most when the service finds them unsupported, though they worked before', async () => {
  const { simulator, clova } = await start();
  const engine = createOpenAiEngine(openAiSettings({ baseUrl: clova }), { logger: silentLogger, random: () => 0 });
  onTestFinished(() => engine.close());
  const ask = () => collectParts(engine, engineRequest({ tools: TOOLS }));
  const unsupported = { httpStatus: 400, code: '40009', message: 'Unsupported function' };
  simulator.failNext(1, unsupported);
  await expect(ask()).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
  expect(simulator.requests).toHaveLength(1);
  await ask();
  simulator.failNext(2, unsupported);
  await ask();
  simulator.failNext(3, unsupported);
  await expect(ask()).rejects.toMatchObject({ details: { upstreamCode: '40009' } });
  expect(simulator.requests).toHaveLength(1 + 1 + 3 + 3);
});

describe('calls as servers stream them', () => {
  const collect = (...pieces: readonly object[]) => {
    const calls = new CallCollector('it');
    for (const piece of pieces) calls.add([piece]);
    return calls.end();
  };
  const a = { id: 'a', name: 'f', arguments: { x: 1 } };
  const b = { id: 'b', name: 'g', arguments: {} };

  it.each<[string, readonly object[]]>([
    [
      'pieces that take turns',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 1, id: 'b', function: { name: 'g' } },
        { index: 0, function: { arguments: '{"x"' } },
        { index: 1, function: { arguments: '{}' } },
        { index: 0, function: { arguments: ':1}' } },
      ],
    ],
    [
      'the id in every piece',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '' } },
      ],
    ],
    [
      'whole calls, all at one place',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 0, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'no places',
      [
        { id: 'a', function: { name: 'f' } },
        { function: { arguments: '{"x":1}' } },
        { id: 'b', function: { name: 'g', arguments: null } },
      ],
    ],
    [
      'arguments as objects',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } },
        { index: 1, id: 'b', function: { name: 'g', arguments: {} } },
      ],
    ],
  ])('%s', (_name, pieces) => {
    expect(collect(...pieces)).toEqual([a, b]);
  });

  it('get names where the server gives none, so that results can belong to them', () => {
    const calls = collect({ index: 0, function: { name: 'f' } }, { index: 0, function: { name: 'g' } });
    expect(calls).toEqual([
      { id: 'call_1', name: 'f', arguments: {} },
      { id: 'call_2', name: 'g', arguments: {} },
    ]);
  });

  it.each([
    ['[1]', 'f'],
    ['{"x":', 'f'],
    ['{}', ''],
  ])('are a failure with arguments %s of the function "%s"', (args, name) => {
    expect(() => collect({ index: 0, id: 'a', function: { name, arguments: args } })).toThrow(
      expect.objectContaining({ code: 'ENGINE_STREAM_BROKEN' }),
    );
  });

  const read = (finishReason: string, argumentsText: string) => {
    const reader = new ChunkReader({ upstream: 'it', model: 'm', maxSizeBytes: 10_000, refusalOf: () => undefined });
    const call = { index: 0, id: 'a', function: { name: 'f', arguments: argumentsText } };
    const chunk = { choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: finishReason }] };
    reader.feed(Buffer.from(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`));
    reader.end();
    return reader;
  };

  it('count although the server ends with stop', () => {
    const { result } = read('stop', '{"x":1}');
    expect(result).toMatchObject({ toolCalls: [a], finished: { reason: 'tool-calls' } });
  });

  it('are none when the maximum cut them off', () => {
    const { result } = read('length', '{"x"');
    expect(result).toMatchObject({ toolCalls: [], finished: { reason: 'length' } });
  });

  it('are a failure of the stream when they cannot be read', () => {
    expect(read('tool_calls', '{"x"').failure).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  });
});
