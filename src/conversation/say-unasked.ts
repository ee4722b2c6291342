/** Words to a customer that answer nothing they wrote: a turn of its own in the log, so that it is remembered, sent in order and accounted
 *  for like every answer. */
import { conversationKey, type InboundEvent, textReply } from '../message.ts';
import { maskPersonalData } from '../privacy/mask.ts';
import type { Bot } from './bot.ts';
import { enqueueDeliveries } from './enqueue-deliveries.ts';
import { systemAnswer } from './fixed-answer.ts';
import type { GatewayParts } from './gateway-parts.ts';

export type UnaskedParts = Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'newId' | 'logger' | 'ownerId'>;

/** Says it once for each id of `event`, however often it is called. Where the channel cannot write by itself, nothing is said.
 *  @param event why it is said; stored as it is
 *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
export async function sayUnasked(bot: Bot, event: InboundEvent, text: string, parts: UnaskedParts): Promise<void> {
  const { store, queue, clock, newId, logger, ownerId } = parts;
  const { id, conversation, receivedAt } = event;
  const channel = bot.channels.get(conversation.channel);
  if (text.trim() === '') return;
  if (channel?.deliver === undefined) {
    logger.warn({ bot: bot.id, event: event.type }, 'the operator hook has words for a customer that cannot be sent');
    return;
  }
  const key = conversationKey(conversation);
  const turn = { id, conversation, conversationKey: key, ownerId, event, receivedAt, dedupeSince: receivedAt } as const;
  // It may be there already: then the answer decides whether it was said.
  await store.acceptTurn({ ...turn, state: 'answering' }, 0);
  const { reply, source, wasAnswered } = systemAnswer(textReply(maskPersonalData(text).text), true);
  const { maxBubblesPerResponse: maxBubbles } = channel;
  const deliveries = channel
    .render(reply, { turnId: id, conversation, mode: 'push', maxBubbles })
    .map((message, position) => ({ id: newId(), position, message, mode: 'push', state: 'waiting' }) as const);
  const answeredAt = clock.now();
  if (await store.answerTurn(id, { reply, source, wasAnswered, answeredAt }, deliveries)) {
    await enqueueDeliveries(turn, answeredAt, queue);
  }
}
