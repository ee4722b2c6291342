import { describe, expect, it } from 'vitest';
import { type BotSettings, loadSettings } from '../../src/config.ts';
import type { CallPath } from '../../src/engine/call-path/index.ts';
import type { CallGate } from '../../src/http-client/call-gate.ts';
import { clovaGateOf, openAiGate } from '../../src/wiring/quota-gates.ts';

const gate: CallGate = { tryEnter: () => undefined, enter: () => Promise.reject(new Error('not asked for')) };

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
  ['what is documented', 'HCX-007', {}, ['clova-studio:HCX-007', 60, 60_000, 10_000]],
  ['what is documented of each model', 'HCX-DASH-002', {}, ['clova-studio:HCX-DASH-002', 90, 80_000, 10_000]],
  ['the least of it for unknown models', 'HCX-009', {}, ['clova-studio:HCX-009', 60, 60_000, 10_000]],
  [
    'what the operator says of all models',
    'HCX-DASH-002',
    { CLOVA_REQUESTS_PER_MINUTE: '180', CLOVA_TOKENS_PER_MINUTE: '300000', CLOVA_QUEUE_MS: '0' },
    ['clova-studio:HCX-DASH-002', 180, 300_000, 0],
  ],
  [
    'no limit for 0',
    'HCX-007',
    { CLOVA_REQUESTS_PER_MINUTE: '0', CLOVA_TOKENS_PER_MINUTE: '0' },
    ['clova-studio:HCX-007', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 10_000],
  ],
  [
    'before that, what is said of one',
    'HCX-005',
    { CLOVA_REQUESTS_PER_MINUTE: '180', CLOVA_MODELS: '{"HCX-005": {"requestsPerMinute": 300}}' },
    ['clova-studio:HCX-005', 300, 60_000, 10_000],
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
  ["what CLOVA Studio documents, in OpenAI's words too", COMPATIBLE, ['clova-studio:HCX-DASH-002', 90, 80_000, 10_000]],
  [
    'what the operator says of its models',
    { ...COMPATIBLE, OPENAI_REQUESTS_PER_MINUTE: '0', CLOVA_MODELS: '{"HCX-DASH-002": {"tokensPerMinute": 300000}}' },
    ['clova-studio:HCX-DASH-002', Number.POSITIVE_INFINITY, 300_000, 10_000],
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

describe('one account of CLOVA Studio, asked natively and in OpenAI’s words', () => {
  const BOTH = { ...COMPATIBLE, ENGINE: 'clova,openai', CLOVA_API_KEY: 'nv-test-key', CLOVA_MODEL: 'HCX-DASH-002' };

  /** Name and limits of the two budgets. */
  function budgets(env: Readonly<Record<string, string>>) {
    const [bot] = loadSettings({ ...BOTH, ...env }, () => '').bots;
    if (bot === undefined) throw new Error('There is no bot');
    const gates: [string, number, number][] = [];
    const callPath: Pick<CallPath, 'gate'> = {
      gate: (upstream, { requestsPerMinute, tokensPerMinute }) => {
        gates.push([upstream, requestsPerMinute, tokensPerMinute]);
        return gate;
      },
    };
    clovaGateOf(bot, callPath)(bot.clovaModel);
    openAiGate(bot, callPath);
    return gates;
  }

  it('has one budget', () => {
    const [native, compatible] = budgets({});
    expect(native).toEqual(compatible);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['for both when it is said of the native one', { CLOVA_REQUESTS_PER_MINUTE: '600', CLOVA_TOKENS_PER_MINUTE: '0' }],
    ['for both when it is said of the other', { OPENAI_REQUESTS_PER_MINUTE: '600', OPENAI_TOKENS_PER_MINUTE: '0' }],
  ])('has the limits %s', (_, env) => {
    const [native, compatible] = budgets(env);
    expect(native?.slice(1)).toEqual([600, Number.POSITIVE_INFINITY]);
    expect(compatible).toEqual(native);
  });

  it('keeps to what is said of each where both are said', () => {
    const said = budgets({ CLOVA_REQUESTS_PER_MINUTE: '600', OPENAI_REQUESTS_PER_MINUTE: '300' });
    expect(said.map(([, requests]) => requests)).toEqual([600, 300]);
    expect(new Set(said.map(([name]) => name)).size).toBe(1);
  });

  it('is another one with another key, and what is said of one says nothing of the other', () => {
    const [native, compatible] = budgets({ OPENAI_API_KEY: 'nv-other-key', CLOVA_REQUESTS_PER_MINUTE: '600' });
    expect(compatible?.[0]).not.toBe(native?.[0]);
    expect(compatible?.[1]).toBe(90);
  });

  it('counts a tuned model as the one that it was made from, where the operator says which', () => {
    const tuned = { CLOVA_MODELS: '{"ft:abc": {"like": "HCX-DASH-002"}}', OPENAI_MODEL: 'ft:abc' };
    const [native, compatible] = budgets(tuned);
    expect(compatible).toEqual(native);
    expect(budgets({ OPENAI_MODEL: 'ft:abc' })[1]?.[0]).toMatch(/^clova-studio:ft:abc#/);
  });
});
