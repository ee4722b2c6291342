import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that the system gives to outgoing connections: one of those would sit on ours while a program restarts. */
const FIRST_PORT = 20_000;
const SHARES = 600;
const PORTS_PER_SHARE = 20;

let tried = 0;

/** Free now, and nobody else's: every process has a share of its own, because two that look at the same moment find the same port free. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + (process.pid % SHARES) * PORTS_PER_SHARE + (tried % PORTS_PER_SHARE);
    tried += 1;
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
