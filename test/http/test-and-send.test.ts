import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

let program: TestProgram;

beforeAll(async () => {
  program = await startProgram({ RATE_LIMIT_PER_ADDRESS: '0' });
});

afterAll(async () => {
  await program.end();
});

const QUESTION = '반품 배송비는 얼마예요?';

function post(url: string, request: { headers?: Record<string, string>; payload?: string | Buffer }) {
  return program.app.inject({ method: 'POST', url, ...request });
}

describe('POST /query/TEST', () => {
  it('answers from the sample with the older keys and the gateway’s own fields', async () => {
    const response = await post('/query/TEST', json({ query: QUESTION }));
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(body.Query).toBe(QUESTION);
    expect(body.Answer).toContain('3,000원');
    expect(body.AnswerImageUrl).toMatch(/^http:\/\/localhost:3000\/sample\/.+\.png$/);
    expect(body.reply.parts.map((part: { type: string }) => part.type)).toEqual(['image', 'text']);
    expect(body.source).toMatchObject({ kind: 'knowledge', engine: 'faq', entries: [{ id: 'return-fee' }] });
    expect(body.source.entries[0].score).toBeGreaterThan(0.5);
    expect(body.engine).toBe('faq');
    expect(body.conversation).toMatch(/\S{10,}/);
    expect(body.timings).toMatchObject({
      knowledgeMs: expect.any(Number),
      engineMs: expect.any(Number),
      totalMs: expect.any(Number),
    });
  });

  it('serves the picture it names', async () => {
    const { AnswerImageUrl } = (await post('/query/TEST', json({ query: QUESTION }))).json();
    const picture = await program.app.inject({ url: new URL(AnswerImageUrl).pathname });
    expect(picture.statusCode).toBe(200);
    expect(picture.headers['content-type']).toBe('image/png');
  });

  it('remembers a named conversation, and keeps nameless requests apart', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await post('/query/TEST', json({ query: QUESTION }))).json().conversation),
    );
    expect(ids[0]).not.toBe(ids[1]);
    const named = await post('/query/TEST', json({ query: QUESTION, conversation: 'mine' }));
    expect(named.json().conversation).toBe('mine');
  });

  it('masks what is private in the question it gives back', async () => {
    const response = await post('/query/TEST', json({ query: '010-1234-5678로 반품 배송비 알려 주세요' }));
    expect(response.json().Query).not.toContain('1234');
  });

  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const bad: [name: string, request: Parameters<typeof post>[1], status: number, names: RegExp][] = [
    ['missing query', json({}), 400, /query/],
    ['null query', json({ query: null }), 400, /query/],
    ['number as query', json({ query: 7 }), 400, /query/],
    ['object as query', json({ query: {} }), 400, /query/],
    ['empty query', json({ query: '   ' }), 400, /query/],
    ['broken JSON', { headers: { 'content-type': 'application/json' }, payload: '{"query":' }, 400, /JSON/],
    ['empty body', { headers: { 'content-type': 'application/json' }, payload: '' }, 400, /JSON|body/],
    ['array', json([QUESTION]), 400, /object/],
    ['string', json('hello'), 400, /object/],
    [
      'invalid UTF-8',
      { headers: { 'content-type': 'application/json' }, payload: Buffer.from([0x7b, 0xff, 0x7d]) },
      400,
      /UTF-8|JSON/,
    ],
    [
      'form body',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'query=a' },
      415,
      /json/i,
    ],
    ['text body', { headers: { 'content-type': 'text/plain' }, payload: '{"query":"a"}' }, 415, /json/i],
    ['too long', json({ query: '가'.repeat(10_001) }), 413, /10,?000/],
    ['1 MB of text', json({ query: 'a'.repeat(1_000_000) }), 413, /long|larg/],
    ['larger than a body may be', json({ query: 'a'.repeat(1_100_000) }), 413, /larg/],
    ['null byte', json({ query: 'a\u0000b' }), 400, /null/i],
    [
      'lone surrogate',
      { headers: { 'content-type': 'application/json' }, payload: '{"query":"\\ud83d"}' },
      400,
      /surrogate|Unicode/i,
    ],
    ['unknown field', json({ query: 'a', qeury: 'b' }), 400, /field/],
    ['deep nesting', { headers: { 'content-type': 'application/json' }, payload: `{"query":${deep}}` }, 400, /query/],
    [
      'deep nesting elsewhere',
      { headers: { 'content-type': 'application/json' }, payload: `{"query":"a","x":${deep}}` },
      400,
      /field/,
    ],
    ['conversation is a number', json({ query: 'a', conversation: 1 }), 400, /conversation/],
    ['conversation too long', json({ query: 'a', conversation: 'c'.repeat(101) }), 413, /conversation/],
    [
      'prototype key',
      { headers: { 'content-type': 'application/json' }, payload: '{"query":"a","__proto__":{"x":1}}' },
      400,
      /field/,
    ],
  ];
  it.each(bad)('%s → one sentence that names it', async (_name, request, status, names) => {
    const response = await post('/query/TEST', request);
    expect(response.statusCode).toBe(status);
    const { error } = response.json();
    expect(error.message).toMatch(names);
    expect(error.message.split('\n')).toHaveLength(1);
    expect(error.code).toMatch(/^INBOUND_/);
    expect(JSON.stringify(error)).not.toMatch(/at .*\.ts|node_modules/);
  });

  it('names the request in every refusal, so that it can be found in the log', async () => {
    const { error } = (await post('/query/TEST', json({}))).json();
    expect(program.logged.some((line) => line.request === error.requestId)).toBe(true);
  });

  it('says which method and types there are', async () => {
    const response = await program.app.inject('/query/TEST');
    expect(response.statusCode).toBe(405);
    expect(response.json().error.known).toEqual(['TEST', 'KAKAO', 'NAVER', 'WEB']);
  });

  it.each(
    (['PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const).flatMap((method) => [
      { method, payload: '' },
      { method, payload: '{' },
    ]),
  )('$method with the JSON "$payload" is the wrong method, and no broken body', async ({ method, payload }) => {
    for (const url of ['/query/KAKAO', '/send']) {
      const headers = { 'content-type': 'application/json' };
      const response = await program.app.inject({ method, url, headers, payload });
      expect(response.statusCode).toBe(405);
      expect(response.headers.allow).toBe('POST');
      expect(response.json().error.code).toBe('METHOD_NOT_ALLOWED');
    }
    const response = await program.app.inject({
      method,
      url: '/nowhere',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(response.statusCode).toBe(404);
  });

  it.each([
    '/assets/..%2f..%2fserver.js',
    '/assets/%00',
    '/sample/../shop.csv',
    '/docs/static/%2e%2e/package.json',
    '/nowhere',
    '/query/%',
    '/bots/%zz/query/TEST',
  ])('%s is nobody’s address, and no fault of ours', async (url) => {
    const before = program.logged.filter((line) => Number(line.level) >= 50).length;
    const response = await program.app.inject(url);
    expect([400, 404]).toContain(response.statusCode);
    expect(program.logged.filter((line) => Number(line.level) >= 50)).toHaveLength(before);
  });

  it('goes on answering after all of that', async () => {
    expect((await post('/query/TEST', json({ query: QUESTION }))).statusCode).toBe(200);
    // Not while the machine is late: that passes.
    await expect.poll(async () => (await program.app.inject('/readyz')).statusCode, WAIT).toBe(200);
  });

  it('an unknown type is 404 and lists the known ones; case matters', async () => {
    for (const method of ['POST', 'GET', 'PUT', 'DELETE'] as const) {
      for (const type of ['test', 'LINE', 'kakao', '%F0%9F%98%80', 'LINE/secret', 'LINE?a=1']) {
        for (const base of ['', '/bots/default']) {
          const url = `${base}/query/${type}`;
          const response = await program.app.inject({ method, url, ...json({ query: 'a' }) });
          expect([url, method, response.statusCode]).toEqual([url, method, 404]);
          expect(response.json().error).toMatchObject({
            code: 'BOT_TYPE_UNKNOWN',
            known: ['TEST', 'KAKAO', 'NAVER', 'WEB'],
          });
        }
      }
    }
  });

  it('an unknown bot is 404, except for TalkTalk', async () => {
    expect((await post('/bots/nobody/query/TEST', json({ query: 'a' }))).json().error.code).toBe('BOT_UNKNOWN');
    expect((await program.app.inject('/bots/nobody/query/TEST')).json().error.code).toBe('BOT_UNKNOWN');
    expect((await post('/bots/nobody/query/NAVER', json({ event: 'open', user: 'u' }))).statusCode).toBe(200);
  });
});

describe('TEST from elsewhere', () => {
  it('needs TEST_SECRET unless the peer is on loopback without a proxy', async () => {
    const closed = await startProgram();
    const open = await startProgram({ TEST_SECRET: 'long-enough-secret' });
    try {
      const remote = {
        method: 'POST',
        url: '/query/TEST',
        remoteAddress: '203.0.113.9',
        ...json({ query: QUESTION }),
      } as const;
      expect((await closed.app.inject(remote)).statusCode).toBe(401);
      expect((await open.app.inject(remote)).statusCode).toBe(401);
      const headers = { ...remote.headers, 'x-malgil-secret': 'long-enough-secret' };
      expect((await open.app.inject({ ...remote, headers })).statusCode).toBe(200);
      const wrong = { ...remote.headers, 'x-malgil-secret': 'long-enough-secreT' };
      expect((await open.app.inject({ ...remote, headers: wrong })).statusCode).toBe(401);
      const proxied = { ...json({ query: QUESTION }).headers, 'x-forwarded-for': '203.0.113.9' };
      const rebound = { ...json({ query: QUESTION }).headers, host: 'shop.example' };
      expect((await closed.app.inject({ ...remote, remoteAddress: '127.0.0.1', headers: rebound })).statusCode).toBe(
        401,
      );
      const behindProxy = { ...remote, remoteAddress: '127.0.0.1', headers: proxied };
      expect((await closed.app.inject(behindProxy)).statusCode).toBe(401);
      const send = { ...remote, url: '/send', ...json({ user_question: QUESTION }) };
      expect((await closed.app.inject(send)).statusCode).toBe(401);
    } finally {
      await closed.end();
      await open.end();
    }
  });
});

describe('POST /send', () => {
  it('keeps the older contract', async () => {
    const response = await post('/send', json({ user_question: QUESTION }));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      status: { code: '20000', message: 'OK' },
      result: { message: { role: 'assistant', content: expect.stringContaining('3,000원') } },
    });
  });

  it('says in the older words that the question is missing', async () => {
    const noQuestion = [{}, { user_question: '' }, { user_question: null }, { query: QUESTION }];
    for (const request of noQuestion.map(json)) {
      const response = await post('/send', request);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toEqual({ error: '질문이 제공되지 않았습니다' });
    }
  });

  it.each([
    ['broken JSON', { headers: { 'content-type': 'application/json' }, payload: '{' }, 400],
    ['a number', json({ user_question: 1 }), 400],
    ['another content type', { headers: { 'content-type': 'text/plain' }, payload: '{"user_question":"a"}' }, 415],
    ['only spaces', json({ user_question: '  ' }), 400],
    ['an unknown field', json({ user_question: 'a', other: 1 }), 400, 'other'],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'user_question=a' }, 415],
    ['a multipart form', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: '--x--' }, 415],
    ['xml', { headers: { 'content-type': 'application/xml' }, payload: '<a/>' }, 415],
    ['an array', json([]), 400],
    ['a null byte', json({ user_question: 'a\u0000' }), 400],
    ['too much text', json({ user_question: 'a'.repeat(20_000) }), 413],
    ['a huge body', json({ user_question: 'a'.repeat(1_100_000) }), 413],
  ] as const)('%s is refused with one sentence', async (...[, request, status, name]) => {
    const response = await post('/send', request);
    expect(response.statusCode).toBe(status);
    expect(response.json().error).toEqual(expect.stringContaining(name ?? ''));
    expect(program.logged.at(-1)).toMatchObject({
      code: expect.stringMatching(/^INBOUND_/),
      reason: expect.stringMatching(/^.{10,}$/),
      request: expect.any(String),
    });
    expect(program.logged.at(-1)).not.toHaveProperty('reqId');
  });

  it.each([
    ['a field of TEST', { query: QUESTION, user_question: QUESTION }, 'unknown field "query"; known are user_question'],
    ['a null byte', { user_question: 'a\u0000' }, '"user_question" contains a null character'],
    ['a number', { user_question: 1 }, '"user_question" must be a string'],
    ['too much text', { user_question: 'a'.repeat(10_001) }, '"user_question" is longer than'],
  ])('names the field that is at fault, to the caller and in the log: %s', async (_, body, words) => {
    const response = await post('/send', json(body));
    expect(response.json().error).toContain(words);
    expect(program.logged.at(-1)).toMatchObject({ reason: response.json().error });
  });

  it('takes POST alone', async () => {
    for (const url of ['/send', '/bots/default/send?a=1']) {
      const response = await program.app.inject(url);
      expect([response.statusCode, response.headers.allow, response.json().error.code]).toEqual([
        405,
        'POST',
        'METHOD_NOT_ALLOWED',
      ]);
    }
  });

  it('is counted and timed as a request of TEST, by what became of it', async () => {
    const counting = await startProgram({ METRICS: 'on' });
    const send = (body: unknown, url = '/send') => counting.app.inject({ method: 'POST', url, ...json(body) });
    try {
      await send({ user_question: QUESTION });
      await send({ user_question: QUESTION }, '/bots/default/send');
      await send({});
      await send({ user_question: QUESTION }, '/bots/nobody/send');
      const { body } = await counting.app.inject('/metrics');
      const ofTest = body.split('\n').filter((line) => line.includes('channel="test"'));
      const countOf = (result: string) =>
        ofTest.find((line) => line.startsWith('malgil_inbound_requests_total') && line.includes(`"${result}"`));
      expect(countOf('answered')).toMatch(/ 2$/);
      expect(countOf('INBOUND_MALFORMED')).toMatch(/ 1$/);
      expect(ofTest.find((line) => line.startsWith('malgil_response_seconds_count'))).toMatch(/ 3$/);
    } finally {
      await counting.end();
    }
  });

  it('says how long to wait, like TEST', async () => {
    const limited = await startProgram({ RATE_LIMIT_PER_ADDRESS: '1' });
    const ask = () => limited.app.inject({ method: 'POST', url: '/send', ...json({ user_question: QUESTION }) });
    await ask();
    const refused = await ask();
    await limited.end();
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('a compressed body', () => {
  it.each(['/query/TEST', '/query/WEB', '/send'])('is refused by %s for being compressed', async (url) => {
    const { headers } = json({});
    const body = JSON.stringify(url === '/send' ? { user_question: QUESTION } : { query: QUESTION });
    const packed = await post(url, { headers: { ...headers, 'content-encoding': 'gzip' }, payload: gzipSync(body) });
    expect(packed.statusCode).toBe(415);
    expect(packed.body).toContain('The body must not be compressed');
    const plain = await post(url, { headers: { ...headers, 'content-encoding': 'identity' }, payload: body });
    expect(plain.statusCode).toBe(200);
  });
});

describe('limits', () => {
  it('answers 429 with the time to wait, per address and per conversation; Kakao gets a kind bubble, TalkTalk its 200', async () => {
    const limited = await startProgram({ RATE_LIMIT_PER_ADDRESS: '2', RATE_LIMIT_PER_CONVERSATION: '2' });
    try {
      const ask = () => limited.app.inject({ method: 'POST', url: '/query/TEST', ...json({ query: QUESTION }) });
      expect([await ask(), await ask(), await ask()].map((response) => response.statusCode)).toEqual([200, 200, 429]);
      const refused = await ask();
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.json().error.code).toBe('INBOUND_RATE_LIMITED');

      const guarded = await startProgram({ RATE_LIMIT_PER_ADDRESS: '2', KAKAO_SECRET: 'right-secret' });
      const guess = () =>
        guarded.app.inject({ method: 'POST', url: '/query/KAKAO/wrong-secret', ...json({ userRequest: {} }) });
      expect([await guess(), await guess()].map((response) => response.statusCode)).toEqual([401, 401]);
      expect((await guess()).statusCode).not.toBe(401);
      await guarded.end();

      const kakao = () =>
        limited.app.inject({
          method: 'POST',
          url: '/query/KAKAO',
          ...json({ userRequest: { utterance: QUESTION, user: { id: 'u1' } }, bot: { id: 'b' } }),
        });
      const last = [await kakao(), await kakao(), await kakao()].at(-1);
      expect(last?.statusCode).toBe(200);
      expect(last?.json().template.outputs[0].simpleText.text).toMatch(/잠시/);

      const naver = () =>
        limited.app.inject({
          method: 'POST',
          url: '/query/NAVER',
          ...json({ event: 'send', user: 'u1', textContent: { text: QUESTION, inputType: 'typing' } }),
        });
      const statuses = [await naver(), await naver(), await naver()].map((response) => response.statusCode);
      expect(statuses).toEqual([200, 200, 200]);
    } finally {
      await limited.end();
    }
  });
});
