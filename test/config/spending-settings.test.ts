import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const load = (env: Record<string, string>) => loadSettings({ CLOVA_API_KEY: 'nv-key', ...env }, () => '');

function problemsOf(env: Record<string, string>): string {
  try {
    load(env);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
}

describe('a limit of costs', () => {
  it('is none unless it is set', () => {
    expect(load({}).bots[0]).toMatchObject({ dailyCostLimitKrw: 0, monthlyCostLimitKrw: 0 });
    expect(problemsOf({ CLOVA_MODEL: 'HCX-009' })).toBe('');
  });

  it.each([
    [{ CLOVA_MODEL: 'HCX-009' }, 'CLOVA_MODEL'],
    [{ ENGINE: 'clova:HCX-007,clova:HCX-009,faq' }, 'item 2 of ENGINE'],
    [{ CLOVA_VISION_MODEL: 'HCX-009' }, 'CLOVA_VISION_MODEL'],
    [{ ENGINE: 'openai', OPENAI_BASE_URL: 'https://api.example.com/v1', OPENAI_MODEL: 'gpt-9' }, 'OPENAI_MODEL'],
  ])('needs a price of every model that may be asked: %j', (env, from) => {
    for (const limit of [{ DAILY_COST_LIMIT_KRW: '5000' }, { MONTHLY_COST_LIMIT_KRW: '100000' }]) {
      const problem = problemsOf({ ...env, ...limit });
      expect(problem).toContain(`MODEL_PRICES: needs the price of the model in ${from}`);
      expect(problem).not.toMatch(/HCX-009|gpt-9/);
      const MODEL_PRICES = '{"HCX-009":{"input":1,"output":2},"gpt-9":{"input":1,"output":2}}';
      expect(problemsOf({ ...env, ...limit, MODEL_PRICES })).toBe('');
    }
  });

  it('needs no price of engines that tell no tokens', () => {
    expect(problemsOf({ ENGINE: 'socket,faq', DAILY_COST_LIMIT_KRW: '1' })).toBe('');
  });
});

it('refuses prices that are none, without repeating them', () => {
  expect(problemsOf({ MODEL_PRICES: '{"HCX-007":{"input":"secret"}}' })).toMatch(/MODEL_PRICES: must be a JSON object/);
  expect(problemsOf({ MODEL_PRICES: '{"HCX-007":{"input":"secret"}}' })).not.toContain('secret');
  expect(problemsOf({ MODEL_PRICES: 'secret' })).toContain('MODEL_PRICES');
});
