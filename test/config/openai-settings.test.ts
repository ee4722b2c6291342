import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const BASE = { OPENAI_BASE_URL: 'http://localhost:8000/v1/', OPENAI_MODEL: 'openai/gpt-oss-120b' };
const load = (env: Record<string, string>) => loadSettings(env, () => '');

describe('ENGINE=openai', () => {
  it('needs an address and a model', () => {
    expect(() => load({ ENGINE: 'openai' })).toThrow(
      'ENGINE: names openai, but OPENAI_BASE_URL is not set\nENGINE: names openai, but OPENAI_MODEL is not set',
    );
    expect(load({ ...BASE, ENGINE: 'openai,faq' }).bots[0]).toMatchObject({
      engine: ['openai', 'faq'],
      openaiBaseUrl: 'http://localhost:8000/v1',
      openaiDialect: 'auto',
      openaiMaxTokens: 1_024,
      openaiFirstTokenMs: 120_000,
    });
  });

  it('takes the model of its own entry', () => {
    const { OPENAI_BASE_URL } = BASE;
    const { bots } = load({ OPENAI_BASE_URL, ENGINE: 'openai:google/gemma-4-31B-it,openai:HCX-005,faq' });
    expect(bots[0]?.engine).toEqual(['openai:google/gemma-4-31B-it', 'openai:HCX-005', 'faq']);
  });

  it('is shown photos only on demand, and where it is asked at all', () => {
    const env = { ...BASE, ENGINE: 'openai,faq', OPENAI_VISION: 'true' };
    expect(load({ ...BASE, ENGINE: 'openai,faq' }).bots[0]).toMatchObject({ openaiVision: false, openaiTools: true });
    expect(load(env).warnings).toEqual([]);
    expect(load({ ...env, PHOTOS: 'off' }).warnings).toEqual([expect.stringMatching(/^OPENAI_VISION: .*PHOTOS/)]);
    const unasked = { OPENAI_VISION: 'true', ENGINE: 'faq' };
    expect(load(unasked).warnings).toEqual([expect.stringMatching(/^OPENAI_VISION: .*ENGINE/)]);
  });

  it('is missed where an address is named that nobody asks', () => {
    expect(load(BASE).warnings).toEqual(['OPENAI_BASE_URL: is not used, because ENGINE names no openai']);
    expect(load({ ...BASE, ENGINE: 'openai' }).warnings).toEqual([]);
  });
});
