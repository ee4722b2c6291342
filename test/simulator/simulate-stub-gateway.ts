import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly json: StubJson;
}

/** A skill payload or a TalkTalk event, as far as the tests look into them: each test knows which one it gets. */
export interface StubJson {
  readonly bot: { readonly id: string };
  readonly userRequest: {
    readonly utterance: string;
    readonly callbackUrl: string;
    readonly block: unknown;
    readonly chat?: unknown;
    readonly user: { readonly id: string; readonly properties: object };
  };
  readonly action: { readonly clientExtra: unknown; readonly params: { readonly secureimage: string } };
  readonly contexts: unknown;
  readonly flow: { readonly trigger: { readonly type: string } };
  readonly event: string;
  readonly user: string;
  readonly messageId: number;
  readonly textContent: { readonly text: string; readonly code?: string };
  readonly imageContent?: { readonly imageUrl: string };
  readonly options: Readonly<Record<string, unknown>>;
}

export interface StubGateway {
  readonly url: string;
  readonly requests: readonly StubRequest[];
  close(): Promise<void>;
}

/** A gateway written by hand for one test: `answer` does with the response what it likes, or leaves it open. */
export async function startStubGateway(
  answer: (request: StubRequest, response: ServerResponse) => void | Promise<void>,
): Promise<StubGateway> {
  const requests: StubRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const request = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        body,
        json: JSON.parse(body || '{}') as StubJson,
      };
      requests.push(request);
      void answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
