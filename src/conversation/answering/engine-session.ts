import type { EpochMs } from '../../message.ts';
import type { Turn } from '../../storage/store.ts';

/** What an engine handed over with its latest answer. It is part of the memory: a reset, a long pause and the end of the retention
 *  forget it, a restart does not. `newestFirst` comes from the store.
 *  @param idleMs a pause longer than this starts a new conversation */
export function latestSession(
  engine: string,
  newestFirst: readonly Turn[],
  now: EpochMs,
  idleMs: number,
): string | undefined {
  let laterAt = now;
  for (const { source, receivedAt } of newestFirst) {
    if (laterAt - receivedAt > idleMs) return undefined;
    if (source?.engine === engine) return source.session;
    laterAt = receivedAt;
  }
  return undefined;
}
