/** A proxy in front of replicas that does what docker/Caddyfile tells Caddy to do: each request goes to a replica that says it is ready, and
 *  to another one when nobody listens there. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const HEALTH_INTERVAL_MS = 1_000;
const HEALTH_TIMEOUT_MS = 1_000;
const TRY_DURATION_MS = 2_000;
const TRY_INTERVAL_MS = 100;
const FAIL_DURATION_MS = 5_000;

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

interface Upstream {
  readonly port: number;
  isReady: boolean;
  failedAt: number;
  open: number;
}

/** @param ports of replicas on this machine */
export async function startProxy(ports: readonly number[]): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const upstreams: Upstream[] = ports.map((port) => ({ port, isReady: true, failedAt: 0, open: 0 }));
  const choose = () =>
    upstreams
      .filter(({ isReady, failedAt }) => isReady && Date.now() - failedAt > FAIL_DURATION_MS)
      .sort((a, b) => a.open - b.open)[0];

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray());
    const givesUpAt = Date.now() + TRY_DURATION_MS;
    for (;;) {
      const upstream = choose();
      if (upstream !== undefined) {
        upstream.open += 1;
        try {
          await exchange(upstream.port, incoming, body, response);
          return;
        } catch (thrown) {
          upstream.failedAt = Date.now();
          // Only what surely never arrived is asked again.
          if ((thrown as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || response.headersSent) break;
        } finally {
          upstream.open -= 1;
        }
      }
      if (Date.now() > givesUpAt) break;
      await delay(TRY_INTERVAL_MS);
    }
    if (!response.headersSent) response.writeHead(502);
    response.end();
  }

  async function exchange(port: number, { method, url, headers }: IncomingMessage, body: Buffer, to: ServerResponse) {
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path: url, headers });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    to.end(Buffer.concat(await answer.toArray()));
  }

  async function look(upstream: Upstream): Promise<void> {
    try {
      const asked = request({
        host: '127.0.0.1',
        port: upstream.port,
        path: '/readyz?exclude=overloaded',
        timeout: HEALTH_TIMEOUT_MS,
      });
      asked.on('timeout', () => asked.destroy()).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      upstream.isReady = answer.statusCode === 200;
      if (upstream.isReady) upstream.failedAt = 0;
    } catch {
      upstream.isReady = false;
    }
  }

  const looking = setInterval(() => void Promise.all(upstreams.map(look)), HEALTH_INTERVAL_MS);
  const server = createServer((incoming, response) => {
    forward(incoming, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearInterval(looking);
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
