import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { upstreamName } from '../../src/wiring/upstream-name.ts';

function botWith(env: Readonly<Record<string, string>>) {
  const [bot] = loadSettings(env, () => '').bots;
  if (bot === undefined) throw new Error('There is no bot');
  return bot;
}

it('is one for one account and model, and tells nothing of the key', () => {
  const name = upstreamName('clova', botWith({ CLOVA_API_KEY: 'nv-first-key' }));
  expect(name).toMatch(/^clova:HCX-007#[0-9a-f]{6}$/);
  expect(upstreamName('clova', botWith({ CLOVA_API_KEY: 'nv-first-key', CLOVA_TEMPERATURE: '1' }))).toBe(name);
  const others = [
    { CLOVA_API_KEY: 'nv-second-key' },
    { CLOVA_API_KEY: 'nv-first-key', CLOVA_MODEL: 'HCX-DASH-002' },
    { CLOVA_API_KEY: 'nv-first-key', CLOVA_BASE_URL: 'https://clovastudio.stream.gov-ntruss.com' },
  ];
  expect(new Set([name, ...others.map((env) => upstreamName('clova', botWith(env)))]).size).toBe(4);
});

it('is one for one domain of CLOVA Chatbot, and tells nothing of its address', () => {
  const env = { CLOVA_CHATBOT_URL: 'https://a.apigw.ntruss.com/custom/v1/1/5f', CLOVA_CHATBOT_SECRET: 'secret-key' };
  const name = upstreamName('clova-chatbot', botWith(env));
  expect(name).toMatch(/^clova-chatbot#[0-9a-f]{6}$/);
  expect(upstreamName('clova-chatbot', botWith({ ...env, CLOVA_CHATBOT_TIMEOUT_MS: '5000' }))).toBe(name);
  expect(upstreamName('clova-chatbot', botWith({ ...env, CLOVA_CHATBOT_SECRET: 'other-key' }))).not.toBe(name);
});
