import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { GatewayError } from '../../src/errors.ts';

type Env = Record<string, string | undefined>;
type Files = Readonly<Record<string, string>>;

function readFrom(files: Files) {
  return (path: string): string => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return content;
  };
}

function load(env: Env, files: Files = {}) {
  return loadSettings(env, readFrom(files));
}

/** The lines of the refusal, without the heading. */
function problemsOf(env: Env, files: Files = {}): readonly string[] {
  try {
    load(env, files);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.code).toBe('SETTINGS_INVALID');
    expect(error.cause).toBeUndefined();
    return error.message.split('\n').slice(1);
  }
  return [];
}

function bot(env: Env, files: Files = {}) {
  const [first] = load(env, files).bots;
  if (first === undefined) throw new Error('no bot');
  return first;
}

describe('defaults', () => {
  it('runs with nothing: one bot that answers from the sample', () => {
    const { bots, warnings, ...process } = load({});
    expect(process).toEqual({
      port: 3_000,
      host: '127.0.0.1',
      databasePoolSize: 10,
      databaseStartWaitSeconds: 30,
      databaseConnectTimeoutMs: 2_000,
      databaseStatementTimeoutMs: 5_000,
      databaseLockTimeoutMs: 1_000,
      logLevel: 'info',
      dataDir: './data',
      trustProxy: [],
      metrics: true,
      personalDataHours: 24,
      reloadCheckSeconds: 5,
      retentionDays: 180,
      heldAnswerMinutes: 1_440,
      shutdownDrainMs: 1_000,
      shutdownLimitMs: 10_000,
      maxBodyBytes: 1_048_576,
      rateLimitPerConversation: 30,
      rateLimitPerAddress: 300,
      maxConcurrentTurns: 200,
      maxOpenTurns: 5_000,
      govBaseUrl: 'https://api.clovastudio.go.kr',
      govRag: false,
      defaultBotId: 'default',
    });
    expect(warnings).toEqual([]);
    expect(bots).toHaveLength(1);
    expect(bots[0]).toMatchObject({
      id: 'default',
      name: '말길상점 도우미',
      channels: ['test', 'kakao', 'naver', 'web'],
      knowledgeFile: 'sample',
      engine: ['faq'],
      engineTotalMs: 120_000,
      answerMode: 'free',
      historyTokens: 3_000,
      historyTurns: 20,
      resetWords: ['처음부터', '초기화'],
      clovaModel: 'HCX-007',
      clovaPathPrefix: '',
      clovaTemperature: 0.3,
      kakaoSecret: [],
      kakaoCallbackOrigins: ['https://bot-api.kakao.com'],
      kakaoInlineBudgetMs: 4_000,
      kakaoCallbackBudgetMs: 50_000,
      naverBaseUrl: 'https://gw.talk.naver.com',
      naverTyping: true,
      naverSync: false,
    });
    expect(bots[0]).not.toHaveProperty('clovaApiKey');
    expect(bots[0]).not.toHaveProperty('clovaVisionModel');
  });

  it('asks the model first as soon as there is a key', () => {
    expect(bot({ CLOVA_API_KEY: 'nv-1' }).engine).toEqual(['clova', 'faq']);
    expect(bot({ CLOVA_API_KEY: 'nv-1', ENGINE: 'clova' }).engine).toEqual(['clova']);
    expect(bot({ CLOVA_API_KEY: 'nv-1', ENGINE: 'faq' }).engine).toEqual(['faq']);
  });

  it("gives the sample shop's name and number to the sample alone", () => {
    expect(bot({}).contact).toContain('1600-0000');
    expect(readFileSync('src/knowledge/sample/shop.csv', 'utf8')).toContain('1600-0000');
    const own = bot({ KNOWLEDGE_FILE: './faq.csv' });
    expect(own.contact).toBe('');
    expect(own.name).toBe('상담 도우미');
    expect(bot({ CONTACT: '02-000-0000', NAME: '가게' })).toMatchObject({ contact: '02-000-0000', name: '가게' });
  });
});

describe('reading text', () => {
  it.each([
    ['on', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['off', false],
    ['False', false],
    ['0', false],
    ['no', false],
  ])('reads %s as a switch', (text, value) => {
    expect(load({ METRICS: text }).metrics).toBe(value);
    expect(bot({ NAVER_SYNC: text }).naverSync).toBe(value);
  });

  it('trims, and takes blank for not set', () => {
    const settings = load({ PORT: ' 8080 ', HOST: '\t0.0.0.0\n', DATA_DIR: '   ', LOG_LEVEL: '' });
    expect(settings).toMatchObject({ port: 8_080, host: '0.0.0.0', dataDir: './data', logLevel: 'info' });
  });

  it('reads lists, with or without order in them', () => {
    expect(bot({ CHANNELS: ' KAKAO, test ,' }).channels).toEqual(['kakao', 'test']);
    expect(bot({ KAKAO_SECRET: 'first-secret, second-secret' }).kakaoSecret).toEqual(['first-secret', 'second-secret']);
    expect(load({ TRUST_PROXY: 'loopback,10.0.0.0/8,fd00::/8,192.0.2.7' }).trustProxy).toHaveLength(4);
  });

  it('takes final slashes off addresses to which paths are added', () => {
    expect(load({ PUBLIC_URL: 'https://bot.shop.example/malgil//' }).publicUrl).toBe('https://bot.shop.example/malgil');
    expect(bot({ NAVER_BASE_URL: 'http://127.0.0.1:4100/' }).naverBaseUrl).toBe('http://127.0.0.1:4100');
  });

  it.each([
    ['PORT', '70000', 'must be a whole number from 0 to 65535'],
    ['PORT', '3e3', 'must be a whole number from 0 to 65535'],
    ['PORT', '80.5', 'must be a whole number from 0 to 65535'],
    ['LOG_LEVEL', 'loud', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['METRICS', 'maybe', 'must be on or off (or true, false, yes, no, 1, 0)'],
    ['MAX_BODY_BYTES', '65535', 'must be a whole number from 65536 to 104857600'],
    ['PUBLIC_URL', 'ftp://files.example', 'must be a URL that begins with http:// or https://'],
    ['PUBLIC_URL', 'https://user:pass@shop.example', 'without user name'],
    ['PUBLIC_URL', 'https://shop.example/?a=1', 'without user name, query or fragment'],
    ['TRUST_PROXY', '10.0.0.0/33', 'item 1 must be an IP address'],
    ['TRUST_PROXY', 'loopback, proxy.example', 'item 2 must be an IP address'],
    ['OPERATOR_KEY', 'two words', 'no spaces'],
    ['ALERT_WEBHOOK_URL', 'hooks.example/abc', 'must be a URL'],
    [
      'ALERT_WEBHOOK_URL',
      'http://hooks.example/abc',
      'must be a URL that begins with https:// (http:// on this machine only)',
    ],
    ['KAKAO_EVENT_BOT_ID', '667e/../talk', 'must be the id of a Kakao bot'],
    ['KAKAO_EVENT_BOT_ID', '667e!!', 'must be the id of a Kakao bot'],
    ['DATABASE_URL', 'mysql://db/malgil', 'must be an address such as postgres://'],
    ['DATABASE_URL', 'postgres://db', 'must be an address such as postgres://'],
    ['DATABASE_URL', 'postgres:///malgil', 'must be an address such as postgres://'],
    ['DATABASE_POOL_SIZE', '0', 'must be a whole number from 1 to 500'],
    ['CHANNELS', 'kakao,line', 'item 2 must be one of test, kakao, naver, web'],
    ['CHANNELS', 'kakao,kakao', 'must not name the same thing twice'],
    ['CHANNELS', ',', 'must name at least one'],
    ['ENGINE', 'a2a', 'names a2a, but A2A_URL is not set'],
    ['A2A_URL', 'agent.example/a2a', 'must be a URL that begins with http:// or https://'],
    ['A2A_URL', 'https://agent.example/a2a#top', 'without user name or fragment'],
    ['A2A_API_KEY', 'two words', 'must be the key as it was issued'],
    ['A2A_DIALECT', 'v2', 'must be one of auto, v0.3, v1.0, gov-v2'],
    ['ENGINE', 'faq,clova-chatbot', 'names clova-chatbot, but CLOVA_CHATBOT_URL and CLOVA_CHATBOT_SECRET are not set'],
    ['CLOVA_CHATBOT_URL', 'https://chatbot.example.com/invoke', 'needs CLOVA_CHATBOT_SECRET beside it'],
    ['CLOVA_CHATBOT_SECRET', 'a-secret', 'needs CLOVA_CHATBOT_URL beside it'],
    ['CLOVA_CHATBOT_URL', 'http://chatbot.example.com/invoke', 'must be a URL that begins with https://'],
    ['CLOVA_CHATBOT_SECRET', 'a secret', 'must be the key as it was issued'],
    ['CLOVA_CHATBOT_FALLBACK', 'always', 'must be one of guess, texts, never'],
    ['CLOVA_CHATBOT_FAILURE_TEXTS', '죄송합니다, 몰라요', 'must be a list'],
    ['CLOVA_CHATBOT_CONTENT_TYPE', 'text/plain', 'must be application/json'],
    ['SOCKET_ENGINE', '127.0.0.1', 'must be a host and a port'],
    ['SOCKET_ENGINE', '127.0.0.1:70000', 'must be a host and a port'],
    ['ENGINE', 'gpt', 'item 1 must be one of clova, openai, clova-chatbot, a2a, socket, faq'],
    ['ENGINE', 'clova,faq:HCX-007', 'item 2 names a model, which only clova and openai can ask'],
    ['ENGINE', 'clova:', 'item 1 must name a model behind the colon, such as clova:HCX-DASH-002'],
    ['ENGINE', 'clova:HCX 007', 'item 1 must name a model behind the colon, such as clova:HCX-DASH-002'],
    ['ENGINE', 'openai:HCX-005', 'names openai, but OPENAI_BASE_URL is not set'],
    ['OPENAI_BASE_URL', 'localhost:8000/v1', 'must be a URL'],
    ['OPENAI_API_KEY', 'sk-two words', 'must be the key as it was issued'],
    ['OPENAI_MODEL', 'gpt 5', 'must be a model name'],
    ['OPENAI_DIALECT', 'vllm', 'must be one of auto, clova, gov, openai, compatible'],
    ['OPENAI_TEMPERATURE', '2.5', 'must be a number from 0 to 2'],
    ['OPENAI_EXTRA_BODY', '[1]', 'must be a JSON object'],
    ['ENGINE', 'clova', 'names clova, but CLOVA_API_KEY is not set'],
    ['CLOVA_APIGW_KEY', 'abcdefgh', 'needs CLOVA_API_KEY'],
    ['KAKAO_REST_API_KEY', 'abcdefgh', 'needs KAKAO_EVENT_BOT_ID'],
    ['KAKAO_EVENT_BOT_ID', '667e91c!', 'needs KAKAO_REST_API_KEY'],
    ['KAKAO_CALLBACK_QUOTA_WARN_PERCENT', '101', 'must be a whole number from 1 to 100'],
    ['CLOVA_API_KEY', 'nv-two words', 'must be the key as it was issued'],
    ['CLOVA_PATH_PREFIX', '/v9', 'must be one of (empty), /testapp, /serviceapp'],
    ['CLOVA_MODEL', '../HCX', 'must be a model name'],
    ['CLOVA_VISION_MODEL', '../HCX', 'must be a model name'],
    ['PHOTO_HOSTS', '.com', 'item 1 must be a host'],
    ['PHOTO_HOSTS', '.kakaocdn.net,https://cdn.example.com/photos', 'item 2 must be a host'],
    ['PHOTO_HOSTS', '10.0.0.1', 'item 1 must be a host'],
    ['PHOTO_HOSTS', 'CDN.example.com', 'in lower case'],
    ['PHOTO_MAX_BYTES', '20000001', 'must be a whole number from 10000 to 20000000'],
    ['CLOVA_TOP_P', '1.5', 'must be a number from 0 to 1'],
    ['NAVER_AUTHORIZATION', ' key-with-space', 'must be the key as it was issued'],
    ['KAKAO_SECRET', '비밀번호비밀번호', 'item 1 may hold only letters, digits'],
    ['NAVER_SECRET', 'good-secret,half%2Fencoded', 'item 2 may hold only letters, digits and the marks that a path'],
    ['NAVER_SECRET', 'question?mark', 'a path of a URL can carry'],
    ['KAKAO_SECRET', 'hash#mark', 'a path of a URL can carry'],
    ['KAKAO_CALLBACK_ORIGINS', 'https://bot-api.kakao.com/v1', 'item 1 must be an origin'],
    ['KAKAO_BOT_ID', '667e91c', 'item 1 must be the id of a bot: 8 to 64 letters and digits'],
    ['KAKAO_BOT_ID_CHECK', 'yes', 'must be one of warn, refuse'],
    ['KAKAO_SOURCE_ADDRESSES', '219.249.231.40,219.249.231.0/33', 'item 2 must be an IP address or a network'],
    ['KAKAO_SOURCE_ADDRESSES', 'loopback', 'item 1 must be an IP address or a network'],
    ['KAKAO_PERSON_BUTTON', '상담원', 'must be none, operator or the id of a block'],
    ['KAKAO_INLINE_BUDGET_MS', '4501', 'must be a whole number from 50 to 4500'],
    ['KAKAO_CALLBACK_BUDGET_MS', '55001', 'must be a whole number from 100 to 55000'],
  ])('refuses %s=%s', (name, value, reason) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name}: `);
    expect(problems[0]).toContain(reason);
  });

  it('takes what stands in a path of a URL as it is, base64 included', () => {
    const secret = 'ABCxyz019._~-+/=@:';
    expect(new URL(`https://bot.example/query/NAVER/${secret}`).pathname).toBe(`/query/NAVER/${secret}`);
    const settings = bot({ KAKAO_SECRET: secret, NAVER_SECRET: secret, TEST_SECRET: secret });
    expect(settings).toMatchObject({ kakaoSecret: [secret], naverSecret: [secret], testSecret: [secret] });
  });

  it('takes source addresses of Kakao beside a secret, never instead of it', () => {
    const addresses = { KAKAO_SOURCE_ADDRESSES: '219.249.231.40/30, 2001:db8::1' };
    expect(problemsOf(addresses)).toEqual([expect.stringMatching(/^KAKAO_SOURCE_ADDRESSES: needs KAKAO_SECRET/)]);
    expect(bot({ ...addresses, KAKAO_SECRET: 'long-enough' }).kakaoSourceAddresses).toEqual([
      '219.249.231.40/30',
      '2001:db8::1',
    ]);
  });

  it('says that a push needs a key of the operator', () => {
    const push = { KAKAO_REST_API_KEY: 'rest-key', KAKAO_EVENT_BOT_ID: '667e91c!' };
    expect(load(push).warnings).toEqual([expect.stringContaining('because OPERATOR_KEY is not set')]);
    expect(load({ ...push, OPERATOR_KEY: 'operator-key' }).warnings).toEqual([]);
  });

  it.each(['https://hooks.example/abc?key=1', 'http://127.0.0.1:9/hook', 'http://localhost/hook', 'http://[::1]/hook'])(
    'posts alerts to %s',
    (url) => expect(load({ ALERT_WEBHOOK_URL: url }).alertWebhookUrl).toBe(url),
  );

  it.each(['KAKAO_SECRET', 'NAVER_SECRET', 'TEST_SECRET', 'KAKAO_SOURCE_ADDRESSES', 'KAKAO_BOT_ID', 'RESET_WORDS'])(
    '%s of nothing but commas is a slip, and not the same as none',
    (name) => {
      for (const value of [',', ',,', ' , ,\n']) {
        expect(problemsOf({ [name]: value })).toEqual([`${name}: must name at least one`]);
      }
      expect(problemsOf({ [name]: ' ' })).toEqual([]);
    },
  );

  it('a file of nothing but commas, and a bot of a file, is refused by name', () => {
    expect(problemsOf({ KAKAO_SECRET_FILE: 'secret' }, { secret: ',\n' })).toEqual([
      'KAKAO_SECRET_FILE: must name at least one',
    ]);
    expect(problemsOf({ BOTS_FILE: 'bots' }, { bots: '[{"id":"a","kakaoSecret":",,"}]' })).toEqual([
      'bot "a": kakaoSecret: must name at least one',
    ]);
  });

  it('says when anybody on the network may use the skill', () => {
    const open = (env: Env) => load(env).warnings.filter((warning) => warning.startsWith('KAKAO_SECRET'));
    for (const HOST of ['0.0.0.0', '::', '192.168.0.7', 'bot.example.com']) {
      expect(open({ HOST })).toEqual([expect.stringMatching(/^KAKAO_SECRET: is not set.*anybody/)]);
      expect(open({ HOST, KAKAO_SECRET: 'long-enough-secret' })).toEqual([]);
      expect(open({ HOST, CHANNELS: 'test,naver' })).toEqual([]);
    }
    for (const HOST of ['127.0.0.1', 'localhost', '::1']) expect(open({ HOST })).toEqual([]);
  });

  it('takes a short secret, and complains', () => {
    const { warnings, bots } = load({ TEST_SECRET: 'long-enough-secret,short' });
    expect(bots[0]?.testSecret).toEqual(['long-enough-secret', 'short']);
    expect(warnings).toEqual([expect.stringContaining('TEST_SECRET: is shorter than 16')]);
  });

  it('complains of an agent that is called in clear text, and of one that knows no grounds', () => {
    const env = { ENGINE: 'a2a,faq', A2A_API_KEY: 'agent-key' };
    expect(load({ ...env, A2A_URL: 'https://agent.example/a2a/?version=2' })).toMatchObject({
      bots: [{ a2aUrl: 'https://agent.example/a2a/?version=2', a2aDialect: 'auto', a2aStream: true }],
      warnings: [],
    });
    expect(load({ ...env, A2A_URL: 'http://127.0.0.1:8900/a2a' }).warnings).toEqual([]);
    expect(load({ ...env, A2A_URL: 'http://agent.example/a2a' }).warnings).toEqual([
      expect.stringMatching(/^A2A_URL: .*clear text/),
    ]);
    expect(load({ ...env, A2A_URL: 'https://agent.example/a2a', ANSWER_MODE: 'grounded' }).warnings).toEqual([
      expect.stringMatching(/^ANSWER_MODE: .*A2A/),
    ]);
  });

  it('complains of a model for photos that no photo will reach', () => {
    const env = { CLOVA_API_KEY: 'nv-key', CLOVA_VISION_MODEL: 'HCX-005' };
    expect(load(env).warnings).toEqual([]);
    expect(load({ ...env, PHOTOS: 'off' }).warnings).toEqual([expect.stringMatching(/^CLOVA_VISION_MODEL: .*PHOTOS/)]);
    expect(load({ ...env, ENGINE: 'faq' }).warnings).toEqual([expect.stringMatching(/^CLOVA_VISION_MODEL: .*ENGINE/)]);
  });

  it('accepts the edges', () => {
    expect(bot({ PHOTO_HOSTS: '.example.com,cdn.example.co.kr,http://127.0.0.1:8700' }).photoHosts).toHaveLength(3);
    expect(
      bot({ KAKAO_INLINE_BUDGET_MS: '500', KAKAO_CALLBACK_BUDGET_MS: '55000', CLOVA_TEMPERATURE: '0' }),
    ).toMatchObject({ kakaoInlineBudgetMs: 500, kakaoCallbackBudgetMs: 55_000, clovaTemperature: 0 });
    expect(bot({ ENGINE: 'socket,faq', SOCKET_ENGINE: '[::1]:5050' })).toMatchObject({
      engine: ['socket', 'faq'],
      socketEngine: '[::1]:5050',
    });
    expect(bot({ KAKAO_BOT_ID: '667e0123456789abcdef0123, 667e0123456789abcdef0123!' }).kakaoBotId).toHaveLength(2);
    const blockId = '667e0123456789abcdef0456';
    expect(bot({ KAKAO_PERSON_BUTTON: blockId }).kakaoPersonButton).toBe(blockId);
    expect(
      bot({ KAKAO_CALLBACK_ORIGINS: 'http://127.0.0.1:4000,https://bot-api.kakao.com' }).kakaoCallbackOrigins,
    ).toEqual(['http://127.0.0.1:4000', 'https://bot-api.kakao.com']);
  });

  it.each([{ NAVER_QUIET_MS: '3000', NAVER_QUIET_MAX_MS: '2999' }, { NAVER_QUIET_MAX_MS: '100' }])(
    'refuses a longest wait that ends before the wait for one more message: %j',
    (env) => {
      expect(problemsOf(env)).toEqual(['NAVER_QUIET_MAX_MS: must not be smaller than NAVER_QUIET_MS']);
      expect(() => load({ ...env, NAVER_QUIET_MS: '0' })).not.toThrow();
    },
  );

  it('lists everything that is wrong at once', () => {
    const problems = problemsOf({ PORT: 'x', METRICS: 'x', ENGINE: 'x', KAKAO_SECRET: '?', MAX_OPEN_TURNS: '5' });
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'PORT',
      'METRICS',
      'ENGINE',
      'KAKAO_SECRET',
      'MAX_OPEN_TURNS',
    ]);
  });
});

describe('files', () => {
  it('takes secrets and the system prompt out of files', () => {
    const files = {
      '/run/kakao': 'kakao-secret-1,kakao-secret-2\n',
      '/run/naver': 'ct_key\r\n',
      prompt: '첫 줄\n둘째 줄\n',
    };
    const env = {
      KAKAO_SECRET_FILE: '/run/kakao',
      NAVER_AUTHORIZATION_FILE: '/run/naver',
      SYSTEM_PROMPT_FILE: 'prompt',
    };
    expect(bot(env, files)).toMatchObject({
      kakaoSecret: ['kakao-secret-1', 'kakao-secret-2'],
      naverAuthorization: 'ct_key',
      systemPrompt: '첫 줄\n둘째 줄',
    });
  });

  it('names the setting when the file is missing, empty or one too many', () => {
    expect(problemsOf({ OPERATOR_KEY_FILE: '/nowhere' })).toEqual([
      'OPERATOR_KEY_FILE: the file that it names cannot be read (ENOENT)',
    ]);
    expect(problemsOf({ OPERATOR_KEY_FILE: 'f' }, { f: ' \n' })).toEqual([
      'OPERATOR_KEY_FILE: the file that it names is empty',
    ]);
    expect(problemsOf({ OPERATOR_KEY_FILE: 'f', OPERATOR_KEY: 'operator-key' }, { f: 'operator-key' })).toEqual([
      'OPERATOR_KEY_FILE: is set together with OPERATOR_KEY; keep one of them',
    ]);
    const isNoText = 'the file that it names is no text, or holds broken characters: save it in UTF-8';
    expect(problemsOf({ SYSTEM_PROMPT_FILE: 'f', BOTS_FILE: 'b' }, { f: '안\ufffd', b: '[{"id":"a\0"}]' })).toEqual([
      `SYSTEM_PROMPT_FILE: ${isNoText}`,
      `BOTS_FILE: ${isNoText}: ${resolve('b')}`,
    ]);
  });

  it('reads no file for settings that are neither secret nor long', () => {
    expect(load({ PORT_FILE: '/nowhere' }).port).toBe(3_000);
  });
});

describe('misspelled names', () => {
  it.each([
    ['KAKO_SECRET', 'KAKAO_SECRET'],
    ['KAKAO_SECRETS', 'KAKAO_SECRET'],
    ['KAKAO_SECRET_FILES', 'KAKAO_SECRET_FILE'],
    ['CLOVA_API_KEI', 'CLOVA_API_KEY'],
    ['ENIGNE', 'ENGINE'],
  ])('warns of %s', (written, meant) => {
    expect(load({ [written]: 'whatever-it-is' }).warnings).toEqual([
      `${written}: is not a setting; did you mean ${meant}?`,
    ]);
    expect(load({ [written]: ' ' }).warnings).toEqual([]);
  });

  it('leaves other names of the environment alone', () => {
    expect(
      load({ PATH: '/bin', HOME: '/root', LANG: 'ko_KR.UTF-8', npm_config_port: '1', SPORTS: 'x' }).warnings,
    ).toEqual([]);
  });
});

describe('bots file', () => {
  const file = (bots: unknown): Files => ({ 'bots.json': JSON.stringify(bots) });
  const env: Env = { BOTS_FILE: 'bots.json' };

  it('gives every bot the plain settings as defaults', () => {
    const settings = load(
      { ...env, CLOVA_API_KEY: 'nv-shared', KAKAO_INLINE_BUDGET_MS: '3000', TEST_SECRET: 'test-secret' },
      file({
        bots: [
          { id: 'shop', name: '가게', kakaoSecret: 'secret-of-shop', kakaoInlineBudgetMs: 2_000 },
          {
            id: 'clinic',
            engine: ['faq'],
            kakaoSecret: ['secret-of-clinic', 'older-secret'],
            naverSync: 'on',
            knowledgeFile: 'none',
          },
        ],
      }),
    );
    expect(settings.bots.map(({ id }) => id)).toEqual(['shop', 'clinic']);
    expect(settings.bots[0]).toMatchObject({
      name: '가게',
      clovaApiKey: 'nv-shared',
      engine: ['clova', 'faq'],
      kakaoInlineBudgetMs: 2_000,
      kakaoSecret: ['secret-of-shop'],
      testSecret: ['test-secret'],
    });
    expect(settings.bots[1]).toMatchObject({
      engine: ['faq'],
      kakaoInlineBudgetMs: 3_000,
      kakaoSecret: ['secret-of-clinic', 'older-secret'],
      naverSync: true,
    });
  });

  it('serves the plain routes with the bot named default, else with the first', () => {
    expect(load(env, file([{ id: 'a' }, { id: 'default' }])).defaultBotId).toBe('default');
    expect(load(env, file([{ id: 'a' }, { id: 'b' }])).defaultBotId).toBe('a');
  });

  it("hands no account's key to all bots, and says so", () => {
    const settings = load(
      { ...env, NAVER_AUTHORIZATION: 'key-of-one' },
      file([{ id: 'a', naverAuthorization: 'own' }, { id: 'b' }]),
    );
    expect(settings.bots.map((each) => each.naverAuthorization)).toEqual(['own', undefined]);
    expect(settings.warnings).toHaveLength(1);
    expect(settings.warnings[0]).toContain('NAVER_AUTHORIZATION');
  });

  it('keeps a gate that the environment closes closed for every bot', () => {
    const settings = load(
      { ...env, KAKAO_SECRET: 'gate-secret' },
      file([{ id: 'a' }, { id: 'b', kakaoSecret: 'own-secret' }]),
    );
    expect(settings.bots.map((each) => each.kakaoSecret)).toEqual([['gate-secret'], ['own-secret']]);
  });

  it('reads secrets of one bot from a file', () => {
    const files = { ...file([{ id: 'a', kakaoSecretFile: 'k' }]), k: 'secret-of-a\n' };
    expect(bot(env, files).kakaoSecret).toEqual(['secret-of-a']);
  });

  it('lists what is wrong with every bot by name', () => {
    const bots = [
      { id: 'a', kakaoInlineBudgetMs: 9_999, kakaoSecert: 'x' },
      { id: 'a', channels: 'line' },
      { id: 'Big Shop', clovaTopP: '2' },
      { engine: ['faq', 7] },
      'not a bot',
      { id: 'b', kakaoSecret: 'long-enough', kakaoSecretFile: 'k', naverTyping: null },
    ];
    expect(problemsOf({ ...env, PORT: '-1' }, file(bots))).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'bot "a": unknown field "kakaoSecert" (did you mean kakaoSecret?)',
      'bot "a": kakaoInlineBudgetMs: must be a whole number from 50 to 4500',
      'bot number 2: id "a" is taken by another bot',
      'bot "a": channels: item 1 must be one of test, kakao, naver, web',
      'bot number 3: id: must be 1 to 50 lower-case letters, digits and dashes, and begin with a letter or digit',
      'bot number 3: clovaTopP: must be a number from 0 to 1',
      'bot number 4: id is missing',
      'bot number 4: engine: item 2 must be text',
      'BOTS_FILE: bot number 5 must be an object',
      'bot "b": kakaoSecretFile: is set together with bot "b": kakaoSecret; keep one of them',
      'bot "b": naverTyping: must be on or off (or true, false, yes, no, 1, 0)',
    ]);
  });

  it('judges combinations bot by bot', () => {
    expect(
      problemsOf(
        env,
        file([
          { id: 'a', engine: 'clova' },
          { id: 'b', engine: ['clova'], clovaApiKey: 'nv-b' },
        ]),
      ),
    ).toEqual(['bot "a": engine: names clova, but CLOVA_API_KEY is not set']);
    expect(load(env, file([{ id: 'a', knowledgeFile: 'none' }])).warnings).toEqual([
      'bot "a": knowledgeFile: is none, so there is nothing that this bot could answer with',
    ]);
  });

  it.each([
    ['[]', 'at least one bot'],
    ['{}', 'at least one bot'],
    ['7', 'at least one bot'],
    ['{ "bots": [{ "id": "a" }], "extra": 1 }', 'unknown field "extra"'],
    ['[{ "id": "a", "kakaoSecret": "do-not-show-me', 'is not valid JSON'],
    ['[{ "__proto__": { "id": "a" } }]', 'unknown field "__proto__"'],
    // The page has nowhere to keep a secret: one that looks like a lock would be worse than none.
    ['[{ "id": "a", "webSecret": "page-secret" }]', 'unknown field "webSecret"'],
  ])('refuses the file %s', (content, reason) => {
    const problems = problemsOf(env, { 'bots.json': content });
    expect(problems.join('\n')).toContain(reason);
    expect(problems.join('\n')).not.toContain('do-not-show-me');
  });

  it('names itself and where it looked when it cannot be read', () => {
    expect(problemsOf(env)).toEqual([
      `BOTS_FILE: the file that it names cannot be read (ENOENT): ${resolve('bots.json')}`,
    ]);
  });
});
