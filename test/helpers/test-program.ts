import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { loadSettings } from '../../src/config.ts';
import { type Program, wireProgram } from '../../src/wiring.ts';

export interface TestProgram extends Program {
  /** Parsed log lines so far. */
  readonly logged: readonly Record<string, unknown>[];
  readonly end: () => Promise<void>;
}

/** The whole program with real parts, on a folder of its own, not listening yet.
 *  @param readFile of files that settings name */
export async function startProgram(
  env: Record<string, string> = {},
  readFile: (path: string) => string = () => '',
): Promise<TestProgram> {
  const directory = await mkdtemp(join(tmpdir(), 'malgil-program-'));
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info', base: null }, { write: (line) => void logged.push(JSON.parse(line)) });
  const read = () => loadSettings({ DATA_DIR: directory, METRICS: 'off', ...env }, readFile);
  const program = await wireProgram(read(), log, '0.0.0', { read, files: () => [] });
  await program.recover();
  return {
    ...program,
    logged,
    end: async () => {
      await program.close(1_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** For tests that write bytes of their own. @returns the port */
export async function listen({ app }: Pick<TestProgram, 'app'>): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A body as curl would send it. */
export function json(payload: unknown) {
  return { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(payload) };
}
