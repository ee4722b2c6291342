/** What stands in front of replicas: each connection goes to the next one that takes it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const CONNECT_TIMEOUT_MS = 500;

export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** @param ports of this machine; those that refuse are passed over */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let next = 0;
  const open = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, async (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    for (let tried = 0; tried < ports.length; tried += 1) {
      const upstream = await reach(ports[next++ % ports.length] ?? 0);
      if (upstream === undefined) continue;
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      upstream.on('error', end).on('close', end);
      client.on('close', end);
      client.pipe(upstream).pipe(client);
      client.resume();
      return;
    }
    client.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function reach(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_TIMEOUT_MS });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('late'))),
    ]);
    socket.setTimeout(0);
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}
