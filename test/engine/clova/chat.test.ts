import { afterEach, describe, expect, it } from 'vitest';
import {
  type ClovaSimulator,
  type ClovaSimulatorOptions,
  createClovaSimulator,
} from '../../../simulator/clova/server.ts';
import { type ChatLine, type ClovaChatDeps, openClovaChat } from '../../../src/engine/clova/chat.ts';
import type { ChatFrame, ChatResult } from '../../../src/engine/clova/chat-frame.ts';
import type { ChatMessage } from '../../../src/engine/clova/chat-message.ts';
import type { ChatOptions } from '../../../src/engine/clova/chat-options.ts';
import type { ModelOverride } from '../../../src/engine/clova/facts/models.ts';
import type { AnswerCall } from '../../../src/http-client/attempts.ts';
import { photo } from '../../helpers/photos.ts';
import { clovaSettings } from '../clova-settings.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startSimulator(options: ClovaSimulatorOptions = {}): Promise<ClovaSimulator & { url: string }> {
  const simulator = createClovaSimulator(options);
  const { url } = await simulator.start();
  cleanups.push(() => simulator.close());
  return Object.assign(simulator, { url });
}

function openLine(
  url: string,
  options: ChatOptions & { readonly wantsThinking?: boolean },
  deps: ClovaChatDeps = {},
): ChatLine {
  const chat = openClovaChat(clovaSettings({ baseUrl: url }), deps);
  cleanups.push(() => chat.close());
  return chat.line(options);
}

const call = (overrides: Partial<AnswerCall> = {}): AnswerCall => ({
  requestId: 'chat-1',
  closesAt: Date.now() + 60_000,
  signal: new AbortController().signal,
  ...overrides,
});

async function collect(line: ChatLine, messages: readonly ChatMessage[] = QUESTION): Promise<readonly ChatFrame[]> {
  const frames: ChatFrame[] = [];
  for await (const frame of line.stream(messages, call())) frames.push(frame);
  return frames;
}

const joined = (frames: readonly ChatFrame[], type: 'text' | 'thinking') =>
  frames.map((frame) => (frame.type === type ? (frame as { readonly text: string }).text : '')).join('');

const resultOf = (frames: readonly ChatFrame[]) => frames.at(-1) as ChatResult;

const QUESTION: readonly ChatMessage[] = [
  { role: 'system', text: '당신은 상담원입니다.' },
  { role: 'user', text: '부산에도 매장이 있나요?' },
];
const PICTURE: readonly ChatMessage[] = [
  { role: 'user', text: '이거 있나요?', image: { mediaType: 'image/png', bytes: photo('photo.png') } },
];
const TOOLS = [
  {
    name: 'find_store',
    description: '도시 이름으로 매장을 찾는다.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
] as const;
const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'string' }, sure: { type: 'boolean' } },
  required: ['answer'],
};

const MODES: Readonly<
  Record<
    string,
    { readonly options: Omit<ChatOptions, 'model'>; readonly messages?: readonly ChatMessage[]; claims?: ModelOverride }
  >
> = {
  tools: { options: { tools: TOOLS }, claims: { tools: true } },
  schema: { options: { schema: SCHEMA }, claims: { structuredOutput: true } },
  image: { options: {}, messages: PICTURE, claims: { images: true } },
  thinking: { options: { thinkingEffort: 'low' }, claims: { thinking: true } },
};

/** What each model can do beside answering in words. */
const ABILITIES = {
  'HCX-007': ['tools', 'schema', 'thinking'],
  'HCX-005': ['tools', 'image'],
  'HCX-DASH-002': ['tools'],
  'HCX-003': [],
  'HCX-DASH-001': [],
  'ft:task1': [],
  'ft:task2': [],
} as const;
const TUNED = {
  tunedTasks: { task1: 'HCX-005', task2: 'HCX-003' },
};
const MODELS = { 'ft:task1': { like: 'HCX-005' }, 'ft:task2': { like: 'HCX-003' } };

describe.each(Object.entries(ABILITIES))('%s', (model, abilities) => {
  it('plain: the result alone, in one envelope', async () => {
    const simulator = await startSimulator({ ...TUNED, answer: '네, 서면에 있습니다.' });
    const result = await openLine(simulator.url, { model, models: MODELS }).complete(QUESTION, call());
    expect(result).toMatchObject({
      type: 'result',
      model,
      text: '네, 서면에 있습니다.',
      toolCalls: [],
      finish: { reason: 'stop', raw: expect.stringMatching(/^stop(_before)?$/) },
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
      aiFilter: [],
    });
    expect(simulator.requests[0]?.headers.accept).toBe('application/json');
  });

  it('stream: pieces, then the same result', async () => {
    const simulator = await startSimulator({ ...TUNED, answer: '네, 서면에 있습니다.', tokensPerSecond: 2_000 });
    const line = openLine(simulator.url, { model, models: MODELS });
    const frames = await collect(line);
    expect(frames.slice(0, -1).every(({ type }) => type === 'text')).toBe(true);
    expect(joined(frames, 'text')).toBe('네, 서면에 있습니다.');
    const { createdAt: _, ...result } = await line.complete(QUESTION, call());
    expect(resultOf(frames)).toMatchObject(result);
  });

  it.each(['likely', 'possible'] as const)('asks for the verdict of the filter from %s on', async (withholdFrom) => {
    const simulator = await startSimulator({ ...TUNED, aiFilterScore: '1' });
    const frames = await collect(openLine(simulator.url, { model, models: MODELS, withholdFrom }));
    expect(simulator.requests[0]?.body).toMatchObject({ includeAiFilters: true });
    expect(resultOf(frames).finish.reason).toBe(withholdFrom === 'possible' ? 'filtered' : 'stop');
    expect(resultOf(frames).aiFilter).toHaveLength(3);
  });

  it('takes every sampling field in the range that it is said to have', async () => {
    const simulator = await startSimulator(TUNED);
    const sampling = { temperature: 0.2, topP: 1, topK: 128, repetitionPenalty: 2, seed: 4_294_967_295 };
    const frames = await collect(openLine(simulator.url, { model, models: MODELS, ...sampling, stop: ['끝.'] }));
    expect(resultOf(frames).seed).toBe(4_294_967_295);
  });

  for (const [mode, { options, messages = QUESTION, claims }] of Object.entries(MODES)) {
    if (abilities.some((ability) => ability === mode)) {
      it.each([true, false])(`${mode}: answers (streaming: %s)`, async (streams) => {
        const simulator = await startSimulator(TUNED);
        const line = openLine(simulator.url, { model, models: MODELS, ...options });
        const result = streams ? resultOf(await collect(line, messages)) : await line.complete(messages, call());
        expect(result.finish.reason).toBe(mode === 'tools' ? 'tool-calls' : 'stop');
        expect(simulator.requests).toHaveLength(1);
      });
    } else {
      it(`${mode}: is refused before anything is sent`, async () => {
        const simulator = await startSimulator(TUNED);
        const ask = async () => collect(openLine(simulator.url, { model, models: MODELS, ...options }), messages);
        await expect(ask()).rejects.toMatchObject({
          code: mode === 'image' ? 'ENGINE_BAD_REQUEST' : 'SETTINGS_INVALID',
        });
        expect(simulator.requests).toEqual([]);
      });

      if (!model.startsWith('ft:')) {
        it(`${mode}: would be refused by the service too`, async () => {
          const simulator = await startSimulator();
          const line = openLine(simulator.url, { model, models: { [model]: { ...claims } }, ...options });
          await expect(collect(line, messages)).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
          expect(simulator.requests).toHaveLength(1);
        });
      }
    }
  }
});

describe('what the service refuses together', () => {
  it.each<[ChatOptions, string, RegExp]>([
    [{ model: 'HCX-007', tools: TOOLS, thinkingEffort: 'low' }, 'tools', /combined with thinkingEffort/],
    [{ model: 'HCX-007', schema: SCHEMA, thinkingEffort: 'high' }, 'schema', /combined with thinkingEffort/],
    [{ model: 'HCX-007', stop: ['끝'], thinkingEffort: 'medium' }, 'stop', /combined with thinkingEffort/],
    [{ model: 'HCX-007', tools: TOOLS, schema: SCHEMA }, 'tools', /combined with schema/],
    [{ model: 'HCX-005', toolChoice: 'none' }, 'toolChoice', /needs tools/],
    [{ model: 'HCX-005', tools: TOOLS, toolChoice: { name: 'other' } }, 'toolChoice', /one of the tools/],
    [{ model: 'HCX-005', tools: [] }, 'tools', /at least one/],
    [{ model: 'HCX-005', tools: [...TOOLS, ...TOOLS] }, 'tools', /twice/],
    [{ model: 'HCX-005', tools: [{ ...TOOLS[0], description: ' ' }] }, 'tools', /description/],
    [{ model: 'HCX-005', tools: [{ ...TOOLS[0], name: '매장 찾기' }] }, 'tools', /names/],
    [{ model: 'HCX-005', tools: [{ ...TOOLS[0], parameters: {} }] }, 'tools', /parameters/],
    [{ model: 'HCX-005', temperature: 1.1 }, 'temperature', /from 0 to 1/],
    [{ model: 'HCX-003', temperature: 0 }, 'temperature', /above 0/],
    [{ model: 'HCX-005', topP: 0 }, 'topP', /above 0 and at most 1/],
    [{ model: 'HCX-005', topK: 129 }, 'topK', /whole number from 0 to 128/],
    [{ model: 'HCX-005', repetitionPenalty: 5 }, 'repetitionPenalty', /at most 2/],
    [{ model: 'HCX-003', repetitionPenalty: 11 }, 'repetitionPenalty', /at most 10/],
    [{ model: 'HCX-005', seed: 4_294_967_296 }, 'seed', /whole number/],
    [{ model: 'HCX-005', seed: 1.5 }, 'seed', /whole number/],
    [{ model: 'HCX-005', stop: [''] }, 'stop', /no empty text/],
    [{ model: 'ft:' }, 'model', /model name/],
  ])('%j is refused at start-up', (options, field, reason) => {
    expect(() => openLine('http://127.0.0.1:9', options)).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_INVALID',
        details: expect.objectContaining({ field }),
        message: expect.stringMatching(reason),
      }),
    );
  });

  it('pictures beside tools are refused before anything is sent', async () => {
    const simulator = await startSimulator();
    const line = openLine(simulator.url, { model: 'HCX-005', tools: TOOLS });
    await expect(collect(line, PICTURE)).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
    expect(simulator.requests).toEqual([]);
  });

  it('more pictures than five are refused before anything is sent', async () => {
    const simulator = await startSimulator();
    const line = openLine(simulator.url, { model: 'HCX-005' });
    const pictures = Array.from({ length: 6 }, () => PICTURE[0] as ChatMessage);
    await expect(collect(line, pictures)).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
    expect(simulator.requests).toEqual([]);
    expect(resultOf(await collect(line, pictures.slice(1))).text).not.toBe('');
  });
});

describe('thinking', () => {
  it('is handed on only to who wants it, and stands in the result', async () => {
    const simulator = await startSimulator({ answer: '답' });
    const options = { model: 'HCX-007', thinkingEffort: 'low' } as const;
    const silent = await collect(openLine(simulator.url, options));
    expect(joined(silent, 'thinking')).toBe('');
    expect(resultOf(silent).thinking).not.toBe('');
    const open = await collect(openLine(simulator.url, { ...options, wantsThinking: true }));
    expect(joined(open, 'thinking')).toBe(resultOf(open).thinking);
    expect(joined(open, 'text')).toBe('답');
  });
});

describe('tool calls', () => {
  it.each(['HCX-007', 'HCX-005', 'HCX-DASH-002'])('%s asks, is given the result, and answers', async (model) => {
    const simulator = await startSimulator();
    const line = openLine(simulator.url, { model, tools: TOOLS, toolChoice: 'auto' });
    const frames = await collect(line);
    const { toolCalls, text } = resultOf(frames);
    expect(text).toBe('');
    expect(toolCalls).toEqual([
      { id: expect.stringMatching(/^call_/), name: 'find_store', arguments: { city: '부산에도 매장이 있나요?' } },
    ]);
    const pieces = frames.flatMap((frame) => (frame.type === 'tool-call-piece' ? [frame] : []));
    expect(pieces[0]).toMatchObject({ id: toolCalls[0]?.id, name: 'find_store', argumentsText: '' });
    expect(JSON.parse(pieces.map(({ argumentsText }) => argumentsText).join(''))).toEqual(toolCalls[0]?.arguments);

    const answer = await collect(line, [
      ...QUESTION,
      { role: 'assistant', text: '', toolCalls },
      { role: 'tool', toolCallId: toolCalls[0]?.id ?? '', text: '{"store":"서면점"}' },
    ]);
    expect(resultOf(answer)).toMatchObject({ finish: { reason: 'stop' }, toolCalls: [] });
    expect(joined(answer, 'text')).toContain('서면점');
    const body = simulator.requests[1]?.body as { readonly messages: readonly object[] } | undefined;
    expect(body?.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: '',
        toolCalls: toolCalls.map(({ id, name, arguments: args }) => ({
          id,
          type: 'function',
          function: { name, arguments: args },
        })),
      },
      { role: 'tool', toolCallId: toolCalls[0]?.id, content: '{"store":"서면점"}' },
    ]);
  });

  it('may be several in one answer', async () => {
    const asked = [
      { name: 'find_store', arguments: { city: '부산', near: ['서면', '남포'] } },
      { name: 'find_store', arguments: {} },
    ];
    const simulator = await startSimulator({ toolCalls: () => asked });
    const { toolCalls } = resultOf(await collect(openLine(simulator.url, { model: 'HCX-005', tools: TOOLS })));
    expect(toolCalls.map(({ name, arguments: args }) => ({ name, arguments: args }))).toEqual(asked);
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  it('reserve the room that the service wants for them', async () => {
    const simulator = await startSimulator();
    await collect(openLine(simulator.url, { model: 'HCX-005', tools: TOOLS, maxOutputTokens: 100 }));
    expect(simulator.requests[0]?.body).toMatchObject({ maxTokens: 1_024 });
  });

  it('of one tool by name: only that one is offered, because the live service refuses its name', async () => {
    const simulator = await startSimulator();
    const tools = [...TOOLS, { ...TOOLS[0], name: 'open_hours' }];
    const line = openLine(simulator.url, { model: 'HCX-005', tools, toolChoice: { name: 'open_hours' } });
    expect(resultOf(await collect(line)).toolCalls).toMatchObject([{ name: 'open_hours' }]);
    expect(simulator.requests[0]?.body).toMatchObject({ toolChoice: 'auto' });
  });

  it('that the service finds unsupported, though they worked before, are asked for twice more at most', async () => {
    const simulator = await startSimulator();
    const retries: string[] = [];
    const line = openLine(
      simulator.url,
      { model: 'HCX-005', tools: TOOLS },
      { random: () => 0, onRetry: (error) => void retries.push(String(error.details.upstreamCode)) },
    );
    const unsupported = { httpStatus: 400, code: '40009', message: 'Unsupported function' };
    simulator.failNext(1, unsupported);
    await expect(collect(line)).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
    expect(retries).toEqual([]);
    await collect(line);
    simulator.failNext(2, unsupported);
    await collect(line);
    expect(retries).toEqual(['40009', '40009']);
    simulator.failNext(3, unsupported);
    await expect(collect(line)).rejects.toMatchObject({ details: { upstreamCode: '40009' } });
    expect(simulator.requests).toHaveLength(1 + 1 + 3 + 3);
  });
});

describe('structured outputs', () => {
  it('come as JSON text that fits, whatever words the schema used', async () => {
    const simulator = await startSimulator();
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: '답',
      type: 'object',
      properties: {
        kind: { const: 'answer' },
        store: { $ref: '#/$defs/store' },
        state: {
          oneOf: [
            { type: 'string', enum: ['open'] },
            { type: 'integer', minimum: 3 },
          ],
        },
        days: { type: 'array', items: { type: 'string', format: 'date' }, minItems: 2 },
      },
      required: ['kind', 'store'],
      additionalProperties: false,
      $defs: { store: { type: 'object', properties: { city: { type: 'string' } } } },
    };
    const { text, finish } = resultOf(await collect(openLine(simulator.url, { model: 'HCX-007', schema })));
    expect(finish.reason).toBe('stop');
    expect(JSON.parse(text)).toEqual({
      kind: 'answer',
      store: { city: expect.any(String) },
      state: 'open',
      days: ['2026-11-21', '2026-11-21'],
    });
    expect(simulator.requests[0]?.body).toMatchObject({ thinking: { effort: 'none' } });
  });

  it.each([
    [{ type: 'string', pattern: '^a' }, /pattern/],
    [{ type: 'object', properties: { a: { allOf: [{ type: 'string' }] } } }, /allOf/],
    [{ type: 'string', format: 'uri' }, /format/],
    [{ type: 'null' }, /type/],
    [{ type: 'array', items: [] }, /schema wherever/],
    [{ anyOf: [] }, /anyOf/],
    [{ $ref: '#' }, /parts of itself/],
    [{ $ref: '#/$defs/none' }, /schema wherever/],
    [{ $ref: '#/$defs/loop', $defs: { loop: { $ref: '#/$defs/loop' } } }, /refer to itself/],
    [{ type: 'object', properties: [] }, /properties/],
  ])('refuse %j at start-up', (schema, reason) => {
    expect(() => openLine('http://127.0.0.1:9', { model: 'HCX-007', schema })).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID', message: expect.stringMatching(reason) }),
    );
  });

  it('cut short are the part that there is', async () => {
    const simulator = await startSimulator();
    const line = openLine(simulator.url, { model: 'HCX-007', schema: SCHEMA, maxOutputTokens: 3 });
    expect(resultOf(await collect(line)).finish.reason).toBe('length');
  });
});

describe('messages', () => {
  it('have one system message, no empty text, and pictures by address or inline', async () => {
    const simulator = await startSimulator();
    await collect(openLine(simulator.url, { model: 'HCX-005' }), [
      { role: 'system', text: '첫째 규칙' },
      { role: 'assistant', text: ' ' },
      { role: 'user', text: '', image: { url: 'https://shop.example.com/a.png' } },
      { role: 'system', text: '둘째 규칙' },
      { role: 'user', text: '이건요?' },
    ]);
    expect(simulator.requests[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: '첫째 규칙\n\n둘째 규칙' },
        { role: 'user', content: [{ type: 'image_url', imageUrl: { url: 'https://shop.example.com/a.png' } }] },
        { role: 'user', content: '이건요?' },
      ],
    });
  });

  it('with results of tools are not sent to a model without', async () => {
    const simulator = await startSimulator();
    const line = openLine(simulator.url, { model: 'HCX-003' });
    const messages = [...QUESTION, { role: 'tool', toolCallId: 'a', text: '1' }] as const;
    await expect(collect(line, messages)).rejects.toMatchObject({ code: 'ENGINE_BAD_REQUEST' });
    expect(simulator.requests).toEqual([]);
  });
});
