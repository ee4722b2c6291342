/** vitest's global set-up, before any worker starts: what makes a run quick and changes nothing of what it proves. */
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Linux keeps it in memory. Containers give it 64 MB unless told otherwise, which would not do. */
const MEMORY_FOLDER = '/dev/shm';
/** A run holds up to 0.4 GB there, PostgreSQL included. */
const ROOM_BYTES = 2 * 1024 ** 3;
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/malgil-tests', import.meta.url));

export default async function setup() {
  // Each store has a thread and each process test a program, and every one of them would strip the types of its sources
  // again and compile them. Node looks at the sources themselves, so nothing stale is ever run.
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  if (process.env.TMPDIR !== undefined || !(await hasRoom())) return undefined;
  // Stores and databases wait for the disk at each commit. No test cuts the power, and what a killed process wrote is there in either place.
  const folder = await mkdtemp(join(MEMORY_FOLDER, 'malgil-run-'));
  await chmod(folder, 0o755); // PostgreSQL and the tests of file permissions run as somebody else
  process.env.TMPDIR = folder;
  return async () => {
    delete process.env.TMPDIR;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
}

async function hasRoom(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(MEMORY_FOLDER);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
