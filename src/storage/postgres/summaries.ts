/** What a conversation was about before the turns that its memory still holds word by word. */
import type { HistorySummary, Store } from '../store.ts';
import { type Database, statement } from './database.ts';

export type SummaryRow = readonly [text: string, throughSequence: number, throughAt: number];

export const summaryOf = statement<SummaryRow>(
  'summary',
  `SELECT s.text, s.through_sequence, s.through_at FROM malgil.summaries s
   JOIN malgil.conversations c ON c.serial = s.conversation
   WHERE c.key = $1 AND s.through_sequence > c.memory_after_sequence AND s.through_sequence < $2`,
);
// A reset has moved `memory_after_sequence` past everything that could have been summed up by then; the lock waits for one. A conversation
// that was erased and began anew has no such turn yet.
const save = statement(
  'save-summary',
  `WITH c AS (
     SELECT serial FROM malgil.conversations WHERE key = $1 AND memory_after_sequence < $3 AND next_sequence > $3 FOR KEY SHARE
   )
   INSERT INTO malgil.summaries AS s (conversation, text, through_sequence, through_at)
   SELECT serial, $2, $3, $4 FROM c
   ON CONFLICT (conversation) DO UPDATE SET
     text = excluded.text, through_sequence = excluded.through_sequence, through_at = excluded.through_at
   WHERE excluded.through_sequence > s.through_sequence`,
);

export function toSummary([text, throughSequence, throughAt]: SummaryRow): HistorySummary {
  return { text, throughSequence, throughAt };
}

export function openSummaries(database: Database): Pick<Store, 'saveSummary'> {
  return {
    saveSummary: async (key, { text, throughSequence, throughAt }) =>
      (await database.run(save, key, text, throughSequence, throughAt)).count === 1,
  };
}
