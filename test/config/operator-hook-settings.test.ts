import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const load = (env: Record<string, string>, readFile = () => '') => loadSettings(env, readFile);
const problemsOf = (env: Record<string, string>): string => {
  try {
    load(env);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
};

const HOOK = { OPERATOR_HOOK_URL: 'https://shop.example/malgil', OPERATOR_HOOK_SECRET: 'sixteen and more characters' };
const DATA_KEY = Buffer.alloc(32, 1).toString('base64');

describe("the operator's hook", () => {
  it('is off, and refuses to collect from children, unless it is set', () => {
    const { bots, dataKey } = load({});
    expect(dataKey).toBeUndefined();
    expect(bots[0]).toMatchObject({ orderLookupFields: ['phone'], childData: 'refuse' });
    expect(bots[0]).not.toHaveProperty('operatorHookUrl');
  });

  it('takes an address with its secret; looking up needs a key besides', () => {
    expect(load(HOOK).warnings).toEqual([expect.stringContaining('DATA_KEY is not set')]);
    expect(load({ ...HOOK, DATA_KEY }).warnings).toEqual([]);
    expect(problemsOf({ ...HOOK, OPERATOR_HOOK_URL: 'http://127.0.0.1:9000/x?k=1' })).toBe('');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no secret', { OPERATOR_HOOK_URL: HOOK.OPERATOR_HOOK_URL }, 'needs OPERATOR_HOOK_SECRET'],
    ['a short secret', { ...HOOK, OPERATOR_HOOK_SECRET: 'short' }, '16 characters'],
    ['a network in the clear', { ...HOOK, OPERATOR_HOOK_URL: 'http://shop.example/' }, 'https://'],
    ['a short key', { DATA_KEY: 'c2hvcnQ=' }, 'DATA_KEY: must be 32 bytes'],
    ['an unknown field', { ORDER_LOOKUP_FIELDS: 'phone,birthday' }, 'item 2 must be one of'],
    ['no limit of age', { CHILD_DATA: 'ask' }, 'must be one of refuse, collect'],
  ])('refuses %s', (_, env, reason) => {
    expect(problemsOf(env)).toContain(reason);
  });

  it('reads the key from a file', () => {
    expect(load({ DATA_KEY_FILE: '/run/secrets/key' }, () => `${DATA_KEY}\n`).dataKey).toBe(DATA_KEY);
  });
});
