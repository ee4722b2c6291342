/** CLOVA Studio's simulator behind the real process, with the sample shop as knowledge. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext, vi } from 'vitest';
import type { ScriptedFault } from '../../simulator/clova/faults.ts';
import type { ClovaSimulator } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { loadKnowledgeCsv } from '../../src/knowledge/csv.ts';
import type { KnowledgeEntry } from '../../src/knowledge/knowledge.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';
import { type ServerEvent, WebVisitor } from './web-visitor.ts';

const KEY = 'nv-e2e-key';
let clova: ClovaSimulator;
let gateway: GatewayProcess;
let shop: readonly KnowledgeEntry[];

beforeAll(async () => {
  clova = createClovaSimulator({ apiKeys: [KEY] });
  const { url } = await clova.start();
  gateway = await GatewayProcess.start({ CLOVA_BASE_URL: url, CLOVA_API_KEY: KEY });
  shop = loadKnowledgeCsv(await readFile('src/knowledge/sample/shop.csv'), { imageBaseUrl: `${gateway.url}/` }).entries;
});

afterAll(async () => {
  await Promise.all([clova?.close(), gateway?.stop()]);
});

beforeEach(() => {
  clova.clear();
});

/** Another gateway for this test alone. */
async function startGateway(
  { onTestFinished }: TestContext,
  env: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const other = await GatewayProcess.start(env);
  onTestFinished(() => other.stop());
  return other;
}

async function startClova({ onTestFinished }: TestContext, options: Parameters<typeof createClovaSimulator>[0]) {
  const simulator = createClovaSimulator(options);
  onTestFinished(() => simulator.close());
  return { simulator, env: { CLOVA_BASE_URL: (await simulator.start()).url, CLOVA_API_KEY: KEY } };
}

function entryWith(wanted: (entry: KnowledgeEntry) => boolean): KnowledgeEntry {
  const entry = shop.find(wanted);
  if (entry === undefined) throw new Error('The sample has no such entry');
  return entry;
}

const withoutContacts = () => entryWith((entry) => !/[\d*@]{4}|https?:/.test(entry.answer) && entry.links.length === 0);
const withPhoneNumber = ({ answer, links }: KnowledgeEntry) => /\d{4}-\d{4}/.test(answer) && links.length === 0;

interface TestAnswer {
  readonly Answer: string;
  readonly engine: string;
  readonly source: { readonly kind: string; readonly entries: readonly { readonly id: string }[] };
}

async function ask(query: string, to = gateway): Promise<TestAnswer> {
  const response = await fetch(`${to.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as TestAnswer;
}

const deltas = (events: readonly ServerEvent[]) =>
  events.filter((event) => event.event === 'delta').map((event) => String(event.data.text));

describe('when CLOVA Studio fails, the knowledge answers the same question', () => {
  const refusal = (httpStatus: number, code: string): ScriptedFault => ({ httpStatus, code });

  it.each<[string, ScriptedFault]>([
    ['refuses the key', refusal(401, '40100')],
    ['has no quota left', refusal(429, '42901')],
    ['is overloaded', refusal(429, '42900')],
    ['breaks', refusal(500, '50000')],
    ['hangs up', { kind: 'cut', afterTokens: 'before-headers' }],
    ['answers with a page of a proxy', { kind: 'html-page', httpStatus: 502 }],
    ['answers nothing', { kind: 'empty-body', httpStatus: 200 }],
    ['refuses inside a 200', { kind: 'refusal-in-200', code: '50000' }],
  ])('because it %s', async (_name, fault) => {
    clova.failNext(3, fault);
    const entry = withoutContacts();
    const answer = await ask(entry.question);
    expect(answer).toMatchObject({ engine: 'faq', Answer: expect.stringContaining(entry.answer) });
    expect(answer.source.entries).toMatchObject([{ id: entry.id }]);
    expect(clova.requests.length).toBeGreaterThan(0);
    clova.clear();
    expect((await ask(entry.question)).engine).toBe('clova');
  });

  it.each<[string, ScriptedFault]>([
    ['is cut', { kind: 'cut', afterTokens: 3 }],
    ['ends in an error', { kind: 'error-frame', code: '50000', afterTokens: 3 }],
    ['ends without a result', { kind: 'no-result' }],
  ])('and what its stream had shown is withdrawn, because it %s', async (_name, fault) => {
    clova.failNext(2, fault);
    const entry = withoutContacts();
    const events = await new WebVisitor(gateway.url).ask(entry.question);
    const names = events.map((event) => event.event);
    expect(names.filter((name) => name === 'answer')).toHaveLength(1);
    if (names.includes('delta')) expect(names.lastIndexOf('restart')).toBeGreaterThan(names.lastIndexOf('delta'));
    const answer = events.find((event) => event.event === 'answer')?.data;
    expect(answer?.source).toMatchObject({ engine: 'faq', entries: [{ id: entry.id }] });
    expect(JSON.stringify(answer?.reply)).toContain(JSON.stringify(entry.answer).slice(1, -1));
    clova.clear();
    expect((await ask(entry.question)).engine).toBe('clova');
  });
});

describe('what the model writes', () => {
  it('comes back with the phone numbers exactly as the operator wrote them', async () => {
    const entries = shop.filter(withPhoneNumber).slice(0, 5);
    expect(entries.length).toBeGreaterThan(2);
    for (const entry of entries) {
      const answer = await ask(entry.question);
      expect(answer).toMatchObject({ engine: 'clova', Answer: entry.answer });
    }
  });
});

it('sends nothing private to the model, and writes nothing private into the log or the data', async () => {
  const secrets = ['900101-1234568', '010-2345-6789', 'kim.gaon@mail.example', '4111-1111-1111-1111'];
  const visitor = new WebVisitor(gateway.url);
  await visitor.ask(`제 주민번호는 ${secrets[0]}이고 전화는 ${secrets[1]}입니다`);
  await visitor.ask(`메일은 ${secrets[2]}, 카드는 ${secrets[3]}인데 환불되나요?`);
  expect(clova.requests).toHaveLength(2);
  const traces = [...secrets, ...secrets.map((secret) => secret.replaceAll('-', ''))];
  const sent = clova.requests.map(({ body }) => JSON.stringify(body));
  expect(sent.filter((body) => traces.some((trace) => body.includes(trace)))).toEqual([]);
  expect(gateway.lines.filter((line) => traces.some((trace) => line.includes(trace)))).toEqual([]);
  // What is private for ever must not be on the disk; a phone number may be, where a person has to call back.
  const stored = await Promise.all(
    ['malgil.sqlite', 'malgil.sqlite-wal'].map((name) => readFile(`${gateway.dataDir}/${name}`, 'latin1')),
  );
  for (const secret of [secrets[0], secrets[3]]) {
    expect(stored.some((bytes) => bytes.includes(String(secret)))).toBe(false);
  }
});

describe('an answer that nobody waits for any more', () => {
  it('is cancelled at the model by a reset', async () => {
    clova.failNext(1, { kind: 'hang', afterTokens: 2 });
    const visitor = new WebVisitor(gateway.url);
    const seen: string[] = [];
    const asked = visitor.ask(withoutContacts().question, (event) => seen.push(event.event));
    await vi.waitFor(() => expect(seen).toContain('delta'), WAIT);
    const cancelled = clova.whenCancelled();
    await visitor.reset();
    await cancelled;
    const events = await asked;
    expect(events.map((event) => event.event)).not.toContain('answer');
    expect(events.at(-1)?.event).toBe('done');
  });
});

describe.concurrent('with settings of its own, the gateway', () => {
  it.for([
    ['HCX-007', 'maxCompletionTokens', 'maxTokens'],
    ['HCX-005', 'maxTokens', 'maxCompletionTokens'],
  ] as const)('%s streams an answer that names its grounds', async ([modelName, limitField, foreignField], context) => {
    const { simulator, env } = await startClova(context, { apiKeys: [KEY], tokensPerSecond: 200 });
    const other = await startGateway(context, { ...env, CLOVA_MODEL: modelName });
    const entry = withoutContacts();
    const events = await new WebVisitor(other.url).ask(entry.question);

    expect(deltas(events).length).toBeGreaterThan(1);
    expect(deltas(events).join('')).toBe(entry.answer);
    expect(events.map((event) => event.event).slice(-2)).toEqual(['answer', 'done']);
    const { reply, source } = events.at(-2)?.data ?? {};
    expect(JSON.stringify(reply)).toContain(JSON.stringify(entry.answer).slice(1, -1));
    expect(source).toMatchObject({ kind: 'model', engine: 'clova' });
    expect((source as TestAnswer['source']).entries[0]).toMatchObject({ id: entry.id });

    const [asked, ...more] = simulator.requests;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'POST', path: `/v3/chat-completions/${modelName}`, streamed: true });
    expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(asked?.headers['x-ncp-clovastudio-request-id']).toMatch(/^[\w.:-]{8,}$/);
    expect(asked?.body).toMatchObject({ [limitField]: 1_024 });
    expect(asked?.body).not.toHaveProperty(foreignField);
    if (modelName === 'HCX-007') expect(asked?.body).toMatchObject({ thinking: { effort: 'none' } });
    else expect(asked?.body).not.toHaveProperty('thinking');
    expect(JSON.stringify(asked?.body)).toContain(entry.question);
  });

  it('falls back to the knowledge when CLOVA Studio says nothing', async (context) => {
    const { simulator, env } = await startClova(context, {});
    simulator.failNext(2, { kind: 'hang', afterTokens: 'before-headers' });
    const other = await startGateway(context, { ...env, CLOVA_FIRST_TOKEN_MS: '300' });
    const entry = withoutContacts();
    expect(await ask(entry.question, other)).toMatchObject({ engine: 'faq' });
    // Lines of the log leave behind the response.
    const failures = () => other.logged.filter((line) => line.engine === 'clova');
    await vi.waitFor(() => expect(failures()).toMatchObject([{ code: 'ENGINE_TIMEOUT' }]), WAIT);
  });

  it('falls back to the knowledge when nobody listens at the address, or the key is wrong', async (context) => {
    const entry = withoutContacts();
    const nobody = 'http://127.0.0.1:1';
    const unreachable = await startGateway(context, { CLOVA_BASE_URL: nobody, CLOVA_API_KEY: KEY });
    expect(await ask(entry.question, unreachable)).toMatchObject({ engine: 'faq' });
    const { env } = await startClova(context, { apiKeys: ['nv-another-key'] });
    const locked = await startGateway(context, env);
    expect(await ask(entry.question, locked)).toMatchObject({ engine: 'faq' });
    const failures = () => locked.logged.filter((line) => line.engine === 'clova');
    await vi.waitFor(() => expect(failures()).toMatchObject([{ code: 'ENGINE_UNAUTHORIZED' }]), WAIT);
    expect(locked.lines.filter((line) => line.includes(KEY))).toEqual([]);
  });

  it('leaves CLOVA Studio alone once it has failed five times, and says so once', async (context) => {
    const { simulator, env } = await startClova(context, {});
    const other = await startGateway(context, env);
    const entry = withoutContacts();
    simulator.failNext(100, { httpStatus: 401, code: '40100' });
    for (let i = 0; i < 5; i += 1) expect(await ask(entry.question, other)).toMatchObject({ engine: 'faq' });
    const opened = () => other.logged.filter((line) => line.circuit !== undefined);
    await vi.waitFor(() => expect(opened()).toMatchObject([{ circuit: 'open' }]), WAIT);
    const metrics = await (await fetch(`${other.url}/metrics`)).text();
    expect(metrics).toMatch(/malgil_engine_circuit_state\{upstream="clova:HCX-007#[0-9a-f]{6}"\} 2/);
    // On a slow machine one of them may be the one that tries again.
    const answers = await Promise.all([1, 2, 3].map(() => ask(entry.question, other)));
    expect(answers.map(({ engine }) => engine)).toEqual(['faq', 'faq', 'faq']);
    expect(simulator.requests.length).toBeLessThanOrEqual(6);
  });

  it('asks the next model of the chain when the first one fails, as far as that one can', async (context) => {
    const { simulator, env } = await startClova(context, {});
    const chain = { ENGINE: 'clova:HCX-007,clova:HCX-DASH-002,faq', CLOVA_THINKING: 'low', CLOVA_MAX_TOKENS: '8000' };
    const other = await startGateway(context, { ...env, ...chain });
    simulator.failNext(3, { httpStatus: 500, code: '50000' });
    expect(await ask(withoutContacts().question, other)).toMatchObject({ engine: 'clova' });
    const paths = simulator.requests.map(({ path }) => path.split('/').at(-1));
    expect(paths).toEqual(['HCX-007', 'HCX-007', 'HCX-007', 'HCX-DASH-002']);
    expect(simulator.requests.at(-1)?.body).toMatchObject({ maxTokens: 4_096 });
  });

  it('never shows a half-open number or a placeholder while it streams', async (context) => {
    const { env } = await startClova(context, { tokensPerSecond: 200 });
    const other = await startGateway(context, env);
    const entry = entryWith(withPhoneNumber);
    const shown = deltas(await new WebVisitor(other.url).ask(entry.question));
    expect(shown.join('')).toBe(entry.answer);
    for (const [index] of shown.entries()) {
      const sofar = shown.slice(0, index + 1).join('');
      expect(entry.answer.startsWith(sofar)).toBe(true);
      expect(sofar).not.toMatch(/\[\[|\*|\d{4}-\d{0,3}$/);
    }
  });

  it('finishes an answer although its page has gone away', async (context) => {
    const { simulator, env } = await startClova(context, { tokensPerSecond: 100 });
    const other = await startGateway(context, env);
    const visitor = new WebVisitor(other.url);
    const entry = withoutContacts();
    await visitor.askAndHangUp(entry.question, 'delta');
    await vi.waitFor(() => expect(other.logged.some((line) => line.msg === 'answered')).toBe(true), WAIT);
    expect(simulator.requests.map((request) => request.cancelledAt)).toEqual([undefined]);
    const replayed = await visitor.events();
    expect(replayed.find((event) => event.event === 'answer')?.data.source).toMatchObject({ engine: 'clova' });
  });

  it('apologises for an answer that takes longer than the total time', async (context) => {
    const { simulator, env } = await startClova(context, {});
    simulator.failNext(5, { kind: 'hang', afterTokens: 2 });
    const other = await startGateway(context, { ...env, ENGINE: 'clova', ENGINE_TOTAL_MS: '1000' });
    const answer = await ask(withoutContacts().question, other);
    expect(answer.Answer).toContain('죄송합니다');
    await simulator.whenCancelled();
  });
});
