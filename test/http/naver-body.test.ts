/** Bodies of TalkTalk calls that cannot simply be read: a 200 must be no charge, and anything else brings a suspension nearer. */
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import nock from 'nock';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JsonServer } from '../helpers/json-server.ts';
import { json, listen, startProgram, type TestProgram } from '../helpers/test-program.ts';

const USER = 'AAECAwQFBgcICQoLDA0ODw';
const PAYMENT = JSON.stringify({ event: 'pay_complete', user: USER, options: { paymentResult: { code: 'Success' } } });
const OPEN = JSON.stringify({ event: 'open', user: USER, options: { inflow: 'list' } });
const GREETING = '어서 오세요, 옷 가게 챗봇이에요.';
const LIMIT_BYTES = 65_536;
const WAIT = { timeout: 15_000 };

let program: TestProgram;
let port: number;

beforeAll(async () => {
  // It holds back what a socket writes until it is a whole request.
  nock.restore();
  program = await startProgram({ MAX_BODY_BYTES: String(LIMIT_BYTES), RATE_LIMIT_PER_ADDRESS: '0', GREETING });
  port = await listen(program);
});

afterAll(async () => {
  await program.end();
  nock.activate();
});

const post = (payload: string | Buffer, url = '/query/NAVER', headers: Record<string, string> = {}) =>
  program.app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, payload });

/** The status, `undefined` when none came before the connection ended. */
function raw(pieces: readonly (string | Buffer)[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let read = '';
    const socket = connect(port, '127.0.0.1', async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setImmediate(next));
      }
    });
    socket.on('data', (chunk) => {
      read += chunk;
      const [, status] = /^HTTP\/1\.1 (\d+) /.exec(read) ?? [];
      if (status === undefined) return;
      resolve(Number(status));
      socket.destroy();
    });
    socket.on('close', () => resolve(undefined));
    socket.on('error', reject);
  });
}

const head = (length: number, more = '') =>
  `POST /query/NAVER HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;

describe('a body larger than MAX_BODY_BYTES', () => {
  const padded = (filler: number) => `{"pad":"${'a'.repeat(filler)}",${PAYMENT.slice(1)}`;

  it.each([
    ['behind the limit', padded(LIMIT_BYTES * 3)],
    ['across the limit', padded(LIMIT_BYTES - 24)],
    ['in escapes', padded(LIMIT_BYTES * 2).replace('pay_complete', '\\u0070\\u0061y\\u005fcomplete')],
    ['in UTF-16', Buffer.from(padded(LIMIT_BYTES), 'utf16le')],
  ])('that names a payment %s charges nobody', async (_where, payload) => {
    for (const url of ['/query/NAVER', '/query/NAVER/guess', '/bots/nobody/query/NAVER']) {
      expect((await post(payload, url)).statusCode, url).toBe(404);
    }
  });

  it('finds the name wherever the stream is cut', async () => {
    const bytes = Buffer.from(padded(LIMIT_BYTES + 100));
    const name = bytes.indexOf('pay_complete');
    for (let cut = name; cut < name + 12; cut += 1) {
      expect(await raw([head(bytes.length), bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(404);
    }
  });

  it('that is certainly no payment is 200', async () => {
    const payload = JSON.stringify({ event: 'send', user: USER, textContent: { text: 'a'.repeat(LIMIT_BYTES * 3) } });
    expect((await post(payload)).statusCode).toBe(200);
  });
});

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('%s: a payment is found, anything else is handled as usual', async (encoding, compress) => {
    const headers = { 'content-encoding': encoding };
    for (const url of ['/query/NAVER', '/bots/nobody/query/NAVER', '/query/NAVERx']) {
      expect((await post(compress(PAYMENT), url, headers)).statusCode, url).toBe(404);
      expect((await post(compress(OPEN), url, headers)).statusCode, url).toBe(200);
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['raw deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('may hide a payment where no header says that it is %s', async (_, compress) => {
    for (const headers of [{}, { 'content-encoding': 'identity' }]) {
      expect((await post(compress(PAYMENT), '/query/NAVER', headers)).statusCode).toBe(404);
    }
    // Its beginning alone tells, and more than fits may come out of it.
    expect((await post(compress('a'.repeat(LIMIT_BYTES * 20)), '/query/NAVER')).statusCode).toBe(404);
  });

  it.each([
    ['words', Buffer.from('안녕하세요')],
    ['UTF-16', Buffer.from(OPEN, 'utf16le')],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${OPEN}`, 'utf16le')],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('is not what %s are', async (_, body) => {
    expect((await post(body, '/query/NAVER')).statusCode).toBe(200);
  });

  it('is greeted like any other', async () => {
    const user = 'ZZECAwQFBgcICQoLDA0ODw';
    const body = gzipSync(JSON.stringify({ event: 'open', user }));
    expect((await post(body, '/query/NAVER', { 'content-encoding': 'gzip' })).json().event).toBe('send');
  });

  it.each([
    ['unknown', 'compress', gzipSync(OPEN)],
    ['twice', 'gzip, br', gzipSync(OPEN)],
    ['broken', 'gzip', gzipSync(OPEN).subarray(0, 20)],
    ['a bomb', 'gzip', gzipSync('a'.repeat(LIMIT_BYTES * 20))],
  ])('%s: nobody can say that it is no payment', async (_what, encoding, body) => {
    expect((await post(body, '/query/NAVER', { 'content-encoding': encoding })).statusCode).toBe(404);
  });

  it('that is plain in spite of its header is read as it is', async () => {
    expect((await post(OPEN, '/query/NAVER', { 'content-encoding': 'gzip' })).statusCode).toBe(200);
    expect((await post(PAYMENT, '/query/NAVER', { 'content-encoding': 'gzip' })).statusCode).toBe(404);
  });
});

describe.concurrent('a body that never ends', () => {
  it.each([
    ['that names another event', '{"event":"send","user":"AAE', 200],
    ['that has not said what it is', '{"user":"AAE', 404],
    ['that has not begun', '', 404],
    ['of a payment', PAYMENT.slice(0, 30), 404],
  ])('%s is answered while TalkTalk still listens', async (_what, beginning, status) => {
    const startedAt = performance.now();
    expect(await raw([head(500), beginning])).toBe(status);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});

describe('a body that comes slowly', () => {
  /** A connection on which responses are read as they come. */
  function connection(to: number = port) {
    const socket = connect(to, '127.0.0.1');
    let read = '';
    socket.on('data', (chunk) => {
      read += chunk;
    });
    return { socket, statuses: () => [...read.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status)) };
  }
  const logLines = (text: string) => program.logged.filter(({ msg }) => String(msg).includes(text));
  const HEARD = 'an event that needs no answer';
  const FRIEND = JSON.stringify({ event: 'friend', user: USER, options: { set: 'on' } });

  it('has its 200 before it is there when it can be no payment, is handled then, and the connection lives on', async () => {
    const { socket, statuses } = connection();
    const before = logLines(HEARD).length;
    socket.write(head(FRIEND.length) + FRIEND.slice(0, 30));
    await vi.waitFor(() => expect(statuses()).toEqual([200]), WAIT);
    expect(logLines(HEARD)).toHaveLength(before);
    socket.write(FRIEND.slice(30));
    await vi.waitFor(() => expect(logLines(HEARD)).toHaveLength(before + 1), WAIT);
    socket.write(head(PAYMENT.length) + PAYMENT);
    await vi.waitFor(() => expect(statuses()).toEqual([200, 404]), WAIT);
    socket.destroy();
  });

  /** Resolves when TalkTalk has its 200; the rest of the body follows it. */
  async function sendSlowly(body: string, to: number = port): Promise<void> {
    const bytes = Buffer.from(body);
    const { socket, statuses } = connection(to);
    socket.write(head(bytes.length));
    socket.write(bytes.subarray(0, 24));
    await vi.waitFor(() => expect(statuses()).toEqual([200]), WAIT);
    socket.end(bytes.subarray(24));
  }
  const openOf = (user: string) => JSON.stringify({ event: 'open', user });
  const questionOf = (user: string, text: string) =>
    JSON.stringify({ event: 'send', user, textContent: { text, inputType: 'typing' } });

  it.each([
    ['a greeting', openOf, GREETING],
    ['an answer', (user: string) => questionOf(user, '반품 배송비는 얼마인가요?'), '3,000원'],
  ])('and wants %s has it with what is said next, where there is no other way', async (_, bodyOf, expected) => {
    const user = `slow-without-a-key-${expected.length}`;
    await sendSlowly(bodyOf(user));
    let asked = 0;
    await vi.waitFor(async () => {
      asked += 1;
      const response = await post(questionOf(user, `안녕하세요 ${asked}`));
      expect(response.body).toContain(expected);
    }, WAIT);
  });

  it('and wants a greeting and an answer has both by the send API, where there is a key', async () => {
    const user = 'slow-with-a-key-000000';
    const sendApi = await JsonServer.open();
    sendApi.reaction = { body: { success: true, resultCode: '00' } };
    const withKey = await startProgram({
      NAVER_AUTHORIZATION: 'key',
      NAVER_BASE_URL: sendApi.origin,
      NAVER_QUIET_MS: '50',
      GREETING,
    });
    const to = await listen(withKey);
    await sendSlowly(openOf(user), to);
    const sent = () => sendApi.received.map(({ body }) => body).filter((body) => body.includes('"send"'));
    await vi.waitFor(() => expect(sent()).toEqual([expect.stringContaining(GREETING)]), WAIT);
    await sendSlowly(questionOf(user, '반품 배송비는 얼마인가요?'), to);
    await vi.waitFor(() => expect(sent().join()).toContain('3,000원'), WAIT);
    await withKey.end();
    await sendApi.close();
  });

  it('and is cut off after its 200 leaves a line in the log', async () => {
    const { socket, statuses } = connection();
    const before = logLines('is lost').length;
    socket.write(head(FRIEND.length) + FRIEND.slice(0, 30));
    await vi.waitFor(() => expect(statuses()).toEqual([200]), WAIT);
    socket.destroy();
    await vi.waitFor(() => expect(logLines('is lost')).toHaveLength(before + 1), WAIT);
    expect(logLines('is lost').at(-1)).toMatchObject({ code: 'INBOUND_MALFORMED', channel: 'naver' });
  });

  it.each([
    ['has not said what it is', PAYMENT.replace(/^\{"event":"pay_complete",(.*)\}$/, '{$1,"event":"pay_complete"}')],
    ['says it', PAYMENT],
  ])('and %s is waited for: no payment is charged', async (_, payment) => {
    const { socket, statuses } = connection();
    socket.write(head(payment.length) + payment.slice(0, 40));
    await new Promise((next) => setTimeout(next, 1_500));
    expect(statuses()).toEqual([]);
    socket.write(payment.slice(40));
    await vi.waitFor(() => expect(statuses()).toEqual([404]), WAIT);
    socket.destroy();
  });
});

describe('a request that HTTP has doubts about', () => {
  it.each([
    ['no Host', `POST /query/NAVER HTTP/1.1\r\nContent-Length: ${OPEN.length}\r\n\r\n`, OPEN, 200],
    ['no Host, a payment', `POST /query/NAVER HTTP/1.1\r\nContent-Length: ${PAYMENT.length}\r\n\r\n`, PAYMENT, 404],
    ['no Host, another address', 'GET /docs HTTP/1.1\r\n\r\n', '', 400],
    ['an unknown Expect', head(OPEN.length, 'Expect: the-best\r\n'), OPEN, 200],
    ['an unknown Expect, a payment', head(PAYMENT.length, 'Expect: the-best\r\n'), PAYMENT, 404],
    ['an unknown Expect, another address', 'GET /docs HTTP/1.1\r\nHost: a\r\nExpect: the-best\r\n\r\n', '', 417],
  ])('%s', async (_what, request, body, status) => {
    expect(await raw([request, body])).toBe(status);
  });
});

describe('a webhook that was registered under a spelling that is not quite right', () => {
  it.each([
    '//query/NAVER',
    '/query//NAVER',
    '/query/naver',
    '/Query/Naver/',
    '/bots/default//query/naver',
    '/BOTS/default/query/NAVER',
  ])('%s: the event is taken, a payment is not, and the operator hears of it', async (url) => {
    const user = `${Buffer.from(url).toString('base64url').slice(0, 21)}x`;
    const opened = await program.app.inject({ method: 'POST', url, ...json({ event: 'open', user }) });
    expect(opened.statusCode).toBe(200);
    expect(opened.json().event).toBe('send');
    expect((await post(PAYMENT, url)).statusCode).toBe(404);
    expect(program.logged).toContainEqual(
      expect.objectContaining({ alert: 'talktalk-address', right: '/query/NAVER' }),
    );
  });

  it.each(['/query/NAVERx', '/query/naver-secret/x', '/bots//query/NAVER', '/bots/query/NAVER', '/QUERY/NAVERx'])(
    '%s: nobody knows whose it is, but it is 200',
    async (url) => {
      for (const method of ['POST', 'PUT', 'GET', 'DELETE'] as const) {
        expect((await program.app.inject({ method, url, ...json({ event: 'open', user: USER }) })).statusCode).toBe(
          200,
        );
        expect((await program.app.inject({ method, url, headers: {}, payload: PAYMENT })).statusCode).toBe(404);
      }
      expect(program.logged).toContainEqual(
        expect.objectContaining({ code: 'BOT_TYPE_UNKNOWN', right: expect.stringContaining('/query/NAVER') }),
      );
    },
  );

  it('leaves every other type as strict as it was', async () => {
    for (const url of ['/query/kakao', '//query/KAKAO', '/query/KAKAOx', '/query/NAVE']) {
      expect((await post('{}', url)).statusCode, url).not.toBe(200);
    }
  });
});
