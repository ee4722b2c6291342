/** What is left of a conversation that was reset or left, and of a customer who took consent back. */
import { type ConversationRef, conversationKey } from '../../message.ts';
import type { Spool } from '../../storage/spool/spool.ts';
import type { Bot } from '../bot.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { TurnRunner } from '../turn/turn-runner.ts';
import type { ProfileWithdrawn, WithdrawalNotices } from './withdrawal-notices.ts';

export class Forgetting {
  readonly #parts: Pick<GatewayParts, 'store' | 'clock' | 'logger' | 'threads'>;
  readonly #runner: TurnRunner;
  readonly #withdrawals: WithdrawalNotices;

  constructor(
    parts: Pick<GatewayParts, 'store' | 'clock' | 'logger' | 'threads'>,
    runner: TurnRunner,
    withdrawals: WithdrawalNotices,
  ) {
    this.#parts = parts;
    this.#runner = runner;
    this.#withdrawals = withdrawals;
  }

  /** Consent was taken back: nothing of the conversation stays but marks that name nobody. */
  async erase(bot: Bot, event: ProfileWithdrawn): Promise<void> {
    const key = conversationKey(event.conversation);
    // Also what was taken up again since the event went into the spool.
    this.#runner.cancel(key);
    await this.#withdrawals.keep(bot, event);
    await this.#runner.ended(key);
    await this.#parts.threads.leaveUnsaved(event.conversation);
    await this.#parts.store.eraseConversation(key, this.#parts.clock.now());
    this.#parts.logger.info({ bot: bot.id }, 'a customer took consent back: everything about them is deleted');
    void this.#withdrawals.tell(bot, event);
  }

  /** Reset, leave: the running turn is cancelled, what is pending is suppressed, the memory starts afresh. */
  async forget(key: string, exceptTurnId?: string): Promise<void> {
    await this.#parts.store.resetConversation(key, this.#parts.clock.now(), exceptTurnId);
    this.#runner.cancel(key, exceptTurnId);
  }
}

/** Whether what waits for the store says that the customer has left, or is to be forgotten. What comes after that waits behind it. */
export function hasLeft(spool: Pick<Spool, 'of'>, conversation: ConversationRef): boolean {
  return spool
    .of(conversationKey(conversation))
    .some(({ event: { type } }) => type === 'conversation-left' || type === 'profile-withdrawn');
}
