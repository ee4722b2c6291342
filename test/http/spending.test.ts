/** What models use, from the service's own figures to the people who may see them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { seoulDay } from '../../src/platform/seoul-time.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const KEY = 'operator-key-for-tests';
const clova = createClovaSimulator({ apiKeys: ['nv-spending'] });
let program: TestProgram;
let clovaUrl: string;

beforeAll(async () => {
  clovaUrl = (await clova.start()).url;
  program = await startProgram({
    CLOVA_BASE_URL: clovaUrl,
    CLOVA_API_KEY: 'nv-spending',
    KNOWLEDGE_FILE: 'none',
    METRICS: 'on',
    OPERATOR_KEY: KEY,
    MONTHLY_COST_LIMIT_KRW: '1000000',
  });
});

afterAll(async () => {
  await program?.end();
  await clova.close();
});

const ask = (type: string, query: string) =>
  program.app.inject({ method: 'POST', url: `/query/${type}`, ...json({ query }) });

it('tells developers what an answer used, and customers nothing of it', async () => {
  const { source } = (await ask('TEST', '오늘 기분이 어때요?')).json();
  const { promptTokens, completionTokens } = source.usage;
  expect(source).toMatchObject({ engine: 'clova', model: 'HCX-007', usage: { calls: 1, thinkingTokens: 0 } });
  expect(source.usage.costWon).toBeCloseTo((promptTokens * 1.25 + completionTokens * 5) / 1_000, 6);
  expect(promptTokens * completionTokens).toBeGreaterThan(0);
  const { source: shown } = (await ask('WEB', '오늘 기분이 어때요?')).json();
  expect(shown.engine).toBe('clova');
  expect(shown).not.toHaveProperty('usage');
  const metrics = (await program.app.inject({ url: '/metrics' })).body;
  expect(metrics).toContain('malgil_model_tokens_total{bot="default",model="HCX-007",kind="prompt"}');
  expect(metrics).toContain('malgil_model_cost_won_total{bot="default",model="HCX-007"}');
});

describe('GET /bots/:botId/usage', () => {
  const read = async (
    query = '',
    headers: Record<string, string> = { authorization: `Bearer ${KEY}` },
    bot = 'default',
  ) => program.app.inject({ url: `/bots/${bot}/usage${query}`, headers });

  it('has the figures of the month by day and model', async () => {
    const before = (await read()).json().total.calls;
    const { source } = (await ask('TEST', '하나만 더 물어볼게요')).json();
    await vi.waitFor(async () => expect((await read()).json().total.calls).toBe(before + 1), WAIT);
    const { bot, days, total, limit } = (await read()).json();
    expect(bot).toBe('default');
    expect(days).toHaveLength(1);
    expect(days[0].models).toMatchObject([{ model: 'HCX-007', calls: before + 1 }]);
    expect(total.costWon).toBeGreaterThan(source.usage.costWon);
    expect(total.promptTokens).toBe(days[0].models[0].promptTokens);
    expect(limit).toEqual({ dailyWon: null, monthlyWon: 1_000_000, reached: false });
  });

  it('looks at the days that are asked for', async () => {
    expect((await read('?from=2020-01-01&to=2020-01-31')).json()).toMatchObject({
      from: '2020-01-01',
      to: '2020-01-31',
      days: [],
      total: { calls: 0, costWon: 0 },
    });
    const today = seoulDay(Date.now());
    expect((await read(`?from=${today}`)).json()).toMatchObject({ from: today, to: today });
    for (const query of ['?from=yesterday', '?to=2026-13-01', '?from=2026-11-01T00:00']) {
      expect((await read(query)).statusCode).toBe(400);
    }
  });

  it('is for the operator alone, and knows bots by name', async () => {
    expect((await read('', {})).statusCode).toBe(401);
    expect((await read('', { authorization: 'Bearer wrong' })).statusCode).toBe(401);
    expect((await read('', { authorization: `Bearer ${KEY}` }, 'nobody')).statusCode).toBe(404);
  });
});

it('stops asking the model once the limit is reached', async () => {
  const env = { CLOVA_BASE_URL: clovaUrl, CLOVA_API_KEY: 'nv-spending', OPERATOR_KEY: KEY };
  const frugal = await startProgram({
    ...env,
    ENGINE: 'clova',
    DAILY_COST_LIMIT_KRW: '1',
    MODEL_PRICES: '{"HCX-007":{"input":1000,"output":1000}}',
  });
  const answer = async () => {
    const payload = json({ query: '배송비는 얼마예요?' });
    return (await frugal.app.inject({ method: 'POST', url: '/query/TEST', ...payload })).json();
  };
  try {
    expect((await answer()).engine).toBe('clova');
    const isReached = async () => {
      const headers = { authorization: `Bearer ${KEY}` };
      return (await frugal.app.inject({ url: '/bots/default/usage', headers })).json().limit.reached;
    };
    await vi.waitFor(async () => expect(await isReached()).toBe(true), WAIT);
    clova.clear();
    const { engine, Answer } = await answer();
    expect([engine, clova.requests.length]).toEqual(['faq', 0]);
    expect(Answer).not.toBe('');
    await vi.waitFor(() => expect(frugal.logged.map(({ alert }) => alert)).toContain('daily-cost-limit-reached'), WAIT);
  } finally {
    await frugal.end();
  }
});
