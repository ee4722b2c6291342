import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const load = (env: Record<string, string>) => loadSettings(env, () => '').bots[0];

describe('settings of CLOVA Studio', () => {
  it('leave to the service what nobody said, and withhold what its filter is sure of', () => {
    const bot = load({});
    expect(bot).toMatchObject({ clovaStop: [], clovaAiFilter: 'likely' });
    for (const field of ['clovaTopP', 'clovaTopK', 'clovaRepetitionPenalty', 'clovaModels']) {
      expect(bot).not.toHaveProperty(field);
    }
  });

  it('are read as operators write them', () => {
    expect(
      load({
        CLOVA_MODEL: 'ft:abc123',
        CLOVA_TOP_P: '0.9',
        CLOVA_TOP_K: '40',
        CLOVA_REPETITION_PENALTY: '1.05',
        CLOVA_STOP: '끝., 감사합니다',
        CLOVA_AI_FILTER: 'off',
        CLOVA_MODELS: '{"ft:abc123": {"like": "HCX-005"}}',
      }),
    ).toMatchObject({
      clovaModel: 'ft:abc123',
      clovaTopP: 0.9,
      clovaTopK: 40,
      clovaRepetitionPenalty: 1.05,
      clovaStop: ['끝.', '감사합니다'],
      clovaAiFilter: 'off',
      clovaModels: { 'ft:abc123': { like: 'HCX-005' } },
    });
  });

  it.each([
    ['CLOVA_TOP_P', '1.1'],
    ['CLOVA_TOP_K', '0.5'],
    ['CLOVA_REPETITION_PENALTY', '-1'],
    ['CLOVA_AI_FILTER', 'always'],
    ['CLOVA_MODELS', '{"HCX-008":'],
    ['CLOVA_MODELS', '[]'],
    ['CLOVA_API_KEY', '"nv-0123456789"'],
    ['CLOVA_API_KEY', "'nv-0123456789'"],
  ])('refuse a %s that cannot be meant', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });
});
