/** Files that settings name, and the file of settings itself. */
import { readFileSync, statSync } from 'node:fs';
import { decodeText } from './decode-text.ts';

const MIB = 1_048_576;
/** Far above any knowledge or prompt that is of use: who names a backup or a film by mistake shall hear of it at once. */
const MAX_SIZE_BYTES = 32 * MIB;

/** The message fits after "the file that it names " and says nothing of path or content. */
class UnusableFile extends Error {}

/** Of regular files alone, and of links to them, as which secrets are mounted. A device may never end, a pipe never begin, and what
 *  came out of a pipe is gone when the settings are read again.
 *  @throws Error for {@link whyUnusable} */
export function readSettingsFile(path: string): Buffer {
  const found = statSync(path);
  if (found.isDirectory()) throw new UnusableFile('is a folder');
  if (!found.isFile()) throw new UnusableFile('is a pipe or a device, where a regular file is needed');
  if (found.size > MAX_SIZE_BYTES) throw new UnusableFile(`is larger than ${MAX_SIZE_BYTES / MIB} MiB`);
  return readFileSync(path);
}

/** @throws Error for {@link whyUnusable} */
export function readSettingsText(path: string): string {
  return decodeText(readSettingsFile(path));
}

/** @param thrown by whatever read the file
 *  @returns what fits after "the file that it names " */
export function whyUnusable(thrown: unknown): string {
  if (thrown instanceof UnusableFile) return thrown.message;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return `cannot be read${typeof code === 'string' && /^[A-Z_]{2,30}$/.test(code) ? ` (${code})` : ''}`;
}
