import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';

/** Lines of the gateway's log that are kept for the moment when it does not start. */
const KEPT_LOG_LINES = 20;
const POLL_MS = 100;
const STOP_LIMIT_MS = 5_000;

export interface GatewayStart {
  /** The program, such as `dist/server.js`. */
  readonly script: string;
  readonly port: number;
  /** Beside the environment of this process; HOST, PORT and DATA_DIR are set here. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyTimeoutMs: number;
  readonly onLogLine: (line: string) => void;
  /** Gives up waiting and stops what was started. */
  readonly signal: AbortSignal;
}

export interface GatewayProcess {
  readonly url: string;
  /** Resolves with the last lines of the log when the gateway ends by itself. */
  readonly died: Promise<string>;
  /** Ends the process and deletes its data. */
  stop(): Promise<void>;
}

/** @throws Error with a Korean message and the end of the log when the gateway does not become ready */
export async function startGateway(start: GatewayStart): Promise<GatewayProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'malgil-simulate-'));
  const child = spawn(process.execPath, [start.script], {
    env: { ...process.env, ...start.env, HOST: '127.0.0.1', PORT: String(start.port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logEnd: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      logEnd.push(line);
      if (logEnd.length > KEPT_LOG_LINES) logEnd.shift();
      start.onLogLine(line);
    });
  }
  const died = once(child, 'close').then(() => logEnd.join('\n'));
  const stop = async () => {
    await end(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${start.port}`;
  const ready = await Promise.race([
    died.then(() => 'died' as const),
    waitUntilReady(url, start.readyTimeoutMs, start.signal),
  ]);
  if (ready === 'ready') return { url, died, stop };
  await stop();
  const reasons = {
    died: '게이트웨이가 시작하지 못하고 끝났습니다.',
    late: `게이트웨이가 ${start.readyTimeoutMs / 1_000}초 안에 준비되지 않았습니다.`,
    aborted: '시작을 멈췄습니다.',
  };
  throw new Error([reasons[ready], ...logEnd].join('\n'));
}

/** Waits for `/readyz` to say 200. */
export async function waitUntilReady(
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<'ready' | 'late' | 'aborted'> {
  const endsAt = Date.now() + timeoutMs;
  while (Date.now() < endsAt) {
    if (signal.aborted) return 'aborted';
    const status = await request(`${url}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    }).then(
      async (response) => {
        await response.body.dump();
        return response.statusCode;
      },
      () => 0,
    );
    if (status === 200) return 'ready';
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return 'late';
}

/** A port that is free now. Somebody else may take it before it is used; then the gateway says so and ends. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  return address.port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await closed;
  clearTimeout(impatient);
}
