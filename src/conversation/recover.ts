/** What another process left open is resumed, held or explained. */
import type { ConversationRef, EpochMs } from '../message.ts';
import type { Bot } from './bot.ts';
import { enqueueDeliveries } from './enqueue-deliveries.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { lateReply } from './texts.ts';

/** An answer that comes later than this would surprise more than help: the customer gets an apology instead. */
const TOO_LATE_MS = 10 * 60_000;

type RecoveringParts = Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'logger' | 'ownerId' | 'threads'>;

/** Takes the turns, deliveries and rooms of processes that have gone; the store knows which. After a restart before anything else is done,
 *  and again when others go. */
export async function recover(gateway: Gateway, bots: ReadonlyMap<string, Bot>, parts: RecoveringParts): Promise<void> {
  const { store, clock, logger } = parts;
  // First: what waits in a room is not to be answered.
  await parts.threads.load();
  const now = clock.now();
  const left = await store.takeOver(parts.ownerId, now);

  for (const delivery of left.deliveries) {
    if (delivery.state !== 'waiting') continue;
    const turn = await store.readTurn(delivery.turnId);
    const canStillGo =
      delivery.mode === 'push' ||
      (delivery.mode === 'callback' && turn?.acknowledgedAt !== undefined && isOpen(delivery.closesAt, now));
    if (turn === undefined || !canStillGo) {
      await store.moveDelivery(delivery.id, ['waiting'], 'held', now, { mode: 'pickup' });
      continue;
    }
    await enqueueDeliveries(turn, now, parts.queue);
  }

  // Entered in the order of their questions; they run side by side, one conversation one lane.
  for (const turn of [...left.turns].sort((a, b) => a.sequence - b.sequence)) {
    const ref: ConversationRef = turn.event.conversation;
    // It waits for an agent, who may still come.
    if (parts.threads.holds(turn.conversationKey, turn.id)) continue;
    const bot = bots.get(ref.botId);
    const channel = bot?.channels.get(ref.channel);
    if (bot === undefined || channel === undefined) {
      logger.warn({ turn: turn.id, bot: ref.botId, channel: ref.channel }, 'an open turn belongs to nobody any more');
      await store.moveTurn(turn.id, ['received', 'answering'], 'failed', now, 'BOT_UNKNOWN');
      continue;
    }
    const apology = now - turn.receivedAt > TOO_LATE_MS ? lateReply(bot.contact) : undefined;
    gateway.resume(bot, channel, turn, apology).catch((err) => {
      logger.error({ err, turn: turn.id }, 'an open turn could not be resumed');
    });
  }
  await parts.threads.resume();
  const count = { turns: left.turns.length, deliveries: left.deliveries.length };
  if (count.turns + count.deliveries > 0) logger.info(count, 'took over what an earlier process left open');
}

function isOpen(closesAt: EpochMs | undefined, now: EpochMs): boolean {
  return closesAt === undefined || now < closesAt;
}
