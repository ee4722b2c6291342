/** Servers under test, each in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The first message of a server that chose its port itself. */
export interface Listening {
  readonly port: number;
}

/** The answer of usage-reporter.mjs, since the start of the process. */
export interface Usage {
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
}

/** What `npm start` passes to node, and what the image tells the allocator: servers are measured as they run. */
const START_FLAGS = readStartFlags();
const ALLOCATOR_ENV = readAllocatorEnv();
const USAGE_REPORTER = new URL('./usage-reporter.mjs', import.meta.url).href;
const STOP_MS = 5_000;

export interface ChildOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where its log goes; shown when it ends before it should. */
  readonly logFile: string;
  /** Reports what it uses; a little more to load. */
  readonly reportsUsage: boolean;
}

export class Child {
  readonly #process: ChildProcess;
  /** Rejects when the child ends by itself. One promise for all who wait: each listener of their own would be one too many soon. */
  readonly died: Promise<never>;
  #isStopping = false;

  constructor(options: ChildOptions) {
    const log = openSync(options.logFile, 'a');
    // Nothing of the caller's environment but the path: a CLOVA_API_KEY or a TEST_SECRET there would measure something else.
    this.#process = fork(options.file, {
      cwd: new URL('.', import.meta.url),
      env: { PATH: process.env.PATH ?? '', ...ALLOCATOR_ENV, ...options.env },
      execArgv: options.reportsUsage ? [...START_FLAGS, '--import', USAGE_REPORTER] : [],
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.died = new Promise((_resolve, reject) => {
      this.#process.once('exit', () => {
        if (this.#isStopping) return;
        const lastWords = readFileSync(options.logFile, 'utf8').slice(-2_000);
        reject(new Error(`${options.file} ended by itself:\n${lastWords}`));
      });
    });
    this.died.catch(() => {}); // whoever waits is told; nobody may be waiting
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the process did not start');
    return pid;
  }

  /** The port that a server of ours says. */
  async listening(): Promise<number> {
    return ((await this.#nextMessage()) as Listening).port;
  }

  async usage(): Promise<Usage> {
    const answer = this.#nextMessage();
    this.#process.send('usage');
    return (await answer) as Usage;
  }

  /** Asks politely first; a server that saves its work needs a moment. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #nextMessage(): Promise<unknown> {
    const message = new Promise((resolve) => this.#process.once('message', resolve));
    return Promise.race([message, this.died]);
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

function readStartFlags(): readonly string[] {
  const file = new URL('../../package.json', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(' ').slice(1, -1);
}

function readAllocatorEnv(): Readonly<Record<string, string>> {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  return Object.fromEntries(Array.from(dockerfile.matchAll(/(MALLOC_\w+)=(\w+)/g), ([, name, value]) => [name, value]));
}
