/** What a platform shows us of what was said on our side: receipts for the bot's own messages, and the words of human agents.
 *  Nothing here is ever answered: the bot would talk with itself for ever. */
import { conversationKey, type InboundEvent } from '../../message.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import { HANDED_OVER } from '../../storage/store.ts';
import type { GatewayParts } from '../gateway-parts.ts';

export type MessageEchoed = Extract<InboundEvent, { type: 'message-echoed' }>;

/** Echoes are some seconds late. One that was lost must not take the receipt of the next message that says the same for long. */
const MATCHED_FOR_MS = 60 * 60_000;
const DEDUPE_MS = 10 * 60_000;
/** A receipt is worth having, but not a memory full of them while the store stands still. */
const MAX_UNDER_WAY = 1_000;

export class Echoes {
  readonly #parts: Pick<GatewayParts, 'store' | 'clock' | 'logger' | 'ownerId' | 'metrics'>;
  #underWay = 0;

  constructor(parts: Pick<GatewayParts, 'store' | 'clock' | 'logger' | 'ownerId' | 'metrics'>) {
    this.#parts = parts;
  }

  /** Notes that a message has reached the room. Nobody waits for it; never throws. */
  confirm(event: MessageEchoed): void {
    const { echoKeys = [] } = event;
    if (echoKeys.length === 0 || this.#underWay >= MAX_UNDER_WAY) return;
    this.#underWay += 1;
    void this.#record(event, echoKeys).finally(() => {
      this.#underWay -= 1;
    });
  }

  async #record({ conversation, receivedAt, platformId }: MessageEchoed, keys: readonly string[]): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const labels = { bot: conversation.botId, channel: conversation.channel };
    try {
      const found = await store.recordEcho({
        conversationKey: conversationKey(conversation),
        keys,
        at: clock.now(),
        since: receivedAt - MATCHED_FOR_MS,
        ...(platformId === undefined ? {} : { platformId }),
      });
      if (found === 'unknown') logger.info(labels, 'a message whose fate was unknown has arrived: its echo came');
      else logger.debug({ ...labels, found: found ?? 'nothing' }, 'an echo of the bot');
    } catch (err) {
      logger.warn({ ...labels, err }, 'an echo could not be recorded');
    }
  }

  /** Without what must not be stored. */
  mask(event: MessageEchoed): MessageEchoed {
    if (event.text === undefined) return event;
    const { text, found } = maskPersonalData(event.text);
    for (const kind of found) this.#parts.metrics.masked(kind);
    return { ...event, text };
  }

  /** What an agent said, where it was words, is context for the answers that follow. @param event masked
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async keep(event: MessageEchoed): Promise<void> {
    if (event.text === undefined) return;
    const { store, clock, ownerId } = this.#parts;
    const { outcome } = await store.acceptTurn(
      {
        id: event.id,
        conversation: event.conversation,
        conversationKey: conversationKey(event.conversation),
        ownerId,
        event,
        receivedAt: event.receivedAt,
        dedupeSince: event.receivedAt - DEDUPE_MS,
        state: 'received',
        ...(event.dedupeKey === undefined ? {} : { dedupeKey: event.dedupeKey }),
      },
      0,
    );
    if (outcome === 'accepted') await store.moveTurn(event.id, ['received'], 'suppressed', clock.now(), HANDED_OVER);
  }
}
