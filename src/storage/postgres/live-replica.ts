/** Whether a gateway works on a database, asked from outside: by what moves its data or its schema. */
import type pg from 'pg';
import { isAlive } from './replicas.ts';

/** One that was killed counts until its sign of life is too old. False where the tables are not there yet. */
export async function hasLiveReplica(client: pg.Client): Promise<boolean> {
  if (!(await hasReplicas(client))) return false;
  return (await client.query(`SELECT FROM malgil.replicas one WHERE ${isAlive('one.id')} LIMIT 1`)).rowCount === 1;
}

/** Until the transaction ends no gateway starts or gives a sign of life. */
export async function holdReplicas(client: pg.Client): Promise<void> {
  if (await hasReplicas(client)) await client.query('LOCK TABLE malgil.replicas IN SHARE ROW EXCLUSIVE MODE');
}

async function hasReplicas(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('malgil.replicas') IS NOT NULL AS "isThere"`,
  );
  return rows[0]?.isThere === true;
}
