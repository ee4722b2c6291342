/** Bytes that HTTP refuses, beside or before a route, over real sockets. */
import { connect } from 'node:net';
import nock from 'nock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen, startProgram, type TestProgram } from '../helpers/test-program.ts';

let program: TestProgram;
let port: number;
let logged: number;

beforeAll(async () => {
  // It holds back what a socket writes until it is a whole request.
  nock.restore();
  program = await startProgram({ MAX_BODY_BYTES: '65536', RATE_LIMIT_PER_ADDRESS: '0' });
  port = await listen(program);
});

afterAll(async () => {
  await program.end();
  nock.activate();
});

beforeEach(() => {
  logged = program.logged.length;
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @param isHalfClosed we say that nothing more will come */
function send(bytes: string, isHalfClosed = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let read = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      if (isHalfClosed) socket.end(bytes);
      else socket.write(bytes);
    });
    const answer = () => {
      const [head = '', body = ''] = read.split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      return {
        status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
        body,
        isWhole: Buffer.byteLength(body) === Number(length),
      };
    };
    socket.on('data', (chunk) => {
      read += chunk;
      if (!answer().isWhole) return;
      resolve(answer());
      socket.destroy();
    });
    socket.on('close', () => resolve(answer()));
    socket.on('error', reject);
  });
}

const lines = () => program.logged.slice(logged);
const head = (path: string, more: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
const SHORT = 'Content-Length: 100';
const BAD_CHUNK = `${'Transfer-Encoding: chunked'}`;

describe('our own API', () => {
  const refusals: [name: string, bytes: string, halfClosed: boolean, status: number, code: string][] = [
    ['a bad chunk', `${head('/query/TEST', BAD_CHUNK)}zz\r\n{}`, false, 400, 'INBOUND_MALFORMED'],
    ['two lengths', `${head('/query/TEST', `${SHORT}\r\nContent-Length: 3`)}{}`, false, 400, 'INBOUND_MALFORMED'],
    ['a length that is no number', `${head('/query/TEST', 'Content-Length: abc')}{}`, false, 400, 'INBOUND_MALFORMED'],
    ['an end before the length', `${head('/query/TEST', SHORT)}{}`, true, 400, 'INBOUND_MALFORMED'],
    ['headers that are too large', head('/query/WEB', `A: ${'a'.repeat(40_000)}`), false, 431, 'INBOUND_TOO_LARGE'],
    ['an unknown Expect', `${head('/query/TEST', 'Expect: x')}`, false, 417, 'INBOUND_MALFORMED'],
    [
      'a length beyond the limit',
      `${head('/query/TEST', 'Content-Length: 99999999999')}{}`,
      false,
      413,
      'INBOUND_TOO_LARGE',
    ],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', false, 405, 'METHOD_NOT_ALLOWED'],
    ['no HTTP', '\u0016\u0003\u0001', false, 400, 'INBOUND_MALFORMED'],
  ];
  it.each(refusals)(
    '%s: a sentence in JSON, and the true reason in the log',
    async (_name, bytes, isHalfClosed, status, code) => {
      const answer = await send(bytes, isHalfClosed);
      expect(answer.status).toBe(status);
      const { error } = JSON.parse(answer.body);
      expect(error).toMatchObject({
        code,
        message: expect.stringMatching(/^[A-Z].{20,}$/),
        requestId: expect.any(String),
      });
      expect(lines()).toEqual([
        expect.objectContaining({ level: 40, code, reason: error.message, request: error.requestId }),
      ]);
    },
  );

  it('names the limit', async () => {
    const { body } = await send(head('/query/TEST', 'Content-Length: 99999999999'));
    expect(body).toContain('65536 bytes');
  });

  it('/send says it in its own shape', async () => {
    const { status, body } = await send(`${head('/send', BAD_CHUNK)}zz\r\n{}`);
    expect(status).toBe(400);
    expect(JSON.parse(body).error).toContain('framing');
  });

  it('an answer that is on its way is not disturbed by what follows it on the connection', async () => {
    const question = JSON.stringify({ query: '반품 배송비는 얼마예요?' });
    const { status } = await send(
      `${head('/query/TEST', `Content-Length: ${Buffer.byteLength(question)}`)}${question}garbage\r\n\r\n`,
    );
    expect(status).toBe(200);
  });
});

describe('Kakao', () => {
  it.each([
    ['an end before the length', `${head('/query/KAKAO', SHORT)}{}`, true],
    ['a bad chunk', `${head('/query/KAKAO', BAD_CHUNK)}zz\r\n{}`, false],
    ['an unknown Expect', `${head('/query/KAKAO', 'Expect: x\r\nContent-Length: 2')}{}`, false],
    ['a length beyond the limit', `${head('/query/KAKAO', 'Content-Length: 99999999999')}{}`, false],
    ['a body that stalls', `${head('/query/KAKAO', SHORT)}{}`, false],
  ])('%s: 200 with a bubble, and a line in the log', async (_name, bytes, isHalfClosed) => {
    const { status, body } = await send(bytes, isHalfClosed);
    expect(status).toBe(200);
    expect(JSON.parse(body).template.outputs[0].simpleText.text).toMatch(/다시 보내/);
    expect(lines()).toEqual([expect.objectContaining({ level: 40, channel: 'kakao', reason: expect.any(String) })]);
  });

  it('what the parser refuses is in the log', async () => {
    expect((await send(head('/query/KAKAO/secret', `A: ${'a'.repeat(40_000)}`))).status).toBe(431);
    expect(lines()).toMatchObject([{ channel: 'kakao', code: 'INBOUND_TOO_LARGE' }]);
    expect((await program.app.inject({ method: 'POST', url: '/query/KAKAO/%zz' })).statusCode).toBe(404);
    expect(lines()).toHaveLength(2);
    expect(JSON.stringify(lines())).not.toMatch(/secret|%zz/);
  });
});

describe('TalkTalk', () => {
  it.each([
    ['an end before the length', `${head('/query/NAVER', SHORT)}{"event":"open"`, true, 200],
    ['an end before it names its event', `${head('/query/NAVER', SHORT)}{}`, true, 404],
    ['a bad chunk', `${head('/query/NAVER', BAD_CHUNK)}f\r\n{"event":"open"\r\nzz\r\n`, false, 200],
    [
      'a bad chunk of a payment',
      `${head('/query/NAVER', BAD_CHUNK)}16\r\n{"event":"pay_complete"\r\nzz\r\n`,
      false,
      404,
    ],
    ['CONNECT', 'CONNECT /query/NAVER HTTP/1.1\r\nHost: localhost\r\n\r\n', false, 200],
  ])('%s', async (_name, bytes, isHalfClosed, status) => {
    expect((await send(bytes, isHalfClosed)).status).toBe(status);
    expect(lines()).toEqual([expect.objectContaining({ channel: 'naver' })]);
  });
});
