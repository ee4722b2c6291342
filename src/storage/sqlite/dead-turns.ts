import type { DatabaseSync } from 'node:sqlite';
import type { DeadTurnRow } from '../rows.ts';
import { prepare } from './prepared.ts';

export const READING_DEAD_TURN_CALLS = ['readDeadTurns'] as const;

export function openDeadTurns(database: DatabaseSync) {
  const dead = prepare<DeadTurnRow>(
    database,
    `SELECT t.id, t.event, t.received_at, t.state, CASE t.state WHEN 'failed' THEN t.note ELSE (
       SELECT d.result FROM deliveries d WHERE d.turn = t.serial AND d.state = 'expired' AND d.mode = 'push'
       ORDER BY d.position LIMIT 1) END
     FROM turns t JOIN conversations c ON c.serial = t.conversation
     WHERE t.serial IN (
         SELECT serial FROM turns INDEXED BY turns_failed WHERE state = 'failed'
         UNION SELECT turn FROM deliveries INDEXED BY deliveries_refused WHERE state = 'expired' AND mode = 'push')
       AND c.bot_id = ?1 AND (?3 IS NULL OR t.serial < (SELECT serial FROM turns WHERE id = ?3))
     ORDER BY t.serial DESC LIMIT ?2`,
  );
  return {
    readDeadTurns: (botId: string, limit: number, beforeTurnId: string | null): readonly DeadTurnRow[] =>
      dead.all(botId, limit, beforeTurnId),
  };
}
