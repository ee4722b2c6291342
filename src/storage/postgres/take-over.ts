/** What processes left open that have gone. */
import { DELIVERY_COLUMNS, type DeliveryRow, toDelivery } from '../rows.ts';
import type { Store } from '../store.ts';
import { bind, type Database, statement } from './database.ts';
import { isAlive } from './replicas.ts';
import { TURN_COLUMNS, type TurnRow, toTurn } from './turn-row.ts';

const OPEN = `state IN ('received', 'answering')`;
const PENDING = `state IN ('waiting', 'sending')`;
const LEFT = `t.owner_id <> $1 AND NOT ${isAlive('t.owner_id')}`;

// Two that come at once take different rows: what one has locked, the other leaves alone.
const takeOpenTurns = statement<TurnRow>(
  'take-open-turns',
  `WITH left_open AS (
     SELECT t.serial FROM malgil.turns t WHERE t.${OPEN} AND ${LEFT} ORDER BY t.serial FOR UPDATE SKIP LOCKED
   ),
   t AS (
     UPDATE malgil.turns SET owner_id = $1 WHERE serial IN (SELECT serial FROM left_open) RETURNING *
   )
   SELECT ${TURN_COLUMNS} FROM t JOIN malgil.conversations c ON c.serial = t.conversation ORDER BY t.serial`,
);
// The turn of a pending delivery changes its owner too, so that a second call finds nothing left to take.
const takePendingDeliveries = statement<DeliveryRow>(
  'take-pending-deliveries',
  `WITH t AS (
     SELECT t.serial, t.id FROM malgil.turns t
     WHERE t.serial IN (SELECT turn FROM malgil.deliveries WHERE ${PENDING}) AND ${LEFT} FOR UPDATE SKIP LOCKED
   ),
   taken AS (UPDATE malgil.turns SET owner_id = $1 WHERE serial IN (SELECT serial FROM t)),
   d AS (
     UPDATE malgil.deliveries SET state = CASE state WHEN 'sending' THEN 'unknown' ELSE state END,
       updated_at = CASE state WHEN 'sending' THEN $2 ELSE updated_at END,
       url = CASE state WHEN 'sending' THEN NULL ELSE url END
     WHERE turn IN (SELECT serial FROM t) AND ${PENDING} RETURNING *
   )
   SELECT ${DELIVERY_COLUMNS} FROM d JOIN t ON t.serial = d.turn JOIN malgil.conversations c ON c.serial = d.conversation
   ORDER BY d.turn, d.position, d.serial`,
);

export function openTakeOver(database: Database): Pick<Store, 'takeOver'> {
  return {
    async takeOver(ownerId, at) {
      // Deliveries first: the turns of the others are recognised by their owner.
      const [deliveries, turns] = await database.transaction(
        bind(takePendingDeliveries, ownerId, at),
        bind(takeOpenTurns, ownerId),
      );
      return { turns: turns.rows.map(toTurn), deliveries: deliveries.rows.map(toDelivery) };
    },
  };
}
