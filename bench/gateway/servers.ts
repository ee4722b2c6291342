/** The processes of a bench in a folder of their own: gateways, and what they call. All of it goes with the bench. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { Child, freePort } from './child.ts';

const START_PATIENCE_MS = 30_000;

export const BUILT_SERVER = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

/** As shipped, but for what limits strangers and accounts. */
export const NO_LIMITS = {
  CLOVA_API_KEY: 'nv-bench',
  CLOVA_REQUESTS_PER_MINUTE: '0',
  CLOVA_TOKENS_PER_MINUTE: '0',
  RATE_LIMIT_PER_CONVERSATION: '0',
  RATE_LIMIT_PER_ADDRESS: '0',
  SHUTDOWN_DRAIN_MS: '0',
};

export interface RunningGateway {
  readonly child: Child;
  readonly port: number;
}

export class Servers {
  readonly #directory: string;
  readonly #children: Child[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Servers> {
    return new Servers(await mkdtemp(join(tmpdir(), 'malgil-bench-')));
  }

  /** A folder that is not there yet. */
  folder(name: string): string {
    return join(this.#directory, name);
  }

  /** @param file one of bench/, which says its port
   *  @returns its address */
  async stub(file: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const child = this.#spawn(fileURLToPath(new URL(`../${file}`, import.meta.url)), env, false);
    return `http://127.0.0.1:${await child.listening()}`;
  }

  /** The built program, ready for traffic. */
  async gateway(name: string, env: Readonly<Record<string, string>>, file = BUILT_SERVER): Promise<RunningGateway> {
    const port = await freePort();
    const settings = { ...NO_LIMITS, PORT: String(port), DATA_DIR: this.folder(name), ...env };
    const child = this.#spawn(file, settings, true);
    await Promise.race([untilReady(port), child.died]);
    return { child, port };
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
    await rm(this.#directory, { recursive: true });
  }

  #spawn(file: string, env: Readonly<Record<string, string>>, reportsUsage: boolean): Child {
    const logFile = join(this.#directory, `${this.#children.length}.log`);
    const child = new Child({ file, env, logFile, reportsUsage });
    this.#children.push(child);
    return child;
  }
}

async function untilReady(port: number): Promise<void> {
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  for (;;) {
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/readyz`);
      await body.dump();
      if (statusCode === 200) return;
    } catch (thrown) {
      if (performance.now() > giveUpAt) throw thrown;
    }
    await delay(50);
  }
}
