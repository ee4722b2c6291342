/** The sessions of a process in the database. A statement outlives the process that sent it: the server only notices that nobody waits for
 *  the result any more when it wants to send it. */
import { type Database, statement } from './database.ts';

/** The server lists sessions by this name, and gives it at most 63 bytes. */
export const sessionNameOf = (replicaId: string) => `malgil ${replicaId}`;

const LONGEST_END_MS = 1_000;

const endSessions = statement<[boolean]>(
  'end-sessions',
  `SELECT pg_terminate_backend(pid, ${LONGEST_END_MS}) FROM pg_stat_activity
   WHERE datname = current_database() AND application_name = ANY($1)`,
);

/** Whatever these processes had sent is done or undone when this resolves. Otherwise an answer could be stored, by somebody who is dead,
 *  for a question that has just been taken over: nobody would ever send it.
 *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
export async function endSessionsOf(replicaIds: readonly string[], database: Database): Promise<void> {
  await database.run(endSessions, replicaIds.map(sessionNameOf));
}
