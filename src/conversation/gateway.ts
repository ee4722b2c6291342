/** The way of one message: mask, store, lane, answer, reply window. Knows no platform, no HTTP and no SQL. */
import type { Channel } from '../channels/channel.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import { conversationKey, type InboundEvent, type MessageReceived } from '../message.ts';
import type { Turn } from '../storage/store.ts';
import { LookUps } from './answering/look-ups.ts';
import { Admission } from './arrival/admission.ts';
import { Echoes, type MessageEchoed } from './arrival/echoes.ts';
import { Forgetting } from './arrival/forgetting.ts';
import { Greeter } from './arrival/greeting.ts';
import { Intake } from './arrival/intake.ts';
import { maskMessage } from './arrival/mask-message.ts';
import { Payments, withoutDetails } from './arrival/payments.ts';
import { SpoolReplay } from './arrival/spool-replay.ts';
import { WithdrawalNotices } from './arrival/withdrawal-notices.ts';
import type { Bot } from './bot.ts';
import { isQuestion } from './fixed-answer.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { type Handled, respond, say } from './handled.ts';
import { EarlyPages } from './pages/early-pages.ts';
import { HeldAnswers } from './pages/held-answers.ts';
import { isPickUp, PickUps } from './pages/pick-up.ts';
import { type ShownAnswers, settleShown } from './pages/shown-answers.ts';
import { connectionTestReply } from './texts.ts';
import type { Heard } from './thread/threads.ts';
import type { ActiveTurn } from './turn/active-turn.ts';
import { type ResumeOptions, Resumption } from './turn/resumption.ts';
import { TurnRunner } from './turn/turn-runner.ts';
import { TurnWatch, type Watched } from './turn/turn-watch.ts';
import { ReplyWindows } from './window.ts';

export class Gateway {
  readonly #parts: GatewayParts;
  readonly #runner: TurnRunner;
  readonly #turnWatch: TurnWatch;
  readonly #windows: ReplyWindows;
  readonly #pickUps: PickUps;
  readonly #intake: Intake;
  readonly #echoes: Echoes;
  readonly #payments: Payments;
  readonly #withdrawals: WithdrawalNotices;
  readonly #lookUps: LookUps;
  readonly #forgetting: Forgetting;
  readonly #admission: Admission;
  readonly #resumption: Resumption;
  readonly #spoolReplay: SpoolReplay;
  readonly #greeter: Greeter;
  #takenOver: Promise<void> | undefined;

  /** Ids of questions that were not stored when their customers were told that an answer comes; while that is not decided. */
  readonly #promised = new Set<string>();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#intake = new Intake(parts);
    this.#echoes = new Echoes(parts);
    this.#payments = new Payments(parts);
    this.#withdrawals = new WithdrawalNotices(parts);
    this.#greeter = new Greeter(parts);
    this.#lookUps = new LookUps(parts);
    const runner = new TurnRunner(parts, this.#lookUps);
    const held = new HeldAnswers(parts, (turnId) => runner.get(turnId) !== undefined);
    const early = new EarlyPages(parts);
    this.#runner = runner;
    this.#turnWatch = new TurnWatch(parts, this.#runner);
    this.#windows = new ReplyWindows(parts, held, early, this.#runner);
    this.#pickUps = new PickUps(parts, held, early, this.#windows, this.#runner);
    this.#forgetting = new Forgetting(parts, this.#runner, this.#withdrawals);
    this.#admission = new Admission(parts, this.#runner, this.#forgetting);
    this.#resumption = new Resumption(parts, this.#runner, this.#windows);
    this.#spoolReplay = new SpoolReplay({
      clock: parts.clock,
      threads: parts.threads,
      admission: this.#admission,
      forgetting: this.#forgetting,
      echoes: this.#echoes,
      payments: this.#payments,
    });
    parts.threads.attach({
      answer: (bot, channel, turnIds, isLate) => this.#resumption.answerHeld(bot, channel, turnIds, isLate),
      stop: (key) => this.#runner.cancel(key),
      isBusy: (key) => this.#runner.isBusy(key),
    });
  }

  get openTurns(): number {
    return this.#runner.size;
  }

  /** Questions are turned away. */
  get isFull(): boolean {
    return this.#admission.isFull;
  }

  /** Messages that come before `takenOver` wait for it: what an earlier process left open was asked before them. Should it take too
   *  long, each platform gets what it gets while the store is slow. */
  holdMessagesUntil(takenOver: Promise<unknown>): void {
    const open = () => {
      this.#takenOver = undefined;
    };
    this.#takenOver = takenOver.then(open, open);
  }

  /** Until `entered`, what another process had taken in may still be resumed: turns that would go on because nobody else has an earlier
   *  question any more wait for that. */
  holdTurnsUntil(entered: Promise<void>): void {
    this.#runner.takeOver(entered);
  }

  /** @throws GatewayError `OVERLOADED`, `STORE_BUSY`, `STORE_FAILED`, `ENGINE_TIMEOUT` */
  async handle(bot: Bot, channel: Channel, event: InboundEvent): Promise<Handled> {
    try {
      return await this.#handle(bot, channel, event);
    } finally {
      // Whose the room is, and whether the customer has left it, is known by now.
      if (isOfCustomer(event)) this.#parts.signs.heard(conversationKey(event.conversation));
    }
  }

  async #handle(bot: Bot, channel: Channel, event: InboundEvent): Promise<Handled> {
    const { logger } = this.#parts;
    switch (event.type) {
      case 'message-received': {
        const handling = this.#handleMessage(bot, channel, event);
        return this.#windows.inTime(bot, channel, event, handling, () => this.#keepPromised(event, handling));
      }
      case 'conversation-reset': {
        const text = bot.resetWords[0] ?? '처음부터';
        const action = { kind: 'reset' } as const;
        return this.#handleMessage(bot, channel, { ...event, type: 'message-received', text, input: 'tap', action });
      }
      case 'conversation-opened':
        return this.#greeter.greet(bot, channel, event);
      case 'connection-tested':
        return say(channel, event, connectionTestReply(bot.name));
      case 'conversation-left':
        // A send after `leave` would re-open the room: nothing that is pending may go out any more.
        this.#runner.cancel(conversationKey(event.conversation));
        await this.#parts.threads.tell(bot, event.conversation, { type: 'forgotten' });
        await this.#intake.take(event, () => this.#forgetting.forget(conversationKey(event.conversation)));
        logger.info({ bot: bot.id, channel: channel.name }, 'a customer left');
        return respond({ kind: 'accepted' });
      case 'profile-withdrawn':
        // What is open ends without an answer, and what waits beside the store goes first: both would bring data back.
        this.#runner.cancel(conversationKey(event.conversation));
        await this.#parts.threads.tell(bot, event.conversation, { type: 'forgotten' });
        await this.#intake.erase(conversationKey(event.conversation));
        await this.#intake.take(event, () => this.#forgetting.erase(bot, event));
        return respond({ kind: 'accepted' });
      case 'payment-requested': {
        const { approve, text } = await this.#payments.decide(bot, event);
        if (approve) return respond({ kind: 'payment-approved' });
        return respond({ kind: 'payment-refused', ...(text === '' ? {} : { text }) });
      }
      case 'payment-settled':
        await this.#intake.take(withoutDetails(event), () => this.#payments.settle(bot, event));
        return respond({ kind: 'accepted' });
      case 'message-echoed':
        return this.#takeEcho(bot, event);
      case 'thread-returned':
        await this.#parts.threads.tell(bot, event.conversation, { type: 'returned' }, event.receivedAt);
        await this.#intake.take(event, () => this.#parts.threads.store(event.conversation));
        return respond({ kind: 'accepted' });
      case 'profile-received':
      case 'profile-declined': {
        const message = await this.#lookUps.hear(bot, event);
        // The event does not say who owns the room. If agents do, they see the data themselves.
        await this.#parts.threads.catchUp(event.conversation);
        const isAnswered = message !== undefined && this.#parts.threads.maySpeak(bot, event.conversation);
        return isAnswered ? this.#handleMessage(bot, channel, message) : respond({ kind: 'accepted' });
      }
      case 'subscription-changed':
        logger.info({ bot: bot.id, channel: channel.name, event: event.type }, 'an event that needs no answer');
        return respond({ kind: 'accepted' });
      case 'event-ignored':
        logger.info({ bot: bot.id, channel: channel.name, event: event.name }, 'an event that needs no answer');
        return respond({ kind: 'accepted' });
    }
  }

  /** What there is to show of a turn of this conversation, once there is something; an open turn of another process is waited for as
   *  long as the engines of the bot may take.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  watchTurn(bot: Bot, turnId: string, key: string, signal: AbortSignal): Promise<Watched> {
    return this.#turnWatch.watch(turnId, key, bot.engineTotalMs, signal);
  }

  /** Never rejects. */
  async answersShown(shown: ShownAnswers): Promise<void> {
    const { store, clock, logger } = this.#parts;
    try {
      await settleShown(shown, store, clock.now());
    } catch (err) {
      logger.error({ err }, 'the fate of an answer that was shown again could not be stored');
    }
  }

  /** {@link Resumption.resume} */
  resume(bot: Bot, channel: Channel, turn: Turn, options?: ResumeOptions): Promise<void> {
    return this.#resumption.resume(bot, channel, turn, options);
  }

  /** Tells the operators' systems of payments and withdrawals that they have not heard of; new ones follow by themselves. */
  tellHooks(bots: ReadonlyMap<string, Bot>): void {
    this.#payments.start(bots);
    void this.#withdrawals.start(bots);
  }

  /** Customers who took consent back while the store was down are forgotten before anything that an earlier process left open goes out
   *  to them, and agents who came meanwhile are known. Never rejects: what cannot be done now waits in the spool. */
  async finishErasures(bots: ReadonlyMap<string, Bot>): Promise<void> {
    await this.#spoolReplay.hearOwners(bots, this.#parts.spool);
    await this.#intake.finishErasures((events) => this.#spoolReplay.replay(bots, events, false));
  }

  /** Begins to bring back what waits in the spool; events that get there later follow by themselves. */
  replaySpool(bots: ReadonlyMap<string, Bot>): void {
    this.#intake.start((events, isLate) => this.#spoolReplay.replay(bots, events, isLate));
  }

  /** Waits until no turn is open; after `timeoutMs` every waiting request gets its waiting text, and what still runs is
   *  left to the next start. Resolves with the number of turns left. */
  async drain(timeoutMs: number): Promise<number> {
    this.#intake.stop();
    this.#payments.stop();
    await this.#runner.idle(timeoutMs);
    const left = this.#runner.size;
    this.#windows.closeAll();
    this.#turnWatch.stop();
    this.#runner.leaveOpen();
    return left;
  }

  async #handleMessage(bot: Bot, channel: Channel, raw: MessageReceived): Promise<Handled> {
    const event = maskMessage(raw, (kind) => this.#parts.metrics.masked(kind));
    const heard = await this.#parts.threads.hear(bot, channel, event, isQuestion(bot, event));
    if (heard.verdict !== 'answer') return this.#keep(bot, channel, event, heard);
    const pickUp = await this.#pickUps.read(event);
    if (pickUp !== undefined) {
      await heard.apply();
      return this.#pickUps.handle(bot, channel, event, pickUp);
    }

    const firstMode = event.replyWindows[0]?.mode ?? 'pickup';
    if (firstMode === 'push') {
      this.#admission.refusePushed(bot, channel, event);
      const start = async () => {
        if (this.#takenOver !== undefined) await this.#takenOver;
        return this.#admission.start(this.#admission.open(bot, channel, event, firstMode), heard);
      };
      const { kind } = await this.#intake.take(event, start, { canBeTold: true });
      if (kind === 'full') throw new GatewayError('STORE_FAILED', 'Neither the store nor the spool takes messages');
      return respond({ kind: 'accepted' });
    }

    if (this.#takenOver !== undefined) await this.#takenOver;
    const same = this.#runner.findSame(conversationKey(event.conversation), event);
    if (same !== undefined && firstMode === 'inline') {
      return this.#repeat(bot, channel, event, (await same.started) ?? same.id);
    }
    const turn = this.#admission.open(bot, channel, event, firstMode);
    this.#admission.refuseAwaited(turn);
    turn.started = this.#admission.start(turn, heard);
    let turnId: string | undefined;
    try {
      turnId = await turn.started;
    } catch (thrown) {
      return this.#answerUnstored(turn, toGatewayError(thrown));
    }
    if (turnId !== undefined) return this.#repeat(bot, channel, event, turnId);
    return firstMode === 'stream' ? this.#windows.respondStream(turn) : this.#windows.respondInline(turn);
  }

  /** The customer is about to be told that an answer comes. Whether the store has the question, it has not said yet. */
  async #keepPromised(event: MessageReceived, handling: Promise<unknown>): Promise<void> {
    const isStored = (this.#runner.get(event.id)?.sequence ?? 0) > 0;
    if (isStored || isPickUp(event.action)) return;
    this.#promised.add(event.id);
    const settled = () => void this.#promised.delete(event.id);
    handling.then(settled, settled);
    await this.#intake.keep(event, handling);
  }

  /** The store is not there, and the platform asks only once: an answer to this message alone beats an apology.
   *  @throws GatewayError `error`, where the caller can ask again */
  async #answerUnstored(turn: ActiveTurn, error: GatewayError): Promise<Handled> {
    const { bot, channel, event } = turn;
    const inline = turn.window('inline');
    const isAwaited = inline !== undefined && turn.window('pickup') !== undefined && !this.#promised.has(event.id);
    if (!error.retryable || !isAwaited) throw error;
    const labels = { bot: bot.id, channel: channel.name } as const;
    this.#parts.logger.error(
      { ...labels, err: error, code: error.code, turn: turn.id, request: event.requestId },
      'the store is not there: a question is answered without memory, and kept nowhere',
    );
    const answer = await this.#runner.answerUnstored(turn, inline.closesAt - this.#parts.eventLoopDelayMs());
    this.#parts.metrics.turnEnded({ ...labels, mode: 'inline', outcome: 'unstored' });
    return say(channel, event, answer.reply);
  }

  /** Never answered: it would be echoed in its turn. */
  async #takeEcho(bot: Bot, event: MessageEchoed): Promise<Handled> {
    if (event.author === 'agent') {
      await this.#parts.threads.tell(bot, event.conversation, { type: 'agent-spoke' }, event.receivedAt);
      const words = this.#echoes.mask(event);
      // Whose the room is must survive this process, and other ones must know of it, when the platform believes that we do.
      const keep = () => Promise.all([this.#echoes.keep(words), this.#parts.threads.store(event.conversation)]);
      await this.#intake.take(words, keep);
    } else {
      if (event.agentsOwnThread) {
        await this.#parts.threads.tell(bot, event.conversation, { type: 'agents-own' }, event.receivedAt);
      }
      if (event.author === 'bot') this.#echoes.confirm(event);
    }
    return respond({ kind: 'accepted' });
  }

  /** An event that came twice, or a question that is asked again while it is being answered: no second piece of work, but a
   *  response of its own with the same answer. */
  #repeat(bot: Bot, channel: Channel, event: MessageReceived, turnId: string): Promise<Handled> {
    const labels = { bot: bot.id, channel: channel.name } as const;
    const mode = event.replyWindows[0]?.mode ?? 'pickup';
    this.#parts.metrics.turnEnded({ ...labels, mode, outcome: 'duplicate' });
    const { requestId: request, supportId: support } = event;
    this.#parts.logger.info({ ...labels, turn: turnId, request, support }, 'a repeated question shares an answer');
    return this.#pickUps.handle(bot, channel, event, { kind: 'pickup', turnId });
  }

  /** A message for human agents, or one that they may answer first. */
  async #keep(bot: Bot, channel: Channel, event: MessageReceived, heard: Heard): Promise<Handled> {
    const fields = { bot: bot.id, channel: channel.name, verdict: heard.verdict };
    this.#parts.logger.info(fields, 'human agents come first: the bot keeps quiet');
    const { kind } = await this.#intake.take(event, () => this.#admission.storeUnanswered(bot, channel, event, heard));
    // The message is heard when the store has it. Whose room it is must be known by now.
    if (kind === 'spooled' && event.standby === true) {
      await this.#parts.threads.tell(bot, event.conversation, { type: 'agents-own' }, event.receivedAt);
    }
    return respond({ kind: 'accepted' });
  }
}

/** What agents, the bot and the platform do says nothing about where the customer is. */
function isOfCustomer({ type }: InboundEvent): boolean {
  return type !== 'message-echoed' && type !== 'thread-returned' && type !== 'event-ignored';
}
