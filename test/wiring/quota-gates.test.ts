import { expect, it } from 'vitest';
import { type BotSettings, loadSettings } from '../../src/config.ts';
import type { CallPath } from '../../src/engine/call-path/index.ts';
import type { CallGate } from '../../src/http-client/call-gate.ts';
import { clovaGateOf, openAiGate } from '../../src/wiring/quota-gates.ts';

const gate: CallGate = { enter: () => Promise.reject(new Error('not asked for')) };

/** What the gates are opened with that `open` asks for: upstream without its fingerprint, requests, tokens, longest wait. */
function opened(
  env: Readonly<Record<string, string>>,
  open: (bot: BotSettings, callPath: Pick<CallPath, 'gate'>) => unknown,
) {
  const [bot] = loadSettings(env, () => '').bots;
  if (bot === undefined) throw new Error('There is no bot');
  const gates: unknown[] = [];
  open(bot, {
    gate: (upstream, { requestsPerMinute, tokensPerMinute }, maxWaitMs) => {
      gates.push([upstream.replace(/#.*/, ''), requestsPerMinute, tokensPerMinute, maxWaitMs]);
      return gate;
    },
  });
  return gates;
}

it.each<[string, string, Readonly<Record<string, string>>, unknown]>([
  ['what is documented', 'HCX-007', {}, ['clova:HCX-007', 60, 60_000, 10_000]],
  ['what is documented of each model', 'HCX-DASH-002', {}, ['clova:HCX-DASH-002', 90, 80_000, 10_000]],
  ['the least of it for unknown models', 'HCX-009', {}, ['clova:HCX-009', 60, 60_000, 10_000]],
  [
    'what the operator says of all models',
    'HCX-DASH-002',
    { CLOVA_REQUESTS_PER_MINUTE: '180', CLOVA_TOKENS_PER_MINUTE: '300000', CLOVA_QUEUE_MS: '0' },
    ['clova:HCX-DASH-002', 180, 300_000, 0],
  ],
  [
    'no limit for 0',
    'HCX-007',
    { CLOVA_REQUESTS_PER_MINUTE: '0', CLOVA_TOKENS_PER_MINUTE: '0' },
    ['clova:HCX-007', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 10_000],
  ],
  [
    'before that, what is said of one',
    'HCX-005',
    { CLOVA_REQUESTS_PER_MINUTE: '180', CLOVA_MODELS: '{"HCX-005": {"requestsPerMinute": 300}}' },
    ['clova:HCX-005', 300, 60_000, 10_000],
  ],
])('the quota is %s', (_, model, env, expected) => {
  const gates = opened({ CLOVA_API_KEY: 'nv-test-key', ...env }, (bot, callPath) => clovaGateOf(bot, callPath)(model));
  expect(gates).toEqual([expected]);
});

const OPENAI = { ENGINE: 'openai', OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1', OPENAI_MODEL: 'gpt-oss' };
const COMPATIBLE = {
  ...OPENAI,
  OPENAI_BASE_URL: 'https://clovastudio.stream.ntruss.com/v1/openai',
  OPENAI_API_KEY: 'nv-test-key',
  OPENAI_MODEL: 'HCX-DASH-002',
};
it.each<[string, Readonly<Record<string, string>>, unknown]>([
  [
    'unknown of services that document none',
    OPENAI,
    ['openai:gpt-oss', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 10_000],
  ],
  [
    'what the operator says of them',
    { ...OPENAI, OPENAI_REQUESTS_PER_MINUTE: '500', OPENAI_TOKENS_PER_MINUTE: '30000', OPENAI_QUEUE_MS: '2000' },
    ['openai:gpt-oss', 500, 30_000, 2_000],
  ],
  ["what CLOVA Studio documents, in OpenAI's words too", COMPATIBLE, ['openai:HCX-DASH-002', 90, 80_000, 10_000]],
  [
    'what the operator says of its models',
    { ...COMPATIBLE, OPENAI_REQUESTS_PER_MINUTE: '0', CLOVA_MODELS: '{"HCX-DASH-002": {"tokensPerMinute": 300000}}' },
    ['openai:HCX-DASH-002', Number.POSITIVE_INFINITY, 300_000, 10_000],
  ],
])('the quota of ENGINE=openai is %s', (_, env, expected) => {
  expect(opened(env, openAiGate)).toEqual([expected]);
});

it('is one for bots that ask one model with one key at one address, and another for all others', () => {
  const nameOf = (env: Readonly<Record<string, string>>) => {
    const names: string[] = [];
    const [bot] = loadSettings({ ...OPENAI, OPENAI_API_KEY: 'sk-one', ...env }, () => '').bots;
    if (bot === undefined) throw new Error('There is no bot');
    openAiGate(bot, {
      gate: (upstream) => {
        names.push(upstream);
        return gate;
      },
    });
    return names[0];
  };
  expect(nameOf({ OPENAI_MAX_TOKENS: '99' })).toBe(nameOf({}));
  for (const other of [
    { OPENAI_API_KEY: 'sk-other' },
    { OPENAI_MODEL: 'other' },
    { OPENAI_BASE_URL: 'http://127.0.0.1:8001/v1' },
  ]) {
    expect(nameOf(other)).not.toBe(nameOf({}));
  }
});
