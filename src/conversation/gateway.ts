/** The way of one message: mask, store, lane, answer, reply window. Knows no platform, no HTTP and no SQL. */
import type { AnswerDetails, Channel, InboundOutcome, OutboundMessage } from '../channels/channel.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import type { JobQueue } from '../jobs/queue.ts';
import {
  conversationKey,
  type EpochMs,
  type InboundEvent,
  type MessageReceived,
  type Reply,
  type ReplyMode,
  replyText,
} from '../message.ts';
import { type Clock, delay } from '../platform/clock.ts';
import type { NewId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { maskPersonalData } from '../privacy/mask.ts';
import type { AcceptResult, Delivery, NewDelivery, Store, Turn } from '../storage/store.ts';
import { ActiveTurn, type TurnResult } from './active-turn.ts';
import type { Bot } from './bot.ts';
import type { SendBudget } from './deliver.ts';
import { FairSlots } from './fair-slots.ts';
import { HeldAnswers } from './held-answers.ts';
import { detectIntent } from './intent.ts';
import { type LaneSlot, Lanes } from './lane.ts';
import { type Answer, answerQuestion, searchKnowledge } from './respond.ts';
import { firstSentences } from './sentences.ts';
import {
  againChoice,
  answerGoneReply,
  apologyReply,
  cancelledReply,
  connectionTestReply,
  continueChoice,
  personReply,
  quoteQuestion,
  resetReply,
  unsupportedInputReply,
  waitingReply,
} from './texts.ts';
import type { TurnFeed } from './turn-feed.ts';

export interface GatewayParts {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly sendBudget: SendBudget;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** This process, in the turn log. */
  readonly ownerId: string;
  /** Engine calls at once. */
  readonly maxConcurrentTurns: number;
  /** Turns in memory; above it new ones are refused where the platform can be told so. */
  readonly maxOpenTurns: number;
}

/** What the HTTP layer does with a request. */
export type Handled =
  | {
      readonly kind: 'respond';
      readonly outcome: InboundOutcome;
      /** To be told once what became of the response: written to an open socket, or not. Never rejects. */
      readonly flushed: (at: EpochMs, written: boolean) => Promise<void>;
    }
  | {
      readonly kind: 'stream';
      readonly turnId: string;
      readonly sequence: number;
      /** Masked. */
      readonly question: string;
      readonly receivedAt: EpochMs;
      readonly feed: TurnFeed;
      readonly flushed: (at: EpochMs, written: boolean) => Promise<void>;
    };

/** A response counts as arrived when it was written at most this long after the inline budget (Kakao: 4.0 + 0.8 s of 5). */
const INLINE_GRACE_MS = 800;
/** Kakao rejects a callback that races its own acknowledgement (reported; one adapter waits 1 s). */
const CALLBACK_AFTER_ACK_MS = 500;
/** How long after the callback budget a POST may still start: 50 s + 5 s of the 60 s that the URL lives. */
const CALLBACK_GRACE_MS = 5_000;
/** A repeated tap gets the same answer again. */
const REPEAT_PICKUP_MS = 30 * 60_000;
const DEDUPE_MS = 10 * 60_000;
/** How far back the messages that were merged into a turn can lie. */
const MERGE_REACH = 50;
const TYPING_AFTER_MS = 400;
/** TalkTalk shows "typing" for 10 s. */
const TYPING_EVERY_MS = 8_000;
const STORE_RETRY_MS = 100;
const STORE_PATIENCE_MS = 1_500;
/** A platform that wants its 200 at once does not repeat the event: keep trying to store it in the background. */
const PUSH_STORE_PATIENCE_MS = 60_000;

const NOTHING_TO_FLUSH = async () => {};

export class Gateway {
  readonly #parts: GatewayParts;
  readonly #lanes = new Lanes();
  readonly #slots: FairSlots;
  readonly #held: HeldAnswers;
  readonly #active = new Map<string, ActiveTurn>();
  /** Requests that wait for their answer; told all at once when the process is about to stop. */
  readonly #waiting = new Set<() => void>();
  #isStopping = false;
  #idle: (() => void)[] = [];

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#slots = new FairSlots(parts.maxConcurrentTurns);
    this.#held = new HeldAnswers(parts.store, parts.clock);
  }

  get openTurns(): number {
    return this.#active.size;
  }

  /** @throws GatewayError `OVERLOADED`, `STORE_BUSY`, `STORE_FAILED` */
  async handle(bot: Bot, channel: Channel, event: InboundEvent): Promise<Handled> {
    switch (event.type) {
      case 'message-received':
        return this.#handleMessage(bot, channel, event);
      case 'conversation-reset':
        return this.#handleMessage(bot, channel, {
          ...event,
          type: 'message-received',
          text: bot.resetWords[0] ?? '처음부터',
          input: 'tap',
          action: { kind: 'reset' },
        });
      case 'conversation-opened':
        return this.#greet(bot, channel, event);
      case 'connection-tested':
        return this.#say(channel, event, connectionTestReply(bot.name));
      case 'conversation-left':
        // A send after `leave` would re-open the room: nothing that is pending may go out any more.
        await this.#forget(conversationKey(event.conversation));
        return this.#accepted();
      case 'payment-requested':
        this.#parts.logger.warn({ bot: bot.id }, 'a payment was refused: nobody is set up to approve payments');
        return { kind: 'respond', outcome: { kind: 'payment-refused' }, flushed: NOTHING_TO_FLUSH };
      case 'message-echoed':
      case 'event-ignored':
        this.#parts.logger.info(
          { bot: bot.id, channel: channel.name, event: event.type === 'event-ignored' ? event.name : event.author },
          event.type === 'event-ignored' ? 'an event that needs no answer' : 'an echo, never answered',
        );
        return this.#accepted();
    }
  }

  /** The live text of a turn of this conversation, if this process works on it. */
  watchTurn(turnId: string, key: string): TurnFeed | undefined {
    const turn = this.#active.get(turnId);
    return turn?.conversationKey === key ? turn.feed : undefined;
  }

  /** Takes over a turn that another process left open: it is answered through whatever window is still open, or
   *  explained with `apology`. Resolves when it has ended. */
  async resume(bot: Bot, channel: Channel, turn: Turn, apology: Reply | undefined): Promise<void> {
    const { store, clock } = this.#parts;
    if (turn.event.type !== 'message-received') return;
    const callback = turn.event.replyWindows.find((window) => window.mode === 'callback');
    const modes = new Set(turn.event.replyWindows.map((window) => window.mode));
    // The HTTP response died with the other process; so did a callback whose acknowledgement never left.
    const callbackIsOpen =
      callback !== undefined && turn.acknowledgedAt !== undefined && clock.now() < callback.closesAt;
    const mode = modes.has('push') ? 'push' : callbackIsOpen ? 'callback' : modes.has('pickup') ? 'pickup' : 'stream';
    const active = new ActiveTurn(bot, channel, turn.event, turn.conversationKey, mode, false);
    active.sequence = turn.sequence;
    active.acknowledgedAt = turn.acknowledgedAt;
    active.fixedAnswer = apology === undefined ? this.#fixedAnswer(bot, turn.event) : systemAnswer(apology, false);
    const slot = this.#enter(active, false);
    this.#active.set(active.id, active);
    const earlier = await store.readTurns(turn.conversationKey, turn.sequence - MERGE_REACH, MERGE_REACH);
    for (const other of earlier) {
      const wasAbsorbed = other.state === 'merged' && other.note === turn.id;
      if (wasAbsorbed && other.event.type === 'message-received') active.absorbedTexts.push(other.event.text);
    }
    slot.admit();
    if (callbackIsOpen) this.#watchCallbackBudget(active, callback.closesAt);
    void this.#run(active, slot, turn.state);
    await active.settled;
  }

  /** Waits until no turn is open; after `timeoutMs` every waiting request gets its waiting text, and what still runs is left to the next start. */
  async drain(timeoutMs: number): Promise<number> {
    if (this.#active.size > 0) {
      const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
      await Promise.race([idle, delay(this.#parts.clock, timeoutMs)]);
    }
    this.#isStopping = true;
    for (const giveUp of this.#waiting) giveUp();
    // Stopped before the engines close: a turn that saw its engine fail now would settle for less than the next start can give.
    for (const turn of this.#active.values()) {
      turn.isLeftOpen = true;
      turn.abort.abort();
    }
    return this.#active.size;
  }

  async #handleMessage(bot: Bot, channel: Channel, raw: MessageReceived): Promise<Handled> {
    const { clock, logger } = this.#parts;
    const masked = maskPersonalData(raw.text);
    for (const kind of masked.found) this.#parts.metrics.masked(kind);
    const event: MessageReceived = masked.text === raw.text ? raw : { ...raw, text: masked.text };
    if (event.standby === true) {
      logger.info({ bot: bot.id, channel: channel.name }, 'a human agent owns the thread: the bot keeps quiet');
      return this.#accepted();
    }
    const action = event.action;
    if (action?.kind === 'pickup' || action?.kind === 'again' || action?.kind === 'continue') {
      return this.#pickUp(
        bot,
        channel,
        event,
        action.turnId,
        action.kind,
        action.kind === 'continue' ? action.position : 0,
      );
    }
    const hasPush = event.replyWindows.some((window) => window.mode === 'push');
    if (this.#active.size >= this.#parts.maxOpenTurns * (hasPush ? 4 : 1)) {
      this.#parts.metrics.turnEnded({ bot: bot.id, channel: channel.name, mode: 'inline', outcome: 'shed' });
      throw new GatewayError('OVERLOADED', 'Too many questions are open; try again in a moment', {
        retryAfterMs: 2_000,
      });
    }

    const key = conversationKey(event.conversation);
    const intent = detectIntent(event, bot);
    const fixedAnswer = this.#fixedAnswer(bot, event);
    const isBusy = this.#lanes.isBusy(key);
    const overtakes =
      isBusy &&
      intent === 'question' &&
      fixedAnswer === undefined &&
      this.#knowledgeIsSure(bot, event) &&
      !isApprovedOnly(bot);
    const firstWindow = event.replyWindows[0]?.mode ?? 'pickup';
    const turn = new ActiveTurn(bot, channel, event, key, firstWindow, overtakes);
    turn.fixedAnswer = fixedAnswer;
    const slot = overtakes ? undefined : this.#enter(turn, fixedAnswer !== undefined || action !== undefined);
    this.#active.set(turn.id, turn);

    const accepting = this.#accept(
      turn,
      slot === undefined || slot.isFirst,
      hasPush ? PUSH_STORE_PATIENCE_MS : STORE_PATIENCE_MS,
    );
    const started = accepting.then(
      async (accepted) => {
        if (accepted.outcome === 'duplicate') {
          slot?.leave();
          this.#drop(turn);
          return accepted.turnId;
        }
        turn.sequence = accepted.sequence;
        turn.memory = accepted.memory;
        turn.memoryIsFresh = slot === undefined || slot.isFirst;
        turn.mayHaveHeld ||= accepted.memory.heldDeliveries.length > 0;
        if (intent === 'reset') await this.#forget(key, turn.id);
        slot?.admit();
        void this.#run(turn, slot, slot === undefined || slot.isFirst ? 'answering' : 'received');
        return undefined;
      },
      (thrown: unknown) => {
        slot?.leave();
        this.#drop(turn);
        throw thrown;
      },
    );

    if (hasPush) {
      // The platform must have its 200 within a second whatever the disk does; the event lives in memory until then.
      const inTime = await Promise.race([started.then(() => true), delay(clock, 700).then(() => false)]);
      if (!inTime) {
        started.catch((err) =>
          logger.error({ err, bot: bot.id, turn: turn.id }, 'an event could not be stored and is lost'),
        );
      }
      return this.#accepted();
    }
    const duplicateOf = await started;
    if (duplicateOf !== undefined) {
      this.#parts.metrics.turnEnded({ bot: bot.id, channel: channel.name, mode: firstWindow, outcome: 'duplicate' });
      return this.#pickUp(bot, channel, event, duplicateOf, 'pickup', 0);
    }
    if (firstWindow === 'stream') {
      return {
        kind: 'stream',
        turnId: turn.id,
        sequence: turn.sequence,
        question: event.text,
        receivedAt: event.receivedAt,
        feed: turn.feed,
        flushed: async (at, written) => {
          const result = await turn.settled;
          if (result.kind === 'answered') await this.#settleOwn(turn, result.deliveryId, at, written);
        },
      };
    }
    return this.#respondInline(turn);
  }

  #fixedAnswer(bot: Bot, event: MessageReceived): Answer | undefined {
    const intent = detectIntent(event, bot);
    if (intent === 'reset') return systemAnswer(resetReply(), true);
    if (intent === 'person') return systemAnswer(personReply(bot.contact), true);
    // TalkTalk's own sentence stands in for a sticker: no words of the customer.
    if (event.text.trim() !== '' && event.input !== 'sticker') return undefined;
    const input = event.input === 'image' || event.input === 'sticker' ? event.input : 'other';
    return systemAnswer(unsupportedInputReply(input), true);
  }

  #knowledgeIsSure(bot: Bot, event: MessageReceived): boolean {
    const entryId = event.action?.kind === 'ask' ? event.action.entryId : undefined;
    return (
      searchKnowledge(bot, { text: event.text, ...(entryId === undefined ? {} : { entryId }) }).confidence === 'sure'
    );
  }

  #enter(turn: ActiveTurn, goesFirst: boolean): LaneSlot {
    return this.#lanes.enter(turn.conversationKey, {
      turnId: turn.id,
      goesFirst,
      mergeable: !goesFirst && turn.mode === 'push' && turn.channel.mergesWaitingMessages,
      abort: turn.abort,
    });
  }

  async #accept(turn: ActiveTurn, startsAtOnce: boolean, patienceMs: number): Promise<AcceptResult> {
    const { store, clock, ownerId } = this.#parts;
    const { event } = turn;
    const giveUpAt = clock.now() + patienceMs;
    for (;;) {
      try {
        return await store.acceptTurn(
          {
            id: turn.id,
            conversation: event.conversation,
            conversationKey: turn.conversationKey,
            ownerId,
            event,
            receivedAt: event.receivedAt,
            dedupeSince: event.receivedAt - DEDUPE_MS,
            state: startsAtOnce ? 'answering' : 'received',
            ...(event.dedupeKey === undefined ? {} : { dedupeKey: event.dedupeKey }),
          },
          turn.bot.historyTurns,
        );
      } catch (thrown) {
        const error = toGatewayError(thrown);
        if (!error.retryable || clock.now() >= giveUpAt) throw error;
        await delay(clock, STORE_RETRY_MS);
      }
    }
  }

  async #run(turn: ActiveTurn, slot: LaneSlot | undefined, state: Turn['state']): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const stopTyping = turn.mode === 'push' ? this.#showTyping(turn) : undefined;
    try {
      const text = await this.#awaitLane(turn, slot, state);
      if (text === undefined) {
        this.#end(turn, 'suppressed');
        return;
      }
      const answer = turn.fixedAnswer ?? (await this.#think(turn, text));
      await this.#finish(turn, answer);
    } catch (thrown) {
      if (turn.isLeftOpen) return;
      if (turn.abort.signal.aborted && !turn.ranOutOfTime) {
        this.#end(turn, 'suppressed');
        return;
      }
      const error = toGatewayError(thrown);
      logger.error({ err: error, code: error.code, turn: turn.id, bot: turn.bot.id }, 'a turn failed');
      await store.moveTurn(turn.id, ['received', 'answering'], 'failed', clock.now(), error.code).catch(() => false);
      this.#end(turn, 'failed');
    } finally {
      stopTyping?.();
      slot?.leave();
      turn.feed.close();
      turn.settle({ kind: 'ended' });
      this.#drop(turn);
    }
  }

  /** Waits for the turn's place and returns the text to answer, or undefined when there is nothing to answer any more. */
  async #awaitLane(turn: ActiveTurn, slot: LaneSlot | undefined, state: Turn['state']): Promise<string | undefined> {
    const { store, clock } = this.#parts;
    if (slot === undefined) return turn.event.text;
    const start = await slot.start;
    if (start.kind === 'cancelled') return undefined;
    if (start.kind === 'merged') {
      await store.moveTurn(turn.id, ['received'], 'merged', clock.now(), start.into);
      return undefined;
    }
    const texts = [...turn.absorbedTexts];
    for (const id of start.absorbed) {
      const absorbed = await store.readTurn(id);
      if (absorbed?.event.type === 'message-received') texts.push(absorbed.event.text);
    }
    texts.push(turn.event.text);
    if (state === 'received' && !(await store.moveTurn(turn.id, ['received'], 'answering', clock.now())))
      return undefined;
    // What came before it in the lane is answered only now; a turn that never waited has the memory of its own insert.
    if (!turn.memoryIsFresh) {
      turn.memory = await store.readMemory(turn.conversationKey, turn.sequence, turn.bot.historyTurns);
    }
    return texts.join('\n');
  }

  /** The engine, inside the turn's total time and the machine's share of engine calls. */
  async #think(turn: ActiveTurn, text: string): Promise<Answer> {
    const { clock } = this.#parts;
    const { bot, event } = turn;
    const closesAt = event.receivedAt + bot.engineTotalMs;
    const cancelTimer = clock.schedule(Math.max(0, closesAt - clock.now()), () => {
      turn.ranOutOfTime = true;
      turn.abort.abort();
    });
    let release: (() => void) | undefined;
    try {
      release = await this.#slots.acquire(bot.id, turn.abort.signal);
      if (release === undefined) throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled while it waited');
      return await answerQuestion(
        {
          bot,
          turnId: turn.id,
          requestId: event.requestId,
          text,
          memory: turn.memory,
          closesAt,
          approvedOnly: turn.overtakes,
          ...(event.action?.kind === 'ask' ? { entryId: event.action.entryId } : {}),
        },
        turn.feed,
        turn.abort.signal,
        this.#parts,
      );
    } catch (thrown) {
      if (!turn.ranOutOfTime) throw thrown;
      this.#parts.logger.warn(
        { turn: turn.id, bot: bot.id },
        'no engine answered in the total time; the answer is an apology',
      );
      return systemAnswer(apologyReply(bot.contact), false);
    } finally {
      cancelTimer();
      release?.();
    }
  }

  /** Renders for the window that is open now, stores answer and deliveries, and lets whoever waits go on. */
  async #finish(turn: ActiveTurn, answer: Answer): Promise<void> {
    const { store, clock, newId } = this.#parts;
    const answeredAt = clock.now();
    const callback = turn.window('callback');
    if (turn.mode === 'callback' && callback !== undefined && answeredAt > callback.closesAt) turn.mode = 'pickup';
    const mode = turn.mode;
    const reply = turn.overtakes ? quoted(answer.reply, turn.event.text) : answer.reply;
    const messages = turn.channel.render(withoutShown(reply, turn.shownEarly), {
      turnId: turn.id,
      conversation: turn.event.conversation,
      mode,
      // A held answer goes first and takes up to two of the bubbles; decided before rendering, because what does not fit must be stored.
      maxBubbles: mode === 'inline' && turn.mayHaveHeld ? 1 : turn.channel.maxBubblesPerResponse,
    });
    const deliveries = messages.map((message, index): NewDelivery => {
      const isFirst = index === 0;
      const base = { id: newId(), position: turn.nextPosition + index, message };
      if (mode === 'push') return { ...base, mode, state: 'waiting' };
      if (mode === 'callback' && isFirst && callback !== undefined) {
        return { ...base, mode, state: 'waiting', url: callback.url, closesAt: callback.closesAt + CALLBACK_GRACE_MS };
      }
      if ((mode === 'inline' || mode === 'stream') && isFirst) return { ...base, mode, state: 'sending' };
      return { ...base, mode: 'pickup', state: 'held' };
    });
    const [firstMessage, firstDelivery] = [messages[0], deliveries[0]];
    if (firstMessage === undefined || firstDelivery === undefined) {
      throw new GatewayError('INTERNAL', 'The channel rendered nothing');
    }
    const details: AnswerDetails = {
      turnId: turn.id,
      conversationId: turn.event.conversation.user,
      question: turn.event.text,
      reply,
      source: answer.source,
      timings: {
        knowledgeMs: round(answer.knowledgeMs),
        engineMs: round(answer.engineMs),
        totalMs: answeredAt - turn.event.receivedAt,
      },
    };
    const result: TurnResult = { kind: 'answered', message: firstMessage, deliveryId: firstDelivery.id, details };
    turn.rendered = result;
    const { wasAnswered, source } = answer;
    if (!(await store.answerTurn(turn.id, { reply, source, wasAnswered, answeredAt }, deliveries))) {
      turn.rendered = undefined;
      this.#end(turn, 'suppressed');
      return;
    }
    turn.feed.finish({ reply, source, answeredAt });
    turn.settle(result);
    if (deliveries.some((delivery) => delivery.state === 'held')) this.#announceHeld(turn);
    if (mode === 'push') await this.#enqueue(turn, answeredAt);
    if (mode === 'callback' && turn.acknowledgedAt !== undefined) {
      await this.#enqueue(turn, turn.acknowledgedAt + CALLBACK_AFTER_ACK_MS);
    }
    this.#report(turn, mode, answer, details);
  }

  #report(turn: ActiveTurn, mode: ReplyMode, answer: Answer, details: AnswerDetails): void {
    const outcome = answer.wasAnswered ? 'answered' : answer.source.engine === 'none' ? 'apologised' : 'unanswered';
    const { bot, channel } = turn;
    this.#parts.metrics.turnEnded({ bot: bot.id, channel: channel.name, mode, outcome });
    this.#parts.logger.info(
      {
        turn: turn.id,
        request: turn.event.requestId,
        bot: bot.id,
        channel: channel.name,
        mode,
        outcome,
        engine: answer.source.engine,
        entries: answer.source.entries.length,
        ...details.timings,
      },
      'answered',
    );
  }

  #end(turn: ActiveTurn, outcome: 'suppressed' | 'failed'): void {
    this.#parts.metrics.turnEnded({ bot: turn.bot.id, channel: turn.channel.name, mode: turn.mode, outcome });
  }

  #drop(turn: ActiveTurn): void {
    this.#active.delete(turn.id);
    if (this.#active.size === 0) for (const told of this.#idle.splice(0)) told();
  }

  /** Turns of the same conversation that still run must look for held answers before they respond. */
  #announceHeld(turn: ActiveTurn): void {
    for (const other of this.#active.values()) {
      if (other.conversationKey === turn.conversationKey && other.sequence > turn.sequence) other.mayHaveHeld = true;
    }
  }

  #enqueue(turn: ActiveTurn, runAt: EpochMs): Promise<void> {
    return this.#parts.queue.enqueue({
      kind: 'send-deliveries',
      turnId: turn.id,
      botId: turn.bot.id,
      conversationKey: turn.conversationKey,
      runAt,
    });
  }

  // ── the HTTP response ──

  async #respondInline(turn: ActiveTurn): Promise<Handled> {
    const inline = turn.window('inline');
    const result = await this.#untilClosed(turn.settled, inline?.closesAt ?? 0);
    const inTime = result ?? turn.rendered;
    if (inTime !== undefined) {
      if (inTime.kind === 'answered') return this.#respondAnswered(turn, inTime);
      return this.#say(
        turn.channel,
        turn.event,
        turn.abort.signal.aborted ? cancelledReply() : apologyReply(turn.bot.contact),
      );
    }
    const { bot, channel } = turn;
    this.#parts.metrics.deadlineMissed(bot.id, channel.name);
    const callback = turn.window('callback');
    // No await between the deadline and the choice: whoever finishes the turn reads `mode` exactly once.
    if (callback !== undefined && !turn.mayHaveHeld && this.#parts.clock.now() < callback.closesAt) {
      turn.mode = 'callback';
      return this.#promise(turn, callback.closesAt);
    }
    if (turn.window('pickup') === undefined) {
      turn.mode = 'pickup';
      throw new GatewayError('ENGINE_TIMEOUT', 'No answer was ready in time; ask again in a moment');
    }
    turn.mode = 'pickup';
    const waiting = this.#render(turn.channel, turn.event, waitingReply(bot.waitingText, turn.id), 1);
    return this.#respondWithHeld(turn, waiting, undefined);
  }

  #promise(turn: ActiveTurn, closesAt: EpochMs): Handled {
    const { store } = this.#parts;
    this.#watchCallbackBudget(turn, closesAt);
    return {
      kind: 'respond',
      outcome: { kind: 'promised', text: turn.bot.waitingText },
      flushed: (at, written) =>
        this.#guard(turn, async () => {
          if (written) {
            await store.recordAcknowledgement(turn.id, at);
            turn.acknowledgedAt = at;
            // Answered while the acknowledgement was on its way: nobody else has enqueued it.
            if (turn.rendered !== undefined) await this.#enqueue(turn, at + CALLBACK_AFTER_ACK_MS);
            return;
          }
          // The platform never heard of the promise, so the URL is dead: hold the answer instead.
          if (turn.mode === 'callback') turn.mode = 'pickup';
          for (const delivery of await store.readDeliveries(turn.id)) {
            if (delivery.mode === 'callback')
              await store.moveDelivery(delivery.id, ['waiting'], 'held', at, { mode: 'pickup' });
          }
        }),
    };
  }

  /** At the callback budget the customer gets what has streamed so far, cut at a sentence; the rest is held. */
  #watchCallbackBudget(turn: ActiveTurn, closesAt: EpochMs): void {
    const { clock, store, newId } = this.#parts;
    const cancel = clock.schedule(Math.max(0, closesAt - clock.now()), () => {
      if (turn.mode !== 'callback' || turn.rendered !== undefined || turn.acknowledgedAt === undefined) return;
      turn.mode = 'pickup';
      const callback = turn.window('callback');
      if (callback === undefined) return;
      const acknowledgedAt = turn.acknowledgedAt;
      const shown = firstSentences(turn.feed.text);
      const reply: Reply =
        shown === ''
          ? waitingReply(turn.bot.waitingText, turn.id)
          : { parts: [{ type: 'text', text: shown, format: 'markdown' }], quickReplies: [continueChoice(turn.id, 1)] };
      const [message, ...rest] = turn.channel.render(reply, {
        turnId: turn.id,
        conversation: turn.event.conversation,
        mode: 'callback',
        maxBubbles: turn.channel.maxBubblesPerResponse,
      });
      if (message === undefined) return;
      // A partial text too long for one message is shown only as far as it fits; the whole answer follows with the tap.
      turn.shownEarly = rest.length === 0 ? shown : '';
      turn.nextPosition = 1;
      void this.#guard(turn, async () => {
        const added = await store.addDelivery(turn.id, {
          id: newId(),
          position: 0,
          mode: 'callback',
          state: 'waiting',
          message,
          url: callback.url,
          closesAt: callback.closesAt + CALLBACK_GRACE_MS,
        });
        if (added) await this.#enqueue(turn, acknowledgedAt + CALLBACK_AFTER_ACK_MS);
      });
    });
    void turn.settled.then(cancel);
  }

  async #respondAnswered(turn: ActiveTurn, result: Extract<TurnResult, { kind: 'answered' }>): Promise<Handled> {
    if (turn.mayHaveHeld && turn.window('pickup') !== undefined) {
      return this.#respondWithHeld(turn, result.message, result);
    }
    return {
      kind: 'respond',
      outcome: { kind: 'answered', messages: [result.message], details: result.details },
      flushed: (at, written) => this.#guard(turn, () => this.#settleOwn(turn, result.deliveryId, at, written)),
    };
  }

  /** Held answers first, then `own`: the answer of this turn or its waiting text. */
  async #respondWithHeld(
    turn: ActiveTurn,
    own: OutboundMessage,
    result: Extract<TurnResult, { kind: 'answered' }> | undefined,
  ): Promise<Handled> {
    const claimed = await this.#held.claim({
      conversationKey: turn.conversationKey,
      beforeSequence: turn.sequence,
      maxBubbles: turn.channel.maxBubblesPerResponse - own.bubbles,
    });
    const choices = [
      ...(claimed.next === undefined ? [] : [continueChoice(claimed.next.turnId, claimed.next.position)]),
      ...claimed.unknown.slice(0, 1).map((delivery) => againChoice(delivery.turnId)),
    ];
    const messages = [...claimed.messages, own];
    if (choices.length > 0)
      messages.push(this.#render(turn.channel, turn.event, { parts: [], quickReplies: choices }, 0));
    return {
      kind: 'respond',
      outcome: { kind: 'answered', messages, ...(result === undefined ? {} : { details: result.details }) },
      flushed: (at, written) =>
        this.#guard(turn, async () => {
          const arrived = this.#arrived(turn.event, at, written);
          await this.#held.settle(claimed.deliveries, at, arrived);
          if (result !== undefined) await this.#settleOwn(turn, result.deliveryId, at, written);
        }),
    };
  }

  async #settleOwn(turn: ActiveTurn, deliveryId: string, at: EpochMs, written: boolean): Promise<void> {
    const arrived = this.#arrived(turn.event, at, written);
    const missed = turn.window('pickup') === undefined ? 'unknown' : 'held';
    await this.#parts.store.moveDelivery(deliveryId, ['sending'], arrived ? 'delivered' : missed, at);
  }

  #arrived(event: InboundEvent, at: EpochMs, written: boolean): boolean {
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    return written && (inline === undefined || at <= inline.closesAt + INLINE_GRACE_MS);
  }

  // ── taps on our own buttons ──

  /** "답변 보기", "이어서 보기", "답변 다시 보기": recognised by what the button carries, never by its text. */
  async #pickUp(
    bot: Bot,
    channel: Channel,
    event: MessageReceived,
    turnId: string,
    kind: 'pickup' | 'again' | 'continue',
    position: number,
  ): Promise<Handled> {
    const { store, clock } = this.#parts;
    const key = conversationKey(event.conversation);
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    // Subscribe before reading: an answer that comes in between would be missed by both looks.
    const active = this.#active.get(turnId);
    const isOurs = active !== undefined && active.conversationKey === key;
    if (isOurs && inline !== undefined) await this.#untilClosed(active.settled, inline.closesAt);
    const turn = await store.readTurn(turnId);
    if (turn === undefined || turn.conversationKey !== key) return this.#say(channel, event, answerGoneReply());

    const max = channel.maxBubblesPerResponse;
    const claimed =
      kind === 'pickup'
        ? await this.#held.claim({ conversationKey: key, beforeSequence: turn.sequence + 1, maxBubbles: max })
        : {
            deliveries: await this.#held.claimOfTurn(turnId, position, kind === 'again' ? 'unknown' : 'held', max),
            next: undefined,
          };
    if (claimed.deliveries.length > 0) return this.#respondClaimed(channel, event, claimed.deliveries, claimed.next);
    if (turn.state === 'received' || turn.state === 'answering') {
      return this.#say(channel, event, waitingReply(bot.waitingText, turnId));
    }
    const repeatable = (await store.readDeliveries(turnId)).filter(
      (delivery) =>
        delivery.position >= position &&
        ['sending', 'delivered', 'picked-up', 'unknown'].includes(delivery.state) &&
        clock.now() - delivery.updatedAt <= REPEAT_PICKUP_MS,
    );
    const [again] = repeatable;
    if (again === undefined) return this.#say(channel, event, answerGoneReply());
    return { kind: 'respond', outcome: { kind: 'answered', messages: [again.message] }, flushed: NOTHING_TO_FLUSH };
  }

  #respondClaimed(
    channel: Channel,
    event: MessageReceived,
    deliveries: readonly Delivery[],
    next: Delivery | undefined,
  ): Handled {
    const messages: OutboundMessage[] = deliveries.map((delivery) => delivery.message);
    if (next !== undefined) {
      const more = { parts: [], quickReplies: [continueChoice(next.turnId, next.position)] };
      messages.push(this.#render(channel, event, more, 0));
    }
    return {
      kind: 'respond',
      outcome: { kind: 'answered', messages },
      flushed: async (at, written) => {
        try {
          await this.#held.settle(deliveries, at, this.#arrived(event, at, written));
        } catch (err) {
          this.#parts.logger.error({ err }, 'the fate of a fetched answer could not be stored');
        }
      },
    };
  }

  // ── what needs no turn ──

  async #greet(bot: Bot, channel: Channel, event: InboundEvent): Promise<Handled> {
    if (channel.greetsOncePerCooldown) {
      const { store, clock } = this.#parts;
      const greets = await store.claimGreeting(event.conversation, clock.now(), bot.greetingCooldownMs);
      if (!greets) return this.#accepted();
    }
    return this.#say(channel, event, {
      parts: [{ type: 'text', text: bot.greeting, format: 'plain' }],
      quickReplies: [],
    });
  }

  #say(channel: Channel, event: InboundEvent, reply: Reply): Handled {
    const message = this.#render(channel, event, reply, channel.maxBubblesPerResponse);
    return { kind: 'respond', outcome: { kind: 'answered', messages: [message] }, flushed: NOTHING_TO_FLUSH };
  }

  #render(channel: Channel, event: InboundEvent, reply: Reply, maxBubbles: number): OutboundMessage {
    const context = { turnId: event.id, conversation: event.conversation, mode: 'inline', maxBubbles } as const;
    const [message] = channel.render(reply, context);
    if (message === undefined) throw new GatewayError('INTERNAL', 'The channel rendered nothing');
    return message;
  }

  #accepted(): Handled {
    return { kind: 'respond', outcome: { kind: 'accepted' }, flushed: NOTHING_TO_FLUSH };
  }

  /** Reset, leave: the running turn is cancelled, what is pending is suppressed, the memory starts afresh. */
  async #forget(key: string, exceptTurnId?: string): Promise<void> {
    await this.#parts.store.resetConversation(key, this.#parts.clock.now(), exceptTurnId);
    this.#lanes.cancel(key, exceptTurnId);
  }

  /** Undefined when the window closed first, or when the process is about to stop. */
  async #untilClosed(settled: Promise<TurnResult>, closesAt: EpochMs): Promise<TurnResult | undefined> {
    const { clock } = this.#parts;
    // Not a race against one long-lived promise: that would keep every finished request alive.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const giveUp = () => resolve(undefined);
    if (this.#isStopping) giveUp();
    const cancel = clock.schedule(Math.max(0, closesAt - clock.now()), giveUp);
    this.#waiting.add(giveUp);
    const result = await Promise.race([settled, promise]);
    this.#waiting.delete(giveUp);
    cancel();
    return result;
  }

  #showTyping(turn: ActiveTurn): () => void {
    const { clock, sendBudget } = this.#parts;
    let cancel = () => {};
    const show = async () => {
      if (await sendBudget.hasRoom(turn.bot.id))
        await turn.channel.showTyping?.(turn.event.conversation, turn.abort.signal);
    };
    const next = (waitMs: number) => {
      cancel = clock.schedule(waitMs, () => {
        void show();
        next(TYPING_EVERY_MS);
      });
    };
    next(TYPING_AFTER_MS);
    return () => cancel();
  }

  async #guard(turn: ActiveTurn, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#parts.logger.error({ err, turn: turn.id, bot: turn.bot.id }, 'the fate of a delivery could not be stored');
    }
  }
}

function isApprovedOnly(bot: Bot): boolean {
  return bot.answerMode === 'approved' || bot.engines[0] === bot.approvedEngine;
}

function systemAnswer(reply: Reply, wasAnswered: boolean): Answer {
  return {
    reply,
    source: { kind: 'system', engine: wasAnswered ? 'gateway' : 'none', entries: [] },
    wasAnswered,
    knowledgeMs: 0,
    engineMs: 0,
  };
}

function quoted(reply: Reply, question: string): Reply {
  return { ...reply, parts: [{ type: 'text', text: quoteQuestion(question), format: 'plain' }, ...reply.parts] };
}

/** The answer without the beginning that a callback has already shown. */
function withoutShown(reply: Reply, shown: string): Reply {
  if (shown === '' || !replyText(reply).trimStart().startsWith(shown)) return reply;
  let cut = false;
  const parts = reply.parts.map((part) => {
    if (cut || part.type !== 'text' || !part.text.trimStart().startsWith(shown)) return part;
    cut = true;
    return { ...part, text: part.text.trimStart().slice(shown.length).trimStart() };
  });
  const left = parts.filter((part) => part.type !== 'text' || part.text !== '');
  return {
    ...reply,
    parts: left.length === 0 ? [{ type: 'text', text: '여기까지가 답변의 전부예요.', format: 'plain' }] : left,
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
