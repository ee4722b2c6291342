/** Which process had a data directory before this one. Whoever claims a directory proves by that that the last owner is dead, so its work
 *  need not wait until its signs of life are too old. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { REPLICA_FILE } from '../data-directory.ts';

interface Replica {
  readonly id: string;
  readonly host: string;
}

/** Undefined where there was none. A directory that was copied to another machine says nothing: its owner may be at work there. */
export async function readPredecessor(directory: string): Promise<string | undefined> {
  try {
    const { id, host } = JSON.parse(await readFile(join(directory, REPLICA_FILE), 'utf8')) as Partial<Replica>;
    return host === hostname() && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // the first process here, or a file that was cut: the signs of life tell
  }
}

/** For the process that comes next. */
export async function leaveWord(directory: string, id: string): Promise<void> {
  const file = join(directory, REPLICA_FILE);
  await writeFile(`${file}.new`, `${JSON.stringify({ id, host: hostname() } satisfies Replica)}\n`);
  await rename(`${file}.new`, file);
}
