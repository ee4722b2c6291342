/** Short texts that outlive the process, beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './prepared.ts';

export const READING_NOTE_CALLS = ['readNote', 'readNotes'] as const;

export function openNotes(database: DatabaseSync) {
  const read = prepare<readonly [text: string]>(database, 'SELECT text FROM notes WHERE key = ?');
  const readAll = prepare<readonly [key: string, text: string]>(
    database,
    'SELECT key, text FROM notes WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key',
  );
  const write = prepare(
    database,
    `INSERT INTO notes (key, text) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET text = excluded.text WHERE text <> excluded.text`,
  );
  const remove = prepare(database, 'DELETE FROM notes WHERE key = ?');
  return {
    readNote: (key: string): string | null => read.get(key)?.[0] ?? null,

    readNotes: (prefix: string): readonly (readonly [key: string, text: string])[] => readAll.all(prefix),

    writeNote: (key: string, text: string | null): boolean =>
      Number((text === null ? remove.run(key) : write.run(key, text)).changes) > 0,
  };
}
