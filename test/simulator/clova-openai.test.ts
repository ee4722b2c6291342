/** The OpenAI-compatible side of the simulator, seen by OpenAI's own client and by bare requests. */
import OpenAI, { APIError } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClovaSimulator, type ClovaSimulatorOptions, createClovaSimulator } from '../../simulator/clova/server.ts';
import { thrownBy } from '../helpers/engine-contract.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const MESSAGES = [{ role: 'user' as const, content: '영업시간이 어떻게 되나요?' }];

let simulator: ClovaSimulator;

async function start(options: ClovaSimulatorOptions = {}): Promise<string> {
  simulator = createClovaSimulator({ clock: new ManualClock(1_790_000_000_000), ...options });
  return (await simulator.start()).url;
}

async function startClient(options: ClovaSimulatorOptions = {}, path = '/v1/openai', apiKey = 'nv-test') {
  return new OpenAI({ baseURL: `${await start(options)}${path}`, apiKey, maxRetries: 0 });
}

afterEach(() => simulator.close());

/** `400 40001 Invalid parameter: n` */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await thrownBy(() => call);
  expect(error).toBeInstanceOf(APIError);
  const { status, error: body } = error as APIError;
  const { code, message, type, param } = body as Record<string, unknown>;
  expect({ type, param }).toEqual({ type: null, param: null });
  return `${status} ${code} ${message}`;
}

describe("CLOVA Studio's compatible endpoint, for OpenAI's client", () => {
  it('answers as a whole', async () => {
    const client = await startClient();
    const answer = await client.chat.completions.create({ model: 'HCX-005', messages: MESSAGES });
    expect(answer.choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: expect.stringContaining('영업시간이 어떻게 되나요?') },
        finish_reason: 'stop',
      },
    ]);
    expect(answer).toMatchObject({ model: 'HCX-005', created: 1_790_000_000_000, seed: 1_000_003 });
    expect(answer.id).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.usage).toMatchObject({ prompt_tokens: 11, total_tokens: expect.any(Number) });
  });

  it('streams', async () => {
    const client = await startClient({ answer: '네, 평일 9시부터입니다.' });
    const stream = await client.chat.completions.create({ model: 'HCX-005', messages: MESSAGES, stream: true });
    let text = '';
    const reasons: unknown[] = [];
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0] !== undefined) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('네, 평일 9시부터입니다.');
    expect(reasons.at(-1)).toBe('stop');
    expect(usage).toMatchObject({ prompt_tokens: 11 });
  });

  it('thinks by default on HCX-007, apart from its answer', async () => {
    const client = await startClient({ answer: '답' });
    const stream = client.chat.completions.stream({
      model: 'HCX-007',
      messages: MESSAGES,
      max_completion_tokens: 1_024,
    });
    const deltas: object[] = [];
    for await (const chunk of stream) deltas.push(chunk.choices[0]?.delta ?? {});
    expect(await stream.finalContent()).toBe('답');
    expect(deltas.filter((delta) => 'thinking_content' in delta)).not.toHaveLength(0);
  });

  it('calls functions, with arguments as JSON text, and takes their results', async () => {
    const client = await startClient();
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'find_store',
          description: '매장 찾기',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    ];
    const common = { model: 'HCX-005', tools, max_tokens: 1_024 };
    for (const streams of [false, true]) {
      const request = { ...common, messages: MESSAGES };
      const first = streams
        ? await client.chat.completions.stream(request).finalChatCompletion()
        : await client.chat.completions.create(request);
      expect(first.choices[0]?.finish_reason).toBe('tool_calls');
      const message = first.choices[0]?.message;
      const [call] = message?.tool_calls ?? [];
      if (message === undefined || call?.type !== 'function') throw new Error('no function was called');
      expect(call.function.name).toBe('find_store');
      expect(JSON.parse(call.function.arguments)).toEqual({ city: MESSAGES[0]?.content });
      const second = await client.chat.completions.create({
        ...common,
        messages: [
          ...MESSAGES,
          { role: 'assistant', content: '', tool_calls: [{ id: call.id, type: 'function', function: call.function }] },
          { role: 'tool', tool_call_id: call.id, content: '{"store":"부산점"}' },
        ],
      });
      expect(second.choices[0]?.message.content).toContain('부산점');
    }
  });

  it('gives structured outputs, and tuned models as ft:', async () => {
    const client = await startClient({ tunedTasks: { abc123: 'HCX-005' } });
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const structured = await client.chat.completions.create({
      model: 'HCX-007',
      messages: MESSAGES,
      reasoning_effort: 'none',
      response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
    });
    expect(JSON.parse(structured.choices[0]?.message.content ?? '')).toHaveProperty('city');
    const tuned = await client.chat.completions.create({ model: 'ft:abc123', messages: MESSAGES });
    expect(tuned.choices[0]?.finish_reason).toBe('stop');
  });

  it('cuts at 512 tokens when no maximum is named', async () => {
    const client = await startClient({ answer: '가나'.repeat(2_000) });
    const answer = await client.chat.completions.create({ model: 'HCX-005', messages: MESSAGES });
    expect(answer).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 512 } });
  });

  it('lists its models', async () => {
    const client = await startClient();
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('HCX-007');
  });

  it.each<[string, object, string]>([
    ['stream_options', { stream_options: { include_usage: true } }, '400 40002 Unsupported parameter: stream_options'],
    ['user', { user: 'u' }, '400 40002 Unsupported parameter: user'],
    ['frequency_penalty', { frequency_penalty: 1 }, '400 40002 Unsupported parameter: frequency_penalty'],
    ['two answers', { n: 2 }, '400 40001 Invalid parameter: n'],
    ['calls one by one', { parallel_tool_calls: false }, '400 40001 Invalid parameter: parallel_tool_calls'],
    ['JSON mode', { response_format: { type: 'json_object' } }, '400 40001 Invalid parameter: response_format.type'],
    ['a temperature above 1', { temperature: 1.5 }, '400 40001 Invalid parameter: temperature'],
    ['no content', { messages: [{ role: 'assistant', content: null }] }, '400 40001 Invalid parameter: messages'],
    [
      'thinking of a model that does not',
      { reasoning_effort: 'none' },
      '400 40001 Invalid parameter: reasoning_effort',
    ],
    [
      'a model that thinks, by its maximum',
      { model: 'HCX-007', max_tokens: 9 },
      '400 40001 Invalid parameter: max_tokens',
    ],
    ['an unknown model', { model: 'HCX-999' }, '400 40080 Model not found'],
    ['a withdrawn model', { model: 'HCX-002' }, '400 40082 Model faded out'],
    ['both penalties', { repeat_penalty: 5 }, '400 40001 Invalid parameter: repeat_penalty'],
    [
      'too much',
      { max_tokens: 4_096, messages: [{ role: 'user', content: '가'.repeat(256_000) }] },
      '400 40003 Context length exceeded',
    ],
    [
      'tools without room',
      { tools: [{ type: 'function', function: { name: 'f', description: 'd' } }] },
      '400 40001 Invalid parameter: tools, max_tokens',
    ],
  ])('refuses %s', async (_name, fields, expected) => {
    const client = await startClient();
    const body = { model: 'HCX-005', messages: MESSAGES, ...fields } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    expect(await refusalOf(client.chat.completions.create(body))).toBe(expected);
  });

  it.each([
    ['a wrong key', 'sk-other', '401 40104 Invalid key'],
    ['the right one', 'nv-mine', ''],
  ])('knows %s', async (_name, key, expected) => {
    const client = await startClient({ apiKeys: ['nv-mine'] }, '/v1/openai', key);
    const answer = client.chat.completions.create({ model: 'HCX-005', messages: MESSAGES });
    if (expected === '') await answer;
    else expect(await refusalOf(answer)).toBe(expected);
  });

  it('fails on demand in its own words', async () => {
    const client = await startClient();
    simulator.failNext(1, { httpStatus: 429, code: '42901', headers: { 'x-ratelimit-reset-requests': '6s' } });
    const call = client.chat.completions.create({ model: 'HCX-005', messages: MESSAGES });
    expect(await refusalOf(call)).toBe('429 42901 Too many requests - rate exceeded');
    simulator.failNext(1, { kind: 'error-frame', code: '50000', afterTokens: 2 });
    const stream = client.chat.completions.stream({ model: 'HCX-005', messages: MESSAGES });
    expect(await thrownBy(() => stream.finalContent())).toBeInstanceOf(APIError);
  });

  it('has no other paths', async () => {
    const client = await startClient({ unconfirmed: { models: false } });
    expect(await refusalOf(client.models.list() as Promise<unknown>)).toBe('404 40400 Not found');
    expect(await refusalOf(client.responses.create({ model: 'HCX-005', input: '네?' }))).toBe('404 40400 Not found');
  });
});

describe('the bytes of a stream', () => {
  const body = JSON.stringify({ model: 'HCX-005', messages: MESSAGES, stream: true });
  const headers = { authorization: 'Bearer nv-test', 'content-type': 'application/json' };
  const frame = (rest: string) =>
    `data: {"id":"0123456789abcdef0123456789abcdef","created":1790000000000,"model":"HCX-005","seed":1000003,${rest}}\n\n`;

  it.each([
    [
      {},
      `${frame(
        '"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":1,"total_tokens":12,"prompt_tokens_details":null,"completion_tokens_details":null}',
      )}data: [DONE]\n\n`,
    ],
    [{ usageInStream: false, done: false }, ''],
  ])('with %j', async (unconfirmed, end) => {
    const url = await start({ answer: '네', unconfirmed });
    const response = await fetch(`${url}/v1/openai/chat/completions`, { method: 'POST', headers, body });
    expect(await response.text()).toBe(
      frame('"choices":[{"index":0,"delta":{"role":"assistant","content":"네"},"finish_reason":null}]') +
        frame('"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]') +
        end,
    );
  });
});

describe("chat of CLOVA Studio GOV, for OpenAI's client", () => {
  const path = '/api/v1';

  it('reasons by default, apart from its answer', async () => {
    const client = await startClient({ answer: '신분증이 필요합니다.' }, path, 'gov-key');
    const answer = await client.chat.completions.create({ model: 'HCX-GOV-THINK', messages: MESSAGES });
    expect(answer).toMatchObject({ object: 'chat.completion', prompt_logprobs: null });
    expect(answer.choices[0]?.message).toEqual({
      role: 'assistant',
      content: '신분증이 필요합니다.',
      reasoning_content: expect.any(String),
      tool_calls: [],
    });
    const silent = await client.chat.completions.create({
      model: 'HCX-GOV-THINK',
      messages: MESSAGES,
      chat_template_kwargs: { skip_reasoning: true },
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);
    expect(silent.choices[0]?.message).not.toHaveProperty('reasoning_content');
  });

  it('streams with everything that a reader must bear', async () => {
    const client = await startClient({ answer: '신분증이 필요합니다.' }, path, 'gov-key');
    const stream = await client.chat.completions.create({ model: 'HCX-GOV-THINK', messages: MESSAGES, stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('')).toBe('신분증이 필요합니다.');
    expect(chunks.some((chunk) => chunk.choices === undefined)).toBe(true);
    expect(chunks.some((chunk) => chunk.choices?.[0]?.delta.content === null)).toBe(true);
  });

  it.each<[string, string, object, number, string]>([
    ['a wrong key', 'other', {}, 401, 'invalid_api_key'],
    ['an unknown model', 'gov-key', { model: 'hcx-gov' }, 404, '40400'],
    ['a field that is not listed', 'gov-key', { stream_options: { include_usage: true } }, 422, '42200'],
    ['a temperature above 2', 'gov-key', { temperature: 2.1 }, 422, '42200'],
  ])('refuses %s', async (_name, key, fields, status, code) => {
    const client = await startClient({ apiKeys: ['gov-key'] }, path, key);
    const body = { model: 'HCX-GOV', messages: MESSAGES, ...fields } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    expect(await thrownBy(() => client.chat.completions.create(body))).toMatchObject({ status, code });
  });
});
