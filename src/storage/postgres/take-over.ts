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

/** Of a process that has gone: a turn, or the part that it had in somebody else's. */
type Left = readonly [serial: number, ownerId: string];

const leftTurns = statement<Left>(
  'left-turns',
  `SELECT t.serial, t.owner_id FROM malgil.turns t WHERE t.${OPEN} AND ${LEFT}
   UNION
   SELECT t.serial, t.owner_id FROM malgil.turns t
   WHERE t.serial IN (SELECT turn FROM malgil.deliveries WHERE ${PENDING} AND owner_id IS NULL) AND ${LEFT}`,
);
// The process that took the question in may be at work still, and at that very turn.
const leftDeliveries = statement<Left>(
  'left-deliveries',
  `SELECT d.serial, d.owner_id FROM malgil.deliveries d WHERE d.${PENDING} AND d.owner_id <> $1 AND NOT ${isAlive('d.owner_id')}`,
);
// Of two that come at once the second waits, finds each turn with another owner than it had and leaves it alone. Whether that one is alive
// could not be asked here: of a row that was waited for, only its own columns are looked at again for certain. In one order, or both
// would wait for each other.
const takeTurns = statement(
  'take-left-turns',
  `WITH t AS (
     SELECT t.serial FROM malgil.turns t WHERE t.serial = ANY($2::bigint[]) AND t.owner_id = ANY($3) ORDER BY t.serial FOR UPDATE
   ),
   cut AS (
     UPDATE malgil.deliveries SET state = 'unknown', updated_at = $4, url = NULL
     WHERE turn IN (SELECT serial FROM t) AND state = 'sending' AND owner_id IS NULL
   )
   UPDATE malgil.turns SET owner_id = $1 WHERE serial IN (SELECT serial FROM t)`,
);
const takeDeliveries = statement(
  'take-left-deliveries',
  `WITH d AS (
     SELECT serial FROM malgil.deliveries WHERE serial = ANY($2::bigint[]) AND owner_id = ANY($3) AND ${PENDING}
     ORDER BY serial FOR UPDATE
   ),
   cut AS (
     UPDATE malgil.deliveries SET state = 'unknown', updated_at = $4, url = NULL, owner_id = NULL
     WHERE serial IN (SELECT serial FROM d) AND state = 'sending'
   )
   UPDATE malgil.deliveries SET owner_id = $1 WHERE serial IN (SELECT serial FROM d) AND state = 'waiting'`,
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
   FROM (
     SELECT d.serial FROM malgil.deliveries d JOIN malgil.turns t ON t.serial = d.turn WHERE ${TAKEN} AND d.owner_id IS NULL
     UNION
     SELECT serial FROM malgil.deliveries WHERE serial = ANY($3::bigint[]) AND (owner_id = $1 OR state = 'unknown')
   ) AS taken JOIN malgil.deliveries d ON d.serial = taken.serial
     JOIN malgil.turns t ON t.serial = d.turn JOIN malgil.conversations c ON c.serial = d.conversation
   WHERE d.state = 'waiting' OR (d.state = 'unknown' AND d.updated_at >= $4)
   ORDER BY d.turn, d.position, d.serial`,
);

export function openTakeOver(database: Database): Pick<Store, 'takeOver'> {
  const calls = new InOrder();
  /** Taken, perhaps, by calls that failed. Their new owner is alive, so nobody would ever find them by their owner again; when one of
   *  these calls was cut off before its result, neither would this process. */
  const claimed = { turns: new Set<number>(), deliveries: new Set<number>() };
  let claimedSince: EpochMs | undefined;

  async function take(ownerId: string, at: EpochMs): Promise<void> {
    const turns = (await database.run(leftTurns, ownerId)).rows;
    const deliveries = (await database.run(leftDeliveries, ownerId)).rows;
    for (const [serial] of turns) claimed.turns.add(serial);
    for (const [serial] of deliveries) claimed.deliveries.add(serial);
    if (turns.length + deliveries.length > 0) claimedSince ??= at;
    // A call that was cut off may be at work in the database still: what it takes seems to be left, and is waited for here.
    if (turns.length > 0) await database.run(takeTurns, ownerId, [...claimed.turns], ownersOf(turns), at);
    if (deliveries.length > 0) {
      await database.run(takeDeliveries, ownerId, [...claimed.deliveries], ownersOf(deliveries), at);
    }
  }

  return {
    // One at a time: what one has just taken would look to the other like its own, cut off.
    takeOver: (ownerId, at) =>
      calls.run('take-over', async () => {
        await take(ownerId, at);
        if (claimedSince === undefined) return { turns: [], deliveries: [] };
        const serials = [...claimed.turns];
        const [turns, deliveries] = await database.transaction(
          bind(takenTurns, ownerId, serials),
          bind(takenDeliveries, ownerId, serials, [...claimed.deliveries], claimedSince),
        );
        claimed.turns.clear();
        claimed.deliveries.clear();
        claimedSince = undefined;
        return { turns: turns.rows.map(toTurn), deliveries: deliveries.rows.map(toDelivery) };
      }),
  };
}

function ownersOf(left: readonly Left[]): readonly string[] {
  return [...new Set(left.map(([, owner]) => owner))];
}
