/** What models used up by day, beside the turn log on the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { SpendingRow } from '../rows.ts';
import { prepare } from './prepared.ts';

type TotalsRow = readonly [dayMicroWon: number, monthMicroWon: number];

export const READING_LEDGER_CALLS = ['readSpending'] as const;

const COLUMNS = 'bot_id, day, model, calls, prompt_tokens, completion_tokens, thinking_tokens, cost_micro_won';

export function openLedger(database: DatabaseSync) {
  const add = prepare(
    database,
    `INSERT INTO daily_spending (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (day, bot_id, model) DO UPDATE SET
       calls = calls + excluded.calls,
       prompt_tokens = prompt_tokens + excluded.prompt_tokens,
       completion_tokens = completion_tokens + excluded.completion_tokens,
       thinking_tokens = thinking_tokens + excluded.thinking_tokens,
       cost_micro_won = cost_micro_won + excluded.cost_micro_won`,
  );
  const totals = prepare<TotalsRow>(
    database,
    `SELECT coalesce(sum(cost_micro_won) FILTER (WHERE day = ?2), 0), coalesce(sum(cost_micro_won), 0)
     FROM daily_spending WHERE bot_id = ?1 AND day BETWEEN substr(?2, 1, 7) || '-01' AND substr(?2, 1, 7) || '-31'`,
  );
  const ofDays = prepare<SpendingRow>(
    database,
    `SELECT ${COLUMNS} FROM daily_spending WHERE day BETWEEN ? AND ? ORDER BY day, bot_id, model`,
  );
  return {
    addSpending(row: SpendingRow): TotalsRow {
      add.run(...row);
      const [botId, day] = row;
      return totals.get(botId, day) ?? [0, 0];
    },

    readSpending: (firstDay: string, lastDay: string): readonly SpendingRow[] => ofDays.all(firstDay, lastDay),
  };
}
