/** Answers that a page has read on coming back, whatever had become of the response that was to carry them. */
import type { EpochMs } from '../../message.ts';
import type { DeliveryState, Store } from '../../storage/store.ts';

const NOT_KNOWN_TO_BE_SEEN: readonly DeliveryState[] = ['sending', 'held', 'unknown'];

export interface ShownAnswers {
  readonly conversationKey: string;
  /** All turns whose answers were shown. */
  readonly turnIds: ReadonlySet<string>;
  /** Those of them that ended only while the page waited: the response that was to carry them may be under way still. */
  readonly awaited: readonly string[];
}

/** What was shown is delivered. One read for a long conversation: the store knows what is not, but for what is being sent right now. */
export async function settleShown(
  { conversationKey, turnIds, awaited }: ShownAnswers,
  store: Pick<Store, 'readMemory' | 'readDeliveries' | 'moveDelivery'>,
  at: EpochMs,
): Promise<void> {
  if (turnIds.size === 0) return;
  const [memory, ...sent] = await Promise.all([
    store.readMemory(conversationKey, Number.MAX_SAFE_INTEGER, 0),
    ...awaited.map((turnId) => store.readDeliveries(turnId)),
  ]);
  const shown = [...memory.heldDeliveries.filter(({ turnId }) => turnIds.has(turnId)), ...sent.flat()];
  await Promise.all(shown.map(({ id }) => store.moveDelivery(id, NOT_KNOWN_TO_BE_SEEN, 'delivered', at)));
}
