import type { JobQueue } from '../../jobs/queue.ts';
import { botIdOf, type EpochMs } from '../../message.ts';
import type { Turn } from '../../storage/store.ts';

/** Kakao rejects a callback that races its own acknowledgement (reported; one adapter waits 1 s). */
const CALLBACK_AFTER_ACK_MS = 500;

/** A turn with messages that wait: one that runs here, or one that another process left in the store. */
interface TurnToSend extends Pick<Turn, 'id' | 'conversationKey'> {
  readonly acknowledgedAt?: EpochMs | undefined;
}

/** What waits of the turn goes out from `notBefore` on; a callback only when its promise had left this machine for long enough. */
export function enqueueDeliveries(turn: TurnToSend, notBefore: EpochMs, queue: JobQueue): Promise<void> {
  const acknowledgedAt = turn.acknowledgedAt ?? Number.NEGATIVE_INFINITY;
  return queue.enqueue({
    kind: 'send-deliveries',
    turnId: turn.id,
    botId: botIdOf(turn.conversationKey),
    conversationKey: turn.conversationKey,
    runAt: Math.max(notBefore, acknowledgedAt + CALLBACK_AFTER_ACK_MS),
  });
}
