/** What /openapi.json says of each address, held against what the application answers there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import nock from 'nock';
import { Errors } from 'typebox/schema';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DATABASE_FILE } from '../../src/storage/sqlite/index.ts';
import { fixtureBytes, fixtureNames } from '../helpers/channel-requests.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const SECRET = 'secret-for-tests-of-openapi';
const TASK = 'd1c0a5f2-0000-4000-8000-000000000000';
const OURS: Readonly<Record<string, string>> = { botId: 'default', secret: SECRET, id: 'customer', taskId: TASK };
const STRANGERS = { ...OURS, botId: 'nobody', secret: 'guessed' };

type Headers = Readonly<Record<string, string>>;
type Body = Uint8Array | string | undefined;

interface Operation {
  /** `POST /bots/{botId}/query/TEST/{secret}` */
  readonly address: string;
  /** The same at all addresses of a route: `POST /query/TEST`. */
  readonly route: string;
  /** Schemas of bodies, by `200 application/json`, `4XX application/json` … */
  readonly declared: ReadonlyMap<string, object>;
}

interface Answer extends Operation {
  /** In the same form as what was declared, by the range where the status itself was not. */
  readonly given: string;
  readonly body: string;
}

let directory: string;
let kakao: JsonServer;
let program: TestProgram;
let operations: readonly Operation[];
const answers: Answer[] = [];

beforeAll(async () => {
  nock.restore();
  directory = await mkdtemp(join(tmpdir(), 'malgil-openapi-'));
  kakao = await JsonServer.open();
  program = await startProgram({
    DATA_DIR: directory,
    METRICS: 'on',
    OPERATOR_KEY: SECRET,
    KAKAO_SECRET: SECRET,
    NAVER_SECRET: SECRET,
    TEST_SECRET: SECRET,
    KAKAO_REST_API_KEY: 'rest-key',
    KAKAO_EVENT_BOT_ID: '667e91c!',
    KAKAO_BASE_URL: kakao.origin,
    RATE_LIMIT_PER_ADDRESS: '0',
    RATE_LIMIT_PER_CONVERSATION: '0',
  });
  const { paths } = (await program.app.inject({ url: '/openapi.json' })).json();
  operations = readOperations(paths);
  await vi.waitFor(async () => expect((await program.app.inject('/readyz')).statusCode).toBe(200), WAIT);

  const done = { allRequestCount: 1, successCount: 1, fail: { count: 0, list: [] } };
  const taken = { body: { taskId: TASK, status: 'SUCCESS', timestamp: 1, ...done } };
  kakao.reaction = taken;
  const requests = everyRequest();
  for (const request of requests) await request();
  kakao.reaction = { status: 401, body: { msg: 'wrong appKey', code: -401 } };
  program.stopBeingReady();
  for (const request of requests) await request();
  kakao.reaction = taken;
  breakStore();
  // The store is asked again for a while: all wait at once.
  await Promise.all(requests.map((request) => request()));
});

afterAll(async () => {
  await program.end();
  await kakao.close();
  await rm(directory, { recursive: true, force: true });
  nock.activate();
});

type Responses = Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;

function readOperations(
  paths: Readonly<Record<string, Readonly<Record<string, { responses: Responses }>>>>,
): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      address: `${method.toUpperCase()} ${path}`,
      route: `${method.toUpperCase()} ${path.replace(/^\/bots\/\{botId\}|\/\{secret\}$/g, '')}`,
      declared: new Map(
        Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, { schema }]) => [`${status} ${type}`, withNull(schema)] as const),
        ),
      ),
    })),
  );
}

/** OpenAPI 3.0 says in a word of its own what JSON Schema says with a type. */
function withNull(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    if (value?.nullable !== true) return value;
    const { nullable: _, ...rest } = value;
    return { anyOf: [rest, { type: 'null' }] };
  });
}

/** Every call fails from now on. */
function breakStore(): void {
  const database = new DatabaseSync(join(directory, DATABASE_FILE));
  database.exec('PRAGMA foreign_keys = OFF');
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  for (const { name } of tables.all()) database.exec(`DROP TABLE "${name}"`);
  database.close();
}

function everyRequest(): readonly (() => Promise<void>)[] {
  const key = { 'x-malgil-secret': SECRET, authorization: `Bearer ${SECRET}` };
  return operations.flatMap((operation) => {
    const bodies = goodBodies(operation.route);
    const [first] = bodies;
    return [
      ...bodies.map((body) => () => ask(operation, body, key)),
      () => ask(operation, first, { ...key, accept: 'text/event-stream' }),
      () => ask(operation, first, {}, STRANGERS),
      () => ask(operation, first, key, STRANGERS),
      ...(first === undefined ? [] : [() => ask(operation, '{', key)]),
    ];
  });
}

/** Bodies as the callers of a route send them; none where it is read with GET. */
function goodBodies(route: string): readonly [Body, ...Body[]] {
  const [, botType] = /^POST \/query\/(\w+)$/.exec(route) ?? [];
  if (botType !== undefined) return fixtureNames(botType.toLowerCase()).map(fixtureBytes) as [Body];
  if (route === 'POST /validate/KAKAO') return [fixtureBytes('kakao/parameter-validation.json')];
  if (route === 'POST /send') return [JSON.stringify({ user_question: '안녕하세요' })];
  if (route === 'POST /push/kakao') {
    return [JSON.stringify({ event: '배송출발', recipients: [{ type: 'botUserKey', id: 'person-1' }] })];
  }
  expect(route).toMatch(/^GET /);
  return [undefined];
}

async function ask(operation: Operation, body: Body, headers: Headers, parameters = OURS): Promise<void> {
  const [method, path = ''] = operation.address.split(' ');
  const response = await program.app.inject({
    method: method === 'GET' ? 'GET' : 'POST',
    url: path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? ''),
    remoteAddress: '203.0.113.7',
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { payload: Buffer.from(body) }),
  });
  const status = String(response.statusCode);
  const isNamed = [...operation.declared.keys()].some((one) => one.startsWith(status));
  const [type = ''] = String(response.headers['content-type'] ?? '').split(';');
  const given = `${isNamed ? status : `${status[0]}XX`} ${type}`;
  answers.push({ ...operation, given, body: response.payload });
}

it('no address answers with a status or in a form that is not declared', () => {
  const undeclared = answers.filter(({ declared, given, body }) => !declared.has(given) && body !== '');
  expect(new Set(undeclared.map(({ address, given }) => `${address}: ${given}`))).toEqual(new Set());
});

it('every JSON body fits its schema', () => {
  const misfits = answers.flatMap(({ address, declared, given, body }) => {
    if (body === '' || !given.endsWith('application/json')) return [];
    const [, errors] = Errors(declared.get(given) ?? true, JSON.parse(body));
    return errors.map(({ instancePath, message }) => `${address}: ${given}: ${instancePath} ${message}`);
  });
  expect(new Set(misfits)).toEqual(new Set());
});

it('nothing is declared that no address of the route answers', () => {
  const given = new Set(answers.map((answer) => `${answer.route}: ${answer.given}`));
  const declared = operations.flatMap((operation) =>
    [...operation.declared.keys()].map((one) => `${operation.route}: ${one}`),
  );
  expect(new Set(declared.filter((one) => !given.has(one)))).toEqual(new Set());
});

it('every address is one that answers', () => {
  const good = new Set(answers.filter(({ given }) => given.startsWith('200')).map(({ address }) => address));
  expect(operations.map(({ address }) => address).filter((address) => !good.has(address))).toEqual([]);
});
