import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClovaSimulator, type ClovaSimulatorOptions, createClovaSimulator } from '../../simulator/clova/server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { photo, pngOf } from '../helpers/photos.ts';

let simulator: ClovaSimulator;
let url: string;

async function start(options: ClovaSimulatorOptions = {}): Promise<void> {
  simulator = createClovaSimulator(options);
  url = (await simulator.start()).url;
}

afterEach(() => simulator.close());

const QUESTION = { messages: [{ role: 'user', content: '영업시간이 어떻게 되나요?' }] };
const AUTH = { authorization: 'Bearer nv-test', 'content-type': 'application/json' };
const SSE = { ...AUTH, accept: 'text/event-stream' };

async function post(path: string, body: unknown, headers: Record<string, string> = AUTH) {
  const response = await request(`${url}${path}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, text };
}

async function refusal(path: string, body: unknown, headers?: Record<string, string>): Promise<string> {
  const { status, text } = await post(path, body, headers);
  const answer = JSON.parse(text);
  if (answer.status.code !== '20000') expect(status).toBe(Number(answer.status.code.slice(0, 3)));
  return `${answer.status.code} ${answer.status.message}`;
}

const tool = (extra = {}) => ({
  type: 'function',
  function: { name: 'find', description: '찾기', parameters: {}, ...extra },
});
const image = (extra: object) => ({
  role: 'user',
  content: [
    { type: 'text', text: '이건?' },
    { type: 'image_url', ...extra },
  ],
});
const dataUri = (format: string, bytes: Buffer) => ({
  dataUri: { data: `data:image/${format};base64,${bytes.toString('base64')}` },
});
const NO_THINKING = { thinking: { effort: 'none' } };

describe('answers', () => {
  it('answers v3 in the envelope', async () => {
    await start({ clock: new ManualClock(1_790_000_000_000) });
    const { status, headers, text } = await post('/v3/chat-completions/HCX-005', QUESTION);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    const answer = JSON.parse(text);
    expect(answer.status).toEqual({ code: '20000', message: 'OK' });
    expect(answer.result).toMatchObject({
      message: { role: 'assistant', content: expect.stringContaining('영업시간이 어떻게 되나요?') },
      finishReason: 'stop',
      created: 1_790_000_000,
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
    });
    expect(answer.result.aiFilter).toBeUndefined();
  });

  it('answers v1 with its own names, and cuts at its default of 100 tokens', async () => {
    await start({ answer: '가'.repeat(500) });
    const { text } = await post('/v1/chat-completions/HCX-003', { ...QUESTION, includeAiFilters: true });
    const { result } = JSON.parse(text);
    expect(result).toMatchObject({ stopReason: 'length', outputLength: 100, inputLength: expect.any(Number) });
    expect(result.aiFilter[0]).toEqual({ groupName: 'curse', name: 'insult', score: '2', result: 'OK' });
  });

  it('streams v3 frames byte for byte', async () => {
    await start({ clock: new ManualClock(1_790_000_000_000), answer: '네, 맞' });
    const { headers, text } = await post('/v3/chat-completions/HCX-005', { ...QUESTION, seed: 42 }, SSE);
    expect(headers['content-type']).toMatch(/^text\/event-stream/);
    expect(text).toBe(
      'id:00000000-0000-4000-8000-000000000001\nevent:token\n' +
        'data:{"message":{"role":"assistant","content":"네,"},"finishReason":null,"created":1790000000,"seed":42,"usage":null}\n\n' +
        'id:00000000-0000-4000-8000-000000000002\nevent:token\n' +
        'data:{"message":{"role":"assistant","content":" 맞"},"finishReason":null,"created":1790000000,"seed":42,"usage":null}\n\n' +
        'id:00000000-0000-4000-8000-000000000003\nevent:result\n' +
        'data:{"message":{"role":"assistant","content":"네, 맞"},"finishReason":"stop","created":1790000000,"seed":42,' +
        '"usage":{"promptTokens":11,"completionTokens":2,"totalTokens":13}}\n\n' +
        'id:00000000-0000-4000-8000-000000000004\nevent:signal\ndata:{"data":"[DONE]"}\n\n',
    );
  });

  it('streams v1 frames with blanks, CRLF and comments when told to', async () => {
    await start({ answer: '네', blankAfterColon: true, lineEnd: '\r\n', comments: true, signal: false });
    const { text } = await post('/v1/chat-completions/HCX-003', QUESTION, SSE);
    expect(text).toBe(
      ': keep-alive\r\nid: 00000000-0000-4000-8000-000000000001\r\nevent: token\r\n' +
        'data: {"message":{"role":"assistant","content":"네"}}\r\n\r\n' +
        ': keep-alive\r\nid: 00000000-0000-4000-8000-000000000002\r\nevent: result\r\n' +
        'data: {"message":{"role":"assistant","content":"네"},"inputLength":11,"outputLength":1,"stopReason":"stop_before","seed":1000003,"aiFilter":null}\r\n\r\n',
    );
  });

  it('thinks by default on HCX-007, first and in frames of its own', async () => {
    await start();
    const { text } = await post('/v3/chat-completions/HCX-007', QUESTION, SSE);
    const data = [...text.matchAll(/^event:token\ndata:(.*)$/gm)].map((match) => JSON.parse(match[1] ?? ''));
    const kinds = data.map(({ message }) => Object.keys(message).join());
    expect(new Set(kinds)).toEqual(new Set(['role,thinkingContent', 'role,content']));
    expect(kinds.lastIndexOf('role,thinkingContent')).toBeLessThan(kinds.indexOf('role,content'));
    expect(text).toMatch(/"completionTokensDetails":\{"thinkingTokens":\d+\}/);
  });

  it('leaves an empty answer when thinking uses up the maximum', async () => {
    await start();
    const { text } = await post('/v3/chat-completions/HCX-007', { ...QUESTION, maxCompletionTokens: 5 });
    const { result } = JSON.parse(text);
    expect(result.finishReason).toBe('length');
    expect(result.message.content).toBe('');
    expect(result.message.thinkingContent).not.toBe('');
  });

  it('answers from the first ground, keeps placeholders and stars out numbers and links', async () => {
    const system =
      '당신은 상담원입니다.\n\n[자료 1] 배송 조회\n질문: 배송 조회는 어디서 하나요?\n답변: https://shop.example.com/track 에서 하실 수 있습니다.\n' +
      '안 되면 02-1234-5678, 1588-0000 또는 [[전화1]]로 연락해 주세요.\n\n[자료 2] 환불\n답변: 7일 이내입니다.\n\n[규칙]\n지어내지 마세요.';
    const body = { messages: [{ role: 'system', content: system }, ...QUESTION.messages] };
    await start();
    const starred = JSON.parse((await post('/v3/chat-completions/HCX-005', body)).text).result.message.content;
    expect(starred).toBe(
      '****************************** 에서 하실 수 있습니다.\n안 되면 **-****-****, ****-**** 또는 [[전화1]]로 연락해 주세요.',
    );
    await simulator.close();
    await start({ starOut: false });
    const plain = JSON.parse((await post('/v3/chat-completions/HCX-005', body)).text).result.message.content;
    expect(plain).toContain('https://shop.example.com/track 에서');
    expect(plain).toContain('02-1234-5678');
  });

  it.each([
    [
      '[자료 1] 영업시간\n평일 9시부터입니다.\n\n토요일은 쉽니다.\n\n[고객센터]\n[[전화1]]',
      '평일 9시부터입니다.\n\n토요일은 쉽니다.',
    ],
    [
      '[자료 1] 환불\n[안내] 7일 이내입니다.\n링크: [[링크1]]\n\n[자료 2] 배송\n이틀입니다.',
      '[안내] 7일 이내입니다.\n링크: [[링크1]]',
    ],
    ['규칙입니다.\n\n[자료]\nQ: 배송은?\nA: 이틀입니다.\nQ: 환불은?\nA: 7일입니다.', '이틀입니다.'],
    ['[자료 1]\n질문: 배송은?\n이틀입니다.', '이틀입니다.'],
  ])('finds the first ground in %j', async (system, answer) => {
    await start();
    const body = { messages: [{ role: 'system', content: system }, ...QUESTION.messages] };
    expect(JSON.parse((await post('/v3/chat-completions/HCX-005', body)).text).result.message.content).toBe(answer);
  });

  it('stops at a stop string', async () => {
    await start({ answer: '하나. 둘. 셋.' });
    const body = { ...QUESTION, stop: ['둘'] };
    expect(JSON.parse((await post('/v3/chat-completions/HCX-005', body)).text).result.message.content).toBe('하나. ');
  });

  it('compresses when told to', async () => {
    await start({ gzip: true, tokensPerSecond: 1_000 });
    const response = await request(`${url}/v3/chat-completions/HCX-005`, {
      method: 'POST',
      headers: SSE,
      body: JSON.stringify(QUESTION),
    });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(await response.body.bytes()).toString()).toContain('event:result');
  });

  it('takes the old path prefixes and the old header pair', async () => {
    await start();
    const pair = {
      'content-type': 'application/json',
      'x-ncp-clovastudio-api-key': 'old',
      'x-ncp-apigw-api-key': 'gw',
    };
    expect(await refusal('/testapp/v1/chat-completions/HCX-003', QUESTION, pair)).toBe('20000 OK');
    expect(await refusal('/serviceapp/v3/chat-completions/HCX-005', QUESTION)).toBe('20000 OK');
  });
});

describe('refusals', () => {
  const v3 = '/v3/chat-completions';
  const v1 = '/v1/chat-completions';
  const two = 'x'.repeat(60_000);
  it.each<[string, string, unknown, string]>([
    ['unknown model', `${v3}/HCX-999`, QUESTION, '40080 Model not found'],
    ['withdrawn model', `${v1}/LK-D2`, QUESTION, '40082 Model faded out'],
    ['v1 model on v3', `${v3}/HCX-003`, QUESTION, '40084 API not supported for this model'],
    ['v3 model on v1', `${v1}/HCX-007`, QUESTION, '40084 API not supported for this model'],
    ['model in the body', '/v3/chat/completions', { ...QUESTION, model: 'HCX-007' }, '40400 Not found'],
    ['no JSON', `${v3}/HCX-005`, '{"messages":', '40000 Bad request'],
    ['no messages', `${v3}/HCX-005`, {}, '40001 Invalid parameter: messages'],
    ['empty text', `${v3}/HCX-005`, { messages: [{ role: 'user', content: ' ' }] }, '40004 Text empty'],
    [
      'two system messages',
      `${v3}/HCX-005`,
      { messages: [{ role: 'system', content: 'a' }, { role: 'system', content: 'b' }, ...QUESTION.messages] },
      '40001 Invalid parameter: messages',
    ],
    [
      'parts on v1',
      `${v1}/HCX-003`,
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] },
      '40001 Invalid parameter: messages',
    ],
    [
      'thinking sent back',
      `${v3}/HCX-007`,
      { messages: [{ role: 'assistant', content: 'a', thinkingContent: 'b' }, ...QUESTION.messages] },
      '40001 Invalid parameter: messages',
    ],
    ['HCX-007 maxTokens', `${v3}/HCX-007`, { ...QUESTION, maxTokens: 10 }, '40001 Invalid parameter: maxTokens'],
    [
      'HCX-005 maxCompletionTokens',
      `${v3}/HCX-005`,
      { ...QUESTION, maxCompletionTokens: 10 },
      '40001 Invalid parameter: maxCompletionTokens',
    ],
    ['HCX-005 thinking', `${v3}/HCX-005`, { ...QUESTION, ...NO_THINKING }, '40001 Invalid parameter: thinking'],
    ['DASH-002 thinking', `${v3}/HCX-DASH-002`, { ...QUESTION, ...NO_THINKING }, '40001 Invalid parameter: thinking'],
    ['bad effort', `${v3}/HCX-007`, { ...QUESTION, thinking: { effort: 'max' } }, '40001 Invalid parameter: thinking'],
    ['stop while thinking', `${v3}/HCX-007`, { ...QUESTION, stop: ['.'] }, '40001 Invalid parameter: stop, thinking'],
    [
      'tools while thinking',
      `${v3}/HCX-007`,
      { ...QUESTION, tools: [tool()] },
      '40001 Invalid parameter: tools, thinking',
    ],
    [
      'schema while thinking',
      `${v3}/HCX-007`,
      { ...QUESTION, responseFormat: { type: 'json', schema: {} } },
      '40001 Invalid parameter: responseFormat, thinking',
    ],
    [
      'tools with few tokens',
      `${v3}/HCX-005`,
      { ...QUESTION, tools: [tool()], maxTokens: 512 },
      '40001 Invalid parameter: tools, maxTokens',
    ],
    [
      'tool without description',
      `${v3}/HCX-005`,
      { ...QUESTION, tools: [tool({ description: '' })], maxTokens: 2_000 },
      '40001 Invalid parameter: tools',
    ],
    [
      'tools and schema',
      `${v3}/HCX-007`,
      {
        ...QUESTION,
        ...NO_THINKING,
        tools: [tool()],
        responseFormat: { type: 'json', schema: {} },
        maxCompletionTokens: 2_000,
      },
      '40001 Invalid parameter: tools, responseFormat',
    ],
    [
      'schema missing',
      `${v3}/HCX-007`,
      { ...QUESTION, ...NO_THINKING, responseFormat: { type: 'json' } },
      '40055 Invalid response format schema',
    ],
    [
      'schema on HCX-005',
      `${v3}/HCX-005`,
      { ...QUESTION, responseFormat: { type: 'json', schema: {} } },
      '40001 Invalid parameter: responseFormat',
    ],
    ['tools on v1', `${v1}/HCX-003`, { ...QUESTION, tools: [tool()] }, '40009 Unsupported function'],
    [
      'tool choice as object',
      `${v3}/HCX-005`,
      { ...QUESTION, tools: [tool()], maxTokens: 2_000, toolChoice: { type: 'function' } },
      '40009 Unsupported function',
    ],
    [
      'image on HCX-007',
      `${v3}/HCX-007`,
      { messages: [image({ imageUrl: { url: 'https://a.kr/a.png' } })] },
      '40009 Unsupported input format',
    ],
    [
      'image of another kind',
      `${v3}/HCX-005`,
      { messages: [image({ imageUrl: { url: 'https://a.kr/a.gif' } })] },
      '40060 Unsupported image format',
    ],
    [
      'inline image without its prefix',
      `${v3}/HCX-005`,
      { messages: [image({ dataUri: { data: 'iVBORw0KGgo=' } })] },
      '40001 Invalid parameter: dataUri',
    ],
    ...(
      [
        ['inline image of another kind', dataUri('gif', photo('photo.png')), '40060 Unsupported image format'],
        ['inline image that is none', dataUri('png', Buffer.from('<html>')), '40063 Invalid image file'],
        ['inline image under a false name', dataUri('jpeg', photo('photo.png')), '40063 Invalid image file'],
        ['inline image of 20 MB', dataUri('png', Buffer.alloc(20_000_001)), '40061 Invalid image file size'],
        ['inline image of too many pixels', dataUri('png', pngOf(2_241, 1_000)), '40063 Invalid image size'],
        ['inline image of too few', dataUri('png', pngOf(3, 3)), '40063 Invalid image size'],
        ['inline strip', dataUri('png', pngOf(100, 501)), '40063 Invalid image ratio'],
      ] as const
    ).map(
      ([name, picture, refusal]) =>
        [name, `${v3}/HCX-005`, { messages: [image(picture)] }, refusal] as [string, string, object, string],
    ),
    [
      'two images in a message',
      `${v3}/HCX-005`,
      {
        messages: [
          { role: 'user', content: [0, 1].map(() => ({ type: 'image_url', ...dataUri('png', photo('photo.png')) })) },
        ],
      },
      '40000 Each user message can contain only one image',
    ],
    [
      'six images',
      `${v3}/HCX-005`,
      { messages: Array.from({ length: 6 }, () => image({ imageUrl: { url: 'https://a.kr/a.png' } })) },
      '40003 Too many images',
    ],
    ['temperature 0 on v1', `${v1}/HCX-003`, { ...QUESTION, temperature: 0 }, '40001 Invalid parameter: temperature'],
    ['temperature 1.1', `${v3}/HCX-005`, { ...QUESTION, temperature: 1.1 }, '40001 Invalid parameter: temperature'],
    ['topP 0', `${v3}/HCX-005`, { ...QUESTION, topP: 0 }, '40001 Invalid parameter: topP'],
    ['topK 129', `${v3}/HCX-005`, { ...QUESTION, topK: 129 }, '40001 Invalid parameter: topK'],
    [
      'v1 penalty on v3',
      `${v3}/HCX-005`,
      { ...QUESTION, repetitionPenalty: 5 },
      '40001 Invalid parameter: repetitionPenalty',
    ],
    ['too much output', `${v3}/HCX-005`, { ...QUESTION, maxTokens: 4_097 }, '40001 Invalid parameter: maxTokens'],
    [
      'input and maximum past the context',
      `${v3}/HCX-DASH-002`,
      { messages: [{ role: 'user', content: two }], maxTokens: 2_000 },
      '40003 Context length exceeded',
    ],
    ['sum rule of v1', `${v1}/HCX-DASH-001`, { ...QUESTION, maxTokens: 4_096 }, '40003 Context length exceeded'],
  ])('%s', async (_name, path, body, expected) => {
    await start();
    expect(await refusal(path, body)).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['no key', {}, '40100 Unauthorized'],
    ['basic', { authorization: 'Basic abc' }, '40102 Invalid authentication type'],
    ['a key of another kind', { authorization: 'Bearer sk-abc' }, '40104 Invalid key'],
    ['half the old pair', { 'x-ncp-clovastudio-api-key': 'a' }, '40100 Unauthorized'],
    [
      'a new key in the old pair',
      { 'x-ncp-clovastudio-api-key': 'nv-a', 'x-ncp-apigw-api-key': 'b' },
      '40100 Unauthorized',
    ],
    ['no JSON type', { authorization: 'Bearer nv-a', 'content-type': 'text/plain' }, '41500 Unsupported media type'],
  ])('%s', async (_name, headers, expected) => {
    await start();
    const all = { 'content-type': 'application/json', ...headers };
    expect(await refusal('/v3/chat-completions/HCX-005', QUESTION, all)).toBe(expected);
  });

  it('knows its keys when it is given some', async () => {
    await start({ apiKeys: ['nv-good'] });
    expect(await refusal('/v3/chat-completions/HCX-005', QUESTION)).toBe('40104 Invalid key');
  });

  it('allows tools, schemas and images where the real one does', async () => {
    await start();
    const path = '/v3/chat-completions';
    expect(await refusal(`${path}/HCX-005`, { ...QUESTION, tools: [tool()], maxTokens: 1_024 })).toBe('20000 OK');
    const schema = { ...QUESTION, ...NO_THINKING, responseFormat: { type: 'json', schema: { type: 'object' } } };
    expect(await refusal(`${path}/HCX-007`, schema)).toBe('20000 OK');
    const picture = { messages: [image({ imageUrl: { url: 'https://a.kr/a.png?x=1' } })] };
    expect(await refusal(`${path}/HCX-005`, picture)).toBe('20000 OK');
    for (const [format, file] of [
      ['png', 'photo.png'],
      ['jpeg', 'photo.jpg'],
      ['bmp', 'photo.bmp'],
      ['webp', 'lossy.webp'],
      ['webp', 'lossless.webp'],
      ['webp', 'extended.webp'],
    ] as const) {
      const inline = { messages: [image(dataUri(format, photo(file)))] };
      expect(await refusal(`${path}/HCX-005`, inline), file).toBe('20000 OK');
    }
  });
});

describe('limits', () => {
  it('counts requests per model and minute, and says when it goes on', async () => {
    const clock = new ManualClock();
    await start({ clock, requestsPerMinute: 2 });
    const path = '/v3/chat-completions/HCX-005';
    await post(path, QUESTION);
    await clock.advance(15_000);
    await post(path, QUESTION);
    const { status, headers, text } = await post(path, QUESTION);
    expect(status).toBe(429);
    expect(JSON.parse(text).status.code).toBe('42901');
    expect(headers['x-ratelimit-reset-requests']).toBe('45s');
    expect((await post('/v3/chat-completions/HCX-DASH-002', QUESTION)).status).toBe(200);
    await clock.advance(45_000);
    expect((await post(path, QUESTION)).status).toBe(200);
  });

  it('counts the requested maximum as tokens', async () => {
    await start({ clock: new ManualClock(), tokensPerMinute: 3_000 });
    const path = '/v3/chat-completions/HCX-005';
    expect((await post(path, { ...QUESTION, maxTokens: 2_900 })).headers['x-ratelimit-remaining-tokens']).toBe('89');
    expect((await post(path, { ...QUESTION, maxTokens: 100 })).headers['x-ratelimit-reset-tokens']).toBe('60s');
  });
});

describe('scripted failures', () => {
  const path = '/v3/chat-completions/HCX-005';

  it('queues refusals and recovers', async () => {
    await start();
    simulator.failNext(2, { httpStatus: 429, code: '42902', headers: { 'x-ratelimit-reset-requests': '6s' } });
    simulator.failNext(1, { httpStatus: 500, code: '50000' });
    const seen = [];
    for (let i = 0; i < 4; i += 1) seen.push((await post(path, QUESTION)).status);
    expect(seen).toEqual([429, 429, 500, 200]);
    expect(simulator.requests).toHaveLength(4);
  });

  it('writes an error frame after HTTP 200', async () => {
    await start();
    simulator.failNext(1, { kind: 'error-frame', code: '40003', afterTokens: 1 });
    const { status, text } = await post(path, QUESTION, SSE);
    expect(status).toBe(200);
    expect(text.match(/event:(\w+)/g)).toEqual(['event:token', 'event:error']);
    expect(text).toContain('data:{"status":{"code":"40003","message":"Context length exceeded"}}');
  });

  it.each(['before-headers', 0, 3] as const)('cuts the connection: %s', async (afterTokens) => {
    await start();
    simulator.failNext(1, { kind: 'cut', afterTokens });
    await expect(post(path, QUESTION, SSE)).rejects.toThrow();
  });

  it.each([
    [{ kind: 'html-page', httpStatus: 502 }, 502, /^<html>/],
    [{ kind: 'empty-body', httpStatus: 503 }, 503, /^$/],
    [{ kind: 'refusal-in-200', code: '42901' }, 200, /"code":"42901"/],
    [{ kind: 'malformed-frame' }, 200, /data:\{"message":\{"role":"assis\n/],
    [{ kind: 'no-result' }, 200, /^(?![\s\S]*event:result)[\s\S]*event:token/],
  ] as const)('%o', async (fault, status, body) => {
    await start();
    simulator.failNext(1, fault);
    const answer = await post(path, QUESTION, SSE);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(body);
  });

  it('sees a client that goes away while it waits', async () => {
    await start({ latencyMs: () => 60_000 });
    const controller = new AbortController();
    const answer = request(`${url}${path}`, {
      method: 'POST',
      headers: SSE,
      body: JSON.stringify(QUESTION),
      signal: controller.signal,
    }).catch((error: unknown) => error);
    while (simulator.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await answer;
    await simulator.whenCancelled();
    expect(simulator.requests[0]?.cancelledAt).toEqual(expect.any(Number));
  });

  it('does not count an answer that was taken as cancelled', async () => {
    await start({ tokensPerSecond: 2_000 });
    await post(path, QUESTION, SSE);
    expect(simulator.requests[0]).toMatchObject({ method: 'POST', path, body: QUESTION, streamed: true });
    expect(simulator.requests[0]?.cancelledAt).toBeUndefined();
  });
});

describe('tools', () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const body = { ...QUESTION, maxTokens: 1_024, tools: [tool({ parameters })] };
  const toolCall = {
    id: 'call_1a',
    type: 'function',
    function: { name: 'find', arguments: { city: '영업시간이 어떻게 되나요?' } },
  };

  it('are called once, and the answer is made of what they gave back', async () => {
    await start();
    const { result } = JSON.parse((await post('/v3/chat-completions/HCX-005', body)).text);
    expect(result).toMatchObject({
      message: { role: 'assistant', content: '', toolCalls: [toolCall] },
      finishReason: 'tool_calls',
    });
    const messages = [
      ...QUESTION.messages,
      { role: 'assistant', content: '', toolCalls: [toolCall] },
      { role: 'tool', toolCallId: 'call_1a', content: '서면점' },
    ];
    const second = JSON.parse((await post('/v3/chat-completions/HCX-005', { ...body, messages })).text).result;
    expect(second).toMatchObject({ message: { content: expect.stringContaining('서면점') }, finishReason: 'stop' });
  });

  it('are not called when that is not wanted', async () => {
    await start();
    const { result } = JSON.parse((await post('/v3/chat-completions/HCX-005', { ...body, toolChoice: 'none' })).text);
    expect(result.message.toolCalls).toBeUndefined();
  });

  it('stream in pieces without id, name or index but in the first', async () => {
    await start();
    const { text } = await post('/v3/chat-completions/HCX-005', body, SSE);
    const frames = [...text.matchAll(/^event:token\ndata:(.*)$/gm)].map((match) => JSON.parse(match[1] ?? ''));
    const [first, ...rest] = frames.map(({ message }) => message.toolCalls[0]);
    expect(first).toEqual({ id: 'call_1a', type: 'function', function: { name: 'find' } });
    expect(new Set(rest.map((piece) => Object.keys(piece).join()))).toEqual(new Set(['type,function']));
    const joined = rest.map((piece) => piece.function.partialJson).join('');
    expect(JSON.parse(joined)).toEqual(toolCall.function.arguments);
    expect(rest.length).toBeGreaterThan(4);
  });

  it.each([
    ['a result without its call', [{ role: 'tool', toolCallId: 'call_9', content: '1' }], 'toolCallId'],
    [
      'arguments as text',
      [
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ ...toolCall, function: { name: 'find', arguments: '{}' } }],
        },
      ],
      'toolCalls',
    ],
    ['a call by the user', [{ role: 'user', content: '1', toolCalls: [toolCall] }], 'toolCalls'],
  ])('refuses %s', async (_name, more, parameter) => {
    await start();
    const messages = [...QUESTION.messages, ...more];
    expect(await refusal('/v3/chat-completions/HCX-005', { ...body, messages })).toBe(
      `40001 Invalid parameter: ${parameter}`,
    );
  });
});

describe('structured outputs', () => {
  const ask = (schema: unknown) => ({ ...QUESTION, ...NO_THINKING, responseFormat: { type: 'json', schema } });

  it('are JSON text with line breaks', async () => {
    await start();
    const schema = { type: 'object', properties: { count: { type: 'integer', minimum: 4 } } };
    const { result } = JSON.parse((await post('/v3/chat-completions/HCX-007', ask(schema))).text);
    expect(result.message.content).toBe('{\n  "count": 4\n}');
  });

  it.each([
    [{}],
    [{ type: 'null' }],
    [{ type: 'string', pattern: '^a' }],
    [{ type: 'string', format: 'uri' }],
    [{ type: 'object', properties: {}, additionalProperties: false }],
    [{ $ref: '#/$defs/a' }],
    [{ oneOf: [{ type: 'string' }] }],
    [{ type: 'array', items: { type: 'string', const: 'a' } }],
    [{ anyOf: [{ type: 'string', minimum: 1 }] }],
  ])('refuse %j', async (schema) => {
    await start();
    expect(await refusal('/v3/chat-completions/HCX-007', ask(schema))).toMatch(/^40055 /);
  });
});

describe('tuned models', () => {
  const tunedTasks = { t1: 'HCX-005', t2: 'HCX-003' };

  it.each([
    ['/v3/tasks/t1/chat-completions', '20000 OK'],
    ['/testapp/v1/tasks/t2/chat-completions', '20000 OK'],
    ['/v2/tasks/t2/chat-completions', '20000 OK'],
    ['/v1/tasks/t1/chat-completions', '40084 API not supported for this model'],
    ['/v3/tasks/t3/chat-completions', '40400 Not found'],
  ])('%s is %s', async (path, expected) => {
    await start({ tunedTasks });
    expect(await refusal(path, QUESTION)).toBe(expected);
  });

  it('do nothing but talk, and count toward the quota of the model that they were made from', async () => {
    await start({ tunedTasks, requestsPerMinute: 1 });
    const path = '/v3/tasks/t1/chat-completions';
    expect(await refusal(path, { ...QUESTION, maxTokens: 1_024, tools: [tool()] })).toMatch(/^40009 /);
    expect(await refusal(path, { messages: [image(dataUri('png', photo('photo.png')))] })).toMatch(/^40009 /);
    expect(await refusal(path, QUESTION)).toBe('20000 OK');
    expect(await refusal('/v3/chat-completions/HCX-005', QUESTION)).toMatch(/^42901 /);
  });
});

describe('fields of the other version', () => {
  it.each([
    ['/v1/chat-completions/HCX-003', { repetitionPenalty: 1 }],
    ['/v1/chat-completions/HCX-003', { stop: ['a'] }],
    ['/v3/chat-completions/HCX-005', { repeatPenalty: 1 }],
    ['/v3/chat-completions/HCX-005', { stopBefore: ['a'] }],
  ])('%s refuses %j', async (path, fields) => {
    await start();
    expect(await refusal(path, { ...QUESTION, ...fields })).toBe(`40001 Invalid parameter: ${Object.keys(fields)[0]}`);
  });
});

it('the verdict of the filter is the one that was scripted', async () => {
  await start({ aiFilterScore: '0' });
  const { text } = await post('/v3/chat-completions/HCX-005', { ...QUESTION, includeAiFilters: true });
  expect(JSON.parse(text).result.aiFilter.map(({ score }: { score: string }) => score)).toEqual(['0', '0', '0']);
});
