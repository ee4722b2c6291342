import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createOrderTool, orderToolSettings } from '../../simulator/order-tool.ts';
import { GatedModel, SLOWLY } from '../e2e/gated-model.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const QUESTION = '반품 배송비는 얼마인가요?';
const UNLIMITED = { RATE_LIMIT_PER_CONVERSATION: '0', RATE_LIMIT_PER_ADDRESS: '0' };
const STREAM = { accept: 'text/event-stream' };

let program: TestProgram;

beforeAll(async () => {
  program = await startProgram(UNLIMITED);
});

afterAll(async () => {
  await program.end();
});

type Headers = Readonly<Record<string, string>>;

async function post(body: unknown, headers: Headers = {}, to = program) {
  const request = json(body);
  return to.app.inject({
    method: 'POST',
    url: '/query/WEB',
    ...request,
    headers: { ...request.headers, ...headers },
  });
}

async function replay(headers: Headers, to = program) {
  const response = await to.app.inject({ method: 'GET', url: '/query/WEB/events', headers });
  expect(response.statusCode).toBe(200);
  return eventsIn(response.payload);
}

interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

function eventsIn(payload: string): readonly StreamEvent[] {
  const blocks = payload.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'));
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    return { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') };
  });
}

const names = (events: readonly StreamEvent[]) => events.map((event) => event.event);
const questions = (events: readonly StreamEvent[]) =>
  events.filter((event) => event.event === 'accepted').map((event) => event.data.question);

type Injected = Awaited<ReturnType<typeof post>>;

function cookieOf(response: Injected): string {
  const [cookie] = response.cookies;
  if (cookie === undefined) throw new Error('The response set no cookie');
  return `${cookie.name}=${cookie.value}`;
}

describe('the conversation of a browser', () => {
  it.each([
    ['a JSON answer', {}],
    ['a stream', STREAM],
  ])('begins with a cookie out of reach of scripts, issued once, with %s', async (_name, headers) => {
    const first = await post({ query: QUESTION }, headers);
    expect(first.statusCode).toBe(200);
    expect(first.cookies).toEqual([
      expect.objectContaining({
        name: 'malgil_web_default',
        value: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
      }),
    ]);
    const second = await post({ query: QUESTION }, { ...headers, cookie: cookieOf(first) });
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(questions(await replay({ cookie: cookieOf(first) }))).toEqual([QUESTION, QUESTION]);
  });

  it('is another one for every browser', async () => {
    const [first, second] = await Promise.all([post({ query: QUESTION }), post({ query: '안녕하세요' })]);
    expect(cookieOf(first)).not.toBe(cookieOf(second));
    expect(questions(await replay({ cookie: cookieOf(second) }))).toEqual(['안녕하세요']);
  });

  it.each([
    ['too short', 'abc'],
    ['too long', 'a'.repeat(23)],
    ['not base64url', `${'a'.repeat(21)}!`],
    ['a key of the turn log', '["default","web","","x"]'],
    ['a path', '../../../../etc/passwd'],
    ['empty', ''],
  ])('does not continue under a forged cookie that is %s', async (_name, value) => {
    const response = await post({ query: QUESTION }, { cookie: `malgil_web_default=${value}` });
    expect(response.statusCode).toBe(200);
    expect(cookieOf(response)).not.toBe(`malgil_web_default=${value}`);
    expect(names(await replay({ cookie: `malgil_web_default=${value}` }))).toEqual(['done']);
  });

  it('is not named from outside', async () => {
    const victim = await post({ query: QUESTION });
    const id = cookieOf(victim).split('=')[1] ?? '';
    const attacks: Headers[] = [
      { 'x-malgil-web-conversation': id },
      { 'X-Malgil-Web-Conversation': id, cookie: 'malgil_web_default=' },
      { cookie: `malgil_web_other=${id}` },
      { 'x-malgil-web-conversation': 'a'.repeat(22) },
    ];
    for (const headers of attacks) {
      const response = await post({ query: '도둑입니다' }, headers);
      expect(response.statusCode).toBe(200);
      const { conversation } = response.json();
      expect([id, 'a'.repeat(22)]).not.toContain(conversation);
      expect(cookieOf(response)).toBe(`malgil_web_default=${conversation}`);
      expect(names(await replay(headers))).toEqual(['done']);
    }
    expect(questions(await replay({ cookie: cookieOf(victim) }))).toEqual([QUESTION]);
  });

  it('starts afresh with a reset, under the same cookie', async () => {
    const cookie = cookieOf(await post({ query: QUESTION }));
    const reset = await post({ action: 'reset' }, { cookie });
    expect(reset.statusCode).toBe(200);
    expect(reset.json().Answer).toContain('처음부터');
    expect(questions(await replay({ cookie }))).not.toContain(QUESTION);
    await post({ query: '안녕하세요' }, { cookie });
    const left = questions(await replay({ cookie }));
    expect(left.at(-1)).toBe('안녕하세요');
    expect(left).not.toContain(QUESTION);
  });
});

describe('an answer', () => {
  it('is JSON for whoever asks for nothing else', async () => {
    const response = await post({ query: QUESTION });
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.json()).toMatchObject({
      Answer: expect.stringContaining('3,000원'),
      source: { kind: 'knowledge', engine: 'faq' },
      reply: { parts: expect.any(Array), quickReplies: [] },
    });
  });

  it('is a stream for whoever asks for one', async () => {
    const response = await post({ query: QUESTION }, STREAM);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const events = eventsIn(response.payload);
    expect(names(events)).toEqual(['accepted', 'answer', 'done']);
    expect(events[0]).toMatchObject({ id: '1.0', data: { sequence: 1, question: QUESTION } });
    expect(events[1]).toMatchObject({ id: '1.end', data: { sequence: 1, source: { engine: 'faq' } } });
  });

  it('says nothing of tools, costs and sessions, streamed or not, at once or later', async () => {
    const clova = createClovaSimulator();
    const orders = createOrderTool({ apiKey: 'order-key' });
    onTestFinished(async () => void (await Promise.all([clova.close(), orders.close()])));
    const [{ url }, origin] = await Promise.all([clova.start(), orders.start()]);
    const shop = await startProgram({
      ...UNLIMITED,
      CLOVA_API_KEY: 'nv-test',
      CLOVA_BASE_URL: url,
      KNOWLEDGE_FILE: 'none',
      ...orderToolSettings(origin, 'order-key'),
      TEST_SECRET: 'test-secret',
    });
    onTestFinished(() => shop.end());
    const question = { query: '주문번호 202611220001 언제 와요?' };
    const developers = await shop.app.inject({
      method: 'POST',
      url: '/query/TEST/test-secret',
      ...json(question),
    });
    expect(developers.json().source).toMatchObject({ tools: expect.anything(), usage: expect.anything() });
    const whole = await post(question, {}, shop);
    const streamed = eventsIn((await post(question, STREAM, shop)).payload);
    const later = await replay({ cookie: cookieOf(whole) }, shop);
    const answers = [
      whole.json(),
      ...[...streamed, ...later].filter(({ event }) => event === 'answer').map(({ data }) => data),
    ];
    expect(answers).toHaveLength(3);
    for (const { source } of answers) {
      expect(Object.keys(source as object).sort()).toEqual(['engine', 'entries', 'kind', 'model']);
    }
  });

  it('shows what was asked only with private numbers masked', async () => {
    const response = await post({ query: '주민번호 900101-1234568 확인해 주세요' }, STREAM);
    expect(response.payload).not.toContain('1234568');
    const replayed = await program.app.inject({
      method: 'GET',
      url: '/query/WEB/events',
      headers: { cookie: cookieOf(response) },
    });
    expect(replayed.payload).toContain('확인해 주세요');
    expect(replayed.payload).not.toContain('1234568');
  });

  it('to a tap on an offered entry is that entry', async () => {
    const response = await post({ tap: 'malgil:ask:return-fee', query: '반품비' });
    expect(response.json()).toMatchObject({ source: { entries: [{ id: 'return-fee' }] } });
  });
});

describe('a page that comes back', () => {
  it('gets everything without Last-Event-ID, and what it has not seen with it', async () => {
    const cookie = cookieOf(await post({ query: QUESTION }));
    await post({ query: '안녕하세요' }, { cookie });
    const all = await replay({ cookie });
    expect(names(all)).toEqual(['accepted', 'answer', 'accepted', 'answer', 'done']);
    expect(all.map((event) => event.id)).toEqual(['1.0', '1.end', '2.0', '2.end', undefined]);
    expect(names(await replay({ cookie, 'last-event-id': '1.end' }))).toEqual(['accepted', 'answer', 'done']);
    expect(names(await replay({ cookie, 'last-event-id': '2.0' }))).toEqual(['answer', 'done']);
    expect(names(await replay({ cookie, 'last-event-id': '2.end' }))).toEqual(['done']);
    for (const nonsense of ['0', 'x', '1.-1', '99999999999.0', "1.end'--", '1.0\t2.0']) {
      expect(names(await replay({ cookie, 'last-event-id': nonsense }))).toEqual(names(all));
    }
  });

  it('is told that what it shows is forgotten, after a reset in another tab', async () => {
    const cookie = cookieOf(await post({ query: QUESTION }));
    await post({ query: '안녕하세요' }, { cookie });
    await post({ action: 'reset' }, { cookie });
    const empty = await replay({ cookie, 'last-event-id': '2.end' });
    expect(names(empty)).toEqual(['forgotten', 'done']);
    expect(empty[0]?.data).toEqual({ through: 2 });
    await post({ query: '교환하고 싶어요' }, { cookie });
    const begun = await replay({ cookie, 'last-event-id': '2.5' });
    expect(names(begun)).toEqual(['forgotten', 'accepted', 'answer', 'done']);
    expect(questions(begun)).toEqual(['교환하고 싶어요']);
    const last = begun.at(-2)?.id ?? '';
    expect(names(await replay({ cookie, 'last-event-id': last }))).toEqual(['done']);
    expect(names(await replay({ 'last-event-id': last }))).toEqual(['forgotten', 'done']);
  });

  it('without a conversation gets an empty one, and no cookie for looking', async () => {
    const response = await program.app.inject({ method: 'GET', url: '/query/WEB/events' });
    expect(names(eventsIn(response.payload))).toEqual(['done']);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('reads greeting, notices and contact before the first question', async () => {
    const response = await program.app.inject({ method: 'GET', url: '/query/WEB' });
    expect(response.json()).toMatchObject({
      bot: { id: 'default', name: expect.any(String) },
      greeting: { parts: [{ type: 'text', text: expect.stringContaining('안녕하세요') }] },
      englishGreeting: { parts: [{ type: 'text', text: expect.stringContaining('Hello') }] },
      notices: { ai: expect.stringContaining('인공지능'), sample: true },
      contact: expect.any(String),
    });
  });
});

describe('a running answer', () => {
  let model: GatedModel;
  let slow: TestProgram;

  beforeAll(async () => {
    model = new GatedModel();
    await model.start();
    slow = await startProgram({ ...UNLIMITED, ...model.env });
  });

  afterAll(async () => {
    await slow.end();
    await model.close();
  });

  it('reaches everybody who watches its conversation, and nobody else', async () => {
    const cookie = cookieOf(await post({ query: '질문-a0-1' }, {}, slow));
    const stranger = cookieOf(await post({ query: '질문-a0-2' }, {}, slow));
    const asked = post({ query: `질문-a0-3 ${SLOWLY}` }, { cookie, ...STREAM }, slow);
    await vi.waitFor(() => expect(model.asked('질문-a0-3')).toBe(1), WAIT);
    const watching = replay({ cookie, 'last-event-id': '2.0' }, slow);
    expect(names(await replay({ cookie: stranger }, slow))).toEqual(['accepted', 'answer', 'done']);
    model.release('질문-a0-3');
    const streams = [eventsIn((await asked).payload), await watching];
    expect(names(streams[0] ?? [])[0]).toBe('accepted');
    for (const events of streams) {
      const text = events.flatMap((event) => (event.event === 'delta' ? [String(event.data.text)] : [])).join('');
      expect(text).toContain('질문-a0-3 말씀하신');
      expect(names(events).slice(-2)).toEqual(['answer', 'done']);
    }
  });

  it('goes on under its event ids where a page has seen a part of it', async () => {
    const first = await post({ query: '질문-b0-1' }, STREAM, slow);
    const events = eventsIn(first.payload);
    const seen = events.find((event) => event.event === 'delta');
    const whole = events.filter((event) => event.event === 'delta').map((event) => event.data.text);
    expect(seen?.id).toBe(`1.${String(seen?.data.text).length}`);
    const rest = await replay({ cookie: cookieOf(first), 'last-event-id': String(seen?.id) }, slow);
    expect(names(rest)).toEqual(['answer', 'done']);
    expect(JSON.stringify(rest[0]?.data.reply)).toContain(whole.join(''));
  });

  it('ends without an answer when the page resets', async () => {
    const cookie = cookieOf(await post({ query: '질문-c0-1' }, {}, slow));
    const asked = post({ query: `질문-c0-2 ${SLOWLY}` }, { cookie, ...STREAM }, slow);
    const waiting = post({ query: `질문-c0-3 ${SLOWLY}` }, { cookie, ...STREAM }, slow);
    await vi.waitFor(() => expect(model.asked('질문-c0-')).toBe(2), WAIT);
    await post({ action: 'reset' }, { cookie }, slow);
    for (const stream of [await asked, await waiting]) {
      expect(names(eventsIn(stream.payload))).toEqual(['accepted', 'done']);
    }
    expect(model.asked('질문-c0-3')).toBe(0);
  });
});

describe('what is wrong with a request', () => {
  it.each([
    ['nothing at all', {}, 400, /query/],
    ['a question that is no text', { query: 7 }, 400, /"query" must be a string/],
    ['an empty question', { query: '  ' }, 400, /"query" is empty/],
    ['a null character', { query: 'a\u0000b' }, 400, /null character/],
    ['half a character', { query: '\ud83d' }, 400, /surrogate/],
    ['a novel', { query: '가'.repeat(10_001) }, 413, /longer than 10000/],
    ['a misspelt field', { qeury: 'a' }, 400, /"qeury"/],
    ['an unknown action', { action: 'explode' }, 400, /"action" must be "reset"/],
    ['an action with more', { action: 'reset', query: 'a' }, 400, /stands alone/],
    ['a tap that is not ours', { tap: 'javascript:alert(1)', query: 'a' }, 400, /"tap"/],
    ['a list', [], 400, /object/],
  ])('is said: %s', async (_name, body, status, problem) => {
    for (const headers of [{}, STREAM]) {
      const response = await post(body, headers);
      expect(response.statusCode).toBe(status);
      expect(response.headers['content-type']).toContain('application/json');
      expect(response.json().error).toMatchObject({ code: expect.stringMatching(/^INBOUND_/) });
      expect(response.json().error.message).toMatch(problem);
    }
  });

  it('is said: the content type, the JSON, the method', async () => {
    const text = { method: 'POST', url: '/query/WEB', payload: '{"query":"a"}' } as const;
    const plain = await program.app.inject({ ...text, headers: { 'content-type': 'text/plain' } });
    expect(plain.statusCode).toBe(415);
    const broken = await program.app.inject({
      ...text,
      payload: '{"query":',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.statusCode).toBe(400);
    expect((await program.app.inject({ method: 'DELETE', url: '/query/WEB' })).statusCode).toBe(405);
    for (const response of [plain, broken]) expect(response.json().error.message).toMatch(/content type|JSON/);
  });

  it('is said where a bot has no browser chat, or does not exist', async () => {
    const closed = await startProgram({ CHANNELS: 'test,kakao' });
    try {
      for (const url of ['/query/WEB', '/query/WEB/events']) {
        const response = await closed.app.inject({ method: 'GET', url });
        expect(response.statusCode).toBe(404);
        expect(response.json().error.code).toBe('BOT_TYPE_UNKNOWN');
        const nobody = await closed.app.inject({ method: 'GET', url: `/bots/nobody${url}` });
        expect(nobody.json().error.code).toBe('BOT_UNKNOWN');
      }
      expect((await post({ query: 'a' }, {}, closed)).statusCode).toBe(404);
    } finally {
      await closed.end();
    }
  });
});
