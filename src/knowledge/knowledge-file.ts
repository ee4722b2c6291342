import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';

/** Why a knowledge file cannot be read, fit to stand behind "NAME: "; `undefined` when it can. The path is no secret, and told as the
 *  system sees it: what is relative starts where the program was started. */
export function knowledgeFileFault(file: string): string | undefined {
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, new Uint8Array(1)); // a folder can be opened
    } finally {
      closeSync(handle);
    }
    return undefined;
  } catch (thrown) {
    return unreadable(file, thrown);
  }
}

export function unreadable(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  return `the file that it names cannot be read (${code}): ${resolve(file)}`;
}
