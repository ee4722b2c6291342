/** Whether a message may go out, asked again as long as nothing of it is written: an agent may come while it waits for its turn, or while its
 *  pictures are uploaded, and the customer may leave. */
import { type ConversationRef, conversationKey, type EpochMs, type MessageReceived } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Store, Turn } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';

export interface LeaveToSendParts {
  readonly store: Pick<Store, 'readTurns'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Learns who owns the room by now, where other processes may have heard of it. Rejects when the store does not say. */
  readonly learnOwner: (conversation: ConversationRef) => Promise<void>;
  /** False while human agents own the room. */
  readonly maySpeak: (bot: Bot, conversation: ConversationRef, event?: MessageReceived) => boolean;
  /** The customer has left, or is to be forgotten, and the store has not heard of it yet. */
  readonly hasLeft: (conversation: ConversationRef) => boolean;
}

/** Why a message stays unsaid: human agents own the room, or the customer has left or started over. */
export type Unsaid = 'handed-over' | 'left';

/** What was looked up stays true for so long; every text would be a read more otherwise. */
const FRESH_MS = 500;

export class LeaveToSend {
  readonly #parts: LeaveToSendParts;
  readonly #bot: Bot;
  readonly #turn: Turn;
  #lookedAt: EpochMs = 0;
  #unsaid: Unsaid | undefined;

  constructor(parts: LeaveToSendParts, bot: Bot, turn: Turn) {
    this.#parts = parts;
    this.#bot = bot;
    this.#turn = turn;
  }

  /** What the last look said; undefined: it may go out. */
  get unsaid(): Unsaid | undefined {
    return this.#unsaid;
  }

  /** As far as this process knows. */
  recall(): Unsaid | undefined {
    const { conversation } = this.#turn.event;
    this.#unsaid = this.#parts.hasLeft(conversation) ? 'left' : this.#isBots() ? undefined : 'handed-over';
    return this.#unsaid;
  }

  /** Takes in what other processes know, before a first attempt.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async learnOwner(): Promise<void> {
    await this.#parts.learnOwner(this.#turn.event.conversation);
    this.#lookedAt = this.#parts.clock.now();
  }

  /** The same before the next ones. A customer who leaves or starts over ends what waits, at whichever process; of what was being sent at
   *  that moment that knows nothing.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async lookUp(): Promise<Unsaid | undefined> {
    await this.learnOwner();
    const { id, sequence, event } = this.#turn;
    const [first] = await this.#parts.store.readTurns(conversationKey(event.conversation), sequence - 1, 1);
    if (first?.id === id) return this.recall();
    this.#unsaid = 'left';
    return this.#unsaid;
  }

  /** Right before a request is written. Where the store says nothing, memory counts. Never rejects. */
  readonly atLastMoment = async (): Promise<boolean> => {
    const { clock, logger } = this.#parts;
    const isFresh = clock.now() - this.#lookedAt < FRESH_MS;
    if (this.recall() !== undefined || isFresh) return this.#unsaid === undefined;
    try {
      await this.lookUp();
    } catch (err) {
      logger.warn({ err, turn: this.#turn.id }, 'who owns a thread is known from memory alone');
    }
    return this.#unsaid === undefined;
  };

  #isBots(): boolean {
    const { event } = this.#turn;
    const asked = event.type === 'message-received' ? event : undefined;
    return this.#parts.maySpeak(this.#bot, event.conversation, asked);
  }
}
