/** Words to a customer that answer nothing they wrote: a turn of its own in the log, so that it is remembered, sent in order and accounted
 *  for like every answer. */
import type { Channel } from '../../channels/channel.ts';
import { conversationKey, type InboundEvent, type Reply } from '../../message.ts';
import { systemAnswer } from '../fixed-answer.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { enqueueDeliveries } from './enqueue-deliveries.ts';

export type UnaskedParts = Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'newId' | 'ownerId'>;

export interface Unasked {
  readonly channel: Channel;
  /** Why it is said; stored as it is. */
  readonly event: InboundEvent;
  /** Masked. */
  readonly reply: Reply;
  /** Sent, or held until the customer comes back. */
  readonly mode: 'push' | 'pickup';
}

/** Says it once for each id of `event`, however often it is called.
 *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
export async function sayUnasked({ channel, event, reply: words, mode }: Unasked, parts: UnaskedParts): Promise<void> {
  const { store, queue, clock, newId, ownerId } = parts;
  const { id, conversation, receivedAt } = event;
  const key = conversationKey(conversation);
  const turn = { id, conversation, conversationKey: key, ownerId, event, receivedAt, dedupeSince: receivedAt } as const;
  // It may be there already: then the answer decides whether it was said.
  await store.acceptTurn({ ...turn, state: 'answering' }, 0);
  const { reply, source, wasAnswered } = systemAnswer(words, true);
  const { maxBubblesPerResponse: maxBubbles } = channel;
  const state = mode === 'push' ? 'waiting' : 'held';
  const deliveries = channel
    .render(reply, { turnId: id, conversation, mode, maxBubbles })
    .map((message, position) => ({ id: newId(), position, message, mode, state }) as const);
  const answeredAt = clock.now();
  if (await store.answerTurn(id, { reply, source, wasAnswered, answeredAt }, deliveries)) {
    if (mode === 'push') await enqueueDeliveries(turn, answeredAt, queue);
  }
}
