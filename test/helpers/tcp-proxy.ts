/** Between a client and a server on this machine: a network that can be cut, and that can lose what was said at a chosen moment. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Ends every connection. New ones are refused until {@link TcpProxy.restore}. */
  cut(): void;
  /** Says nothing more in either direction, on open connections and on new ones, and closes none. */
  freeze(): void;
  restore(): void;
  /** Ends the connection on which the server says the next thing that `matches`, before the client hears it. */
  cutBefore(matches: (bytes: Buffer) => boolean): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number, targetHost = '127.0.0.1'): Promise<TcpProxy> {
  let state: 'open' | 'cut' | 'frozen' = 'open';
  let loses: ((bytes: Buffer) => boolean) | undefined;
  const pairs = new Set<readonly [client: Socket, server: Socket]>();
  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, targetHost);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {}); // the other side learns of it by the end that follows
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (state === 'open') upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (loses?.(bytes) === true) {
        loses = undefined;
        client.destroy();
      } else if (state === 'open') client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      endAll();
    },
    freeze() {
      state = 'frozen';
    },
    restore() {
      // What was said meanwhile is lost, and a connection that has lost something can never be understood again.
      if (state === 'frozen') endAll();
      state = 'open';
    },
    cutBefore(matches) {
      loses = matches;
    },
    async close() {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
}
