/** Notices that files were changed, by looking. Notifications of the file system miss what matters here: a link that is turned to
 *  another folder (a ConfigMap of Kubernetes), network drives, files that are replaced. */
import { stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';

export interface FileWatch {
  /** Asked before each look. Files that are not there are waited for. */
  readonly files: () => readonly string[];
  readonly everyMs: number;
  readonly clock: Clock;
  /** Called once a change is at rest: two looks found the same. Also once after the start, for what has changed since it was read. */
  readonly onChange: () => void;
}

/** @returns what ends it */
export function watchFiles({ files, everyMs, clock, onChange }: FileWatch): () => void {
  let seen: string | undefined;
  let isAtRest = false;
  let isStopped = false;
  let cancel = () => {};

  const look = async () => {
    const found = JSON.stringify(await Promise.all(files().map(signatureOf)));
    if (isStopped) return;
    if (found !== seen) {
      // Somebody may still be writing.
      seen = found;
      isAtRest = false;
    } else if (!isAtRest) {
      isAtRest = true;
      onChange();
    }
    next();
  };
  const next = () => {
    cancel = clock.schedule(everyMs, () => void look());
  };
  next();
  return () => {
    isStopped = true;
    cancel();
  };
}

async function signatureOf(path: string): Promise<unknown> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return [path, ino, size, mtimeMs];
  } catch {
    // Not there, or not for us: whoever reads it will say so.
    return [path];
  }
}
