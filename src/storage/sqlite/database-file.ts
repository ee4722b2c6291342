import { closeSync, openSync } from 'node:fs';
import { GatewayError } from '../../errors.ts';
import { createDirectory } from './create-directory.ts';
import { hasCode, openFailure, storeError } from './failure.ts';

/** Other users of the machine have no business in customers' conversations; SQLite gives its WAL the mode of the main file.
 *  A file that exists is not opened: closing it again would drop the locks that this process holds on it (POSIX).
 *  @throws GatewayError `STORE_FAILED` */
export function createPrivateFile(directory: string, file: string): void {
  try {
    createDirectory(directory);
    closeSync(openSync(file, 'wx', 0o600));
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return;
    throw thrown instanceof GatewayError ? thrown : storeError(openFailure(file, thrown));
  }
}
