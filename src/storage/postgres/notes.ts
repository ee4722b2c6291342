/** Short texts that outlive the process. */
import type { Store } from '../store.ts';
import { type Database, statement } from './database.ts';

const read = statement<[text: string]>('read-note', 'SELECT text FROM malgil.notes WHERE key = $1');
const readAll = statement<[key: string, text: string]>(
  'read-notes',
  'SELECT key, text FROM malgil.notes WHERE starts_with(key, $1) ORDER BY key',
);
const write = statement(
  'write-note',
  `INSERT INTO malgil.notes AS n (key, text) VALUES ($1, $2)
   ON CONFLICT (key) DO UPDATE SET text = excluded.text WHERE n.text <> excluded.text`,
);
const remove = statement('remove-note', 'DELETE FROM malgil.notes WHERE key = $1');

export function openNotes(database: Database): Pick<Store, 'readNote' | 'readNotes' | 'writeNote'> {
  return {
    readNote: async (key) => (await database.run(read, key)).rows[0]?.[0],

    readNotes: async (prefix) => new Map((await database.run(readAll, prefix)).rows),

    async writeNote(key, text) {
      const { count } = await (text === undefined ? database.run(remove, key) : database.run(write, key, text));
      return count > 0;
    },
  };
}
