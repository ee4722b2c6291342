/** What a conversation was about before the turns that its memory still holds word by word. */
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './prepared.ts';

export type SummaryRow = readonly [text: string, throughSequence: number, throughAt: number];

export function openSummaries(database: DatabaseSync) {
  // A reset has moved `memory_after_sequence` past everything that could have been summed up by then; a conversation that was erased and
  // began anew has no such turn yet.
  const save = prepare(
    database,
    `INSERT INTO summaries (conversation, text, through_sequence, through_at)
     SELECT serial, ?2, ?3, ?4 FROM conversations WHERE key = ?1 AND memory_after_sequence < ?3 AND next_sequence > ?3
     ON CONFLICT (conversation) DO UPDATE SET
       text = excluded.text, through_sequence = excluded.through_sequence, through_at = excluded.through_at
     WHERE excluded.through_sequence > summaries.through_sequence`,
  );
  const purge = prepare(database, 'DELETE FROM summaries INDEXED BY summaries_by_age WHERE through_at < ?');

  return {
    saveSummary: (key: string, text: string, throughSequence: number, throughAt: number): boolean =>
      save.run(key, text, throughSequence, throughAt).changes === 1,

    purgeSummaries(cutoff: number): void {
      purge.run(cutoff);
    },
  };
}
