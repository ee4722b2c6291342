import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { engineProblems } from '../../src/wiring/engine-problems.ts';

const CLOVA = { CLOVA_API_KEY: 'nv-test' };
const OPENAI = {
  ENGINE: 'openai,faq',
  OPENAI_BASE_URL: 'https://clovastudio.stream.ntruss.com/v1/openai',
  OPENAI_API_KEY: 'nv-test',
};

function complaints(env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): string[] {
  try {
    loadSettings(env, (path) => files[path] ?? '', engineProblems);
  } catch (thrown) {
    return (thrown as Error).message.split('\n').slice(1);
  }
  return [];
}

describe('what a platform would refuse for every question', () => {
  it.each([
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-007', OPENAI_MAX_TOKENS: '99999' }, 'OPENAI_MAX_TOKENS', 'from 1 to 32768'],
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-005', OPENAI_MAX_TOKENS: '9000' }, 'OPENAI_MAX_TOKENS', 'from 1 to 4096'],
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-DASH-001', OPENAI_MAX_TOKENS: '4096' }, 'OPENAI_MAX_TOKENS', '4096 tokens'],
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-DASH-001', OPENAI_MAX_TOKENS: '4000' }, 'OPENAI_MAX_TOKENS', 'leaves 96 tokens'],
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-007', OPENAI_VISION: 'true' }, 'OPENAI_VISION', 'cannot see'],
    [{ ...OPENAI, OPENAI_MODEL: 'LK-D2' }, 'OPENAI_MODEL', 'withdrew'],
    [{ ...CLOVA, CLOVA_MODEL: 'HCX-DASH-001', CLOVA_MAX_TOKENS: '4000' }, 'CLOVA_MAX_TOKENS', 'leaves 96 tokens'],
    [{ ...CLOVA, CLOVA_MODEL: 'HCX-DASH-001', CLOVA_MAX_TOKENS: '4096' }, 'CLOVA_MAX_TOKENS', 'share the 4096'],
    [{ ...CLOVA, CLOVA_MODEL: 'HCX-005', CLOVA_THINKING: 'low' }, 'CLOVA_THINKING', 'must be none'],
    [{ ...CLOVA, CLOVA_MODEL: 'hcx-007' }, 'CLOVA_MODEL', 'did you mean HCX-007?'],
    [{ ...CLOVA, CLOVA_VISION_MODEL: 'hcx-005' }, 'CLOVA_VISION_MODEL', 'did you mean HCX-005?'],
    [{ ...CLOVA, CLOVA_MODELS: '{"HCX-008": {"like": "HCX-9"}}' }, 'CLOVA_MODELS', 'as like of entry 1'],
    [
      { ...CLOVA, CLOVA_BASE_URL: 'https://clovastudio.stream.ntruss.com/v1/openai' },
      'CLOVA_BASE_URL',
      'ENGINE=openai',
    ],
  ])('is told at the start: %j', (env, name, reason) => {
    expect(complaints(env)).toEqual([expect.stringContaining(reason)]);
    expect(complaints(env)).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  it('is told of the entry that names the model, not of the setting', () => {
    expect(complaints({ ...CLOVA, ENGINE: 'clova,clova:LK-D2,faq' })).toEqual([
      expect.stringMatching(/^ENGINE: item 2 names an LK model/),
    ]);
  });

  it('is told at once, together with what is wrong by itself', () => {
    const env = {
      ...CLOVA,
      CLOVA_MODEL: 'HCX-DASH-002',
      CLOVA_THINKING: 'high',
      CLOVA_MAX_TOKENS: '5000',
      CLOVA_REPETITION_PENALTY: '3',
      CLOVA_TOP_K: '999',
      PORT: '-1',
    };
    expect(complaints(env).map((line) => line.split(':')[0])).toEqual([
      'PORT',
      'CLOVA_MAX_TOKENS',
      'CLOVA_TOP_K',
      'CLOVA_REPETITION_PENALTY',
      'CLOVA_THINKING',
    ]);
  });

  it('is told together with a value of CLOVA_MODELS that cannot be read', () => {
    const env = {
      ...CLOVA,
      CLOVA_MODELS: '{"HCX-008": {"like": "HCX-9"}, "HCX-007": {"maxOutputTokens": 1000}}',
      CLOVA_MAX_TOKENS: '2000',
      CLOVA_BASE_URL: 'https://clovastudio.apigw.ntruss.com',
      CLOVA_TOP_K: '999',
    };
    expect(complaints(env).map((line) => line.split(':')[0])).toEqual([
      'CLOVA_MODELS',
      'CLOVA_BASE_URL',
      'CLOVA_MAX_TOKENS',
      'CLOVA_TOP_K',
    ]);
    const compatible = {
      ...OPENAI,
      OPENAI_MODEL: 'HCX-005',
      OPENAI_MAX_TOKENS: '9000',
      CLOVA_MODELS: '{"HCX-005x": 1}',
    };
    expect(complaints(compatible).map((line) => line.split(':')[0])).toEqual(['CLOVA_MODELS', 'OPENAI_MAX_TOKENS']);
  });

  it('of a model whose entry in CLOVA_MODELS cannot be read, nothing else is said', () => {
    const env = {
      ...CLOVA,
      CLOVA_MODEL: 'HCX-008',
      CLOVA_MODELS: '{"HCX-008": {"like": "HCX-7", "maxOutputTokens": 65536}}',
      CLOVA_MAX_TOKENS: '65000',
      CLOVA_THINKING: 'low',
    };
    expect(complaints(env).map((line) => line.split(':')[0])).toEqual(['CLOVA_MODELS']);
    expect(complaints({ ...env, CLOVA_PATH_PREFIX: '/testapp', CLOVA_API_KEY: 'old-key' })).toHaveLength(2);
  });

  const TOOL = {
    name: 'order_status',
    description: '주문 조회',
    parameters: { type: 'object', properties: {} },
    url: 'https://api.example.com/orders',
  };
  const TOOLS = { TOOLS: JSON.stringify([TOOL]), TOOL_ORIGINS: 'https://api.example.com' };

  it.each([
    [{ ...CLOVA, CLOVA_MODEL: 'HCX-003' }, 'TOOLS: cannot be called by item 1 of ENGINE: they cannot be used with'],
    [{ ...CLOVA, CLOVA_THINKING: 'low' }, 'TOOLS: cannot be called by item 1 of ENGINE: they cannot be combined with'],
    [{ ...OPENAI, OPENAI_MODEL: 'ft:task1' }, 'TOOLS: cannot be called by item 1 of ENGINE: they cannot be used with'],
    [{ ...OPENAI, OPENAI_MODEL: 'HCX-005', OPENAI_TOOLS: 'off' }, 'TOOLS: can be called by no engine of this bot'],
    [{ ENGINE: 'faq' }, 'TOOLS: can be called by no engine of this bot'],
  ])('is told of tools that nobody can call: %j', (env, complaint) => {
    expect(complaints({ ...env, ...TOOLS })).toEqual([expect.stringContaining(complaint)]);
  });

  it('is told of tools that nobody can call together with what is wrong about them', () => {
    const wrong = JSON.stringify([{ ...TOOL, method: 'FETCH' }]);
    expect(complaints({ ...CLOVA, ...TOOLS, TOOLS: wrong, CLOVA_THINKING: 'low' })).toEqual([
      expect.stringMatching(/^TOOLS: tool order_status: method/),
      expect.stringMatching(/^TOOLS: cannot be called by item 1 of ENGINE/),
    ]);
  });

  it('is told of everything that does not go with one setting, by the names of settings', () => {
    const thinking = { ...CLOVA, ...TOOLS, CLOVA_THINKING: 'low', CLOVA_STOP: '끝', CLOVA_VISION_MODEL: 'HCX-007' };
    expect(complaints(thinking)).toEqual([
      'CLOVA_STOP: cannot be combined with CLOVA_THINKING: the service refuses the two in one request',
      'CLOVA_VISION_MODEL: must be a model that can see, such as HCX-005',
      'TOOLS: cannot be called by item 1 of ENGINE: they cannot be combined with CLOVA_THINKING: the service refuses the two in one request',
    ]);
    // The model cannot think in the first place.
    expect(complaints({ ...CLOVA, ...TOOLS, CLOVA_THINKING: 'low', CLOVA_MODEL: 'HCX-005' })).toEqual([
      'CLOVA_THINKING: must be none for this model',
    ]);
  });

  it.each([
    { OPENAI_BASE_URL: OPENAI.OPENAI_BASE_URL },
    { OPENAI_BASE_URL: 'http://127.0.0.1:8801/v1/openai', OPENAI_DIALECT: 'clova' },
    { OPENAI_DIALECT: 'clova' },
  ])('is told beside a key or an address that is missing: %j', (address) => {
    const openai = { ENGINE: 'openai,faq', OPENAI_MODEL: 'HCX-007', OPENAI_EXTRA_BODY: '{"reasoning_effort":"low"}' };
    const told = complaints({ ...openai, ...address, ...TOOLS }).map((line) => line.split(': ')[0]);
    expect(told).toContain('TOOLS');
    expect(told).toContain('OPENAI_API_KEY');
    expect(told.includes('ENGINE')).toBe(!('OPENAI_BASE_URL' in address));
    const clova = { CLOVA_STOP: '끝', CLOVA_THINKING: 'low' };
    expect(complaints({ ENGINE: 'clova,faq', ...clova })).toEqual([
      'ENGINE: names clova, but CLOVA_API_KEY is not set',
      expect.stringMatching(/^CLOVA_STOP: /),
    ]);
    expect(complaints({ CLOVA_API_KEY: 'two words', ...clova, ...TOOLS })).toEqual([
      expect.stringMatching(/^CLOVA_API_KEY: /),
      expect.stringMatching(/^CLOVA_STOP: /),
      expect.stringMatching(/^TOOLS: cannot be called by item 1/),
    ]);
  });

  it('is told of both settings that a dialogue engine lacks', () => {
    expect(complaints({ ENGINE: 'clova-chatbot,faq' })).toEqual([
      'ENGINE: names clova-chatbot, but CLOVA_CHATBOT_URL and CLOVA_CHATBOT_SECRET are not set',
    ]);
  });

  it('is told of a key from before 2025 that comes alone', () => {
    const reason =
      'does not begin with nv-, as keys issued since 2025 do: an older one needs CLOVA_APIGW_KEY beside it';
    expect(complaints({ CLOVA_API_KEY: 'legacykey' })).toEqual([`CLOVA_API_KEY: ${reason}`]);
    expect(complaints({ CLOVA_API_KEY: 'legacykey', CLOVA_APIGW_KEY: 'gateway' })).toEqual([]);
    expect(complaints({ ...CLOVA, CLOVA_APIGW_KEY: 'gateway' })).toEqual([]);
  });

  it('believes what the operator knows of a model', () => {
    const models = {
      'HCX-008': { like: 'HCX-007', maxOutputTokens: 65_536, ranges: { temperature: [0, 2], topK: [0, 500] } },
    };
    const bigger = { CLOVA_MODELS: JSON.stringify(models), CLOVA_MAX_TOKENS: '60000', CLOVA_TOP_K: '500' };
    const settings = { ...CLOVA, ...bigger, CLOVA_TEMPERATURE: '1.5' };
    expect(complaints({ ...settings, CLOVA_MODEL: 'HCX-008' })).toEqual([]);
    expect(complaints(settings)).toEqual([
      expect.stringMatching(/^CLOVA_MAX_TOKENS: .* from 1 to 32768 for this model/),
      expect.stringMatching(/^CLOVA_TEMPERATURE: .* from 0 to 1 for this model/),
      expect.stringMatching(/^CLOVA_TOP_K: .* from 0 to 128 for this model/),
    ]);
  });

  it('leaves tools alone that some engine can call', () => {
    expect(complaints({ ...CLOVA, ...TOOLS })).toEqual([]);
    const chain = { ...CLOVA, ...OPENAI, OPENAI_MODEL: 'HCX-003', OPENAI_TOOLS: 'off', ENGINE: 'clova,openai,faq' };
    expect(complaints({ ...chain, ...TOOLS })).toEqual([]);
  });

  it('is told of every engine at once, by name and never by value', () => {
    const told = complaints({
      ENGINE: 'clova,a2a,clova-chatbot,socket',
      CLOVA_API_KEY: 'two words',
      CLOVA_MODEL: 'HCX-003',
      A2A_DIALECT: 'v9-secret',
      CLOVA_CHATBOT_SECRET: 'chatbot-secret',
      CLOVA_CHATBOT_CONTENT_TYPE: 'text/secret',
      SOCKET_ENGINE: 'secret:99999',
      ...TOOLS,
      TOOL_ORIGINS: 'https://other-secret.example',
      DAILY_COST_LIMIT_KRW: '-5',
    });
    expect(told.map((line) => line.split(':')[0]).sort()).toEqual(
      [
        'A2A_DIALECT',
        'CLOVA_API_KEY',
        'CLOVA_CHATBOT_CONTENT_TYPE',
        'CLOVA_CHATBOT_SECRET',
        'DAILY_COST_LIMIT_KRW',
        'ENGINE',
        'SOCKET_ENGINE',
        'TOOLS',
        'TOOLS',
      ].sort(),
    );
    expect(told.join()).not.toMatch(/secret\b(?!:)|two words|99999/i);
    // CLOVA_API_KEY is wrong, not missing.
    expect(told.filter((line) => line.startsWith('ENGINE'))).toEqual([expect.stringContaining('A2A_URL is not set')]);
  });

  it('is told with the bot and the field where bots have a file', () => {
    const bots = JSON.stringify([
      { id: 'shop', clovaApiKey: 'nv-test', clovaModel: 'HCX-005', clovaMaxTokens: 9_000 },
      { id: 'school', clovaApiKey: 'nv-test' },
    ]);
    expect(complaints({ BOTS_FILE: 'bots.json' }, { 'bots.json': bots })).toEqual([
      'bot "shop": clovaMaxTokens: must be a whole number from 1 to 4096 for this model',
    ]);
  });

  it('leaves what works alone', () => {
    expect(complaints({ ...CLOVA, CLOVA_MODEL: 'HCX-DASH-001', CLOVA_MAX_TOKENS: '1024' })).toEqual([]);
    // A model of its own is asked like the other one as far as it can.
    expect(complaints({ ...CLOVA, CLOVA_MAX_TOKENS: '32768', ENGINE: 'clova,clova:HCX-DASH-001,faq' })).toEqual([]);
    expect(complaints({ ...CLOVA, CLOVA_MODELS: '{"hcx-007": {"like": "HCX-007"}}', CLOVA_MODEL: 'hcx-007' })).toEqual(
      [],
    );
  });
});
