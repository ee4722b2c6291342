import { lstat, open, rename, rm } from 'node:fs/promises';
import { GatewayError } from '../../errors.ts';
import { unfit } from '../../storage/dump/dump.ts';
import { assertNotOfMalgil } from './files-of-malgil.ts';

/** Conversations of customers: nobody else on the machine has any business in them. */
const PRIVATE = 0o600;

export interface WholeFile {
  readonly path: string;
  /** May take the place of a file. */
  readonly force: boolean;
  /** Of the gateway: what it keeps there is never overwritten. */
  readonly dataDir: string;
}

/** Writes a file that is there whole or not at all: next to its place first, under the name with `.part`. Without `force` the name is taken
 *  at once, so that nothing is overwritten that comes into being meanwhile; kill -9 leaves an empty file there.
 *  @param write gets the path of an empty file
 *  @throws GatewayError `STORE_UNFIT`: `file-of-malgil`, `file-not-regular`, `file-exists`, `file-unwritable`;
 *    whatever `write` throws */
export async function writeWholeFile<Outcome>(
  { path, force, dataDir }: WholeFile,
  write: (partPath: string) => Promise<Outcome>,
): Promise<Outcome> {
  assertNotOfMalgil(path, dataDir);
  await assertReplaceable(path);
  const partPath = `${path}.part`;
  if (!force) await create(path);
  try {
    await rm(partPath, { force: true });
    await create(partPath);
    const outcome = await write(partPath);
    const file = await open(partPath, 'r+');
    await file.sync();
    await file.close();
    await rename(partPath, path);
    return outcome;
  } catch (thrown) {
    await rm(partPath, { force: true });
    if (!force) await rm(path, { force: true });
    throw asFileFailure(thrown, path);
  }
}

/** The new file takes the place of what has the name: root would turn /dev/full into a file, and a link would lead nowhere else any more. */
async function assertReplaceable(path: string): Promise<void> {
  // What cannot be looked at cannot be written either: the writing says why.
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === false) throw unfit('file-not-regular', 'This is no regular file', { path });
}

async function create(path: string): Promise<void> {
  try {
    const file = await open(path, 'wx', PRIVATE);
    await file.close();
  } catch (thrown) {
    throw asFileFailure(thrown, path);
  }
}

function asFileFailure(thrown: unknown, path: string): unknown {
  if (thrown instanceof GatewayError || !(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const { code } = thrown;
  if (code === 'EEXIST') return unfit('file-exists', 'There is a file of this name', { path });
  // Node's own codes of a cancelled work look otherwise.
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return thrown;
  return unfit('file-unwritable', 'The file cannot be written', { path, code }, thrown);
}
