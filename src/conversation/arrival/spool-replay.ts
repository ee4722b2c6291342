/** Events out of the spool: answered as if they came now; whose room it is, they say as of their receipt. */
import type { Channel } from '../../channels/channel.ts';
import { GatewayError } from '../../errors.ts';
import { conversationKey, type InboundEvent, type MessageReceived } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Spool } from '../../storage/spool/spool.ts';
import type { Bot } from '../bot.ts';
import { isQuestion, systemAnswer } from '../fixed-answer.ts';
import { lateReply } from '../texts.ts';
import type { Heard, Threads } from '../thread/threads.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import type { Admission } from './admission.ts';
import type { Echoes } from './echoes.ts';
import type { Forgetting } from './forgetting.ts';
import type { Payments } from './payments.ts';

interface SpoolReplayParts {
  readonly clock: Clock;
  readonly threads: Threads;
  readonly admission: Admission;
  readonly forgetting: Forgetting;
  readonly echoes: Echoes;
  readonly payments: Payments;
}

export class SpoolReplay {
  readonly #parts: SpoolReplayParts;

  constructor(parts: SpoolReplayParts) {
    this.#parts = parts;
  }

  /** Takes in whose rooms they are as far as what waits says so, before anything is said there: agents who have spoken behind a question that
   *  waits, too, must not be talked over with its answer, and those who have finished keep nobody quiet. */
  async hearOwners(bots: ReadonlyMap<string, Bot>, spool: Pick<Spool, 'heads' | 'of'>): Promise<void> {
    for (const { event } of spool.heads().flatMap(({ conversationKey: key }) => spool.of(key))) {
      const bot = bots.get(event.conversation.botId);
      const sign = ownerSign(event);
      if (bot === undefined || sign === undefined) continue;
      await this.#parts.threads.tell(bot, event.conversation, { type: sign }, event.receivedAt);
    }
  }

  /** What comes too late is explained instead of answered. */
  async replay(
    bots: ReadonlyMap<string, Bot>,
    events: readonly [InboundEvent, ...InboundEvent[]],
    isLate: boolean,
  ): Promise<void> {
    const [event] = events;
    const bot = bots.get(event.conversation.botId);
    const channel = bot?.channels.get(event.conversation.channel);
    if (bot === undefined || channel === undefined) {
      throw new GatewayError('BOT_UNKNOWN', 'An event in the spool is for a bot that is not configured any more');
    }
    // Who owns the room, others may have heard since.
    await this.#parts.threads.learn(event.conversation);
    if (event.type === 'conversation-left') await this.#parts.forgetting.forget(conversationKey(event.conversation));
    if (event.type === 'message-echoed') await this.#parts.echoes.keep(event);
    if (event.type === 'message-echoed' || event.type === 'thread-returned') await this.#hearOwner(bot, event);
    if (event.type === 'payment-settled') await this.#parts.payments.settle(bot, event);
    if (event.type === 'profile-withdrawn') await this.#parts.forgetting.erase(bot, event);
    const messages = events.filter((one) => one.type === 'message-received');
    await this.#replayMessages(bot, channel, messages, isLate);
  }

  /** It was heard when it came, perhaps by another process, and the store may have been told in vain. */
  async #hearOwner(bot: Bot, event: InboundEvent): Promise<void> {
    const { threads } = this.#parts;
    const type = ownerSign(event);
    if (type !== undefined) await threads.tell(bot, event.conversation, { type }, event.receivedAt);
    await threads.store(event.conversation);
  }

  async #replayMessages(
    bot: Bot,
    channel: Channel,
    messages: readonly MessageReceived[],
    isLate: boolean,
  ): Promise<void> {
    const { admission, threads, clock } = this.#parts;
    const apology = isLate ? systemAnswer(lateReply(bot.contact), false) : undefined;
    let together: { readonly turn: ActiveTurn; readonly heard: Heard }[] = [];
    const startThem = async () => {
      const turns = together;
      together = [];
      await admission.startTogether(turns);
    };
    for (const event of messages) {
      // The store had it all along, and a restart has taken it up.
      if (admission.isOpen(event.id)) continue;
      const heard = await threads.hear(bot, channel, event, isQuestion(bot, event));
      if (heard.verdict !== 'answer') {
        await startThem();
        await admission.storeUnanswered(bot, channel, event, heard);
        continue;
      }
      const canBePushed = event.replyWindows.some(({ mode }) => mode === 'push');
      const turn = admission.open(bot, channel, event, canBePushed ? 'push' : 'pickup', apology);
      turn.startedAt = clock.now();
      turn.isReplayed = true;
      turn.hasResponse = false;
      together.push({ turn, heard });
      // A reset ends what waits then, not what comes after it; and without a quiet time the first one is answered as soon as it is stored.
      if (turn.fixedAnswer !== undefined || bot.quiet.quietMs === 0) await startThem();
    }
    await startThem();
  }
}

/** Whose the room is. */
function ownerSign(event: InboundEvent): 'agent-spoke' | 'agents-own' | 'returned' | undefined {
  if (event.type === 'thread-returned') return 'returned';
  if (event.type === 'message-echoed' && event.author === 'agent') return 'agent-spoke';
  return event.type === 'message-received' && event.standby === true ? 'agents-own' : undefined;
}
