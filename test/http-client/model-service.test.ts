import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { AnswerCall } from '../../src/http-client/attempts.ts';
import { type ModelService, openModelService, type ReadResponse } from '../../src/http-client/model-service.ts';
import { thrownBy } from '../helpers/engine-contract.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { WAIT } from '../helpers/wait.ts';

const REQUEST = { method: 'GET', path: '/v1/things', headers: {} } as const;

let server: JsonServer;
let service: ModelService;
let retries: string[];
beforeAll(() => nock.restore());
afterAll(() => nock.activate());
beforeEach(async () => {
  server = await JsonServer.open();
  retries = [];
  service = openModelService(
    { upstream: 'The service', baseUrl: `${server.origin}/below`, connectTimeoutMs: 10_000, connections: 2 },
    { random: () => 0, onRetry: (error) => retries.push(error.code) },
  );
});
afterEach(async () => {
  await service.close();
  await server.close();
});

const call = (signal = new AbortController().signal): AnswerCall => ({
  requestId: 'r1',
  closesAt: Date.now() + 60_000,
  signal,
});

const text: ReadResponse<string> = async (response) => {
  if (response.statusCode === 200) return response.text(5);
  throw new GatewayError('ENGINE_OVERLOADED', 'The service is overloaded');
};

it('asks once more for what may pass, and says so', async () => {
  server.reaction = { status: 503, body: '' };
  expect(await thrownBy(() => service.send(REQUEST, call(), text))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
  expect(server.received).toHaveLength(2);
  expect(retries).toEqual(['ENGINE_OVERLOADED']);
});

it('asks no second time for what must not happen twice', async () => {
  server.reaction = { status: 503, body: '' };
  expect(await thrownBy(() => service.sendOnce(REQUEST, call(), text))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
  expect(server.received).toHaveLength(1);
});

it('takes paths as they are, and of a body what it is told to', async () => {
  server.reaction = { body: '123456789' };
  expect(await service.send(REQUEST, call(), text)).toBe('12345');
  expect(server.received[0]?.path).toBe('/v1/things');
});

it('names the service in its failures, with a code of the network', async () => {
  server.reaction = 'cut';
  expect(await thrownBy(() => service.sendOnce(REQUEST, call(), text))).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: 'The service could not be reached',
    details: { networkCode: 'UND_ERR_SOCKET' },
  });
});

it('is cut by whoever closes it, however often', async () => {
  server.reaction = 'silence';
  const failed = thrownBy(() => service.sendOnce(REQUEST, call(), text));
  await expect.poll(() => server.received.length, WAIT).toBe(1);
  await Promise.all([service.close(), service.close()]);
  expect(await failed).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
});

it('is cut by its caller', async () => {
  server.reaction = 'silence';
  const ending = new AbortController();
  const failed = thrownBy(() => service.send(REQUEST, call(ending.signal), text));
  await expect.poll(() => server.received.length, WAIT).toBe(1);
  ending.abort();
  expect(await failed).toMatchObject({ code: 'TURN_CANCELLED' });
});
