/** The real program as a child process, for what only a real process shows: kill -9, signals, restarts, exit codes. It runs from the
 *  sources, so that no test ever judges a stale build. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { findFreePort } from './free-port.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 50;

type Env = Readonly<Record<string, string>>;

export interface Exit {
  /** Null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One line of the log; what is no JSON (the last words before the log exists) is `{ msg }` alone. */
export interface LogLine {
  readonly msg?: unknown;
  readonly [field: string]: unknown;
}

/** A process that may never become ready. Its folder is gone when it has ended. */
export interface EndedProcess extends Exit {
  readonly output: string;
}

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when the process is gone and its last line was read. */
  readonly exit: Promise<Exit>;
}

/** Tests ask in a second what an account may ask in a minute. */
const NO_QUOTA: Env = { CLOVA_REQUESTS_PER_MINUTE: '0', CLOVA_TOKENS_PER_MINUTE: '0' };

const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;

/** What a program under test needs to run: nothing of the machine's own settings. */
export const BARE_ENV: Env = { PATH, NODE_COMPILE_CACHE };

function run(env: Env, folder: string, onLine: (line: string) => void): Running {
  const own = { HOST: '127.0.0.1', DATA_DIR: join(folder, 'data') };
  const child = spawn(process.execPath, [SERVER], {
    env: { ...BARE_ENV, ...own, ...NO_QUOTA, ...env },
    // No .env of whoever runs the tests.
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = [child.stdout, child.stderr].map((stream) => {
    const lines = createInterface({ input: stream });
    lines.on('line', onLine);
    return once(lines, 'close');
  });
  const exit = Promise.all([once(child, 'exit'), ...read]).then(([[code, signal]]) => ({ code, signal }) as Exit);
  return { child, exit };
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'malgil-e2e-'));
}

export class GatewayProcess {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly #env: Env;
  readonly #lines: string[] = [];
  #running: Running | undefined;
  #exit: Promise<Exit> | undefined;

  private constructor(port: number, folder: string, env: Env) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.folder = folder;
    this.#env = env;
  }

  /** Starts the program on a free port and a folder of its own, and waits until it wants traffic.
   *  @throws Error with everything that the process said when it does not get there */
  static async start(env: Env = {}): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(await findFreePort(), await newFolder(), env);
    try {
      await gateway.restart();
    } catch (thrown) {
      await gateway.stop();
      throw thrown;
    }
    return gateway;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Everything that it said since the first start. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get logged(): readonly LogLine[] {
    return this.#lines.map(parseLine);
  }

  /** How the latest process ends, or has ended. */
  get exit(): Promise<Exit> {
    return this.#exit ?? Promise.reject(new Error('The gateway was never started'));
  }

  /** Starts the program again on the same port and data, with other settings where they are named. */
  async restart(env: Env = {}): Promise<void> {
    if (this.#running !== undefined) throw new Error('The gateway still runs');
    const running = run({ ...this.#env, ...env, PORT: String(this.port) }, this.folder, (line) =>
      this.#lines.push(line),
    );
    this.#running = running;
    this.#exit = running.exit;
    void running.exit.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    const outcome = await Promise.race([this.untilReady(), running.exit]);
    if (outcome !== undefined) throw new Error(`The gateway ended with ${outcome.code}:\n${this.#lines.join('\n')}`);
  }

  /** @throws Error when `/readyz` does not say 200 in time */
  async untilReady(): Promise<void> {
    const givesUpAt = Date.now() + READY_TIMEOUT_MS;
    while ((await this.status('/readyz')) !== 200) {
      if (this.#running === undefined) return;
      if (Date.now() > givesUpAt) throw new Error(`The gateway did not become ready:\n${this.#lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Status of a GET; 0 when nobody answers. */
  async status(path: string): Promise<number> {
    try {
      const response = await request(`${this.url}${path}`, { signal: AbortSignal.timeout(5_000), reset: true });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return 0;
    }
  }

  /** kill -9; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.exit;
  }

  /** Sends SIGTERM and does not wait: see {@link exit}. */
  terminate(): void {
    this.#running?.child.kill('SIGTERM');
  }

  /** Sends SIGHUP. */
  hangUp(): void {
    this.#running?.child.kill('SIGHUP');
  }

  /** Ends the process and deletes its data. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs the program until it ends by itself, as it does when it cannot start.
 *  @param dotEnv the file .env in its working directory */
export async function runGatewayToItsEnd(env: Env, dotEnv?: Uint8Array): Promise<EndedProcess> {
  const folder = await newFolder();
  if (dotEnv !== undefined) await writeFile(join(folder, '.env'), dotEnv);
  const lines: string[] = [];
  const { child, exit } = run({ PORT: '0', ...env }, folder, (line) => lines.push(line));
  const impatient = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
  const ended = await exit;
  clearTimeout(impatient);
  await rm(folder, { recursive: true, force: true });
  return { ...ended, output: lines.join('\n') };
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
