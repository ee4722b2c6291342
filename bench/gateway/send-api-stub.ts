/** TalkTalk's send API as a counter: takes every message at once. `GET /` says how many customers have got an answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Listening } from './child.ts';

const TAKEN = JSON.stringify({ success: true, resultCode: '00' });
/** Typing is an event, too. */
const IS_MESSAGE = '"event":"send"';

let answered = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.method === 'GET') {
      response.end(JSON.stringify({ answered }));
      return;
    }
    if (Buffer.concat(chunks).includes(IS_MESSAGE)) answered += 1;
    response.end(TAKEN);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening);
});
