import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatewayError } from '../../errors.ts';
import { hasCode } from './failure.ts';

/** Makes a directory and what is missing above it, for its owner alone. Step by step, because Node's own `recursive` never
 *  comes back where the parent is there and yet takes nothing in, as in /proc.
 *  @throws GatewayError `STORE_FAILED` there; whatever `mkdir` says elsewhere */
export function createDirectory(directory: string): void {
  const missing = makeOne(directory);
  const parent = dirname(directory);
  if (missing === undefined || parent === directory) return;
  createDirectory(parent);
  const cause = makeOne(directory);
  if (cause === undefined) return;
  throw new GatewayError('STORE_FAILED', `The data directory ${directory} cannot be created; choose another DATA_DIR`, {
    cause,
  });
}

/** Returns the error when something above is missing. */
function makeOne(directory: string): unknown {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return thrown;
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  }
  return undefined;
}
