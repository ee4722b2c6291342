import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningProgram, startProgram } from './program-process.ts';

const opened: RunningProgram[] = [];
afterEach(async () => {
  for (const program of opened.splice(0)) await program.close();
});

async function start(...args: readonly string[]): Promise<string> {
  const program = startProgram('clova', ['--port', '0', '--latency-ms', '0', '--tokens-per-second', '10000', ...args]);
  opened.push(program);
  return program.url;
}

function open(url: string, content = '배송은 얼마나 걸리나요?', accept = 'text/event-stream') {
  return request(`${url}/v3/chat-completions/HCX-005`, {
    method: 'POST',
    headers: { authorization: 'Bearer nv-test', 'content-type': 'application/json', accept },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
}

async function ask(...question: Parameters<typeof open>) {
  const response = await open(...question);
  const bytes = Buffer.from(await response.body.arrayBuffer());
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') };
}

/** What came before the server closed the connection. */
async function askRaw(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ messages: [{ role: 'user', content: '안녕' }] });
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  socket.on('error', () => undefined);
  socket.write(
    `POST /v3/chat-completions/HCX-005 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer nv-test\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await once(socket, 'close');
  return text;
}

const events = (text: string) => text.match(/(?<=event:)[\w-]+/g) ?? [];

describe('the CLOVA Studio program', () => {
  it('fails in the ways that --fault names, one request after the other, and recovers', async () => {
    const kinds = [
      ...['error-frame', 'error-frame=42901,2', 'no-result', 'malformed-frame', 'html-page', 'html-page=504'],
      ...['empty-body', 'refusal-in-200', 'refusal-in-200=40005', 'rate-limit', 'rate-limit=11'],
    ];
    const url = await start(...kinds.flatMap((kind) => ['--fault', kind]));
    const answers = [];
    for (let n = 0; n <= kinds.length; n += 1) answers.push(await ask(url));
    const [
      plainError,
      lateError,
      noResult,
      malformed,
      html,
      html504,
      empty,
      in200,
      in200Named,
      limited,
      limited11,
      good,
    ] = answers;

    expect([plainError?.status, events(plainError?.text ?? '')]).toEqual([200, ['error']]);
    expect([lateError?.status, events(lateError?.text ?? '')]).toEqual([200, ['token', 'token', 'error']]);
    expect(lateError?.text).toContain('"code":"42901"');
    expect(new Set(events(noResult?.text ?? ''))).toEqual(new Set(['token']));
    expect(malformed?.text).toMatch(/data:\{"message":\{"role":"assis\n/);
    expect([html?.status, html504?.status]).toEqual([502, 504]);
    expect(html?.headers['content-type']).toBe('text/html');
    expect([empty?.status, empty?.text]).toEqual([503, '']);
    expect([in200?.status, in200?.text]).toEqual([200, expect.stringContaining('"42901"')]);
    expect(in200Named?.text).toContain('"40005"');
    expect([limited?.status, limited?.headers['x-ratelimit-reset-requests']]).toEqual([429, '6s']);
    expect(limited11?.headers['x-ratelimit-reset-requests']).toBe('11s');
    expect(events(good?.text ?? '').slice(-2)).toEqual(['result', 'signal']);
  });

  it('cuts before the headers, before the first token and after some', async () => {
    const url = await start('--fault', 'cut', '--fault', 'cut=0', '--fault', 'cut=2');
    expect(await askRaw(url)).toBe('');
    const headersOnly = await askRaw(url);
    expect(headersOnly).toMatch(/^HTTP\/1\.1 200/);
    expect(events(headersOnly)).toEqual([]);
    expect(events(await askRaw(url))).toEqual(['token', 'token']);
  });

  it('hangs after a token or before the headers until it is stopped', async () => {
    const url = await start('--fault', 'hang=1', '--fault', 'hang');
    const halfway = await open(url);
    const text = halfway.body.text().catch(() => 'cut');
    const silent = open(url).then(
      () => 'answered',
      () => 'cut',
    );
    expect(halfway.statusCode).toBe(200);
    for (const program of opened.splice(0)) await program.close();
    expect([await text, await silent]).toEqual(['cut', 'cut']);
  });

  it('refuses with --fail as often as told, then every so many times', async () => {
    const url = await start(
      '--fail',
      '429/42902:2',
      '--fault',
      'rate-limit',
      '--fail',
      '500',
      '--fault',
      'empty-body@3',
    );
    const statuses = [];
    const codes = [];
    for (let n = 0; n < 7; n += 1) {
      const { status, text } = await ask(url, '안녕', 'application/json');
      statuses.push(status);
      codes.push(text === '' ? '' : JSON.parse(text).status.code);
    }
    // The third request meets what was asked for first; the rhythm counts it all the same.
    expect(statuses).toEqual([429, 429, 429, 500, 200, 503, 200]);
    expect(codes).toEqual(['42902', '42902', '42901', '50000', '20000', '', '20000']);
  });

  it('repeats ids and drawn failures with the same seed', async () => {
    const rehearse = async (seed: string) => {
      const url = await start('--seed', seed, '--fault', 'empty-body%40');
      const seen = [];
      for (let n = 0; n < 12; n += 1) {
        const { status, text } = await ask(url, '안녕');
        seen.push([status, /id:\S+/.exec(text)?.[0], /"seed":\d+/.exec(text)?.[0]]);
      }
      return seen;
    };
    const [first, again, other] = await Promise.all([rehearse('7'), rehearse('7'), rehearse('8')]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first.map(([status]) => status))).toEqual(new Set([200, 503]));
  });

  it('hides phone numbers unless told not to, compresses and answers in one piece when told to', async () => {
    const [plain, changed] = await Promise.all([start(), start('--no-star-out', '--gzip', '--no-streaming')]);
    const question = '02-1234-5678로 전화하면 되나요?';
    expect((await ask(plain, question, 'application/json')).text).toContain('**-****-****');
    const { headers, bytes } = await ask(changed, question);
    expect([headers['content-encoding'], headers['content-type']]).toEqual(['gzip', 'application/json']);
    expect(JSON.parse(gunzipSync(bytes).toString('utf8')).result.message.content).toContain('02-1234-5678');
  });

  it('says in Korean what is wrong with a switch', async () => {
    const wrong = [
      ['--fault', 'explode', '없는 종류입니다: explode'],
      ['--fault', 'cut:0', '0보다 커야 합니다'],
      ['--fault', 'cut%101', '100까지'],
      ['--fault', 'no-result=1', '값이 없습니다'],
      ['--fault', '?', '모양으로 적어'],
      ['--fail', '429/1', '다섯 자리'],
      ['--fail', '700', 'HTTP 상태'],
    ] as const;
    const finished = await Promise.all(wrong.map(([flag, value]) => startProgram('clova', [flag, value]).finished));
    for (const [index, { code, errors }] of finished.entries()) {
      expect(code).toBe(1);
      expect(errors).toContain(wrong[index]?.[2]);
    }
  });

  it('explains every fault in its help', async () => {
    const { code, output } = await startProgram('clova', ['--help']).finished;
    expect(code).toBe(0);
    for (const part of ['--seed', '--fail ', 'cut[=토큰]', 'rate-limit', '종류%10', '--no-star-out']) {
      expect(output).toContain(part);
    }
  });
});
