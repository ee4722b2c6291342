/** vitest's global set-up: a folder for the PostgreSQL server that the test files of a run share. It is started by the first of them that
 *  needs it and stopped here, after the last. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresRunFolder: string;
  }
}

export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'malgil-postgres-run-'));
  await chmod(folder, 0o755);
  project.provide('postgresRunFolder', folder);
  return async () => {
    const pid = await readPid(folder);
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
}

async function readPid(folder: string): Promise<number | undefined> {
  try {
    const [pid] = (await readFile(join(folder, 'server', 'data', 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  } catch {
    return undefined;
  }
}
