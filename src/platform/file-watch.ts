/** Notices that files were changed, by looking. Notifications of the file system miss what matters here: a link that is turned to
 *  another folder (a ConfigMap of Kubernetes), network drives, files that are replaced. */
import { stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';

export interface FileWatch {
  /** Asked before each look. Files that are not there are waited for. */
  readonly files: () => readonly string[];
  readonly everyMs: number;
  readonly clock: Clock;
  /** Before any of the files was read, as the disk tells time (epoch ms): the first look finds what has changed since. */
  readonly changedSince: number;
  /** Called once a change is at rest: two looks found the same. */
  readonly onChange: () => void;
}

/** @returns what ends it */
export function watchFiles({ files, everyMs, clock, changedSince, onChange }: FileWatch): () => void {
  let seen: string | undefined;
  let isAtRest = true;
  let isStopped = false;
  let cancel = () => {};

  const look = async () => {
    const looks = await Promise.all(files().map(lookAt));
    const found = JSON.stringify(looks);
    if (isStopped) return;
    if (seen === undefined && looks.every(({ changedAt }) => changedAt < changedSince)) {
      // To read all of it again would stop the event loop of every process for as long as its start did.
      seen = found;
    } else if (found !== seen) {
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

interface Look {
  readonly path: string;
  readonly inode: number;
  readonly sizeBytes: number;
  /** Of its content, or of its name: whatever takes the place of another file keeps the time of its content. */
  readonly changedAt: number;
}

async function lookAt(path: string): Promise<Look> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return { path, inode: ino, sizeBytes: size, changedAt: Math.max(mtimeMs, ctimeMs) };
  } catch {
    // Not there, or not for us: whoever reads it will say so.
    return { path, inode: 0, sizeBytes: 0, changedAt: Number.POSITIVE_INFINITY };
  }
}
