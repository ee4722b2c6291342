/** What Malgil keeps in a DATA_DIR, in one list: no other file may take one of these names. */

export const DATABASE_FILE = 'malgil.sqlite';
/** Never written to: an exclusive transaction holds the operating system's lock on it, and the lock dies with the process.
 *  Nothing else may open this file: closing any descriptor of it would drop the lock (POSIX). Hence the second file. */
export const LOCK_FILE = 'owner.lock';
/** Says who holds the lock. For people only; it decides nothing, so a stale one does no harm. */
export const OWNER_FILE = 'owner.json';
/** Events that the store did not take. */
export const SPOOL_FILE = 'spool.jsonl';
/** Which process had the directory last. */
export const REPLICA_FILE = 'replica.json';
/** When TalkTalk is usually heard of. */
export const TRAFFIC_FILE = 'talktalk-traffic.json';

/** Of SQLite, beside any of its files. Source: https://www.sqlite.org/tempfiles.html */
const SQLITE_SUFFIXES = ['', '-wal', '-shm', '-journal'];
/** A file that is replaced is written under its next name first. */
const REPLACED_SUFFIXES = ['', '.new'];

export const DATA_DIRECTORY_FILES: readonly string[] = [
  ...[DATABASE_FILE, LOCK_FILE].flatMap((name) => besideOf(name)),
  ...[OWNER_FILE, SPOOL_FILE, REPLICA_FILE, TRAFFIC_FILE].flatMap((name) =>
    REPLACED_SUFFIXES.map((suffix) => `${name}${suffix}`),
  ),
];

/** A file of SQLite, and those that SQLite puts beside it. */
export function besideOf(databaseFile: string): readonly string[] {
  return SQLITE_SUFFIXES.map((suffix) => `${databaseFile}${suffix}`);
}
