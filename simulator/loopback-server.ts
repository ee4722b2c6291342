import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRequest {
  readonly method: string;
  /** Path and query byte for byte as they came: platforms compare tokens in it. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `cut` closes the connection without a word, after the request was read. */
export type ServedReply =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly bytes: Uint8Array; readonly mediaType: string }
  | 'cut';

export interface LoopbackServer {
  /** @returns the origin, such as `http://127.0.0.1:49152` */
  start(): Promise<string>;
  /** Cuts what is open and waits until nothing listens any more. */
  close(): Promise<void>;
}

/** A server of JSON, and of files, for a simulated platform. `port` 0 takes a free one. */
export function createLoopbackServer(
  port: number,
  serve: (request: ServedRequest) => Promise<ServedReply>,
): LoopbackServer {
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined); // the peer gave up; there is nobody left to answer
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      serve(request).then(
        (reply) => {
          if (reply === 'cut') {
            incoming.socket.destroy();
            return;
          }
          if ('bytes' in reply) {
            outgoing.writeHead(reply.status, { 'content-type': reply.mediaType }).end(reply.bytes);
            return;
          }
          outgoing.writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8' });
          outgoing.end(JSON.stringify(reply.body));
        },
        (error: unknown) => {
          outgoing.writeHead(500, { 'content-type': 'application/json' });
          outgoing.end(JSON.stringify({ error: String(error) }));
        },
      );
    });
  });
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
