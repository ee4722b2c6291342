/** The services of CLOVA Studio GOV, against the simulator. */
import { afterEach, describe, expect, it } from 'vitest';
import { createGovSimulator } from '../../simulator/gov/server.ts';
import { GatewayError } from '../../src/errors.ts';
import { type GovApi, openGov } from '../../src/gov/api.ts';
import { PARSED_FORMATS, PARSER_TYPES, parseDocument } from '../../src/gov/document-parsing.ts';
import { embedGovTexts, GOV_EMBEDDING_MODELS } from '../../src/gov/embeddings.ts';
import { maskPii, PII_TYPES } from '../../src/gov/pii-mask.ts';
import {
  addChunk,
  changeChunk,
  createCollection,
  getChunk,
  getCollection,
  listChunks,
  listCollections,
  uploadDocument,
} from '../../src/gov/rag42.ts';
import { searchCollection } from '../../src/gov/rag42-search.ts';
import { speak, transcribe } from '../../src/gov/speech.ts';
import type { AnswerCall } from '../../src/http-client/attempts.ts';
import { JsonServer } from '../helpers/json-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function openAt(baseUrl: string): GovApi {
  const connection = { baseUrl, apiKey: 'gov-secret', tenant: 'team-7', connectTimeoutMs: 10_000, connections: 2 };
  const api = openGov(connection, { random: () => 0 });
  cleanups.push(() => api.close());
  return api;
}

async function simulate(options: Parameters<typeof createGovSimulator>[0] = {}) {
  const simulator = createGovSimulator(options);
  const { url } = await simulator.start();
  cleanups.push(() => simulator.close());
  return { simulator, api: openAt(url) };
}

const call = (): AnswerCall => ({
  requestId: 'gov-1',
  closesAt: Date.now() + 60_000,
  signal: new AbortController().signal,
});

async function failure(promise: Promise<unknown>): Promise<GatewayError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GatewayError);
  return error as GatewayError;
}

const bytes = (text: string) => Buffer.from(text);

describe('the mask', () => {
  const text = '홍길동 계좌 302-99-123456, 카드 1234-5678-1234-5678, 전화 010-1234-5678';

  it('stars out what it knows, all kinds or one', async () => {
    const { api } = await simulate();
    expect(await maskPii(api, { text }, call())).toEqual({
      text: '홍길동 계좌 ***-**-******, 카드 ****-****-****-****, 전화 010-1234-5678',
      count: 2,
    });
    const one = await maskPii(api, { text, types: ['BANK_ACCOUNT'] }, call());
    expect(one).toEqual({ text: text.replace('302-99-123456', '***-**-******'), count: 1 });
    expect((await maskPii(api, { text: '없음', types: PII_TYPES }, call())).count).toBe(0);
  });

  it('sends key and organisation, and reads what is left', async () => {
    const { simulator, api } = await simulate({ requests: 5 });
    expect(api.remainingRequests).toBeUndefined();
    await maskPii(api, { text }, call());
    expect(api.remainingRequests).toBe(4);
    expect(simulator.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer gov-secret',
      'csg-tenant-id': 'team-7',
    });
  });
});

it('embeds many texts and gives the vectors in their order', async () => {
  const { api } = await simulate();
  const { vectors, inputTokens, model } = await embedGovTexts(api, { texts: ['하나', '둘', '셋'] }, call());
  expect([vectors.length, vectors[0]?.length, inputTokens, model]).toEqual([3, 1_024, 3, GOV_EMBEDDING_MODELS[0]]);
  const [alone] = (await embedGovTexts(api, { texts: ['하나'] }, call())).vectors;
  expect(vectors[0]).toEqual(alone);
});

describe('RAG42', () => {
  it('keeps a document in chunks, changes them and finds them', async () => {
    const { simulator, api } = await simulate();
    const collectionId = await createCollection(api, { name: '민원 안내' }, call());
    expect(collectionId).toMatch(/^[0-9a-f]{32}$/);
    const file = { name: '/tmp/안내.txt', bytes: bytes('여권은 구청에서 만듭니다.\n\n주차는 무료입니다.') };
    const documentId = await uploadDocument(
      api,
      { collectionId, file, metadata: { year: 2026 }, indexedFields: ['year'], externalId: 'a-1' },
      call(),
    );
    const { chunks, totalCount } = await listChunks(api, { collectionId, documentId, size: 1 }, call());
    expect([chunks.length, totalCount]).toEqual([1, 2]);
    expect(chunks[0]).toMatchObject({ title: '안내.txt', content: '여권은 구청에서 만듭니다.', order: 0 });

    const chunkId = await addChunk(api, { collectionId, documentId, title: '수수료', content: '5만 원' }, call());
    await changeChunk(api, { collectionId, documentId, chunkId, content: '여권 수수료는 5만 원입니다.' }, call());
    const changed = await getChunk(api, { collectionId, documentId }, chunkId, call());
    expect(changed).toMatchObject({ title: '수수료', content: '여권 수수료는 5만 원입니다.' });

    const found = await searchCollection(api, { query: '여권 수수료', collectionId, topK: 1 }, call());
    expect(found).toEqual([{ text: '여권 수수료는 5만 원입니다.', title: '수수료', documentId, score: 1 }]);
    expect(await getCollection(api, collectionId, call())).toEqual({
      id: collectionId,
      name: '민원 안내',
      documentCount: 1,
      chunkCount: 3,
    });
    expect((await listCollections(api, call())).map(({ id }) => id)).toEqual([collectionId]);
    expect(simulator.requests.map(({ path }) => path)).toContain(
      `/v1/rag42/collections/${collectionId}/documents/upload`,
    );
  });

  it.each([
    [{ result: { chunks: [{ content: '가' }] } }],
    [{ result: { hits: [{ text: '가' }, { score: 1 }] } }],
    [{ result: [{ content: '가' }] }],
    [{ results: [{ content: '가' }] }],
  ])('finds what was found in %j', async (body) => {
    const server = await JsonServer.open();
    cleanups.push(() => server.close());
    server.reaction = { body };
    const found = await searchCollection(openAt(`${server.origin}/gov/`), { query: '가', collectionId: 'c' }, call());
    expect(found.map(({ text }) => text)).toEqual(['가']);
    expect(server.received[0]?.path).toBe('/gov/v1/rag42/search');
  });
});

it('hears, speaks and takes documents', async () => {
  const { api } = await simulate();
  const sound = { name: '민원.wav', bytes: bytes('RIFF') };
  expect(await transcribe(api, { file: sound }, call())).toEqual({
    text: '민원.wav에서 들은 말입니다.',
    durationMs: 4,
  });
  const speech = await speak(api, { text: '안녕하세요', model: 'voice', speed: 1.5 }, call());
  expect([speech.mediaType, Buffer.from(speech.bytes).toString('latin1', 0, 4)]).toEqual(['audio/wav', 'RIFF']);
  for (const parserType of PARSER_TYPES) {
    for (const format of PARSED_FORMATS) {
      const started = await parseDocument(api, { file: { ...sound, name: 'a.hwp' }, parserType, format }, call());
      expect(started).toEqual({ documentId: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'RUNNING_INFERENCE' });
    }
  }
});

describe('failures', () => {
  const mask = (api: GovApi) => maskPii(api, { text: '비밀 302-99-123456' }, call());

  it.each([
    [400, 'ENGINE_BAD_REQUEST', 1],
    [401, 'ENGINE_UNAUTHORIZED', 1],
    [403, 'ENGINE_UNAUTHORIZED', 1],
    [404, 'ENGINE_MODEL_UNAVAILABLE', 1],
    [422, 'ENGINE_BAD_REQUEST', 1],
    [429, 'ENGINE_RATE_LIMITED', 3],
    [500, 'ENGINE_FAILED', 3],
    [502, 'ENGINE_FAILED', 3],
    [503, 'ENGINE_OVERLOADED', 2],
    [504, 'ENGINE_TIMEOUT', 2],
  ] as const)('%i is %s after %i requests', async (status, code, requests) => {
    const { simulator, api } = await simulate();
    simulator.failNext(...Array.from({ length: 9 }, () => status));
    const error = await failure(mask(api));
    expect(error).toMatchObject({ code, details: { httpStatus: status, upstreamCode: `${status}00` } });
    expect(simulator.requests).toHaveLength(requests);
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toMatch(/secret|비밀|302/);
  });

  it('in the words of OpenAI are read as well', async () => {
    const { api } = await simulate({ apiKeys: ['another'] });
    const error = await failure(embedGovTexts(api, { texts: ['가'] }, call()));
    expect(error).toMatchObject({ code: 'ENGINE_UNAUTHORIZED', details: { upstreamCode: 'invalid_api_key' } });
  });

  it('store nothing twice', async () => {
    const { simulator, api } = await simulate();
    simulator.failNext(500);
    expect((await failure(createCollection(api, { name: '가' }, call()))).code).toBe('ENGINE_FAILED');
    expect(simulator.requests).toHaveLength(1);
  });

  it.each([
    [{ status: { code: '42900' } }, 'ENGINE_RATE_LIMITED'],
    [{ status: { code: '20000' }, result: {} }, 'ENGINE_STREAM_BROKEN'],
    ['<html>', 'ENGINE_STREAM_BROKEN'],
  ])('a 200 with %j is no answer', async (body, code) => {
    const server = await JsonServer.open();
    cleanups.push(() => server.close());
    server.reaction = { body };
    expect((await failure(mask(openAt(server.origin)))).code).toBe(code);
  });

  it.each([
    ['text', (api: GovApi) => maskPii(api, { text: ' ' }, call())],
    ['pii_types', (api: GovApi) => maskPii(api, { text: '가', types: [] }, call())],
    ['input', (api: GovApi) => embedGovTexts(api, { texts: ['가', ''] }, call())],
    ['speed', (api: GovApi) => speak(api, { text: '가', model: 'm', speed: 3 }, call())],
    ['collection_id', (api: GovApi) => getCollection(api, '../search', call())],
    ['title', (api: GovApi) => changeChunk(api, { collectionId: 'c', documentId: 'd', chunkId: 'e' }, call())],
    ['size', (api: GovApi) => listChunks(api, { collectionId: 'c', documentId: 'd', size: 101 }, call())],
  ] as const)('of %s are refused before they cost a request', async (parameter, run) => {
    const { simulator, api } = await simulate();
    const error = await failure((async () => run(api))());
    expect(error).toMatchObject({ code: 'ENGINE_BAD_REQUEST', details: { parameters: parameter } });
    expect(simulator.requests).toEqual([]);
  });
});
