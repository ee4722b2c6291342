/** What an operator meets: start-up, health, metrics, API description, several bots in one process. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { GatedModel, SLOWLY } from '../e2e/gated-model.ts';
import { WebVisitor } from '../e2e/web-visitor.ts';
import { GatewayProcess, runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

const MESSAGE_MS = 15_000;
const SECRETS = {
  shop: { kakaoSecret: 'shop-kakao-secret', naverSecret: 'shop-naver-secret', naverAuthorization: 'shop-send-key' },
  campus: {
    kakaoSecret: 'campus-kakao-secret',
    naverSecret: 'campus-naver-secret',
    naverAuthorization: 'campus-send-key',
  },
};

let folder: string;
let model: GatedModel;
let platforms: Record<'shop' | 'campus', TalkTalkSimulator>;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malgil-operation-'));
  model = new GatedModel();
  await model.start();
  const bots = [];
  const started: Partial<typeof platforms> = {};
  for (const [id, name, entry] of [
    ['shop', '본점 상담', '영업시간이 어떻게 되나요?,본점은 오전 10시에 엽니다.'],
    ['campus', '대학 도우미', '영업시간이 어떻게 되나요?,학생회관은 오전 9시에 엽니다.'],
  ] as const) {
    const knowledgeFile = join(folder, `${id}.csv`);
    await writeFile(knowledgeFile, `question,answer\n${entry}\n`);
    const platform = createTalkTalkSimulator({ seed: id, authorization: SECRETS[id].naverAuthorization });
    const { url } = await platform.start();
    started[id] = platform;
    bots.push({ id, name, knowledgeFile, naverBaseUrl: url, kakaoInlineBudgetMs: 500, ...SECRETS[id] });
  }
  platforms = started as typeof platforms;
  const botsFile = join(folder, 'bots.json');
  await writeFile(botsFile, JSON.stringify({ bots }));
  const { KNOWLEDGE_FILE: _, ...engine } = model.env;
  gateway = await GatewayProcess.start({
    ...engine,
    BOTS_FILE: botsFile,
    RATE_LIMIT_PER_ADDRESS: '0',
    RATE_LIMIT_PER_CONVERSATION: '0',
  });
  for (const id of ['shop', 'campus'] as const) {
    platforms[id].webhookUrl = `${gateway.url}/bots/${id}/query/NAVER/${SECRETS[id].naverSecret}`;
  }
});

afterAll(async () => {
  await Promise.all([...Object.values(platforms ?? {}).map((platform) => platform.close()), model?.close()]);
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const skillCall = (utterance: string) => ({
  bot: { id: 'b' },
  userRequest: { utterance, user: { id: 'the same person' }, params: {} },
  action: {},
});

describe('health', () => {
  it('is alive, and ready when it wants traffic', async () => {
    const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(`${gateway.url}${path}`)));
    expect([alive?.status, await alive?.json()]).toEqual([200, { status: 'ok' }]);
    expect([ready?.status, await ready?.json()]).toEqual([200, { status: 'ready', reasons: [] }]);
  });

  it('says that it is overloaded, and leaves that out for balancers', async () => {
    const slow = new GatedModel();
    await slow.start();
    const busy = await GatewayProcess.start({ ...slow.env, MAX_CONCURRENT_TURNS: '1', MAX_OPEN_TURNS: '1' });
    onTestFinished(async () => {
      await Promise.all([busy.stop(), slow.close()]);
    });
    const asked = fetch(`${busy.url}/query/TEST`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `질문-o1-1 ${SLOWLY}` }),
    });
    await vi.waitFor(async () => expect(await busy.status('/readyz')).toBe(503), WAIT);
    expect(await (await fetch(`${busy.url}/readyz`)).json()).toEqual({ status: 'not-ready', reasons: ['overloaded'] });
    expect(await busy.status('/readyz?exclude=overloaded')).toBe(200);
    expect(await busy.status('/readyz?exclude=stopping')).toBe(503);
    await vi.waitFor(() => expect(slow.asked('질문-o1-1')).toBe(1), WAIT);
    slow.release('질문-o1-1');
    expect((await asked).status).toBe(200);
  });
});

describe('the description of the API', () => {
  it('lists every documented route', async () => {
    const response = await fetch(`${gateway.url}/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    const { openapi, info, paths } = (await response.json()) as {
      openapi: string;
      info: { title: string };
      paths: Record<string, Record<string, { summary?: string }>>;
    };
    expect(openapi).toMatch(/^3\./);
    expect(info.title).toContain('Malgil');
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of [
      'POST /query/TEST',
      'POST /query/KAKAO',
      'POST /query/NAVER',
      'POST /query/WEB',
      'GET /query/WEB',
      'GET /query/WEB/events',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
    ]) {
      expect(routes).toContain(route);
    }
    for (const methods of Object.values(paths)) {
      for (const described of Object.values(methods)) expect(described.summary).toMatch(/\S/);
    }
  });

  it('can be read by people', async () => {
    const response = await fetch(`${gateway.url}/docs`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});

describe('several bots in one process', () => {
  it('answer from their own knowledge', async () => {
    const [shop, campus, plain] = await Promise.all(
      ['/bots/shop', '/bots/campus', ''].map((base) =>
        post(`${base}/query/TEST`, { query: '영업시간이 어떻게 되나요?' }),
      ),
    );
    for (const answer of [shop, campus, plain]) expect(answer?.body.engine).toBe('clova');
    const prompts = model.simulator.requests.map(({ body }) => JSON.stringify(body));
    expect(prompts).toHaveLength(3);
    expect(prompts.filter((prompt) => prompt.includes('본점은') && !prompt.includes('학생회관'))).toHaveLength(2);
    expect(prompts.filter((prompt) => prompt.includes('학생회관') && !prompt.includes('본점은'))).toHaveLength(1);
  });

  it('open only to their own secrets', async () => {
    const secretOf = { shop: SECRETS.shop.kakaoSecret, campus: SECRETS.campus.kakaoSecret };
    const statuses = [];
    for (const bot of ['shop', 'campus'] as const) {
      for (const secret of ['shop', 'campus'] as const) {
        const headers = { 'x-malgil-secret': secretOf[secret] };
        statuses.push((await post(`/bots/${bot}/query/KAKAO`, skillCall('질문-a0-1'), headers)).status);
        statuses.push((await post(`/bots/${bot}/query/KAKAO/${secretOf[secret]}`, skillCall('질문-a0-1'))).status);
      }
    }
    expect(statuses).toEqual([200, 200, 401, 401, 401, 401, 200, 200]);
    expect((await post('/query/KAKAO', skillCall('질문-a0-1'))).status).toBe(401);
  });

  it('answer TalkTalk with the key of their own account', async () => {
    for (const id of ['shop', 'campus'] as const) {
      await platforms[id].say('손님', `질문-b0-${id === 'shop' ? 1 : 2}`);
      const message = await platforms[id].nextMessage('손님', MESSAGE_MS);
      expect(textOf(message.bubbles)).toContain(`질문-b0-${id === 'shop' ? 1 : 2}`);
      await vi.waitFor(() => expect(platforms[id].apiCalls.map((call) => call.accepted)).toEqual([true]), WAIT);
    }
    const { naverSecret } = SECRETS.campus;
    const event = { event: 'send', user: 'A'.repeat(22), textContent: { text: '질문-b0-3', inputType: 'typing' } };
    expect((await post(`/bots/shop/query/NAVER/${naverSecret}`, event)).status).toBe(200);
    await post('/bots/shop/query/TEST', { query: '질문-b0-4' });
    expect(model.asked('질문-b0-3')).toBe(0);
  });

  it('never share a conversation, whatever its name', async () => {
    const kakao = (bot: 'shop' | 'campus', text: string) =>
      post(`/bots/${bot}/query/KAKAO`, skillCall(text), { 'x-malgil-secret': SECRETS[bot].kakaoSecret });
    await post('/bots/shop/query/TEST', { query: '비밀이야기 질문-c0-1', conversation: 'same' });
    await post('/bots/campus/query/TEST', { query: '질문-c0-2', conversation: 'same' });
    await kakao('shop', '비밀이야기 질문-c0-3');
    await kakao('campus', '질문-c0-4');
    const visitor = new WebVisitor(gateway.url, '/bots/shop');
    await visitor.ask('비밀이야기 질문-c0-5');
    const elsewhere = new WebVisitor(gateway.url, '/bots/campus');
    elsewhere.cookie = visitor.cookie?.replace('malgil_web_shop', 'malgil_web_campus');
    expect(elsewhere.cookie).toMatch(/^malgil_web_campus=/);
    expect((await elsewhere.events()).map((event) => event.event)).toEqual(['done']);
    await elsewhere.ask('질문-c0-6');
    await visitor.ask('질문-c0-7');
    const remembers = [2, 4, 6, 7].map((n) =>
      model.simulator.requests
        .map(({ body }) => JSON.stringify(body))
        .find((body) => body.includes(`질문-c0-${n}`))
        ?.includes('비밀이야기'),
    );
    expect(remembers).toEqual([false, false, false, true]);
  });

  it('say which ones there are not', async () => {
    const unknown = await post('/bots/nobody/query/TEST', { query: 'a' });
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'BOT_UNKNOWN']);
  });
});

describe('the metrics', () => {
  /** Nothing that happens here brings these: a store that fails, an alert, a tool, a bot with an answer cache. */
  const COME_WITH_OTHER_THINGS = [
    'malgil_alerts_total',
    'malgil_answer_cache_reads_total',
    'malgil_engine_skipped_total',
    'malgil_spooled_events_total',
    'malgil_tool_seconds',
  ];

  async function samples(): Promise<readonly string[]> {
    const response = await fetch(`${gateway.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    return (await response.text()).split('\n').filter((line) => line.startsWith('malgil_'));
  }

  it('are all there after traffic of every kind, under the documented names and labels', async () => {
    model.simulator.failNext(3, { httpStatus: 500, code: '50000' });
    await post('/query/TEST', { query: '주민번호 900101-1234568로 조회되나요?' });
    const late = await post('/query/KAKAO', skillCall(`질문-d0-1 ${SLOWLY}`), {
      'x-malgil-secret': SECRETS.shop.kakaoSecret,
    });
    expect(late.status).toBe(200);
    model.release('질문-d0-1');
    await vi.waitFor(async () => {
      const lines = await samples();
      for (const { name, type, labels } of createMetrics({ botIds: [] }).describe()) {
        if (COME_WITH_OTHER_THINGS.includes(name)) continue;
        const sample = lines.find((line) => line.startsWith(type === 'histogram' ? `${name}_count` : name));
        expect(sample, name).toBeDefined();
        for (const label of labels) expect(sample).toContain(`${label}="`);
      }
    }, WAIT);
  });

  it('do not grow with what strangers invent', async () => {
    const invent = (n: number) => [
      post(`/bots/invented-${n}/query/TEST`, { query: 'a' }),
      n % 4 === 0
        ? post(`/bots/invented-${n}/query/NAVER`, { event: `invented-${n}`, user: `invented-${n}` })
        : n % 4 === 1
          ? post(`/bots/shop/query/NAVER/invented-${n}`, { event: 'send', user: `invented-${n}` })
          : n % 4 === 2
            ? post(`/query/INVENTED${n}`, { query: 'a' })
            : post('/bots/campus/query/KAKAO', skillCall('a'), { 'x-malgil-secret': `invented-${n}` }),
    ];
    await Promise.all([0, 1, 2, 3].flatMap(invent));
    const before = await samples();
    for (let first = 4; first <= 1_000; first += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => invent(first + index)).flat());
    }
    const after = await samples();
    expect(after).toHaveLength(before.length);
    expect(after.filter((line) => line.includes('nvented'))).toEqual([]);
  });

  it('can be switched off', async () => {
    const quiet = await GatewayProcess.start({ METRICS: 'off' });
    onTestFinished(() => quiet.stop());
    expect(await quiet.status('/metrics')).toBe(404);
    expect(await quiet.status('/readyz')).toBe(200);
  });
});

describe.concurrent('a start that cannot succeed ends with code 1 and a sentence', () => {
  const noStack = /\n\s+at /;

  it('names every wrong setting at once, and no value', async () => {
    const wrong = {
      PORT: 'my-port-value',
      KAKAO_INLINE_BUDGET_MS: '9000',
      ENGINE: 'my-engine-value',
      CLOVA_TEMPERATURE: '77.75',
      KAKAO_CALLBACK_ORIGINS: 'my-origin-value',
      NAVER_TYPING: 'my-typing-value',
      KAKAO_SECRET: 'half?secret',
    };
    const { code, output } = await runGatewayToItsEnd(wrong);
    expect(code).toBe(1);
    for (const [name, value] of Object.entries(wrong)) {
      expect(output).toContain(name);
      expect(output).not.toContain(value);
    }
    expect(output).toMatch(/^malgil did not start\./);
    expect(output).not.toMatch(noStack);
  });

  it.each([
    ['KNOWLEDGE_FILE', { KNOWLEDGE_FILE: '/nowhere/of-mine.csv' }],
    ['BOTS_FILE', { BOTS_FILE: '/nowhere/of-mine.json' }],
    ['DATA_DIR', { DATA_DIR: '/dev/null/of-mine' }],
    ['CLOVA_THINKING', { CLOVA_API_KEY: 'nv-a-key-of-mine', CLOVA_MODEL: 'HCX-005', CLOVA_THINKING: 'high' }],
    ['CLOVA_STOP', { CLOVA_API_KEY: 'nv-a-key-of-mine', CLOVA_STOP: '끝', CLOVA_THINKING: 'low' }],
    ['CLOVA_MODELS', { CLOVA_API_KEY: 'nv-a-key-of-mine', CLOVA_MODELS: '{"HCX-008": {"like": 7}}' }],
  ])('when %s cannot be used', async (name, env) => {
    const { code, output } = await runGatewayToItsEnd(env);
    expect(code).toBe(1);
    expect(output).toMatch(/^malgil did not start\./);
    expect(output).toContain(name === 'DATA_DIR' ? '/dev/null/of-mine' : name);
    expect(output).not.toMatch(noStack);
    expect(output).not.toContain('key-of-mine');
  });

  it('when .env, as PowerShell redirects it, sets a secret that its neighbour would have swallowed', async () => {
    const text = '\ufeffKAKAO_SECRET 0123-of-mine\r\nCLOVA_API_KEY= \r\nTEST_SECRET=half secret-of-mine\r\n';
    const { code, output } = await runGatewayToItsEnd({ PORT: 'x' }, Buffer.from(text, 'utf16le'));
    expect(code).toBe(1);
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/^malgil did not start\./),
      'KAKAO_SECRET: line 1 of .env sets nothing: write KAKAO_SECRET=…',
      expect.stringMatching(/^PORT: /),
      expect.stringMatching(/^TEST_SECRET: /),
    ]);
    expect(output).not.toContain('of-mine');
  });

  it.each(['KNOWLEDGE_FILE', 'SYSTEM_PROMPT_FILE', 'BOTS_FILE'])('when %s is no file that ends', async (name) => {
    const { code, output } = await runGatewayToItsEnd({ [name]: '/dev/zero' });
    expect(code).toBe(1);
    expect(output).toContain(`\n${name}: the file that it names is a pipe or a device`);
  });

  it('when its port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const { code, output } = await runGatewayToItsEnd({ PORT: String(port) });
    expect(code).toBe(1);
    expect(output).toContain('PORT');
    expect(output).not.toMatch(noStack);
  });
});
