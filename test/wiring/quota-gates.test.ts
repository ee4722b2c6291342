import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import type { CallGate } from '../../src/engine/call-gate.ts';
import { clovaGateOf } from '../../src/wiring/clova-gates.ts';

/** The limits that the gates of a bot with these settings are opened with, by model. */
function limitsOf(model: string, env: Readonly<Record<string, string>> = {}) {
  const [bot] = loadSettings({ CLOVA_API_KEY: 'nv-test-key', ...env }, () => '').bots;
  if (bot === undefined) throw new Error('There is no bot');
  const opened: unknown[] = [];
  const gate: CallGate = { enter: () => Promise.reject(new Error('not asked for')) };
  clovaGateOf(bot, {
    gate: (upstream, { requestsPerMinute, tokensPerMinute }, maxWaitMs) => {
      opened.push([upstream.replace(/#.*/, ''), requestsPerMinute, tokensPerMinute, maxWaitMs]);
      return gate;
    },
  })(model);
  return opened;
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
  expect(limitsOf(model, env)).toEqual([expected]);
});
