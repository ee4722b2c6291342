/** The APIs beside chat refuse what the real ones refuse. */
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClovaSimulator } from '../../simulator/clova/server.ts';

const simulator = createClovaSimulator();
let url: string;
beforeAll(async () => {
  url = (await simulator.start()).url;
});
afterAll(() => simulator.close());

async function send(line: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method = 'POST', path] = line.split(' ');
  const response = await request(`${url}${path}`, {
    method: method as 'POST',
    headers: { authorization: 'Bearer nv-test', 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.body.text();
  return { status: response.statusCode, text };
}

async function refusal(line: string, body?: unknown, headers?: Record<string, string>): Promise<string> {
  const { status, text } = await send(line, body, headers);
  const { status: said, error } = JSON.parse(text);
  return `${status} ${(said ?? error).code}`;
}

const TOOL = {
  type: 'function',
  function: { name: 'find', description: '찾기', parameters: { type: 'object', properties: {}, required: [] } },
};
const SAY = [{ role: 'user', content: '안녕' }];
const DOCUMENTS = [{ id: 'doc-1', doc: '안녕' }];
const DATASET = {
  model: 'HCX-003',
  trainingDatasetFilePath: 'a.csv',
  trainingDatasetBucket: 'b',
  trainingDatasetAccessKey: 'k',
  trainingDatasetSecretKey: 's',
};

describe('what is refused', () => {
  it.each([
    ['POST /v1/api-tools/embedding/v2', { text: ['가'] }, '400 40001'],
    ['POST /v1/api-tools/embedding/v2', { text: ' ' }, '400 40004'],
    ['POST /v1/api-tools/embedding/v2', { text: '가'.repeat(16_386) }, '400 40003'],
    ['POST /v1/api-tools/embedding/v2', [], '400 40000'],
    ['POST /v1/api-tools/embedding/v2/', { text: '가' }, '404 40400'],
    ['POST /v1/openai/embeddings', { model: 'bge-m3', input: '가', encoding_format: 'base64' }, '400 40001'],
    ['POST /v1/openai/embeddings', { model: 'bge-m3', input: '가', user: 'me' }, '400 40002'],
    ['POST /v1/openai/embeddings', { model: 'HCX-007', input: '가' }, '400 40080'],
    ['POST /v1/api-tools/embedding/bge-m3', { text: '가' }, '400 40080'],
    ['POST /v1/api-tools/embedding/clir-emb-dolphin', { text: '가'.repeat(1_002) }, '400 40003'],
    ['POST /v1/api-tools/embedding/v2/tokenize', { text: '가'.repeat(10_001) }, '400 40001'],
    ['POST /v3/api-tools/chat-tokenize/HCX-003', { messages: SAY }, '400 40084'],
    ['POST /v1/api-tools/chat-tokenize/HCX-007', { messages: SAY }, '400 40084'],
    ['POST /v3/api-tools/chat-tokenize/HCX-007', { messages: [] }, '400 40001'],
    ['POST /v1/api-tools/sliding/chat-messages/HCX-007', { messages: SAY, maxTokens: 100 }, '400 40084'],
    ['POST /v1/api-tools/sliding/chat-messages/HCX-003', { messages: SAY }, '400 40001'],
    ['POST /v1/api-tools/sliding/chat-messages/HCX-003', { messages: SAY, maxTokens: 4_097 }, '400 40001'],
    ['POST /v1/api-tools/reranker', { query: '안녕', documents: ['안녕'] }, '400 40001'],
    ['POST /v1/api-tools/reranker', { query: '안녕', documents: [{ id: 1, doc: '안녕' }] }, '400 40001'],
    ['POST /v1/api-tools/reranker', { query: '', documents: DOCUMENTS }, '400 40004'],
    ['POST /v1/api-tools/reranker', { query: '안녕', documents: DOCUMENTS, maxTokens: 4_096 }, '400 40001'],
    ['POST /v1/api-tools/rag-reasoning', { messages: SAY }, '400 40001'],
    ['POST /v1/api-tools/rag-reasoning', { messages: SAY, tools: [TOOL], maxTokens: 1_023 }, '400 40001'],
    ['POST /v1/api-tools/rag-reasoning', { messages: SAY, tools: [TOOL], temperature: 0 }, '400 40001'],
    ['POST /v1/api-tools/summarization/v2', { texts: '안녕' }, '400 40001'],
    ['POST /v1/api-tools/summarization/v2', { texts: ['가'.repeat(35_001)] }, '400 40003'],
    ['POST /v1/api-tools/summarization/v2', { texts: ['안녕'], segMinSize: 1_001 }, '400 40001'],
    ['POST /v1/api-tools/summarization/v2', { texts: ['안녕'], segCount: 0 }, '400 40001'],
    ['POST /v1/api-tools/segmentation', { text: ['안녕'] }, '400 40001'],
    ['POST /v1/api-tools/segmentation', { text: '안녕', alpha: 1.6 }, '400 40001'],
    ['POST /v1/api-tools/segmentation', { text: '가'.repeat(120_001) }, '400 40003'],
    ['POST /v1/routers/demo/versions/0/route', { query: '안녕' }, '400 40001'],
    ['POST /v1/routers/none/versions/1/route', { query: '안녕' }, '404 40400'],
    ['POST /v1/routers/demo/versions/1/route', {}, '400 61002'],
    [
      'POST /v1/routers/demo/versions/1/route',
      { query: '가', chatHistory: [{ role: 'assistant', content: '네' }] },
      '400 40001',
    ],
    ['POST /v1/skillsets/demo/versions/1/final-answer', { query: '' }, '400 61002'],
    [
      'POST /v1/skillsets/demo/versions/1/final-answer',
      { query: '가', requestOverride: { operations: [{}] } },
      '400 40001',
    ],
    ['POST /tuning/v2/tasks', { ...DATASET, model: 'HCX-007' }, '400 40084'],
    ['POST /tuning/v2/tasks', { ...DATASET, trainEpochs: 21 }, '400 40001'],
    ['POST /tuning/v2/tasks', { ...DATASET, trainingDatasetSecretKey: '' }, '400 40001'],
    ['GET /tuning/v2/tasks?size=101', undefined, '400 40001'],
    ['GET /tuning/v2/tasks/none', undefined, '404 40400'],
    ['POST /v1/completions/LK-D2', { text: '안녕' }, '404 40400'],
  ])('%s %j', async (line, body, expected) => {
    expect(await refusal(line, body)).toBe(expected);
  });

  it.each([
    [{ authorization: 'Bearer wrong' }, '401 40104'],
    [{ 'content-type': 'text/plain' }, '415 41500'],
  ])('headers %j', async (headers, expected) => {
    expect(await refusal('POST /v1/api-tools/embedding/v2', { text: '가' }, headers)).toBe(expected);
  });

  it('a result of a search that is none', async () => {
    const call = {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: {} } }],
    };
    const say = (content: string) => ({
      messages: [...SAY, call, { role: 'tool', toolCallId: 'c', content }],
      tools: [TOOL],
    });
    expect(await refusal('POST /v1/api-tools/rag-reasoning', say('[]'))).toBe('400 40001');
    expect(await refusal('POST /v1/api-tools/rag-reasoning', say('{"search_result":[{"id":1,"doc":""}]}'))).toBe(
      '400 40001',
    );
    expect(await refusal('POST /v1/api-tools/rag-reasoning', say('{"search_result":[]}'))).toBe('200 20000');
  });
});

it('counts each API against its own quota and fails on demand', async () => {
  const limited = createClovaSimulator({ requestsPerMinute: 1 });
  const { url: address } = await limited.start();
  const embed = () =>
    request(`${address}/testapp/v1/api-tools/embedding/v2`, {
      method: 'POST',
      headers: { authorization: 'Bearer nv-test', 'content-type': 'application/json' },
      body: '{"text":"가"}',
    });
  limited.failNext(1, { httpStatus: 500, code: '50000' });
  const statuses = [];
  for (let n = 0; n < 3; n += 1) {
    const { statusCode, body } = await embed();
    await body.dump();
    statuses.push(statusCode);
  }
  await limited.close();
  expect(statuses).toEqual([500, 200, 429]);
});
