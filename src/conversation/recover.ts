/** What another process left open is resumed, held or explained. */
import type { ConversationRef, EpochMs } from '../message.ts';
import { delay } from '../platform/clock.ts';
import { InOrder } from '../platform/in-order.ts';
import type { Delivery, Turn } from '../storage/store.ts';
import type { Bot } from './bot.ts';
import { enqueueDeliveries } from './delivery/enqueue-deliveries.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { outlast } from './outlast.ts';
import { restOf } from './pages/answer-pages.ts';
import { lateReply } from './texts.ts';

/** An answer that comes later than this would surprise more than help: the customer gets an apology instead. */
const TOO_LATE_MS = 10 * 60_000;
/** Whoever asks now finds before them what waited to be sent, unless a single row keeps everybody waiting. */
const SENDING_ON_MS = 5_000;

type RecoveringParts = Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'logger' | 'ownerId' | 'threads'> & {
  /** Fires when this process ends. */
  readonly signal: AbortSignal;
};

/** Takes the turns, deliveries and rooms of processes that have gone; the store knows which. After a restart before anything else is done,
 *  and again when others go.
 *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` while it is not known what was taken; whoever calls again gets it. From then on it is
 *  this process's alone and nobody else would ever work on it, so whatever the store says, nothing of it is let go. */
export async function recover(gateway: Gateway, bots: ReadonlyMap<string, Bot>, parts: RecoveringParts): Promise<void> {
  const { clock, logger, signal } = parts;
  const { promise: entered, resolve: tellEntered } = Promise.withResolvers<void>();
  gateway.holdTurnsUntil(entered);
  let count: { readonly turns: number; readonly deliveries: number };
  try {
    // First: what waits in a room is not to be answered.
    await parts.threads.load();
    const left = await parts.store.takeOver(parts.ownerId, clock.now());
    count = { turns: left.turns.length, deliveries: left.deliveries.length };
    const sendingOn = sendOn(left.deliveries, parts);
    resume(left.turns, sendingOn, gateway, bots, parts);
    const impatient = new AbortController();
    const patience = delay(clock, SENDING_ON_MS, AbortSignal.any([impatient.signal, signal]));
    // A later answer asks the queue whether an earlier one is still to be sent.
    await Promise.race([Promise.all(sendingOn.values()), patience]);
    impatient.abort();
  } finally {
    tellEntered();
  }
  await outlast(() => parts.threads.resume(), clock, signal);
  if (count.turns + count.deliveries > 0) logger.info(count, 'took over what an earlier process left open');
}

/** Returns, by conversation, when the last of its messages has found its way. */
function sendOn(deliveries: readonly Delivery[], parts: RecoveringParts): ReadonlyMap<string, Promise<void>> {
  const { clock, logger, signal } = parts;
  const now = clock.now();
  const inOrder = new InOrder();
  const sendingOn = new Map<string, Promise<void>>();
  for (const delivery of deliveries) {
    if (delivery.state !== 'waiting') continue;
    // Nothing has to be read for a push, so it has its place before anybody asks again.
    const goOn = () =>
      delivery.mode === 'push'
        ? enqueueDeliveries({ id: delivery.turnId, conversationKey: delivery.conversationKey }, now, parts.queue)
        : outlast(() => goOnSending(delivery, now, parts), clock, signal);
    const going = inOrder.run(delivery.conversationKey, goOn).catch((err: unknown) => {
      logger.error({ err, delivery: delivery.id, turn: delivery.turnId }, 'a message that waits could not be sent on');
    });
    sendingOn.set(delivery.conversationKey, going);
  }

  return sendingOn;
}

/** In the order of their questions, and before anything is awaited: what is asked from now on comes behind them. They run side by side,
 *  one conversation one lane. */
function resume(
  turns: readonly Turn[],
  sendingOn: ReadonlyMap<string, Promise<void>>,
  gateway: Gateway,
  bots: ReadonlyMap<string, Bot>,
  { store, clock, logger, threads, signal }: RecoveringParts,
): void {
  const now = clock.now();
  for (const turn of [...turns].sort((a, b) => a.sequence - b.sequence)) {
    const ref: ConversationRef = turn.event.conversation;
    // It waits for an agent, who may still come.
    if (threads.holds(turn.conversationKey, turn.id)) continue;
    const bot = bots.get(ref.botId);
    const channel = bot?.channels.get(ref.channel);
    if (bot === undefined || channel === undefined) {
      logger.warn({ turn: turn.id, bot: ref.botId, channel: ref.channel }, 'an open turn belongs to nobody any more');
      const fail = () => store.moveTurn(turn.id, ['received', 'answering'], 'failed', now, 'BOT_UNKNOWN');
      outlast(fail, clock, signal).catch((err) => {
        logger.error({ err, turn: turn.id }, 'an open turn of nobody could not be ended');
      });
      continue;
    }
    const isTooLate = now - turn.receivedAt > TOO_LATE_MS;
    const after = sendingOn.get(turn.conversationKey);
    gateway
      .resume(bot, channel, turn, {
        ...(isTooLate ? { apology: lateReply(bot.contact) } : {}),
        ...(after === undefined ? {} : { after }),
      })
      .catch((err) => {
        logger.error({ err, turn: turn.id }, 'an open turn could not be resumed');
      });
  }
}

/** Through its window where that is still open; else the customer fetches it. */
async function goOnSending(delivery: Delivery, now: EpochMs, { store, queue }: RecoveringParts): Promise<void> {
  const turn = await store.readTurn(delivery.turnId);
  const canStillGo =
    delivery.mode === 'callback' && turn?.acknowledgedAt !== undefined && isOpen(delivery.closesAt, now);
  if (turn !== undefined && canStillGo) await enqueueDeliveries(turn, now, queue);
  else await store.moveDelivery(delivery.id, ['waiting'], restOf(delivery), now, { mode: 'pickup' });
}

function isOpen(closesAt: EpochMs | undefined, now: EpochMs): boolean {
  return closesAt === undefined || now < closesAt;
}
