/** The command line, against the simulators: what people see, what programs read, and how it ends. */
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClovaSimulator } from '../../simulator/clova/server.ts';
import { createGovSimulator } from '../../simulator/gov/server.ts';
import { ADVICE } from '../../src/cli/advice.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { photo } from '../helpers/photos.ts';

const KEY = 'nv-secret-of-the-operator';
const simulator = createClovaSimulator({ tunedTasks: { t0001: 'HCX-005' } });
const gov = createGovSimulator();
let env: Record<string, string>;
beforeAll(async () => {
  env = {
    CLOVA_BASE_URL: (await simulator.start()).url,
    CLOVA_API_KEY: KEY,
    GOV_BASE_URL: (await gov.start()).url,
    GOV_API_KEY: 'gov-secret',
    OBJECT_STORAGE_ACCESS_KEY: 'storage-access',
    OBJECT_STORAGE_SECRET_KEY: 'storage-secret',
  };
});
afterAll(async () => {
  await simulator.close();
  await gov.close();
});
beforeEach(() => simulator.clear());

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  '안내.txt': '배송은 이틀 안에 시작됩니다.\n\n회원 등급은 세 가지입니다.',
  '안내.jsonl': '{"id":"doc-배송","doc":"배송은 이틀 안에 시작됩니다."}\n',
  '안내.json': '[{"doc":"배송은 이틀 안에 시작됩니다."}]',
  '대화.json': '[{"role":"system","content":"상담원"},{"role":"user","content":"안녕"}]',
  '질문까지.json':
    '[{"role":"assistant","content":"무엇을 도와드릴까요?"},{"role":"user","content":"환불은 며칠 걸려요?"}]',
  '답까지.json': '[{"role":"user","content":"안녕"},{"role":"assistant","content":"안녕하세요"}]',
  '함수.json': JSON.stringify([
    {
      name: 'order_status',
      description: '주문 번호로 배송 상태를 찾습니다',
      parameters: { type: 'object', properties: { orderNumber: { type: 'string' } }, required: ['orderNumber'] },
      url: 'https://api.example.com/orders/{orderNumber}',
    },
  ]),
  '함수하나.json':
    '[{"type":"function","function":{"name":"now","description":"시각","parameters":{"type":"object"}}}]',
  '이상한함수.json': '[{"name":"now"}]',
  '결과까지.json': JSON.stringify([
    { role: 'user', content: '주문 1234 어디쯤인가요?' },
    {
      role: 'assistant',
      content: '',
      toolCalls: [
        { id: 'call_1', type: 'function', function: { name: 'order_status', arguments: { orderNumber: '1234' } } },
      ],
    },
    { role: 'tool', toolCallId: 'call_1', content: '{"status":"배송 중"}' },
  ]),
  '이상한.json': '[{"role":"nobody"}]',
  '그림.png': photo('photo.png'),
  '스키마.json': '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}',
  '질문들.txt': '배송은 언제\n\n배송이 언제\n회원 등급\n',
  '바꿀값.json': '{"query":{"stationNo":"7"}}',
  '소리.wav': 'RIFF',
  '한글.txt': iconv.encode('배송은 언제 시작되나요?', 'cp949'),
};

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
  readonly written: Readonly<Record<string, Uint8Array>>;
}

async function run(
  args: readonly string[],
  { input, ...terminal }: Partial<Terminal> & { readonly input?: string } = {},
): Promise<Outcome> {
  let out = '';
  let errors = '';
  const written: Record<string, Uint8Array> = {};
  const code = await runCommandLine(args, {
    env,
    envProblems: [],
    readSettingsText: (path) => String(FILES[path]),
    clock: systemClock,
    signal: new AbortController().signal,
    inputIsTerminal: input === undefined,
    errorsAreTerminal: false,
    readFile: (path) => {
      const content = FILES[path];
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    kindOf: (path) => (['.', '폴더'].includes(path) ? 'folder' : FILES[path] === undefined ? 'nothing' : 'file'),
    writeFile: (path, bytes) => {
      written[path] = bytes;
    },
    readInput: async () => input ?? '',
    print: (text) => {
      out += text;
    },
    printError: (text) => {
      errors += text;
    },
    ...terminal,
  });
  expect(out + errors).not.toMatch(/secret/);
  return { code, out, errors, written };
}

/** Command, and what people must see. */
const COMMANDS: readonly (readonly [readonly string[], RegExp])[] = [
  [['chat', '환불은', '며칠?'], /"환불은 며칠\?"에 대해 안내[\s\S]*\n$/],
  [
    ['chat', '--no-stream', '--thinking', 'low', '--show-thinking', '안녕'],
    /^\[추론\][\s\S]*\[HCX-007 · 입력 \d+ \+ 출력 \d+ 토큰 \(추론 \d+\)/,
  ],
  [['chat', '--model', 'HCX-005', '--image', '그림.png', '무엇?'], /사진\(PNG/],
  [['chat', '--schema', '스키마.json', '이름?'], /"name"/],
  [['chat', '--messages', '대화.json', '--system', '짧게', '그리고?'], /앞서 1번/],
  [['chat', '--messages', '질문까지.json'], /"환불은 며칠 걸려요\?"에 대해/],
  [
    ['chat', '--tools', '함수.json', '주문 1234 어디쯤인가요?'],
    /^\[함수 order_status \{"orderNumber":".*"\} · \S+\]\n$/,
  ],
  [['chat', '--no-stream', '--tools', '함수.json', '주문 1234?'], /^\[함수 order_status \{.*\} · \S+\]\n\n\[HCX-007/],
  [['chat', '--tools', '함수.json', '--messages', '결과까지.json'], /배송 중/],
  [['models'], /HCX-007 +v3 +문맥 128,000, 출력 32,768 토큰 +추론, 함수 호출, 구조화된 출력\n/],
  [['models', '--live'], /HCX-005/],
  [['tokens', '안녕하세요'], /^3 토큰 \(HCX-007\)\n {2}user: 3\n$/],
  [['tokens', '--model', 'HCX-003', '--messages', '대화.json'], /^3 토큰 \(HCX-003\)/],
  [['tokens', '--embedding', '안녕하세요'], /^3 토큰\n$/],
  [['embed', '안녕하세요'], /^bge-m3: 1024차원, 길이 [\d.]+, 3 토큰/],
  [
    ['embed', '--api', 'v1', '--model', 'clir-sts-dolphin', '--unit', '안녕'],
    /^clir-sts-dolphin: 1024차원, 길이 1\.000/,
  ],
  [['embed', '--api', 'openai', '안녕하세요'], /^bge-m3/],
  [
    ['embed', '--lines', '--file', '질문들.txt'],
    /^1\.000 {2}배송은 언제\n0\.\d+ {2}배송이 언제\n-?0\.\d+ {2}회원 등급\n$/,
  ],
  [['segment', '--file', '안내.txt', '--max-size', '100'], /^배송은 이틀 안에 시작됩니다\. 회원/],
  [['summarize', '--file', '안내.txt'], /^- 배송은 이틀 안에 시작됩니다\n$/],
  [
    ['sliding', '--messages', '대화.json', '--max-tokens', '500'],
    /^2개 가운데 2개가 남았습니다\.\n {2}system: 상담원\n/,
  ],
  [['rerank', '--documents', '안내.txt', '배송은 언제 시작되나요?'], /^배송은 이틀 안에 시작됩니다\.\n {2}\[doc-1\] /],
  [
    ['rerank', '--documents', '안내.json', '주차장?'],
    /^답이 되는 문서가 없습니다\.\n이렇게 찾아보세요: 주차장 안내\n$/,
  ],
  [
    ['ragreason', '--documents', '안내.jsonl', '배송은 언제 시작되나요?'],
    /^배송은 이틀 안에 시작됩니다\.\n {2}\[doc-배송\] /,
  ],
  [
    ['router', '--router', 'demo', '--earlier', '안녕', '배송비는?'],
    /^도메인: 배송 안내\n걸린 필터: 없음\n안전하지 않은 내용: 없음\n$/,
  ],
  [
    ['skillset', '--skillset', 'demo', '--override', '바꿀값.json', '몇 대?'],
    /^문의하신 "몇 대\?"의 답은 3대입니다\.\n\[사용한 API: 대여소 조회\]\n$/,
  ],
  [['skillset', '--skillset', 'demo', '--no-stream', '몇 대?'], /3대입니다/],
  [['gov', 'pii', '계좌', '302-99-123456'], /^계좌 \*\*\*-\*\*-\*\*\*\*\*\*\n$/],
  [['gov', 'embed', '--file', '질문들.txt'], /^(bge-m3: 1024차원 .*\n){3}$/],
  [['gov', 'transcribe', '소리.wav'], /^소리\.wav에서 들은 말입니다\.\n$/],
  [['gov', 'parse', '안내.txt', '--parser', 'layout'], /^[0-9a-f]{32} {2}RUNNING_INFERENCE\n$/],
];

describe('commands', () => {
  it.each(COMMANDS)('%j', async (args, seen) => {
    const { code, out, errors } = await run(args);
    expect([code, errors.includes('error')]).toEqual([0, false]);
    expect(out).toMatch(seen);
  });

  it.each(COMMANDS.filter(([args]) => !args.includes('--lines')))('%j --json', async (args) => {
    const { code, out } = await run([...args, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toBeTypeOf('object');
  });

  it('embed --lines --json gives a line for each', async () => {
    const { out, errors } = await run(['embed', '--lines', '--json', '--file', '질문들.txt']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; vector: number[] });
    expect(lines.map(({ text, vector }) => [text, vector.length])).toEqual([
      ['배송은 언제', 1_024],
      ['배송이 언제', 1_024],
      ['회원 등급', 1_024],
    ]);
    expect(errors).toContain('3 / 3');
  });

  it('chat sends every field that the service takes', async () => {
    const numbers = ['--temperature', '0.7', '--top-p', '0.9', '--top-k', '40', '--repetition-penalty', '1.2'];
    const texts = ['--seed', '7', '--stop', '끝', '--stop', '이상', '--max-tokens', '2000', '--ai-filter', 'possible'];
    expect(
      (await run(['chat', ...numbers, ...texts, '--tool-choice', 'auto', '--tools', '함수하나.json', '가'])).code,
    ).toBe(0);
    expect(simulator.requests.at(-1)?.body).toMatchObject({
      temperature: 0.7,
      topP: 0.9,
      topK: 40,
      repetitionPenalty: 1.2,
      seed: 7,
      stop: ['끝', '이상'],
      maxCompletionTokens: 2_000,
      includeAiFilters: true,
      toolChoice: 'auto',
      tools: [{ type: 'function', function: { name: 'now', description: '시각', parameters: { type: 'object' } } }],
    });
    await run(['chat', '--ai-filter', 'off', '--tools', '함수.json', '--tool-choice', 'none', '가']);
    expect(simulator.requests.at(-1)?.body).toMatchObject({ toolChoice: 'none' });
    expect(simulator.requests.at(-1)?.body).not.toHaveProperty('includeAiFilters');
  });

  it('chat adds what is piped in to a conversation that ends with a question', async () => {
    const { code, out } = await run(['chat', '--messages', '질문까지.json'], { input: '카드로 샀어요' });
    expect([code, out]).toEqual([0, expect.stringContaining('"카드로 샀어요"')]);
    expect((await run(['chat', '--messages', '질문까지.json'], { input: '' })).out).toContain('"환불은 며칠 걸려요?"');
  });

  it('chat says that the filter of the service complains, and ends with 1', async () => {
    const strict = createClovaSimulator({ aiFilterScore: '0' });
    const filtered = { env: { ...env, CLOVA_BASE_URL: (await strict.start()).url } };
    for (const way of [[], ['--no-stream'], ['--json']]) {
      const { code, out, errors } = await run(['chat', ...way, '안녕'], filtered);
      expect([code, out === '']).toEqual([1, false]);
      expect(errors).toContain('AI 필터에 걸린 답입니다.');
    }
    const { code, errors } = await run(['chat', '--ai-filter', 'off', '안녕'], filtered);
    expect([code, errors.includes('필터')]).toEqual([0, false]);
    await strict.close();
  });

  it('read what Korean Excel and the older editors write', async () => {
    const { code } = await run(['embed', '--file', '한글.txt']);
    expect(code).toBe(0);
    expect(JSON.stringify(simulator.requests.at(-1))).toContain('배송은 언제 시작되나요?');
  });

  it('read what is piped in where a dash stands', async () => {
    await run(['embed', '-'], { input: '파이프로 온 글' });
    expect(JSON.stringify(simulator.requests.at(-1))).toContain('파이프로 온 글');
  });

  it('read what is piped in', async () => {
    expect((await run(['tokens'], { input: '\uFEFF안녕하세요\n' })).out).toMatch(/^3 토큰/);
    expect((await run(['tokens', '--file', '-'], { input: '안녕하세요' })).out).toMatch(/^3 토큰/);
  });

  it('tune a model from the task to the first question', async () => {
    const clock = { ...systemClock, schedule: (_: number, done: () => void) => systemClock.schedule(5, done) };
    expect((await run(['tasks', 'list'])).out).toBe('0개 · 1 / 1쪽\n');
    const created = await run([
      'tasks',
      'create',
      '--model',
      'HCX-005',
      '--bucket',
      'b',
      '--path',
      'a.csv',
      '--name',
      'faq',
    ]);
    expect(created.out).toMatch(/^t0001 {2}대기 {2}HCX-005 {2}faq\n$/);
    const waited = await run(['tasks', 'wait', 't0001', '--every-seconds', '1', '--timeout-seconds', '600'], {
      clock: { ...clock, schedule: (delayMs, done) => (delayMs > 5_000 ? () => {} : clock.schedule(delayMs, done)) },
    });
    expect([waited.code, waited.out]).toEqual([0, 't0001  완료  HCX-005  faq  (모델 이름 ft:t0001)\n']);
    expect(waited.errors).toMatch(/학습 중 .*25%/);
    expect((await run(['tasks', 'list'])).out).toMatch(/t0001[\s\S]*1개 · 1 \/ 1쪽/);
    expect((await run(['tasks', 'get', 't0001', '--json'])).out).toContain('"SUCCEEDED"');
    expect((await run(['chat', '--model', 'ft:t0001', '--no-stream', '안녕'])).code).toBe(0);
    expect((await run(['tasks', 'delete', 't0001'])).code).toBe(2);
    expect((await run(['tasks', 'delete', 't0001', '--yes'])).out).toBe('지웠습니다: t0001\n');
    expect((await run(['tasks', 'get', 't0001'])).code).toBe(1);
  });

  it('of RAG42 are closed until somebody opens them', async () => {
    const closed = await run(['gov', 'rag', 'collections']);
    expect([closed.code, closed.errors]).toEqual([2, expect.stringContaining('GOV_RAG=on')]);
    const open = { env: { ...env, GOV_RAG: 'on' } };
    expect((await run(['gov', 'rag', 'collections'], open)).out).toBe(
      '컬렉션이 없습니다. rag create로 만들 수 있습니다.\n',
    );
    const id = (await run(['gov', 'rag', 'create', '민원'], open)).out.trim();
    const askedBefore = gov.requests.length;
    const refused = await run(['gov', 'rag', 'upload', id, '안내.txt', '그림.png', '확장자없음'], open);
    expect([refused.code, refused.errors]).toEqual([
      2,
      expect.stringMatching(/^올릴 수 없는 형식입니다: 그림\.png, 확장자없음 \(받는 형식: pdf, .*html\)/),
    ]);
    expect(gov.requests).toHaveLength(askedBefore);
    const uploaded = await run(['gov', 'rag', 'upload', id, '안내.txt'], open);
    expect(uploaded.errors).toContain('올리는 중 1 / 1');
    const documentId = uploaded.out.slice(0, 32);
    const chunkId = (await run(['gov', 'rag', 'add', id, documentId, '수수료', '5만', '원'], open)).out.trim();
    expect((await run(['gov', 'rag', 'edit', id, documentId, chunkId, '--content', '여권 5만 원'], open)).code).toBe(0);
    expect((await run(['gov', 'rag', 'chunk', id, documentId, chunkId], open)).out).toContain('여권 5만 원');
    expect((await run(['gov', 'rag', 'chunks', id, documentId], open)).out).toContain('모두 3개');
    expect((await run(['gov', 'rag', 'search', id, '여권'], open)).out).toContain('여권 5만 원');
    expect((await run(['gov', 'rag', 'collection', id], open)).out).toContain('(문서 1, 조각 3)');
    expect((await run(['gov', 'rag', 'collections'], open)).out).toContain('민원');
  });

  it('write sound into a file', async () => {
    const { code, written } = await run(['gov', 'speak', '--model', 'v', '--out', 'a.wav', '안녕하세요']);
    expect([code, Object.keys(written)]).toEqual([0, ['a.wav']]);
  });

  it('wait for the quota in the middle of a file', async () => {
    simulator.failNext(1, { httpStatus: 429, code: '42901', headers: { 'x-ratelimit-reset-requests': '20s' } });
    const quick = {
      ...systemClock,
      schedule: (ms: number, done: () => void) => systemClock.schedule(ms === 20_050 ? 0 : ms, done),
    };
    const { code, errors, out } = await run(['embed', '--lines', '--file', '질문들.txt'], { clock: quick });
    expect([code, out.trim().split('\n').length]).toEqual([0, 3]);
    expect(errors).toContain('한도를 다 써서 21초 기다립니다');
  });
});

describe('wrong use ends with 2 and says what to do', () => {
  it.each([
    [['chta'], '없는 명령입니다'],
    [['chat', '--no-such'], '없는 옵션입니다'],
    [['chat', '--max-tokens', 'x', '가'], '0 이상의 정수'],
    [['chat', '--thinking', 'much', '가'], '쓸 수 있는 값: none, low'],
    [['chat'], '파이프'],
    [['chat', '--file', '안내.txt', '가'], '하나만'],
    [['chat', '--file', '없음.txt'], '읽을 수 없습니다: 없음.txt (ENOENT)'],
    [['chat', '--messages', '이상한.json', '가'], '1번째 메시지'],
    [['chat', '--messages', '안내.txt', '가'], 'JSON이 아닙니다'],
    [['chat', '--image', '안내.txt', '가'], 'jpg, png'],
    [['chat', '--messages', '답까지.json'], '물어'],
    [['chat', '--messages', '결과까지.json', '--image', '그림.png'], '물어볼 말과 함께'],
    [['chat', '--tools', '이상한함수.json', '가'], '1번째 함수'],
    [['chat', '--tools', '대화.json', '가'], '1번째 함수'],
    [['chat', '--tools', '함수.json', '--thinking', 'low', '가'], '--tools: --thinking 옵션과 함께 쓸 수 없습니다.'],
    [['chat', '--tools', '함수.json', '--tool-choice', 'other', '가'], '--tool-choice: 등록한 도구의 이름'],
    [['chat', '--tool-choice', 'auto', '가'], '--tool-choice: 도구가 있을 때만'],
    [['chat', '--stop', '끝', '--thinking', 'low', '가'], '--stop: --thinking 옵션과 함께 쓸 수 없습니다.'],
    [['chat', '--top-p', '1.5', '가'], '--top-p: 0보다 크고 1 이하'],
    [['chat', '--top-k', '129', '가'], '--top-k: 0부터 128까지'],
    [['chat', '--image', '그림.png', '가'], '--image: 이렇게 부르는 이 모델에는 사진을 보낼 수 없습니다.'],
    [['chat', '--model', 'LK-D2', '가'], '서비스가 끝났습니다'],
    [['chat', '--model', 'HCX-005', '--thinking', 'low', '가'], '--thinking: 이 모델에는 쓸 수 없습니다.'],
    [['chat', '--model', 'HCX-005', '--max-tokens', '9000', '가'], '--max-tokens: 1부터 4096까지의 정수여야 합니다.'],
    [['chat', '--model', 'hcx-007', '가'], '혹시 HCX-007인가요?'],
    [['tokens', '--messages', '대화.json', '남는', '말'], '--messages 가운데 하나만'],
    [['models', '남는말'], '인자가 너무 많습니다'],
    [['embed', '--model', 'clir-sts-dolphin', '가'], '--api v1'],
    [['chat', '--file', '그림.png'], '글이 아니거나'],
    [['gov', 'speak', '--model', 'v', '--out', '/nodir/o', '가'], '없는 폴더입니다: /nodir'],
    [['gov', 'speak', '--model', 'v', '--out', '안내.txt', '가'], '--force'],
    [['gov', 'speak', '--model', 'v', '--out', '폴더', '가'], '파일 이름'],
    [['completions', '--model', 'LK-D2', '옛날', '옛적에'], '서비스가 끝났습니다'],
    [['rerank', '가'], '--documents'],
    [['sliding', '--messages', '대화.json', '--model', 'HCX-007'], 'v1 모델만'],
    [['gov', 'pii', '--types', 'NAME', '가'], 'PASSPORT'],
    [['tasks', 'get'], "인자를 적어 주세요: '작업ID'"],
    [['tasks', 'create', '--bucket', 'b', '--path', 'a.csv'], "옵션을 적어 주세요: '--model <이름>'"],
    [
      ['tasks', 'create', '--model', 'HCX-005', '--bucket', 'b', '--path', 'a.csv', '--epochs', '99'],
      '--epochs: 1부터',
    ],
    [['tasks', 'create', '--model', 'HCX-005', '--bucket', '', '--path', 'a.csv'], '--path: 버킷을 포함한 경로'],
    [
      ['tasks', 'create', '--model', 'HCX-005', '--bucket', 'b', '--path', 'a.csv', '--validation-split', '0.5'],
      '--validation-split: 0부터',
    ],
    [['chta'], '혹시 chat인가요?'],
  ])('%j', async (args, said) => {
    const askedBefore = gov.requests.length;
    const { code, out, errors } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(errors).toContain(said);
    expect(simulator.requests).toEqual([]);
    expect(gov.requests).toHaveLength(askedBefore);
  });

  it.each([
    [['chat', '가'], 'CLOVA_API_KEY'],
    [['gov', 'pii', '가'], 'GOV_API_KEY'],
  ])('%j without a key', async (args, name) => {
    const { code, errors } = await run(args, { env: {} });
    expect(code).toBe(2);
    expect(errors).toContain(name);
  });

  it('and names settings that are wrong', async () => {
    const { code, errors } = await run(['chat', '가'], { env: { ...env, CLOVA_PATH_PREFIX: '/app' } });
    expect(code).toBe(2);
    expect(errors).toContain('CLOVA_PATH_PREFIX: (empty), /testapp, /serviceapp 중 하나여야 합니다.');
  });
});

describe('failures of the service end with 1 and say what they mean', () => {
  const codes = ADVICE.flatMap(({ codes: all, meaning }) => all.map((code) => [code, meaning.ko] as const));

  it.each(codes)('%s', async (code, meaning) => {
    const httpStatus = code.startsWith('6') ? 400 : Number(code.slice(0, 3));
    simulator.failNext(9, { httpStatus, code, headers: { 'retry-after': '30' } });
    const { code: exit, out, errors } = await run(['embed', '안녕']);
    expect([exit, out]).toEqual([1, '']);
    expect(errors).toContain(`${meaning}. [httpStatus ${httpStatus}, upstreamCode ${code}]`);
  });

  it('of GOV with the settings of GOV', async () => {
    gov.failNext(401);
    const { code, errors } = await run(['gov', 'pii', '가']);
    expect(code).toBe(1);
    expect(errors).toContain('GOV_API_KEY');
    expect(errors).not.toContain('CLOVA_');
  });

  it('that lead elsewhere with the setting of the address', async () => {
    simulator.failNext(9, { httpStatus: 302, code: '30200' });
    const { code, errors } = await run(['embed', '안녕']);
    expect(code).toBe(1);
    expect(errors).toContain('CLOVA_BASE_URL');
  });

  it('of GOV without pointing at parameters that it does not name', async () => {
    gov.failNext(422);
    const { code, errors } = await run(['gov', 'pii', '가']);
    expect(code).toBe(1);
    expect(errors).toContain('적은 값과 파일을 확인하세요');
    expect(errors).not.toContain('함께 표시되는');
  });

  it('of an id that nobody knows without speaking of models alone', async () => {
    const { code, errors } = await run(['router', '--router', 'abc', '가', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(errors).error).toMatchObject({
      upstreamCode: '40400',
      message: 'CLOVA Studio knows no such address, model or id',
    });
  });

  it('in JSON for programs that write a command wrong', async () => {
    const { code, errors } = await run(['chat', '--no-such', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(errors).error).toMatchObject({
      code: 'WRONG_USE',
      message: expect.stringContaining('없는 옵션'),
    });
  });

  it('in JSON for programs', async () => {
    simulator.failNext(9, { httpStatus: 401, code: '40104' });
    const { code, errors } = await run(['embed', '안녕', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(errors).error).toMatchObject({ code: 'ENGINE_UNAUTHORIZED', upstreamCode: '40104' });
  });

  it('where nobody listens', async () => {
    const { code, errors } = await run(['gov', 'pii', '가', '--timeout-seconds', '1'], {
      env: { ...env, GOV_BASE_URL: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(1);
    expect(errors).toContain('연결하지 못했습니다');
  });

  it('and Ctrl+C with 130', async () => {
    const cancelling = new AbortController();
    cancelling.abort();
    const { code, errors } = await run(['embed', '안녕'], { signal: cancelling.signal });
    expect([code, errors]).toEqual([130, '그만두었습니다.\n']);
  });
});

describe('help', () => {
  it('of the whole names every command and how to try without a key', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    const names = [
      ...['chat', 'models', 'tokens', 'embed', 'rerank', 'segment', 'summarize', 'sliding', 'ragreason'],
      ...['router', 'skillset', 'tasks', 'gov', 'completions', 'npm run -s simulator:clova', 'CLOVA_API_KEY'],
    ];
    for (const name of names) expect(out).toContain(name);
    expect(out).toMatch(/^사용법: /);
  });

  it.each([
    ...COMMANDS.map(([[first = '', second = '']]) => (first === 'gov' ? `${first} ${second}` : first)),
    ...['tasks list', 'tasks get', 'tasks create', 'tasks wait', 'tasks delete', 'gov speak', 'gov rag search'],
    ...['gov rag collections', 'gov rag collection', 'gov rag create', 'gov rag upload', 'gov rag chunks'],
    ...['gov rag chunk', 'gov rag add', 'gov rag edit'],
  ])('of %s has an example', async (name) => {
    const { code, out } = await run([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`npm run clova -- ${name}`);
    expect(out).not.toMatch(/\[(?:options|command)\]/);
    expect(out).toContain('--timeout-seconds');
  });
});
