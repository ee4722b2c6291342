/** The way of one message: mask, store, lane, answer, reply window. Knows no platform, no HTTP and no SQL. */
import type { Channel } from '../channels/channel.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import { conversationKey, type InboundEvent, type MessageReceived, type Reply } from '../message.ts';
import { delay } from '../platform/clock.ts';
import { HANDED_OVER, type Turn } from '../storage/store.ts';
import { ActiveTurn } from './active-turn.ts';
import { isPage } from './answer-pages.ts';
import type { Bot } from './bot.ts';
import { enginesNow } from './cost-limit.ts';
import { Echoes, type MessageEchoed } from './echoes.ts';
import { FairSlots } from './fair-slots.ts';
import { fixedAnswer, systemAnswer } from './fixed-answer.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { greetingFor } from './greeting.ts';
import { type Handled, respond, say } from './handled.ts';
import { HeldAnswers } from './held-answers.ts';
import { Intake } from './intake.ts';
import { belongsTo, type LaneSlot } from './lane.ts';
import { LookUps } from './look-ups.ts';
import { maskMessage } from './mask-message.ts';
import { outlast } from './outlast.ts';
import { Payments, withoutDetails } from './payments.ts';
import { isPickUp, PickUps } from './pick-up.ts';
import { acceptTurn } from './receive.ts';
import { type Answer, searchKnowledge } from './respond.ts';
import { type ShownAnswers, settleShown } from './shown-answers.ts';
import { agentsLateNotice, connectionTestReply, lateReply } from './texts.ts';
import type { Heard } from './thread/threads.ts';
import { kindOf, type TurnKind } from './turn-counts.ts';
import { isTap, TurnRunner } from './turn-runner.ts';
import { TurnWatch, type Watched } from './turn-watch.ts';
import { ReplyWindows } from './window.ts';
import { type ProfileWithdrawn, WithdrawalNotices } from './withdrawal-notices.ts';

/** A disk may pause for a moment; an inline window cannot wait longer. */
const STORE_PATIENCE_MS = 1_500;
/** A platform that wants its 200 at once does not repeat the event: soon it goes to the spool. */
const PUSH_STORE_PATIENCE_MS = 300;
/** Left of an inline window for the refusal, when the store is not there. */
const REFUSAL_MS = 300;
/** Whoever enters a room asked for nothing: without the store there is no greeting. */
const GREETING_STORE_MS = 500;
/** Turns that wait for a push cost only memory: far more of them are taken than of those that somebody waits for. */
const PUSH_SHARE = 4;
/** What needs no engine is over at once: where others are turned away it still gets its answer, up to here. */
const SHORT_SHARE = 2;
/** How far back the messages that were merged into a turn can lie. */
const MERGE_REACH = 50;
/** Who takes over hundreds of turns must leave the store some room for those who ask now. */
const READ_AT_ONCE = 4;

/** A turn on its way into its lane. */
interface Place {
  readonly turn: ActiveTurn;
  readonly slot: LaneSlot | undefined;
  readonly state: 'received' | 'answering';
}

type ConversationOpened = Extract<InboundEvent, { type: 'conversation-opened' }>;

export interface ResumeOptions {
  /** Explains instead of answering. */
  readonly apology?: Reply;
  /** Said before the answer. */
  readonly notice?: string;
  /** The turn begins only then. */
  readonly after?: Promise<void>;
}

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
  readonly #readingEarlier = new FairSlots(READ_AT_ONCE);
  #takenOver: Promise<void> | undefined;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#intake = new Intake(parts);
    this.#echoes = new Echoes(parts);
    this.#payments = new Payments(parts);
    this.#withdrawals = new WithdrawalNotices(parts);
    this.#lookUps = new LookUps(parts);
    const held = new HeldAnswers(parts.store, parts.clock);
    this.#runner = new TurnRunner(parts, this.#lookUps);
    this.#turnWatch = new TurnWatch(parts, this.#runner);
    this.#windows = new ReplyWindows(parts, held, this.#runner);
    this.#pickUps = new PickUps(parts, held, this.#windows, this.#runner);
    parts.threads.attach({
      answer: (bot, channel, turnIds, isLate) => this.#answerHeld(bot, channel, turnIds, isLate),
      stop: (key) => this.#runner.cancel(key),
      isBusy: (key) => this.#runner.isBusy(key),
    });
  }

  get openTurns(): number {
    return this.#runner.size;
  }

  /** Questions are turned away: of those that a response waits for, or of those whose answers go out by themselves. */
  get isFull(): boolean {
    return (
      this.#runner.count('awaited') >= this.#limit('awaited') || this.#runner.count('pushed') >= this.#limit('pushed')
    );
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
    const { logger } = this.#parts;
    switch (event.type) {
      case 'message-received':
        return this.#windows.inTime(bot, channel, event, this.#handleMessage(bot, channel, event));
      case 'conversation-reset': {
        const text = bot.resetWords[0] ?? '처음부터';
        const action = { kind: 'reset' } as const;
        return this.#handleMessage(bot, channel, { ...event, type: 'message-received', text, input: 'tap', action });
      }
      case 'conversation-opened':
        return this.#greet(bot, channel, event);
      case 'connection-tested':
        return say(channel, event, connectionTestReply(bot.name));
      case 'conversation-left':
        // A send after `leave` would re-open the room: nothing that is pending may go out any more.
        this.#runner.cancel(conversationKey(event.conversation));
        await this.#parts.threads.tell(bot, event.conversation, { type: 'forgotten' });
        await this.#intake.take(event, () => this.#forget(conversationKey(event.conversation)));
        logger.info({ bot: bot.id, channel: channel.name }, 'a customer left');
        return respond({ kind: 'accepted' });
      case 'profile-withdrawn':
        // What is open ends without an answer, and what waits beside the store goes first: both would bring data back.
        this.#runner.cancel(conversationKey(event.conversation));
        await this.#parts.threads.tell(bot, event.conversation, { type: 'forgotten' });
        await this.#intake.erase(conversationKey(event.conversation));
        await this.#intake.take(event, () => this.#erase(bot, event));
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
        await this.#parts.threads.tell(bot, event.conversation, { type: 'returned' });
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

  /** Takes over a turn that another process left open: it is answered through whatever window is still open. It has its place in the
   *  lane when this returns; the promise resolves when it has ended. */
  async resume(bot: Bot, channel: Channel, turn: Turn, { apology, notice, after }: ResumeOptions = {}): Promise<void> {
    const { store, clock } = this.#parts;
    if (turn.event.type !== 'message-received') {
      await store.moveTurn(turn.id, ['received'], 'suppressed', clock.now(), HANDED_OVER);
      return;
    }
    const callback = turn.event.replyWindows.find((window) => window.mode === 'callback');
    const modes = new Set(turn.event.replyWindows.map((window) => window.mode));
    // The HTTP response died with the other process; so did a callback whose acknowledgement never left.
    const callbackIsOpen =
      callback !== undefined && turn.acknowledgedAt !== undefined && clock.now() < callback.closesAt;
    const mode = modes.has('push') ? 'push' : callbackIsOpen ? 'callback' : modes.has('pickup') ? 'pickup' : 'stream';
    const active = new ActiveTurn(bot, channel, turn.event, turn.conversationKey, mode, false);
    active.sequence = turn.sequence;
    active.startedAt = clock.now();
    active.quietFrom = clock.now();
    active.notice = notice;
    active.acknowledgedAt = turn.acknowledgedAt;
    active.hasResponse = false;
    active.fixedAnswer = apology === undefined ? fixedAnswer(bot, turn.event) : systemAnswer(apology, false);
    const slot = this.#runner.enter(active, false, turn.state);
    let earlier: readonly Turn[];
    try {
      await after;
      earlier = await this.#readEarlier(active);
      if (callback !== undefined) active.nextPosition = await this.#countPages(active);
    } catch (thrown) {
      this.#runner.withdraw(active, slot);
      throw thrown;
    }
    for (const other of earlier) {
      const wasAbsorbed = other.state === 'merged' && other.note === turn.id;
      if (wasAbsorbed && other.event.type === 'message-received') active.absorbed.push(other.event);
    }
    slot?.admit(turn.sequence);
    if (callbackIsOpen) this.#windows.watchCallbackBudget(active, callback.closesAt);
    await this.#runner.run(active, slot, turn.state);
  }

  /** Of the answer, that its callback has shown already: they keep their numbers. */
  async #countPages({ id, abort }: ActiveTurn): Promise<number> {
    const { store, clock } = this.#parts;
    return (await outlast(() => store.readDeliveries(id), clock, abort.signal)).filter(isPage).length;
  }

  /** Turns that may have become one with this one. */
  async #readEarlier({ bot, channel, conversationKey: key, sequence, abort }: ActiveTurn): Promise<readonly Turn[]> {
    const { store, clock } = this.#parts;
    if (!channel.mergesWaitingMessages) return [];
    const release = await this.#readingEarlier.acquire(bot.id, abort.signal);
    try {
      // Its place in the lane is taken: whoever comes later waits for it, so it must not stay behind for want of a read.
      return await outlast(() => store.readTurns(key, sequence - MERGE_REACH, MERGE_REACH), clock, abort.signal);
    } finally {
      release?.();
    }
  }

  /** Tells the operators' systems of payments and withdrawals that they have not heard of; new ones follow by themselves. */
  tellHooks(bots: ReadonlyMap<string, Bot>): void {
    this.#payments.start(bots);
    void this.#withdrawals.start(bots);
  }

  /** Customers who took consent back while the store was down are forgotten before anything that an earlier process left open goes out
   *  to them. Never rejects: what cannot be done now waits in the spool. */
  async finishErasures(bots: ReadonlyMap<string, Bot>): Promise<void> {
    await this.#intake.replayFirst('profile-withdrawn', (events) => this.#replay(bots, events, false));
  }

  /** Begins to bring back what waits in the spool; events that get there later follow by themselves. */
  replaySpool(bots: ReadonlyMap<string, Bot>): void {
    this.#intake.start((events, isLate) => this.#replay(bots, events, isLate));
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
    const heard = await this.#hear(bot, channel, event);
    if (heard.verdict !== 'answer') return this.#keep(bot, channel, event, heard);
    if (isPickUp(event.action)) return this.#pickUps.handle(bot, channel, event, event.action);

    const firstMode = event.replyWindows[0]?.mode ?? 'pickup';
    if (firstMode === 'push') {
      this.#refuseAbove(this.#limit('pushed'), bot, channel, event);
      const start = async () => {
        if (this.#takenOver !== undefined) await this.#takenOver;
        return this.#start(this.#openTurn(bot, channel, event, firstMode));
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
    const turn = this.#openTurn(bot, channel, event, firstMode);
    const needsEngine = turn.fixedAnswer === undefined && !turn.approvedOnly;
    this.#refuseAbove(this.#limit('awaited') * (needsEngine ? 1 : SHORT_SHARE), bot, channel, event);
    turn.started = this.#start(turn);
    let turnId: string | undefined;
    try {
      turnId = await turn.started;
    } catch (thrown) {
      return this.#answerUnstored(turn, toGatewayError(thrown));
    }
    if (turnId !== undefined) return this.#repeat(bot, channel, event, turnId);
    return firstMode === 'stream' ? this.#windows.respondStream(turn) : this.#windows.respondInline(turn);
  }

  /** The store is not there, and the platform asks only once: an answer to this message alone beats an apology.
   *  @throws GatewayError `error`, where the caller can ask again */
  async #answerUnstored(turn: ActiveTurn, error: GatewayError): Promise<Handled> {
    const { bot, channel, event } = turn;
    const inline = turn.window('inline');
    if (!error.retryable || inline === undefined || turn.window('pickup') === undefined) throw error;
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
      await this.#parts.threads.tell(bot, event.conversation, { type: 'agent-spoke' });
      const words = this.#echoes.mask(event);
      if (words.text !== undefined) {
        // Other processes must know of it, too, when the platform believes that we do.
        const isKnown = this.#parts.threads.saved(event.conversation);
        await this.#intake.take(words, () => Promise.all([this.#echoes.keep(words), isKnown]));
      }
    } else {
      if (event.agentsOwnThread) await this.#parts.threads.tell(bot, event.conversation, { type: 'agents-own' });
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

  #hear(bot: Bot, channel: Channel, event: MessageReceived): Promise<Heard> {
    const isQuestion = event.action === undefined && fixedAnswer(bot, event) === undefined;
    return this.#parts.threads.hear(bot, channel, event, isQuestion);
  }

  /** A message for human agents, or one that they may answer first. */
  async #keep(bot: Bot, channel: Channel, event: MessageReceived, heard: Heard): Promise<Handled> {
    const fields = { bot: bot.id, channel: channel.name, verdict: heard.verdict };
    this.#parts.logger.info(fields, 'human agents come first: the bot keeps quiet');
    try {
      await this.#intake.take(event, () => this.#storeUnanswered(bot, channel, event, heard));
    } finally {
      heard.act();
    }
    return respond({ kind: 'accepted' });
  }

  async #storeUnanswered(bot: Bot, channel: Channel, event: MessageReceived, { verdict }: Heard): Promise<void> {
    const { store, clock } = this.#parts;
    const mode = event.replyWindows[0]?.mode ?? 'pickup';
    const turn = new ActiveTurn(bot, channel, event, conversationKey(event.conversation), mode, false);
    const { outcome } = await acceptTurn(turn, 'received', this.#storePatienceMs(turn), this.#parts);
    if (outcome === 'accepted' && verdict === 'quiet') {
      await store.moveTurn(turn.id, ['received'], 'suppressed', clock.now(), HANDED_OVER);
    }
  }

  /** Messages that no agent answered: those that came within the quiet time of each other become one turn. */
  async #answerHeld(bot: Bot, channel: Channel, turnIds: readonly string[], isLate: boolean): Promise<void> {
    const { store, clock, ownerId } = this.#parts;
    // Another process may have taken them in.
    await store.ownTurns(turnIds, ownerId);
    const turns = await Promise.all(turnIds.map((turnId) => store.readTurn(turnId)));
    const held = turns.filter((turn) => turn?.state === 'received').filter((turn) => turn !== undefined);
    const groups: Turn[][] = [];
    for (const turn of held) {
      const group = groups.at(-1);
      const [first, before] = [group?.at(0), group?.at(-1)];
      const belongs = first !== undefined && before !== undefined && belongsTo(first, before, turn, bot.quiet);
      if (belongs) group?.push(turn);
      else groups.push([turn]);
    }
    const leaders: Turn[] = [];
    for (const group of groups) {
      const leader = group.pop();
      if (leader === undefined) continue;
      for (const turn of group) await store.moveTurn(turn.id, ['received'], 'merged', clock.now(), leader.id);
      leaders.push(leader);
    }
    // All take their places before the first is answered.
    await Promise.all(
      leaders.map((leader, index) => {
        const notice = isLate && index === 0 ? agentsLateNotice() : undefined;
        return this.resume(bot, channel, leader, notice === undefined ? {} : { notice });
      }),
    );
  }

  #limit(kind: TurnKind): number {
    return this.#parts.maxOpenTurns * (kind === 'pushed' ? PUSH_SHARE : 1);
  }

  #refuseAbove(limit: number, bot: Bot, channel: Channel, event: MessageReceived): void {
    if (this.#runner.mayOpen(kindOf(event), bot.id, limit)) return;
    this.#parts.metrics.turnEnded({ bot: bot.id, channel: channel.name, mode: 'inline', outcome: 'shed' });
    throw new GatewayError('OVERLOADED', 'Too many questions are open; try again in a moment', { retryAfterMs: 2_000 });
  }

  /** A question that the knowledge answers surely need not wait: neither for a slow one of the same conversation nor, when everybody
   *  waits for the model, for that. */
  #openTurn(
    bot: Bot,
    channel: Channel,
    event: MessageReceived,
    mode: ActiveTurn['mode'],
    apology?: Answer,
  ): ActiveTurn {
    const key = conversationKey(event.conversation);
    const fixed = fixedAnswer(bot, event) ?? apology;
    const asksModel = enginesNow(bot)[0] !== bot.approvedEngine;
    const isBusy = this.#runner.isBusy(key);
    const kind = kindOf(event);
    const approvedOnly =
      (isBusy || this.#runner.isSaturated || !this.#runner.mayOpen(kind, bot.id, this.#limit(kind))) &&
      fixed === undefined &&
      event.images === undefined &&
      event.action?.kind !== 'engine' &&
      asksModel &&
      searchKnowledge(bot, event).confidence === 'sure';
    const turn = new ActiveTurn(bot, channel, event, key, mode, isBusy && approvedOnly);
    turn.approvedOnly = approvedOnly;
    turn.fixedAnswer = fixed;
    return turn;
  }

  /** Takes the turn's place, stores it and lets it run. Resolves with the id of the turn that this one only repeats, if it does. */
  async #start(turn: ActiveTurn): Promise<string | undefined> {
    const place = this.#enter(turn);
    const repeated = await this.#accept(place);
    if (repeated === undefined) this.#run(place);
    return repeated;
  }

  /** The same for turns of one conversation whose messages have all come: those that belong together become one. */
  async #startTogether(turns: readonly ActiveTurn[]): Promise<void> {
    const places = turns.map((turn) => this.#enter(turn));
    const accepted: Place[] = [];
    try {
      for (const place of places) if ((await this.#accept(place)) === undefined) accepted.push(place);
    } finally {
      for (const place of places) if (!accepted.includes(place)) this.#runner.withdraw(place.turn, place.slot);
      // From behind: the first one starts with those that may run by then.
      for (const place of accepted.toReversed()) this.#run(place);
    }
  }

  #enter(turn: ActiveTurn): Place {
    const tapGoesFirst = isTap(turn.event) && !turn.isReplayed && ('behind-quiet' as const);
    const slot = this.#runner.enter(turn, turn.fixedAnswer !== undefined || tapGoesFirst);
    return { turn, slot, state: slot === undefined || slot.isFirst ? 'answering' : 'received' };
  }

  async #accept({ turn, slot, state }: Place): Promise<string | undefined> {
    try {
      const accepted = await acceptTurn(turn, state, this.#storePatienceMs(turn), this.#parts);
      if (accepted.outcome === 'duplicate') {
        this.#runner.withdraw(turn, slot);
        return accepted.turnId;
      }
      turn.sequence = accepted.sequence;
      turn.memory = accepted.memory;
      turn.memoryIsFresh = state === 'answering';
      turn.mayHaveHeld ||= accepted.memory.heldDeliveries.length > 0;
      if (turn.isReset) await this.#forget(turn.conversationKey, turn.id);
      return undefined;
    } catch (thrown) {
      this.#runner.withdraw(turn, slot);
      throw thrown;
    }
  }

  #run({ turn, slot, state }: Place): void {
    slot?.admit(turn.sequence);
    void this.#runner.run(turn, slot, state);
  }

  #storePatienceMs(turn: ActiveTurn): number {
    if (turn.mode === 'push') return PUSH_STORE_PATIENCE_MS;
    const inline = turn.window('inline');
    if (inline === undefined) return STORE_PATIENCE_MS;
    return Math.min(STORE_PATIENCE_MS, inline.closesAt - REFUSAL_MS - this.#parts.clock.now());
  }

  /** Events out of the spool, as if they came now; what comes too late is explained instead of answered. */
  async #replay(
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
    if (event.type === 'conversation-left') await this.#forget(conversationKey(event.conversation));
    if (event.type === 'message-echoed') await this.#echoes.keep(event);
    if (event.type === 'payment-settled') await this.#payments.settle(bot, event);
    if (event.type === 'profile-withdrawn') await this.#erase(bot, event);
    const messages = events.filter((one) => one.type === 'message-received');
    await this.#replayMessages(bot, channel, messages, isLate);
  }

  async #replayMessages(
    bot: Bot,
    channel: Channel,
    messages: readonly MessageReceived[],
    isLate: boolean,
  ): Promise<void> {
    const apology = isLate ? systemAnswer(lateReply(bot.contact), false) : undefined;
    let together: ActiveTurn[] = [];
    const startThem = async () => {
      const turns = together;
      together = [];
      await this.#startTogether(turns);
    };
    for (const event of messages) {
      const heard = await this.#hear(bot, channel, event);
      if (heard.verdict !== 'answer') {
        await startThem();
        await this.#storeUnanswered(bot, channel, event, heard);
        heard.act();
        continue;
      }
      const turn = this.#openTurn(bot, channel, event, 'push', apology);
      turn.startedAt = this.#parts.clock.now();
      turn.isReplayed = true;
      together.push(turn);
      // A reset ends what waits then, not what comes after it; and without a quiet time the first one is answered as soon as it is stored.
      if (turn.fixedAnswer !== undefined || bot.quiet.quietMs === 0) await startThem();
    }
    await startThem();
  }

  async #greet(bot: Bot, channel: Channel, event: ConversationOpened): Promise<Handled> {
    if (bot.lookUp !== undefined && event.isUnder14 !== undefined) {
      this.#parts.store
        .saveUnder14(event.conversation, event.isUnder14, event.receivedAt)
        .catch((err) => this.#parts.logger.error({ err, bot: bot.id }, 'the age of a customer could not be kept'));
    }
    await this.#parts.threads.catchUp(event.conversation);
    if (!this.#parts.threads.maySpeak(bot, event.conversation)) return respond({ kind: 'accepted' });
    if (channel.greetsOncePerCooldown && !(await this.#claimGreeting(bot, event))) return respond({ kind: 'accepted' });
    return say(channel, event, await greetingFor(bot, event, this.#parts));
  }

  async #claimGreeting(bot: Bot, event: InboundEvent): Promise<boolean> {
    const { store, clock, logger } = this.#parts;
    const claim = store
      .claimGreeting(event.conversation, clock.now(), bot.greetingCooldownMs)
      .catch((thrown: unknown) => {
        logger.warn({ bot: bot.id, code: toGatewayError(thrown).code }, 'nobody was greeted: the store is not there');
        return false;
      });
    const claimed = new AbortController();
    const late = delay(clock, GREETING_STORE_MS, claimed.signal).then(() => false);
    const greets = await Promise.race([claim, late]);
    claimed.abort();
    return greets;
  }

  /** Consent was taken back: nothing of the conversation stays but marks that name nobody. */
  async #erase(bot: Bot, event: ProfileWithdrawn): Promise<void> {
    const key = conversationKey(event.conversation);
    // Also what was taken up again since the event went into the spool.
    this.#runner.cancel(key);
    await this.#withdrawals.keep(bot, event);
    await this.#runner.ended(key);
    await this.#parts.store.eraseConversation(key, this.#parts.clock.now());
    this.#parts.logger.info({ bot: bot.id }, 'a customer took consent back: everything about them is deleted');
    void this.#withdrawals.tell(bot, event);
  }

  /** Reset, leave: the running turn is cancelled, what is pending is suppressed, the memory starts afresh. */
  async #forget(key: string, exceptTurnId?: string): Promise<void> {
    await this.#parts.store.resetConversation(key, this.#parts.clock.now(), exceptTurnId);
    this.#runner.cancel(key, exceptTurnId);
  }
}
