import type { DeadTurns } from '../dead-turns.ts';
import { type DeadTurnRow, toDeadTurn } from '../rows.ts';
import { type Database, statement } from './database.ts';

const dead = statement<DeadTurnRow>(
  'dead-turns',
  `SELECT t.id, t.event, t.received_at, t.state, CASE t.state WHEN 'failed' THEN t.note ELSE (
     SELECT d.result FROM malgil.deliveries d WHERE d.turn = t.serial AND d.state = 'expired' AND d.mode = 'push'
     ORDER BY d.position LIMIT 1) END
   FROM malgil.turns t JOIN malgil.conversations c ON c.serial = t.conversation
   WHERE t.serial IN (
       SELECT serial FROM malgil.turns WHERE state = 'failed'
       UNION SELECT turn FROM malgil.deliveries WHERE state = 'expired' AND mode = 'push')
     AND c.bot_id = $1 AND ($3::text IS NULL OR t.serial < (SELECT serial FROM malgil.turns WHERE id = $3))
   ORDER BY t.serial DESC LIMIT $2`,
);

export function openDeadTurns(database: Database): DeadTurns {
  return {
    readDeadTurns: async (botId, limit, beforeTurnId) =>
      (await database.run(dead, botId, limit, beforeTurnId ?? null)).rows.map(toDeadTurn),
  };
}
