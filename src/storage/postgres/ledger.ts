/** What models used up by day. */
import type { Ledger } from '../ledger.ts';
import { type SpendingRow, toSpending, toSpendingRow } from '../rows.ts';
import { bind, type Database, statement } from './database.ts';

const COLUMNS = 'bot_id, day, model, calls, prompt_tokens, completion_tokens, thinking_tokens, cost_micro_won';

const add = statement(
  'add-spending',
  `INSERT INTO malgil.daily_spending AS d (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (day, bot_id, model) DO UPDATE SET
     calls = d.calls + excluded.calls,
     prompt_tokens = d.prompt_tokens + excluded.prompt_tokens,
     completion_tokens = d.completion_tokens + excluded.completion_tokens,
     thinking_tokens = d.thinking_tokens + excluded.thinking_tokens,
     cost_micro_won = d.cost_micro_won + excluded.cost_micro_won`,
);
// Sums of bigint are numeric, which would come as text.
const totals = statement<[dayMicroWon: number, monthMicroWon: number]>(
  'spending-totals',
  `SELECT coalesce(sum(cost_micro_won) FILTER (WHERE day = $2), 0)::bigint, coalesce(sum(cost_micro_won), 0)::bigint
   FROM malgil.daily_spending WHERE bot_id = $1 AND day BETWEEN left($2, 7) || '-01' AND left($2, 7) || '-31'`,
);
const ofDays = statement<SpendingRow>(
  'spending-of-days',
  `SELECT ${COLUMNS} FROM malgil.daily_spending WHERE day BETWEEN $1 AND $2
   ORDER BY day COLLATE "C", bot_id COLLATE "C", model COLLATE "C"`,
);

export function openLedger(database: Database): Ledger {
  return {
    async addSpending(spending) {
      const { botId, day } = spending;
      const [, sums] = await database.transaction(bind(add, ...toSpendingRow(spending)), bind(totals, botId, day));
      const [dayMicroWon, monthMicroWon] = sums.rows[0] ?? [0, 0];
      return { dayMicroWon, monthMicroWon };
    },

    readSpending: async (firstDay, lastDay) => (await database.run(ofDays, firstDay, lastDay)).rows.map(toSpending),
  };
}
