import type { EpochMs } from '../../message.ts';
import type { RememberedTurn } from '../../storage/store.ts';

/** What an engine handed over with its latest answer. It is part of the memory: a reset, a long pause and the end of the retention
 *  forget it, a restart does not. `newestFirst` comes from the store.
 *  @param idleMs a pause longer than this starts a new conversation */
export function latestSession(
  engine: string,
  newestFirst: readonly RememberedTurn[],
  now: EpochMs,
  idleMs: number,
): string | undefined {
  let laterAt = now;
  for (const { engine: answeredBy, session, receivedAt } of newestFirst) {
    if (laterAt - receivedAt > idleMs) return undefined;
    if (answeredBy === engine) return session;
    laterAt = receivedAt;
  }
  return undefined;
}
