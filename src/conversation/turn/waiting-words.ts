/** Something to say while an answer takes its time. A browser shows it where the answer will be; TalkTalk gets a message of its own. All
 *  other channels have one response for everything, or have had their waiting text already. */
import { textReply } from '../../message.ts';
import { enqueueDeliveries } from '../delivery/enqueue-deliveries.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { ActiveTurn } from './active-turn.ts';

/** Never rejects: the answer is on its way, with these words or without. */
export async function sayMeanwhile(
  turn: ActiveTurn,
  text: string,
  parts: Pick<GatewayParts, 'store' | 'clock' | 'queue' | 'newId' | 'logger'>,
): Promise<void> {
  if (turn.mode === 'stream') turn.feed.tellStatus(text);
  if (turn.mode !== 'push' || turn.rendered !== undefined) return;
  const { store, clock, queue, newId, logger } = parts;
  const messages = turn.channel.render(textReply(text), {
    turnId: turn.id,
    conversation: turn.event.conversation,
    mode: 'push',
    maxBubbles: 1,
  });
  // Taken before anything is awaited: the answer goes behind it.
  const position = turn.nextPosition;
  turn.nextPosition += messages.length;
  try {
    for (const [index, message] of messages.entries()) {
      const delivery = { id: newId(), position: position + index, message, mode: 'push', state: 'waiting' } as const;
      if (!(await store.addDelivery(turn.id, delivery))) return;
    }
    await enqueueDeliveries(turn, clock.now(), queue);
  } catch (err) {
    logger.warn({ err, turn: turn.id }, 'what was to be said in the meantime stays unsaid');
  }
}
