import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  readonly method: string | undefined;
  /** As on the wire. */
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server does with a request: answer it, cut the connection after reading it, or say nothing at all. */
export type Reaction =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | 'cut'
  | 'silence';

/** A real server on loopback that answers as told. */
export class JsonServer {
  readonly received: ReceivedRequest[] = [];
  reaction: Reaction = { body: {} };
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      this.received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      if (this.reaction === 'silence') return;
      if (this.reaction === 'cut') return void (request.socket as Socket).destroy();
      const { status = 200, headers: answerHeaders = {}, body } = this.reaction;
      response.writeHead(status, { 'content-type': 'application/json', ...answerHeaders });
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  }

  static async open(): Promise<JsonServer> {
    const server = new JsonServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
