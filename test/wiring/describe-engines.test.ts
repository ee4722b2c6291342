import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { describeEngines } from '../../src/wiring/describe-engines.ts';

it.each([
  [{}, 'faq (the knowledge)'],
  [
    { CLOVA_API_KEY: 'nv-test', CLOVA_VISION_MODEL: 'HCX-005' },
    'clova (HCX-007, photos HCX-005) → faq (the knowledge)',
  ],
  [
    { ENGINE: 'openai,openai:gemma,faq', OPENAI_BASE_URL: 'http://localhost:8000/v1', OPENAI_MODEL: 'gpt-oss' },
    'openai (gpt-oss) → openai (gemma) → faq (the knowledge)',
  ],
  [
    {
      ENGINE: 'openai:HCX-007,openai:HCX-005',
      OPENAI_BASE_URL: 'https://clovastudio.stream.ntruss.com/v1/openai',
      OPENAI_API_KEY: 'nv-test',
      OPENAI_VISION: 'true',
    },
    'openai (HCX-007) → openai (HCX-005, photos)',
  ],
  [{ ENGINE: 'socket' }, 'socket'],
])('the start names what answers, with its models: %j', (env, chain) => {
  const [bot] = loadSettings(env, () => '').bots;
  expect(bot && describeEngines(bot)).toBe(chain);
});
