/** Every API beside chat, against the simulator: what is sent passes its rules, and what comes back is read. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { type ClovaApi, openClovaApi } from '../../../src/engine/clova/apis/api.ts';
import { citedTags, stripCitationTags } from '../../../src/engine/clova/apis/citation-tags.ts';
import {
  cosineSimilarity,
  EMBEDDING_MODELS_V1,
  embedText,
  embedTextOpenAi,
  embedTextV1,
  lengthOf,
  toUnitVector,
} from '../../../src/engine/clova/apis/embedding.ts';
import { listModels } from '../../../src/engine/clova/apis/models.ts';
import { answerWithSearch, reasonOnce } from '../../../src/engine/clova/apis/rag-reasoning.ts';
import { rerank } from '../../../src/engine/clova/apis/reranker.ts';
import { route } from '../../../src/engine/clova/apis/router.ts';
import { segment } from '../../../src/engine/clova/apis/segmentation.ts';
import { answerBySkillset, type SkillProgress } from '../../../src/engine/clova/apis/skillset.ts';
import { slideWindow } from '../../../src/engine/clova/apis/sliding-window.ts';
import { summarize } from '../../../src/engine/clova/apis/summarization.ts';
import { countChatTokens, countEmbeddingTokens } from '../../../src/engine/clova/apis/token-count.ts';
import {
  createTuningTask,
  deleteTuningTask,
  getTuningTask,
  isTuningOver,
  listTuningTasks,
} from '../../../src/engine/clova/apis/tuning.ts';
import type { ChatMessage } from '../../../src/engine/clova/chat-message.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { AnswerCall } from '../../../src/http-client/attempts.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { WAIT } from '../../helpers/wait.ts';
import { clovaSettings } from '../clova-settings.ts';

const SECRET = 'nv-secret-of-the-operator';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function openAt(baseUrl: string, pathPrefix: '' | '/testapp' = '', clock: Clock = systemClock): ClovaApi {
  const api = openClovaApi(clovaSettings({ baseUrl, pathPrefix, apiKey: SECRET }), { random: () => 0, clock });
  cleanups.push(() => api.close());
  return api;
}

async function simulate(...options: Parameters<typeof createClovaSimulator>) {
  const simulator = createClovaSimulator(...options);
  const { url } = await simulator.start();
  cleanups.push(() => simulator.close());
  return { simulator, url, api: openAt(url) };
}

async function serve(listener: RequestListener): Promise<ClovaApi> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A server whose every answer is this `result`. */
const answering = (result: unknown, status: unknown = { code: '20000' }) =>
  serve((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status, result }));
  });

const call = (overrides: Partial<AnswerCall> = {}): AnswerCall => ({
  requestId: 'api-1',
  closesAt: Date.now() + 60_000,
  signal: new AbortController().signal,
  ...overrides,
});

async function failure(promise: Promise<unknown>): Promise<GatewayError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GatewayError);
  return error as GatewayError;
}

const QUESTION: readonly ChatMessage[] = [
  { role: 'system', text: '당신은 상담원입니다.' },
  { role: 'user', text: '배송은 언제 되나요?' },
];
const DOCUMENTS = [
  { id: 'doc-7', doc: '배송은 결제 후 이틀 안에 시작됩니다.' },
  { id: 'doc-9', doc: '회원 등급은 세 가지입니다.' },
];
const TOOL = {
  name: 'find',
  description: '찾기',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};
const DATASET = { filePath: 'faq.csv', bucket: 'b', accessKey: 'storage-access', secretKey: 'storage-secret' };

/** Name, path that must have been called, call, and what must come of it. */
const APIS: readonly (readonly [string, string, (api: ClovaApi) => Promise<unknown>, unknown])[] = [
  [
    'embedding v2',
    'POST /v1/api-tools/embedding/v2',
    (api) => embedText(api, '안녕하세요', call()),
    { model: 'bge-m3', inputTokens: 3, vector: expect.objectContaining({ length: 1_024 }) },
  ],
  [
    'embedding v1',
    'POST /v1/api-tools/embedding/clir-sts-dolphin',
    (api) => embedTextV1(api, { text: '안녕하세요', model: 'clir-sts-dolphin' }, call()),
    { model: 'clir-sts-dolphin', inputTokens: 3, vector: expect.objectContaining({ length: 1_024 }) },
  ],
  [
    'embedding in the dialect of OpenAI',
    'POST /v1/openai/embeddings',
    (api) => embedTextOpenAi(api, '안녕하세요', call()),
    { model: 'bge-m3', inputTokens: 3, vector: expect.objectContaining({ length: 1_024 }) },
  ],
  [
    'tokens of chat v3',
    'POST /v3/api-tools/chat-tokenize/HCX-007',
    (api) => countChatTokens(api, { model: 'HCX-007' }, QUESTION, call()),
    {
      total: 12,
      messages: [
        { role: 'system', tokens: 6 },
        { role: 'user', tokens: 6 },
      ],
    },
  ],
  [
    'tokens of tools and a schema',
    'POST /v3/api-tools/chat-tokenize/HCX-007',
    (api) => countChatTokens(api, { model: 'HCX-007', tools: [TOOL] }, QUESTION, call()),
    expect.objectContaining({ toolTokens: expect.any(Number) }),
  ],
  [
    'tokens of chat v1',
    'POST /v1/api-tools/chat-tokenize/HCX-003',
    (api) => countChatTokens(api, { model: 'HCX-003' }, QUESTION, call()),
    expect.objectContaining({ total: 12 }),
  ],
  [
    'tokens of an embedding',
    'POST /v1/api-tools/embedding/v2/tokenize',
    (api) => countEmbeddingTokens(api, '안녕하세요', call()),
    3,
  ],
  [
    'sliding window',
    'POST /v1/api-tools/sliding/chat-messages/HCX-003',
    (api) =>
      slideWindow(
        api,
        {
          model: 'HCX-003',
          maxOutputTokens: 4_000,
          messages: [
            { role: 'system', text: '상담원' },
            { role: 'user', text: '가'.repeat(200) },
            ...QUESTION.slice(1),
          ],
        },
        call(),
      ),
    [{ role: 'system', text: '상담원' }, QUESTION[1]],
  ],
  [
    'reranker',
    'POST /v1/api-tools/reranker',
    (api) => rerank(api, { query: '배송은 언제', documents: DOCUMENTS, maxOutputTokens: 512 }, call()),
    expect.objectContaining({
      text: '답변: <doc1>배송은 결제 후 이틀 안에 시작됩니다.</doc1>',
      citedDocuments: [DOCUMENTS[0]],
      suggestedQueries: [],
      usage: expect.objectContaining({ promptTokens: expect.any(Number) }),
    }),
  ],
  [
    'reranker that finds nothing',
    'POST /v1/api-tools/reranker',
    (api) => rerank(api, { query: '주차', documents: DOCUMENTS }, call()),
    expect.objectContaining({ citedDocuments: [], suggestedQueries: ['주차 안내'] }),
  ],
  [
    'RAG Reasoning',
    'POST /v1/api-tools/rag-reasoning',
    (api) =>
      answerWithSearch(
        api,
        {
          question: '배송은 언제 시작되나요?',
          systemPrompt: '상담원',
          searchDescription: '상점의 안내문을 찾는다.',
          search: async () => DOCUMENTS,
          maxOutputTokens: 1_024,
        },
        call(),
      ),
    expect.objectContaining({
      text: '<doc-7>배송은 결제 후 이틀 안에 시작됩니다.</doc-7>',
      citedDocuments: [DOCUMENTS[0]],
      queries: ['배송은 언제 시작되나요'],
    }),
  ],
  [
    'router',
    'POST /v1/routers/demo/versions/2/route',
    (api) =>
      route(
        api,
        { routerId: 'demo', version: 2, query: '경쟁사 배송비가 더 싸요', earlierQuestions: ['안녕'] },
        call(),
      ),
    expect.objectContaining({ domain: '배송 안내', blockedBy: ['CompetitorMention'], unsafe: [] }),
  ],
  [
    'summary',
    'POST /v1/api-tools/summarization/v2',
    (api) => summarize(api, { texts: ['잠금이 안 풀려요. 바꿔 드렸습니다.'], segmentMaxSize: 500 }, call()),
    { text: '- 잠금이 안 풀려요', inputTokens: expect.any(Number) },
  ],
  [
    'segmentation',
    'POST /v1/api-tools/segmentation',
    (api) => segment(api, { text: '하나. 둘. 셋.', alpha: 'automatic', sizes: { max: 400, min: 100 } }, call()),
    { paragraphs: [['하나.', '둘.'], ['셋.']], spans: [[0, 1], [2]], inputTokens: expect.any(Number) },
  ],
  [
    'skillset',
    'POST /v1/skillsets/demo/versions/1/final-answer',
    (api) =>
      answerBySkillset(
        api,
        { skillsetId: 'demo', version: 1, query: '몇 대?', override: { all: { query: { stationNo: '12' } } } },
        call(),
      ),
    {
      text: '문의하신 "몇 대?"의 답은 3대입니다.',
      tokenCount: 802,
      usesTunedModel: false,
      calls: [
        {
          url: 'https://example.com/stations?stationNo=12',
          operationId: 'getStation',
          name: '대여소 조회',
          requestBody: '',
          responseBody: '{"bikes":3}',
        },
      ],
    },
  ],
];

describe('every API', () => {
  it.each(APIS)('%s', async (_, line, run, expected) => {
    const { simulator, api } = await simulate();
    expect(await run(api)).toEqual(expected);
    const { method, path, headers } = simulator.requests.at(-1) ?? {};
    expect(`${method} ${path}`).toBe(line);
    expect(headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-ncp-clovastudio-request-id': 'api-1' });
  });

  it.each(EMBEDDING_MODELS_V1)('embeds with %s', async (model) => {
    const { api } = await simulate();
    expect((await embedTextV1(api, { text: '안녕', model }, call())).model).toBe(model);
  });

  it('goes through the prefix of older apps', async () => {
    const { simulator, url } = await simulate();
    await embedText(openAt(url, '/testapp'), '안녕', call());
    expect(simulator.requests[0]?.path).toBe('/testapp/v1/api-tools/embedding/v2');
  });
});

describe('models', () => {
  it('are named in the order of the service', async () => {
    const api = await serve((request, response) => {
      response.setHeader('content-type', 'application/json');
      const isRight = `${request.method} ${request.url}` === 'GET /v1/openai/models';
      response.end(JSON.stringify({ object: 'list', data: isRight ? [{ id: 'HCX-007' }, {}, { id: 'HCX-005' }] : [] }));
    });
    expect(await listModels(api, call())).toEqual(['HCX-007', 'HCX-005']);
  });
});

describe('tuning', () => {
  it('goes from a task to a model, or to the reason why not', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const { api } = await simulate({ clock });
    const task = await createTuningTask(api, { model: 'HCX-005', dataset: DATASET, name: 'faq', epochs: 4 }, call());
    expect(task).toMatchObject({ name: 'faq', model: 'HCX-005', status: 'WAIT', createdAt: 1_790_000_000_000 });
    const broken = await createTuningTask(
      api,
      { model: 'HCX-005', dataset: { ...DATASET, filePath: 'a.xlsx' } },
      call(),
    );
    await clock.advance(2_000);
    expect(await getTuningTask(api, task.id, call())).toMatchObject({
      status: 'RUNNING',
      progress: { step: 12, totalSteps: 48 },
    });
    await clock.advance(2_000);
    const { tasks, ...page } = await listTuningTasks(api, { size: 1 }, call());
    expect(page).toEqual({ page: 0, totalPages: 2, totalTasks: 2 });
    expect(tasks).toMatchObject([{ id: broken.id, status: 'FAILED', failureReason: 'file.extension' }]);
    const trained = await getTuningTask(api, task.id, call());
    expect([trained.status, isTuningOver(trained)]).toEqual(['SUCCEEDED', true]);
    await deleteTuningTask(api, task.id, call());
    expect((await failure(getTuningTask(api, task.id, call()))).details.httpStatus).toBe(404);
  });

  it('is never begun twice', async () => {
    const { simulator, api } = await simulate();
    simulator.failNext(1, { httpStatus: 500, code: '50000' });
    const error = await failure(createTuningTask(api, { model: 'HCX-005', dataset: DATASET }, call()));
    expect(error.code).toBe('ENGINE_FAILED');
    expect(simulator.requests).toHaveLength(1);
    expect(JSON.stringify([error.message, error.details])).not.toContain('storage-');
  });
});

describe('a skillset that streams', () => {
  it('says what it does, and counts the final answer alone', async () => {
    const { api } = await simulate();
    const seen: SkillProgress[] = [];
    const request = {
      skillsetId: 'demo',
      version: 1,
      query: '몇 대?',
      onProgress: (one: SkillProgress) => seen.push(one),
    };
    const { text, calls } = await answerBySkillset(api, request, call());
    expect(seen.map(({ type }) => type)).toEqual(['planned', 'text', 'text']); // `cot` is broken in the stream
    expect(text).toBe('문의하신 "몇 대?"의 답은 3대입니다.');
    expect(calls).toHaveLength(1);
  });

  it('is read alike however it is cut and framed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200), { maxLength: 5 }),
        fc.boolean(),
        fc.boolean(),
        async (cuts, blankLines, crlf) => {
          const lines = [
            'event: planning',
            'data: {"selectedSkill":"조회"}',
            ...(blankLines ? [''] : ['id: 2']),
            'event: finalAnswer',
            'data: {"finalAnswer":"세 대","apiResult":[]}',
          ];
          const bytes = Buffer.from(`${lines.join(crlf ? '\r\n' : '\n')}`);
          const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
          const api = await serve(async (_, response) => {
            response.writeHead(200, { 'content-type': 'text/event-stream' });
            for (const [index, end] of ends.entries()) response.write(bytes.subarray(ends[index - 1] ?? 0, end));
            response.end();
          });
          const seen: SkillProgress[] = [];
          const answer = await answerBySkillset(
            api,
            { skillsetId: 's', version: 1, query: '몇 대?', onProgress: (one) => seen.push(one) },
            call(),
          );
          expect([answer.text, seen]).toEqual(['세 대', [{ type: 'planned', skills: ['조회'] }]]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is no answer without its end', async () => {
    const api = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: planning\ndata: {}\n\n');
    });
    const error = await failure(
      answerBySkillset(api, { skillsetId: 's', version: 1, query: '가', onProgress: () => undefined }, call()),
    );
    expect(error.code).toBe('ENGINE_STREAM_BROKEN');
  });
});

describe('RAG Reasoning', () => {
  it('leaves the maximum out where the service refuses it beside tools', async () => {
    const { simulator, api } = await simulate();
    simulator.failNext(1, { httpStatus: 400, code: '40001', message: 'Invalid parameter: maxTokens' });
    const step = await reasonOnce(api, { messages: QUESTION, tools: [TOOL], maxOutputTokens: 2_048 }, call());
    expect(step.toolCalls).toMatchObject([{ name: 'find', arguments: { query: '배송은 언제 되나요' } }]);
    const bodies = simulator.requests.map(({ body }) => (body as { maxTokens?: number }).maxTokens);
    expect(bodies).toEqual([2_048, undefined]);
  });

  it('ends a search that never ends', async () => {
    const api = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        const mustAnswer = JSON.parse(text).toolChoice === 'none';
        // Arguments as text, and a list where the page has one message: both were seen.
        const searching = {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'c', function: { name: 'f', arguments: '{"query":"또"}' } }],
        };
        const message = mustAnswer ? { role: 'assistant', content: '모르겠습니다.' } : searching;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ status: { code: 20000 }, result: { messages: [message] } }));
      });
    });
    const answer = await answerWithSearch(
      api,
      { question: '무엇?', searchDescription: '찾기', search: async () => [], maxRounds: 2 },
      call(),
    );
    expect(answer).toMatchObject({ text: '모르겠습니다.', queries: ['또', '또'], citedDocuments: [] });
  });
});

describe('refused before it costs a request', () => {
  const refused: readonly (readonly [string, (api: ClovaApi) => unknown])[] = [
    ['text', (api) => embedText(api, ' ', call())],
    ['text', (api) => countEmbeddingTokens(api, '가'.repeat(10_001), call())],
    ['model', (api) => embedTextV1(api, { text: '가', model: '../v2' }, call())],
    ['model', (api) => slideWindow(api, { model: 'HCX-007', maxOutputTokens: 100, messages: QUESTION }, call())],
    ['maxTokens', (api) => slideWindow(api, { model: 'HCX-003', maxOutputTokens: 5_000, messages: QUESTION }, call())],
    ['documents', (api) => rerank(api, { query: '가', documents: [] }, call())],
    ['maxTokens', (api) => rerank(api, { query: '가', documents: DOCUMENTS, maxOutputTokens: 4_096 }, call())],
    ['texts', (api) => summarize(api, { texts: ['가'.repeat(20_000), '가'.repeat(15_001)] }, call())],
    ['segMinSize', (api) => summarize(api, { texts: ['가'], segmentMinSize: 1_001 }, call())],
    ['alpha', (api) => segment(api, { text: '가', alpha: 2 }, call())],
    ['text', (api) => segment(api, { text: '가'.repeat(120_001) }, call())],
    ['version', (api) => route(api, { routerId: 'a', version: 0, query: '가' }, call())],
    ['routerId', (api) => route(api, { routerId: 'a/b', version: 1, query: '가' }, call())],
    ['size', (api) => listTuningTasks(api, { size: 101 }, call())],
    ['trainEpochs', (api) => createTuningTask(api, { model: 'HCX-005', dataset: DATASET, epochs: 21 }, call())],
    ['learningRate', (api) => createTuningTask(api, { model: 'HCX-005', dataset: DATASET, learningRate: 2 }, call())],
    ['taskId', (api) => getTuningTask(api, '..', call())],
  ];

  it.each(refused)('%s (%#)', async (parameter, run) => {
    const { simulator, api } = await simulate();
    const error = await failure((async () => run(api))());
    expect(error).toMatchObject({ code: 'ENGINE_BAD_REQUEST', details: { parameters: parameter } });
    expect(simulator.requests).toEqual([]);
  });
});

describe('failures', () => {
  const embed = (api: ClovaApi, overrides: Partial<AnswerCall> = {}) => embedText(api, '비밀 질문', call(overrides));

  it.each([
    [401, '40104', 'ENGINE_UNAUTHORIZED', 1],
    [400, '40003', 'ENGINE_CONTEXT_TOO_LONG', 1],
    [400, '40082', 'ENGINE_MODEL_UNAVAILABLE', 1],
    [400, '61004', 'ENGINE_BAD_REQUEST', 1],
    [400, '65001', 'ENGINE_FAILED', 2],
    [424, '42400', 'ENGINE_FAILED', 2],
    [429, '42901', 'ENGINE_RATE_LIMITED', 3],
    [429, '64429', 'ENGINE_RATE_LIMITED', 3],
    [500, '50000', 'ENGINE_FAILED', 3],
    [504, '50400', 'ENGINE_TIMEOUT', 2],
  ] as const)('%i %s is %s after %i requests', async (httpStatus, code, expected, requests) => {
    const { simulator, api } = await simulate();
    simulator.failNext(9, { httpStatus, code, message: '비밀 질문' });
    const error = await failure(embed(api));
    expect(error).toMatchObject({ code: expected, details: { httpStatus, upstreamCode: code } });
    expect(simulator.requests).toHaveLength(requests);
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toMatch(/비밀|secret/);
  });

  it.each([
    ['a refusal in 200', { kind: 'refusal-in-200', code: '42901' }, 'ENGINE_RATE_LIMITED'],
    ['a page', { kind: 'html-page', httpStatus: 502 }, 'ENGINE_FAILED'],
    ['nothing', { kind: 'empty-body', httpStatus: 503 }, 'ENGINE_OVERLOADED'],
    ['a cut', { kind: 'cut', afterTokens: 'before-headers' }, 'ENGINE_UNREACHABLE'],
  ] as const)('%s is one typed error, and passes', async (_, fault, expected) => {
    const { simulator, api } = await simulate();
    simulator.failNext(1, fault);
    expect((await embed(api)).vector).toHaveLength(1_024);
    simulator.failNext(9, fault);
    expect((await failure(embed(api))).code).toBe(expected);
  });

  it('ends with the time of the call, and with its cancellation', async () => {
    const clock = new ManualClock();
    const { simulator, url, api } = await simulate();
    simulator.failNext(2, { kind: 'hang', afterTokens: 'before-headers' });
    const late = failure(embed(openAt(url, '', clock), { closesAt: clock.now() + 60_000 }));
    await expect.poll(() => simulator.requests.length, WAIT).toBe(1);
    await clock.advance(60_000);
    expect((await late).code).toBe('ENGINE_TIMEOUT');
    const cancelling = new AbortController();
    const cancelled = failure(embed(api, { signal: cancelling.signal }));
    await expect.poll(() => simulator.requests.length, WAIT).toBe(2);
    cancelling.abort();
    expect((await cancelled).code).toBe('TURN_CANCELLED');
    await simulator.whenCancelled(2);
  });

  it.each([[{ embedding: 'none' }], [{ embedding: [0.1, 'x'] }], [null], ['text']])(
    'an answer %j without what was asked for is none',
    async (result) => {
      expect((await failure(embed(await answering(result)))).code).toBe('ENGINE_STREAM_BROKEN');
    },
  );

  it('has no answer in JSON of another kind', async () => {
    const api = await serve((_, response) => response.end('{"hello":1}'));
    expect((await failure(embed(api))).code).toBe('ENGINE_STREAM_BROKEN');
  });

  it('reads a compressed answer, which nobody asked for', async () => {
    const { url } = await simulate({ gzip: true });
    expect((await embed(openAt(url))).vector).toHaveLength(1_024);
  });
});

describe('citations', () => {
  it('are taken off, whatever the ids', () => {
    const text = '답변: <doc1>이틀</doc1> 안에, <doc-17>무료</doc-17>로 <faq.1>보냅니다</faq.1>. <b>굵게</b>';
    expect(stripCitationTags(text, ['faq.1'])).toBe('이틀 안에, 무료로 보냅니다. <b>굵게</b>');
    expect(citedTags(text, ['faq.1'])).toEqual(['doc1', 'doc-17', 'faq.1']);
  });
});

describe('vectors', () => {
  it('of length 1 point where they pointed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (vector) => {
          fc.pre(lengthOf(vector) > 1e-6);
          expect(lengthOf(toUnitVector(vector))).toBeCloseTo(1);
          expect(cosineSimilarity(vector, toUnitVector(vector))).toBeCloseTo(1);
        },
      ),
    );
    expect(cosineSimilarity([0, 0], [1, 2])).toBe(0);
  });

  it('of texts alike are closer', async () => {
    const { api } = await simulate();
    const [one, alike, other] = await Promise.all(
      ['배송비는 얼마인가요?', '배송비가 얼마예요?', '사이즈 교환'].map((text) => embedText(api, text, call())),
    );
    const near = cosineSimilarity(one?.vector ?? [], alike?.vector ?? []);
    expect(near).toBeGreaterThan(cosineSimilarity(one?.vector ?? [], other?.vector ?? []));
  });
});

it('withdrawn models are refused with the reason', async () => {
  const { api } = await simulate();
  const error = await failure((async () => countChatTokens(api, { model: 'LK-D2' }, QUESTION, call()))());
  expect(error).toMatchObject({ code: 'SETTINGS_INVALID', message: expect.stringContaining('withdrew') });
});
