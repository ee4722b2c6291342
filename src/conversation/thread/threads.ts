/** Who owns which room: hears what happens and has done what follows. */
import type { Channel, DeliveryReceipt } from '../../channels/channel.ts';
import type { Job, JobQueue } from '../../jobs/queue.ts';
import type { SendBudget } from '../../jobs/send-budget.ts';
import { type ConversationRef, conversationKey, type EpochMs, type MessageReceived } from '../../message.ts';
import { delay } from '../../platform/clock.ts';
import type { Store, Thread } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import { passRefusedReply } from '../texts.ts';
import { botMaySpeak, type ThreadCommand, type ThreadEvent, type ThreadRules, type Transition } from './thread.ts';
import { ThreadMemory, type ThreadMemoryParts } from './thread-memory.ts';

export interface ThreadsParts extends ThreadMemoryParts {
  readonly bots: ReadonlyMap<string, Bot>;
  readonly store: Store;
  readonly queue: JobQueue;
  readonly sendBudget: SendBudget;
}

/** What the gateway does for the threads. */
export interface ThreadActions {
  /** Answers stored turns as one. `isLate`: the customer waited for an agent who did not come. */
  answer(bot: Bot, channel: Channel, turnIds: readonly string[], isLate: boolean): Promise<void>;
  /** Stops what runs in the conversation. */
  stop(conversationKey: string): void;
  /** Whether something runs or waits there. */
  isBusy(conversationKey: string): boolean;
}

/** A message of a customer, before the store has it: a store that is locked may be asked for it again and again. */
export interface Heard {
  /** As things stand. */
  readonly verdict: Transition['verdict'];
  /** To be called when the message is stored: only then it counts. Resolves with the verdict that holds, which differs when the room has
   *  changed hands meanwhile. What follows for other messages is done. */
  apply(): Promise<Transition['verdict']>;
}

const MAX_ATTEMPTS = 3;

export class Threads {
  readonly #parts: ThreadsParts;
  readonly #memory: ThreadMemory;
  #actions: ThreadActions | undefined;

  constructor(parts: ThreadsParts) {
    this.#parts = parts;
    this.#memory = new ThreadMemory(parts, {
      due: (conversation) => this.#timePassed(conversation),
      newsLastMs: ({ botId }) => parts.bots.get(botId)?.handover.rules.agentMs ?? 0,
      lost: (conversation) => this.#silence(conversation),
    });
  }

  /** Before the first event. */
  attach(actions: ThreadActions): void {
    this.#actions = actions;
  }

  of(key: string): Thread {
    return this.#memory.of(key);
  }

  /** Before the bot speaks, where nobody can wait for long: what other processes have made of the room. */
  catchUp(conversation: ConversationRef): Promise<void> {
    return this.#memory.catchUp(conversation);
  }

  /** The same, for certain.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  learn(conversation: ConversationRef): Promise<void> {
    return this.#memory.learn(conversation);
  }

  /** Resolves when what was heard of the room is stored.
   *  @throws GatewayError `STORE_BUSY` */
  store(conversation: ConversationRef): Promise<void> {
    return this.#memory.store(conversationKey(conversation));
  }

  /** The customer is to be forgotten: whose the room is may be known here, but is not stored. Resolves when nothing more is on its way. */
  leaveUnsaved(conversation: ConversationRef): Promise<void> {
    return this.#memory.leaveUnsaved(conversationKey(conversation));
  }

  /** Another process says that a room has changed, or that any may have. */
  async changedElsewhere(conversation: ConversationRef | undefined): Promise<void> {
    try {
      await (conversation === undefined ? this.#memory.load() : this.#memory.learn(conversation));
    } catch (err) {
      this.#parts.logger.warn({ err }, 'who owns a thread is looked up when the bot is about to speak');
    }
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

  /** A message of a customer, as of its receipt. */
  async hear(bot: Bot, channel: Channel, event: MessageReceived, isQuestion: boolean): Promise<Heard> {
    const { conversation, receivedAt: at } = event;
    const { rules, hours } = bot.handover;
    const message = {
      type: 'message',
      turnId: event.id,
      standby: event.standby === true,
      isTap: isTap(event),
      canHold: event.replyWindows.some(({ mode }) => mode === 'push'),
      canTake: channel.takeThread !== undefined,
      isHistory: this.#isHistory(at, rules),
      agentsFirst: rules.agentsFirstMs > 0 && isQuestion && !isTap(event) && hours.isOpen(this.#parts.clock.now()),
    } as const;
    const { verdict } = await this.#memory.foresee(conversation, { event: message, at, rules });
    const apply = async () => {
      const now = await this.#memory.hearForeseen(conversation, {
        // Who is being answered cannot wait for an agent any more.
        event: { ...message, canHold: message.canHold && verdict !== 'answer' },
        at,
        rules,
        again: (first, last) => {
          const commands = [...last.commands, ...insteadOfHolding(event.id, first, last)];
          this.#obey(conversation, commands, false);
        },
      });
      this.#obey(conversation, now.commands, false);
      return now.verdict;
    };
    return { verdict, apply };
  }

  /** Answers a stored message that had been thought to be for agents. */
  answerStored({ id, conversation }: MessageReceived): void {
    this.#obey(conversation, [{ type: 'answer', turnIds: [id] }], false);
  }

  /** Anything else that happened in a room. */
  async tell(
    bot: Pick<Bot, 'handover'>,
    conversation: ConversationRef,
    event: Exclude<ThreadEvent, { type: 'message' }>,
    at: EpochMs = this.#parts.clock.now(),
  ): Promise<void> {
    const saysAgents = event.type === 'agent-spoke' || event.type === 'agents-own';
    if (saysAgents && this.#isHistory(at, bot.handover.rules)) return;
    const before = this.of(conversationKey(conversation));
    const isLate = event.type === 'taken' && before.owner === 'waiting';
    const { rules } = bot.handover;
    const again = (_: Transition, { commands }: Transition) => this.#obey(conversation, commands, isLate);
    const { commands } = await this.#memory.hear(conversation, { event, at, rules, again });
    this.#obey(conversation, commands, isLate);
  }

  /** Received so long ago that agents who had the room then have it no more, unless there is later news. */
  #isHistory(at: EpochMs, { agentMs }: ThreadRules): boolean {
    return at + agentMs <= this.#parts.clock.now();
  }

  /** The turn is about to announce that an agent takes over. False when the room is not the bot's to give.
   *  Resolves when that is stored: a process that dies between the announcement and the pass must leave a trace. */
  async wantPass(bot: Bot, conversation: ConversationRef, turnId: string): Promise<boolean> {
    const key = conversationKey(conversation);
    await this.tell(bot, conversation, { type: 'pass-wanted', turnId });
    await this.#memory.saved(key);
    return this.of(key).step === 'passing' && this.of(key).passTurnId === turnId;
  }

  /** Behind the announcement, which is on its way. */
  pass(conversation: ConversationRef, turnId: string): Promise<void> {
    return this.#enqueue('pass-thread', conversation, turnId);
  }

  /** A job of the queue: one request to the platform, and what it said. */
  async run(job: Job, signal: AbortSignal): Promise<void> {
    const conversation = this.#memory.conversation(job.conversationKey);
    const bot = this.#parts.bots.get(job.botId);
    const step = job.kind === 'pass-thread' ? 'passing' : 'taking';
    if (conversation === undefined || bot === undefined) return;
    // Two processes may have begun the same step: the one whose change was stored asks the platform.
    await this.#memory.saved(job.conversationKey);
    if (this.of(job.conversationKey).step !== step || !this.#memory.drives(job.conversationKey)) return;
    const channel = bot.channels.get(conversation.channel);
    const request = step === 'passing' ? channel?.passThread : channel?.takeThread;
    const receipt = await this.#ask(bot, conversation, request, signal);
    if (signal.aborted) return;
    const fields = { bot: bot.id, step, outcome: receipt.outcome, code: receipt.code, advice: receipt.advice };
    if (receipt.outcome === 'delivered') this.#parts.logger.info(fields, 'a conversation changed hands');
    else this.#parts.logger.warn(fields, 'a conversation could not change hands');
    if (step === 'taking') {
      const types = { delivered: 'taken', refused: 'take-refused', unknown: 'take-unknown' } as const;
      await this.tell(bot, conversation, { type: types[receipt.outcome] });
      return;
    }
    // The announcement is out; whoever waits for nothing is found by the next typed words, or when the waiting ends.
    if (receipt.outcome !== 'refused') {
      await this.tell(bot, conversation, { type: 'passed' });
      return;
    }
    const { passTurnId } = this.of(job.conversationKey);
    await this.tell(bot, conversation, { type: 'pass-refused' });
    if (passTurnId !== undefined && channel !== undefined) await this.#explainRefusal(bot, channel, job, passTurnId);
  }

  /** Reads what is stored: before the first event, and when another process has gone. */
  load(): Promise<void> {
    return this.#memory.load();
  }

  /** Goes on with what processes that have gone had begun. Behind their messages, which are on their way again. */
  async resume(): Promise<void> {
    for (const { conversation, thread } of await this.#memory.takeOver()) {
      const bot = this.#parts.bots.get(conversation.botId);
      if (bot === undefined) continue;
      const lastHeld = thread.held.at(-1)?.turnId;
      if (thread.step === 'passing') await this.#resumePass(bot, conversation, thread.passTurnId);
      else if (thread.step === 'taking' && lastHeld !== undefined) {
        await this.#enqueue('take-thread', conversation, lastHeld);
      }
    }
  }

  /** A turn that was not answered yet will ask for the pass again. */
  async #resumePass(bot: Bot, conversation: ConversationRef, passTurnId: string | undefined): Promise<void> {
    const turn = passTurnId === undefined ? undefined : await this.#parts.store.readTurn(passTurnId);
    if (turn?.state === 'answered') await this.pass(conversation, turn.id);
    else await this.tell(bot, conversation, { type: 'pass-dropped' });
  }

  #timePassed(conversation: ConversationRef): void {
    const bot = this.#parts.bots.get(conversation.botId);
    if (bot !== undefined) void this.tell(bot, conversation, { type: 'time-passed' });
  }

  /** What this process was about to say when another one heard that the room is not the bot's. */
  async #silence(conversation: ConversationRef): Promise<void> {
    if (this.#actions?.isBusy(conversationKey(conversation)) !== true) return;
    try {
      await this.#carryOut(conversation, { type: 'silence' }, false);
    } catch (err) {
      this.#parts.logger.error({ err, bot: conversation.botId }, 'open turns end when they want to be answered');
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
      const permit = await this.#parts.sendBudget.reserve(bot.id, signal);
      permit.use();
      receipt = await request(conversation, signal);
      if (receipt.outcome !== 'refused' || !receipt.retryable) return receipt;
      if (attempts < MAX_ATTEMPTS) await delay(this.#parts.clock, Math.max(1_000, receipt.retryAfterMs ?? 0), signal);
    }
    return receipt;
  }

  /** The customer was told that somebody is coming: that nobody is must be said, too. */
  async #explainRefusal(bot: Bot, channel: Channel, job: Job, turnId: string): Promise<void> {
    const { store, clock, queue, newId, ownerId } = this.#parts;
    const turn = await store.readTurn(turnId);
    if (turn === undefined) return;
    const [message] = channel.render(passRefusedReply(bot.contact), {
      turnId,
      conversation: turn.event.conversation,
      mode: 'push',
      maxBubbles: channel.maxBubblesPerResponse,
    });
    const followUp = message && { id: newId(), message, ownerId };
    if (followUp === undefined || !(await store.addFollowUp(turnId, followUp, clock.now()))) return;
    await queue.enqueue({ ...job, kind: 'send-deliveries', turnId, runAt: clock.now() });
  }
}

/** A message was to be held, and another process knew better. */
function insteadOfHolding(turnId: string, first: Transition, now: Transition): readonly ThreadCommand[] {
  if (first.verdict !== 'hold' || now.verdict === 'hold') return [];
  return [{ type: now.verdict === 'answer' ? 'answer' : 'drop', turnIds: [turnId] }];
}

/** Presses on what the bot once sent come without `standby`, whoever owns the thread: buttons, calendars, clocks. */
function isTap(event: MessageReceived): boolean {
  return event.input === 'tap' || event.input === 'other';
}
