import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { Child, freePort } from '../gateway/child.ts';
import type { RunningGateway } from './storm.ts';

const START_PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** Built gateways, each a child process with a folder of its own. */
export class GatewayHouse {
  readonly #server: string;
  readonly #directory: string;
  readonly #children = new Set<Child>();
  #opened = 0;

  constructor(server: string, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  /** Resolves when `/readyz` says yes.
   *  @throws Error when it does not in time */
  async open(env: Readonly<Record<string, string>>): Promise<RunningGateway> {
    this.#opened += 1;
    const name = `gateway-${this.#opened}`;
    const port = await freePort();
    const child = new Child({
      file: this.#server,
      env: { PORT: String(port), DATA_DIR: join(this.#directory, name), SHUTDOWN_DRAIN_MS: '0', ...env },
      logFile: join(this.#directory, `${name}.log`),
      reportsUsage: false,
    });
    this.#children.add(child);
    const url = `http://127.0.0.1:${port}`;
    await Promise.race([untilReady(url), child.died]);
    return {
      url,
      stop: async () => {
        this.#children.delete(child);
        await child.stop();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.stop()));
  }
}

async function untilReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  for (;;) {
    try {
      const { statusCode, body } = await request(`${url}/readyz`);
      await body.dump();
      if (statusCode === 200) return;
    } catch (thrown) {
      if (performance.now() > giveUpAt) throw thrown;
    }
    if (performance.now() > giveUpAt) throw new Error('The gateway did not become ready');
    await sleep(POLL_MS);
  }
}
