import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import nock from 'nock';
import { type Dispatcher, Pool } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Posting, type PostingListener } from '../../src/platform/posting.ts';

let answer: RequestListener;
let server: Server;
let pool: Pool;
beforeAll(() => nock.restore());
afterAll(() => nock.activate());
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
});
afterEach(async () => {
  await pool.destroy();
  server.closeAllConnections();
  server.close();
});

/** What a posting says, until it is over. */
class Heard implements PostingListener {
  readonly said: string[] = [];
  readonly #over = Promise.withResolvers<void>();

  onResponse(httpStatus: number): void {
    this.said.push(String(httpStatus));
  }
  onData(bytes: Uint8Array): void {
    this.said.push(Buffer.from(bytes).toString('utf8'));
  }
  onEnd(): void {
    this.said.push('end');
    this.#over.resolve();
  }
  onError(): void {
    this.said.push('error');
    this.#over.resolve();
  }

  get over(): Promise<void> {
    return this.#over.promise;
  }
}

function post(path = '/'): { readonly heard: Heard; readonly posting: Posting } {
  const heard = new Heard();
  const posting = new Posting(heard);
  posting.send(pool, { path, headers: [], body: '질문' });
  return { heard, posting };
}

it('sends the body and hands on the answer', async () => {
  answer = async (request, response) => {
    const chunks = await request.toArray();
    response.end(Buffer.concat(chunks));
  };
  const { heard } = post();
  await heard.over;
  expect(heard.said).toEqual(['200', '질문', 'end']);
});

it('keeps nothing of the bytes that the headers came in', async () => {
  const seen: Dispatcher.DispatchController[] = [];
  class Watched extends Posting {
    override onRequestStart(controller: Dispatcher.DispatchController): void {
      seen.push(controller);
      super.onRequestStart(controller);
    }
  }
  answer = (_request, response) => void response.end('답');
  const heard = new Heard();
  new Watched(heard).send(pool, { path: '/', headers: [], body: '질문' });
  await heard.over;
  expect(seen.map(({ rawHeaders }) => rawHeaders)).toEqual([[]]);
});

it('waits for the answer behind what only announces it', async () => {
  answer = (_request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(404).end('답');
  };
  const { heard } = post();
  await heard.over;
  expect(heard.said).toEqual(['404', '답', 'end']);
});

it('decodes what was compressed, more of it than is taken in at once', async () => {
  const text = 'answer '.repeat(200_000);
  answer = (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text, { level: 0 }));
  };
  const { heard } = post();
  await heard.over;
  expect(heard.said.at(0)).toBe('200');
  expect(heard.said.slice(1, -1).join('')).toBe(text);
  expect(heard.said.at(-1)).toBe('end');
});

it('says once that what was compressed broke off', async () => {
  const whole = gzipSync('answer');
  answer = (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length - 4));
  };
  const { heard } = post();
  await heard.over;
  expect(heard.said.filter((word) => word === 'error')).toHaveLength(1);
  expect(heard.said).not.toContain('end');
});

it('reaches the socket when it is cut', async () => {
  const closed = Promise.withResolvers<void>();
  answer = (request, response) => {
    request.socket.once('close', () => closed.resolve());
    response.writeHead(200);
    response.write('답');
  };
  const { heard, posting } = post();
  await expect.poll(() => heard.said).toEqual(['200', '답']);
  posting.cut();
  await closed.promise;
  await heard.over;
  expect(heard.said).toEqual(['200', '답', 'error']);
});

it('is never sent when it is cut before there is a connection for it', async () => {
  const paths: (string | undefined)[] = [];
  const release = Promise.withResolvers<void>();
  answer = async (request, response) => {
    paths.push(request.url);
    await release.promise;
    response.end();
  };
  const first = post('/first');
  const second = post('/second');
  second.posting.cut();
  const third = post('/third');
  release.resolve();
  await Promise.all([first.heard.over, second.heard.over, third.heard.over]);
  expect(second.heard.said).toEqual(['error']);
  expect(paths).toEqual(['/first', '/third']);
});

it('fails where the pool is closed', async () => {
  await pool.destroy();
  const { heard } = post();
  await heard.over;
  expect(heard.said).toEqual(['error']);
});
