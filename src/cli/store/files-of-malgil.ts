/** What the gateway keeps in its folder is not overwritten by a command: a server that runs goes on writing into the file that was there
 *  before, and everything that it accepts from then on is lost with it. */
import { type BigIntStats, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { besideOf, DATA_DIRECTORY_FILES, DATABASE_FILE, LOCK_FILE } from '../../storage/data-directory.ts';
import { unfit } from '../../storage/dump/dump.ts';

/** Of the DATA_DIR that the settings name and of any other folder that a gateway has claimed; by whatever name or link the path leads there,
 *  whether the file is there or not.
 *  @throws GatewayError `STORE_UNFIT`: `file-of-malgil` */
export function assertNotOfMalgil(path: string, dataDir: string): void {
  const places = [path, realPathOf(path)];
  const claimed = places.map((place) => dirname(place)).filter((folder) => existsSync(join(folder, LOCK_FILE)));
  for (const file of [dataDir, ...claimed].flatMap(filesIn)) {
    if (places.some((place) => isSamePlace(place, file))) {
      throw unfit('file-of-malgil', 'This file belongs to the gateway', { path });
    }
  }
}

function filesIn(dataDir: string): readonly string[] {
  return [
    ...DATA_DIRECTORY_FILES.map((name) => join(dataDir, name)),
    // SQLite follows a link first, and puts its log beside what it found.
    ...besideOf(realPathOf(join(dataDir, DATABASE_FILE))),
  ];
}

/** One file under two names, or one name that a file could have. File systems that fold cases are not asked: no case is worth a store. */
function isSamePlace(a: string, b: string): boolean {
  if (isSameFile(a, b)) return true;
  return basename(a).toLowerCase() === basename(b).toLowerCase() && isSameFile(dirname(a), dirname(b));
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [lookAt(a), lookAt(b)];
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** Inodes are wider than a number on some file systems. What cannot be looked at cannot be written either: the writing says why. */
function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // nothing there yet
  }
}
