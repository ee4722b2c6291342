/** What models use, from the service's own figures to the people who may see them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';

const clova = createClovaSimulator({ apiKeys: ['nv-spending'] });
let program: TestProgram;

beforeAll(async () => {
  const { url } = await clova.start();
  program = await startProgram({
    CLOVA_BASE_URL: url,
    CLOVA_API_KEY: 'nv-spending',
    KNOWLEDGE_FILE: 'none',
    METRICS: 'on',
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
