/** Who owns which room: hears what happens, remembers it, and has done what follows. Rooms that are simply the bot's take no space.
 *
 *  The memory of this process is what counts, and the store gets copies: whether the bot may speak must be known within a
 *  millisecond, also while the store is locked. */
import type { Channel, DeliveryReceipt } from '../../channels/channel.ts';
import type { Job, JobQueue } from '../../jobs/queue.ts';
import { type ConversationRef, conversationKey, type EpochMs, type MessageReceived } from '../../message.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Store, Thread } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import type { SendBudget } from '../deliver.ts';
import { passRefusedReply } from '../texts.ts';
import type { HandoverPolicy } from './policy.ts';
import {
  advance,
  BOT_THREAD,
  botMaySpeak,
  nextDueAt,
  type ThreadCommand,
  type ThreadEvent,
  type Transition,
} from './thread.ts';

export interface ThreadsParts {
  readonly bots: ReadonlyMap<string, Bot>;
  readonly store: Store;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly sendBudget: SendBudget;
}

/** What the gateway does for the threads. */
export interface ThreadActions {
  /** Answers stored turns as one. `isLate`: the customer waited for an agent who did not come. */
  answer(bot: Bot, channel: Channel, turnIds: readonly string[], isLate: boolean): Promise<void>;
  /** Stops what runs in the conversation. */
  stop(conversationKey: string): void;
}

export interface Heard {
  readonly verdict: Transition['verdict'];
  /** To be called when the message is stored: what follows may need it. */
  readonly act: () => void;
}

interface Entry {
  readonly conversation: ConversationRef;
  thread: Thread;
  cancelTimer: () => void;
  /** A write is under way; `isDirty`: there is something newer already. */
  saving: Promise<void> | undefined;
  isDirty: boolean;
}

const MAX_ATTEMPTS = 3;
/** A room that is the bot's again is remembered this long, for events that crossed on the way. */
const REMEMBERED_MS = 60_000;

export class Threads {
  readonly #parts: ThreadsParts;
  readonly #entries = new Map<string, Entry>();
  #actions: ThreadActions | undefined;

  constructor(parts: ThreadsParts) {
    this.#parts = parts;
  }

  /** Before the first event. */
  attach(actions: ThreadActions): void {
    this.#actions = actions;
  }

  of(key: string): Thread {
    return this.#entries.get(key)?.thread ?? BOT_THREAD;
  }

  /** Whether a message may go out now: of the answer to `event`, or one that answers nothing. */
  maySpeak(bot: Pick<Bot, 'handover'>, conversation: ConversationRef, event?: MessageReceived): boolean {
    const thread = this.of(conversationKey(conversation));
    if (botMaySpeak(thread)) return true;
    const isOldButton = event !== undefined && isTap(event) && event.standby !== true;
    return thread.owner === 'agent' && isOldButton && bot.handover.rules.answersOldButtons;
  }

  /** Whether the turn waits here for its answer. */
  holds(key: string, turnId: string): boolean {
    return this.of(key).held.some((held) => held.turnId === turnId);
  }

  /** A message of a customer. */
  hear(bot: Bot, channel: Channel, event: MessageReceived, isQuestion: boolean): Heard {
    const canHold = event.replyWindows[0]?.mode === 'push';
    const { rules, hours } = bot.handover;
    const transition = this.#advance(event.conversation, bot.handover, {
      type: 'message',
      turnId: event.id,
      standby: event.standby === true,
      isTap: isTap(event),
      canHold,
      canTake: channel.takeThread !== undefined,
      agentsFirst: rules.agentsFirstMs > 0 && isQuestion && !isTap(event) && hours.isOpen(this.#parts.clock.now()),
    });
    return { verdict: transition.verdict, act: () => this.#obey(event.conversation, transition.commands, false) };
  }

  /** Anything else that happened in a room. */
  tell(
    bot: Pick<Bot, 'handover'>,
    conversation: ConversationRef,
    event: Exclude<ThreadEvent, { type: 'message' }>,
  ): void {
    const before = this.of(conversationKey(conversation));
    const { commands } = this.#advance(conversation, bot.handover, event);
    this.#obey(conversation, commands, event.type === 'taken' && before.owner === 'waiting');
  }

  /** The turn is about to announce that an agent takes over. False when the room is not the bot's to give.
   *  Resolves when that is stored: a process that dies between the announcement and the pass must leave a trace. */
  async wantPass(bot: Bot, conversation: ConversationRef, turnId: string): Promise<boolean> {
    const key = conversationKey(conversation);
    this.tell(bot, conversation, { type: 'pass-wanted', turnId });
    await this.#entries.get(key)?.saving;
    return this.of(key).step === 'passing' && this.of(key).passTurnId === turnId;
  }

  /** Behind the announcement, which is on its way. */
  pass(conversation: ConversationRef, turnId: string): Promise<void> {
    return this.#enqueue('pass-thread', conversation, turnId);
  }

  /** A job of the queue: one request to the platform, and what it said. */
  async run(job: Job, signal: AbortSignal): Promise<void> {
    const entry = this.#entries.get(job.conversationKey);
    const bot = this.#parts.bots.get(job.botId);
    const channel = entry === undefined ? undefined : bot?.channels.get(entry.conversation.channel);
    const step = job.kind === 'pass-thread' ? 'passing' : 'taking';
    if (entry === undefined || bot === undefined || entry.thread.step !== step) return;
    const request = step === 'passing' ? channel?.passThread : channel?.takeThread;
    const receipt = await this.#ask(bot, entry.conversation, request, signal);
    if (signal.aborted) return;
    const fields = { bot: bot.id, step, outcome: receipt.outcome, code: receipt.code, advice: receipt.advice };
    if (receipt.outcome === 'delivered') this.#parts.logger.info(fields, 'a conversation changed hands');
    else this.#parts.logger.warn(fields, 'a conversation could not change hands');
    const { conversation } = entry;
    if (step === 'taking') {
      const types = { delivered: 'taken', refused: 'take-refused', unknown: 'take-unknown' } as const;
      this.tell(bot, conversation, { type: types[receipt.outcome] });
      return;
    }
    // The announcement is out; whoever waits for nothing is found by the next typed words, or when the waiting ends.
    if (receipt.outcome !== 'refused') {
      this.tell(bot, conversation, { type: 'passed' });
      return;
    }
    const { passTurnId } = entry.thread;
    this.tell(bot, conversation, { type: 'pass-refused' });
    if (passTurnId !== undefined && channel !== undefined) await this.#explainRefusal(bot, channel, job, passTurnId);
  }

  /** Reads what an earlier process left. Before the first event. */
  async load(): Promise<void> {
    for (const { conversation, thread } of await this.#parts.store.readThreads()) {
      this.#entries.set(conversationKey(conversation), {
        conversation,
        thread,
        cancelTimer: () => {},
        saving: undefined,
        isDirty: false,
      });
    }
  }

  /** Goes on with what an earlier process had begun. Behind its messages, which are on their way again. */
  async resume(): Promise<void> {
    for (const [key, entry] of [...this.#entries]) {
      const { conversation, thread } = entry;
      const bot = this.#parts.bots.get(conversation.botId);
      if (bot === undefined) continue;
      const lastHeld = thread.held.at(-1)?.turnId;
      if (thread.step === 'passing') await this.#resumePass(bot, conversation, thread.passTurnId);
      else if (thread.step === 'taking' && lastHeld !== undefined) {
        await this.#enqueue('take-thread', conversation, lastHeld);
      } else this.#setTimer(key, entry, bot.handover);
    }
  }

  /** A turn that was not answered yet will ask for the pass again. */
  async #resumePass(bot: Bot, conversation: ConversationRef, passTurnId: string | undefined): Promise<void> {
    const turn = passTurnId === undefined ? undefined : await this.#parts.store.readTurn(passTurnId);
    if (turn?.state === 'answered') await this.pass(conversation, turn.id);
    else this.tell(bot, conversation, { type: 'pass-dropped' });
  }

  #advance(conversation: ConversationRef, { rules }: HandoverPolicy, event: ThreadEvent): Transition {
    const key = conversationKey(conversation);
    const before = this.of(key);
    const transition = advance(before, event, this.#parts.clock.now(), rules);
    if (transition.thread !== before) this.#remember(key, conversation, transition.thread);
    if (before.owner !== transition.thread.owner) {
      this.#parts.logger.info(
        { bot: conversation.botId, from: before.owner, to: transition.thread.owner, because: event.type },
        'a thread has another owner',
      );
    }
    return transition;
  }

  #remember(key: string, conversation: ConversationRef, thread: Thread): void {
    const entry = this.#entries.get(key) ?? {
      conversation,
      thread,
      cancelTimer: () => {},
      saving: undefined,
      isDirty: false,
    };
    this.#entries.set(key, entry);
    entry.thread = thread;
    this.#save(entry);
    const bot = this.#parts.bots.get(conversation.botId);
    if (bot !== undefined) this.#setTimer(key, entry, bot.handover);
  }

  #setTimer(key: string, entry: Entry, policy: HandoverPolicy): void {
    const { clock } = this.#parts;
    entry.cancelTimer();
    const isPlain = entry.thread.owner === 'bot' && entry.thread.step === undefined && entry.thread.held.length === 0;
    const dueAt = isPlain ? clock.now() + REMEMBERED_MS : nextDueAt(entry.thread);
    if (dueAt === undefined) return;
    entry.cancelTimer = clock.schedule(Math.max(0, dueAt - clock.now()), () => {
      if (isPlain) this.#entries.delete(key);
      else this.tell({ handover: policy }, entry.conversation, { type: 'time-passed' });
    });
  }

  /** The newest state wins: those in between need no write. */
  #save(entry: Entry): void {
    entry.isDirty = true;
    entry.saving ??= this.#saveNewest(entry).finally(() => {
      entry.saving = undefined;
    });
  }

  async #saveNewest(entry: Entry): Promise<void> {
    const { store, clock, logger } = this.#parts;
    while (entry.isDirty) {
      entry.isDirty = false;
      const { thread } = entry;
      const isPlain = thread.owner === 'bot' && thread.step === undefined && thread.held.length === 0;
      try {
        await store.saveThread(entry.conversation, isPlain ? undefined : thread, clock.now());
      } catch (err) {
        logger.error({ err, bot: entry.conversation.botId }, 'who owns a thread could not be stored');
      }
    }
  }

  #obey(conversation: ConversationRef, commands: readonly ThreadCommand[], isLate: boolean): void {
    for (const command of commands) {
      this.#carryOut(conversation, command, isLate).catch((err) => {
        const fields = { err, bot: conversation.botId, command: command.type };
        this.#parts.logger.error(fields, 'what follows from a change of hands could not be done');
      });
    }
  }

  async #carryOut(conversation: ConversationRef, command: ThreadCommand, isLate: boolean): Promise<void> {
    const { bots, store, clock } = this.#parts;
    const key = conversationKey(conversation);
    switch (command.type) {
      case 'take': {
        const lastHeld = this.of(key).held.at(-1)?.turnId;
        if (lastHeld !== undefined) await this.#enqueue('take-thread', conversation, lastHeld);
        return;
      }
      case 'answer': {
        const bot = bots.get(conversation.botId);
        const channel = bot?.channels.get(conversation.channel);
        if (bot !== undefined && channel !== undefined) {
          await this.#actions?.answer(bot, channel, command.turnIds, isLate);
        }
        return;
      }
      case 'drop':
        for (const turnId of command.turnIds) {
          await store.moveTurn(turnId, ['received'], 'suppressed', clock.now(), 'handed-over');
        }
        return;
      case 'silence': {
        this.#actions?.stop(key);
        const held = this.of(key).held.map(({ turnId }) => turnId);
        await store.silenceConversation(key, clock.now(), held);
        return;
      }
    }
  }

  #enqueue(kind: 'pass-thread' | 'take-thread', conversation: ConversationRef, turnId: string): Promise<void> {
    const { queue, clock } = this.#parts;
    const runAt: EpochMs = clock.now();
    const key = conversationKey(conversation);
    return queue.enqueue({ kind, turnId, botId: conversation.botId, conversationKey: key, runAt });
  }

  /** A platform that cannot be asked refuses. */
  async #ask(
    bot: Bot,
    conversation: ConversationRef,
    request: Channel['passThread'],
    signal: AbortSignal,
  ): Promise<DeliveryReceipt> {
    let receipt: DeliveryReceipt = { outcome: 'refused', code: 'NO_HANDOVER', retryable: false };
    if (request === undefined) return receipt;
    for (let attempts = 1; attempts <= MAX_ATTEMPTS && !signal.aborted; attempts += 1) {
      await this.#parts.sendBudget.reserve(bot.id, signal);
      receipt = await request(conversation, signal);
      if (receipt.outcome !== 'refused' || !receipt.retryable) return receipt;
      if (attempts < MAX_ATTEMPTS) await delay(this.#parts.clock, Math.max(1_000, receipt.retryAfterMs ?? 0), signal);
    }
    return receipt;
  }

  /** The customer was told that somebody is coming: that nobody is must be said, too. */
  async #explainRefusal(bot: Bot, channel: Channel, job: Job, turnId: string): Promise<void> {
    const { store, clock, queue, newId } = this.#parts;
    const turn = await store.readTurn(turnId);
    if (turn === undefined) return;
    const [message] = channel.render(passRefusedReply(bot.contact), {
      turnId,
      conversation: turn.event.conversation,
      mode: 'push',
      maxBubbles: channel.maxBubblesPerResponse,
    });
    if (message === undefined || !(await store.addFollowUp(turnId, { id: newId(), message }, clock.now()))) return;
    await queue.enqueue({ ...job, kind: 'send-deliveries', turnId, runAt: clock.now() });
  }
}

/** Presses on what the bot once sent come without `standby`, whoever owns the thread: buttons, calendars, clocks. */
function isTap(event: MessageReceived): boolean {
  return event.input === 'tap' || event.input === 'other';
}
