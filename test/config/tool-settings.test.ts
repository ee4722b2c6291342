import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const SECRET = 'sk-very-secret-value';
const ORIGIN = 'https://api.example.com';

const tool = (overrides: object = {}) => ({
  name: 'order_status',
  description: '주문 상태를 조회합니다.',
  parameters: { type: 'object', properties: { orderNumber: { type: 'string' } }, required: ['orderNumber'] },
  url: `${ORIGIN}/orders/{orderNumber}`,
  secretHeader: { name: 'X-Api-Key', value: SECRET },
  ...overrides,
});

function load(env: Record<string, string>, files: Readonly<Record<string, string>> = {}) {
  return loadSettings(env, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error('there is no such file');
    return text;
  });
}

function problemsOf(env: Record<string, string>, files?: Readonly<Record<string, string>>): string {
  try {
    load(env, files);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
}

describe('the tools of a bot', () => {
  it('are none unless they are declared', () => {
    expect(load({}).bots[0]).toMatchObject({ tools: [], toolOrigins: [], toolPrivateOrigins: [], toolRounds: 3 });
  });

  it('stand in the environment, in a file of their own or in the file of the bots', () => {
    const allowed = { TOOL_ORIGINS: ORIGIN };
    expect(load({ ...allowed, TOOLS: JSON.stringify([tool()]) }).bots[0]?.tools).toHaveLength(1);
    const file = JSON.stringify([tool(), tool({ name: 'other' })]);
    expect(load({ ...allowed, TOOLS_FILE: 'tools.json' }, { 'tools.json': file }).bots[0]?.tools).toHaveLength(2);
    const bots = JSON.stringify([{ id: 'shop', tools: [tool()], toolOrigins: [ORIGIN] }, { id: 'cafe' }]);
    const { bots: read } = load({ BOTS_FILE: 'bots.json' }, { 'bots.json': bots });
    expect(read.map(({ tools }) => tools.length)).toEqual([1, 0]);
  });

  it('are warned of where no model is asked', () => {
    const env = { TOOL_ORIGINS: ORIGIN, TOOLS: JSON.stringify([tool()]) };
    const isWarned = (mode: string) =>
      load({ ...env, ANSWER_MODE: mode }).warnings.some((warning) => warning.startsWith('TOOLS: are never called'));
    expect(['approved', 'grounded'].map(isWarned)).toEqual([true, false]);
  });

  it('name what is wrong with all of them at once, and no secret', () => {
    const broken = [tool({ method: 'FETCH' }), tool({ name: 'b', url: 'ftp://x', secretHeader: { value: SECRET } })];
    const problems = problemsOf({ TOOLS: JSON.stringify(broken), PORT: 'x' });
    expect(problems).toContain('TOOLS: tool order_status: method must be one of');
    expect(problems).toContain('tool b: url must begin with');
    expect(problems).toContain('tool b: secretHeader must be');
    expect(problems).toContain('PORT: ');
    expect(problems).not.toContain(SECRET);
    const torn = `[{"secretHeader":"${SECRET}",\n "name" "x"}]`;
    expect(problemsOf({ TOOLS: torn })).toContain('TOOLS: is not valid JSON (line 2 column 9)');
    expect(problemsOf({ TOOLS: torn })).not.toContain(SECRET);
  });

  it('are told of everything at once, places that are not listed and engines that call nothing included', () => {
    const env = {
      TOOLS: JSON.stringify([tool({ method: 'FETCH' }), tool({ name: 'b' }), tool({ name: 'c', url: 7 })]),
    };
    const told = (others: Record<string, string>) =>
      problemsOf({ ...env, ...others })
        .split('\n')
        .slice(1);
    const wrong = expect.stringMatching(/^TOOLS: tool order_status: method .*; tool c: url must begin/);
    const foreign = (name: string) =>
      `TOOLS: tool ${name} leads to a place that is not in TOOL_ORIGINS or TOOL_PRIVATE_ORIGINS`;
    expect(told({})).toEqual([wrong, foreign('order_status'), foreign('b')]);
    expect(told({ TOOL_ORIGINS: ORIGIN })).toEqual([wrong]);
    // Where the list is wrong itself, nobody knows what it would have allowed.
    expect(told({ TOOL_ORIGINS: 'nowhere' })).toEqual([wrong, expect.stringMatching(/^TOOL_ORIGINS: /)]);
    const bots = JSON.stringify([{ id: 'shop', tools: [tool({ method: 'FETCH' })] }, { id: 'cafe' }]);
    expect(problemsOf({ BOTS_FILE: 'bots.json' }, { 'bots.json': bots }).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^bot "shop": tools: tool order_status: method/),
      expect.stringMatching(/^bot "shop": tools: tool order_status leads to a place/),
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['to a place that is not listed', {}, 'tool order_status leads to a place that is not in TOOL_ORIGINS'],
    ['to another port of one', { TOOL_ORIGINS: `${ORIGIN}:8443` }, 'leads to a place that is not in'],
    ['to another scheme of one', { TOOL_PRIVATE_ORIGINS: 'http://api.example.com' }, 'leads to a place that is not in'],
    ['in the clear', { TOOL_ORIGINS: 'http://api.example.com' }, 'TOOL_ORIGINS: item 1 must begin with https://'],
    ['to whatever matches', { TOOL_ORIGINS: 'https://*.example.com' }, 'TOOL_ORIGINS: item 1 has a wildcard'],
    ['to whatever matches at home', { TOOL_PRIVATE_ORIGINS: 'http://*.internal' }, 'item 1 has a wildcard'],
    ['to this machine by name', { TOOL_ORIGINS: 'https://localhost' }, 'TOOL_ORIGINS: item 1 is this machine'],
    ['to this machine', { TOOL_ORIGINS: 'https://127.0.0.1' }, 'item 1 is a private address'],
    [
      'to the metadata of a cloud',
      { TOOL_ORIGINS: `${ORIGIN},https://169.254.169.254` },
      'item 2 is a private address',
    ],
    ['to this machine in other clothes', { TOOL_ORIGINS: 'https://[::ffff:7f00:1]' }, 'item 1 is a private address'],
  ])('may not lead %s', (_, env, reason) => {
    expect(problemsOf({ TOOLS: JSON.stringify([tool()]), ...env })).toContain(reason);
  });
});
