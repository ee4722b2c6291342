/** Monthly counts, beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './prepared.ts';

type UsageRow = readonly [botId: string, kind: string, count: number];

export const READING_USAGE_CALLS = ['readUsage'] as const;

export function openUsage(database: DatabaseSync) {
  const add = prepare<readonly [count: number]>(
    database,
    `INSERT INTO monthly_usage (bot_id, month, kind, count) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (month, bot_id, kind) DO UPDATE SET count = count + ?4 RETURNING count`,
  );
  const ofMonth = prepare<UsageRow>(
    database,
    'SELECT bot_id, kind, count FROM monthly_usage WHERE month = ? ORDER BY bot_id, kind',
  );
  return {
    /** Returns the new count. */
    addUsage: (botId: string, month: string, kind: string, amount: number): number =>
      add.get(botId, month, kind, amount)?.[0] ?? amount,

    readUsage: (month: string): readonly UsageRow[] => ofMonth.all(month),
  };
}
