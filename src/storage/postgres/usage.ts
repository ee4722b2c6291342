/** Monthly counts. */
import type { Store } from '../store.ts';
import { type Database, statement } from './database.ts';

const add = statement<[count: number]>(
  'add-usage',
  `INSERT INTO malgil.monthly_usage AS u (bot_id, month, kind, count) VALUES ($1, $2, $3, $4)
   ON CONFLICT (month, bot_id, kind) DO UPDATE SET count = u.count + $4 RETURNING count`,
);
const ofMonth = statement<[botId: string, kind: string, count: number]>(
  'usage-of-month',
  'SELECT bot_id, kind, count FROM malgil.monthly_usage WHERE month = $1 ORDER BY bot_id COLLATE "C", kind COLLATE "C"',
);

export function openUsage(database: Database): Pick<Store, 'addUsage' | 'readUsage'> {
  return {
    addUsage: async (botId, month, kind, amount) =>
      (await database.run(add, botId, month, kind, amount)).rows[0]?.[0] ?? amount,

    readUsage: async (month) =>
      (await database.run(ofMonth, month)).rows.map(([botId, kind, count]) => ({ botId, month, kind, count })),
  };
}
