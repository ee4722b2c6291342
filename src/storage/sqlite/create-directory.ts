import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatewayError } from '../../errors.ts';
import { hasCode } from './failure.ts';

/** Makes a directory and what is missing above it, for its owner alone. Step by step, because Node's own `recursive` never
 *  comes back where the parent is there and yet takes nothing in, as in /proc.
 *  @throws GatewayError `STORE_FAILED` there; whatever `mkdir` says elsewhere */
export async function createDirectory(directory: string): Promise<void> {
  const missing = await makeOne(directory);
  const parent = dirname(directory);
  if (missing === undefined || parent === directory) return;
  await createDirectory(parent);
  const cause = await makeOne(directory);
  if (cause === undefined) return;
  throw new GatewayError('STORE_FAILED', `The data directory ${directory} cannot be created; choose another DATA_DIR`, {
    cause,
  });
}

/** Resolves with the error when something above is missing. */
async function makeOne(directory: string): Promise<unknown> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return thrown;
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  }
  return undefined;
}
