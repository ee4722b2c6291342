/** What processes left open that have gone. */
import type { EpochMs } from '../../message.ts';
import { InOrder } from '../../platform/in-order.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, toDelivery } from '../rows.ts';
import type { Store } from '../store.ts';
import { bind, type Database, statement } from './database.ts';
import { isAlive } from './replicas.ts';
import { TURN_COLUMNS, type TurnRow, toTurn } from './turn-row.ts';

const OPEN = `state IN ('received', 'answering')`;
const PENDING = `state IN ('waiting', 'sending')`;
const LEFT = `t.owner_id <> $1 AND NOT ${isAlive('t.owner_id')}`;

const leftTurns = statement<[serial: number, ownerId: string]>(
  'left-turns',
  `SELECT t.serial, t.owner_id FROM malgil.turns t WHERE t.${OPEN} AND ${LEFT}
   UNION
   SELECT t.serial, t.owner_id FROM malgil.turns t WHERE t.serial IN (SELECT turn FROM malgil.deliveries WHERE ${PENDING}) AND ${LEFT}`,
);
// Of two that come at once the second waits, finds each turn with another owner than it had and leaves it alone. Whether that one is alive
// could not be asked here: of a row that was waited for, only its own columns are looked at again for certain. In one order, or both
// would wait for each other.
const take = statement(
  'take-left-turns',
  `WITH t AS (
     SELECT t.serial FROM malgil.turns t WHERE t.serial = ANY($2::bigint[]) AND t.owner_id = ANY($3) ORDER BY t.serial FOR UPDATE
   ),
   cut AS (
     UPDATE malgil.deliveries SET state = 'unknown', updated_at = $4, url = NULL
     WHERE turn IN (SELECT serial FROM t) AND state = 'sending'
   )
   UPDATE malgil.turns SET owner_id = $1 WHERE serial IN (SELECT serial FROM t)`,
);
const TAKEN = 't.serial = ANY($2::bigint[]) AND t.owner_id = $1';
const takenTurns = statement<TurnRow>(
  'taken-turns',
  `SELECT ${TURN_COLUMNS} FROM malgil.turns t JOIN malgil.conversations c ON c.serial = t.conversation
   WHERE ${TAKEN} AND t.${OPEN} ORDER BY t.serial`,
);
const takenDeliveries = statement<DeliveryRow>(
  'taken-deliveries',
  `SELECT ${DELIVERY_COLUMNS}
   FROM malgil.deliveries d JOIN malgil.turns t ON t.serial = d.turn JOIN malgil.conversations c ON c.serial = d.conversation
   WHERE ${TAKEN} AND (d.state = 'waiting' OR (d.state = 'unknown' AND d.updated_at >= $3))
   ORDER BY d.turn, d.position, d.serial`,
);

export function openTakeOver(database: Database): Pick<Store, 'takeOver'> {
  const calls = new InOrder();
  /** Taken, perhaps, by calls that failed. Their new owner is alive, so nobody would ever find them by their owner again; when one of
   *  these calls was cut off before its result, neither would this process. */
  const claimed = new Set<number>();
  let claimedSince: EpochMs | undefined;

  return {
    // One at a time: what one has just taken would look to the other like its own, cut off.
    takeOver: (ownerId, at) =>
      calls.run('take-over', async () => {
        const left = (await database.run(leftTurns, ownerId)).rows;
        for (const [serial] of left) claimed.add(serial);
        if (claimed.size === 0) return { turns: [], deliveries: [] };
        claimedSince ??= at;
        const serials = [...claimed];
        const owners = [...new Set(left.map(([, owner]) => owner))];
        // A call that was cut off may be at work in the database still: what it takes seems to be left, and is waited for here.
        if (left.length > 0) await database.run(take, ownerId, serials, owners, at);
        const [turns, deliveries] = await database.transaction(
          bind(takenTurns, ownerId, serials),
          bind(takenDeliveries, ownerId, serials, claimedSince),
        );
        claimed.clear();
        claimedSince = undefined;
        return { turns: turns.rows.map(toTurn), deliveries: deliveries.rows.map(toDelivery) };
      }),
  };
}
