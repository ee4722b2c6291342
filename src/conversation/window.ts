/** Which way of answering is still open: the race of a turn against the HTTP response that waits for it. */
import type { Channel, OutboundMessage } from '../channels/channel.ts';
import { GatewayError } from '../errors.ts';
import { type Choice, conversationKey, type EpochMs, type InboundEvent, type MessageReceived } from '../message.ts';
import { atMost } from '../platform/clock.ts';
import type { TurnOrder } from '../storage/turn-order.ts';
import type { Bot } from './bot.ts';
import { enqueueDeliveries } from './delivery/enqueue-deliveries.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { type Handled, renderOne, respond, say } from './handled.ts';
import { outlast } from './outlast.ts';
import { isFirstPage, type ToFetch, waysOn } from './pages/answer-pages.ts';
import type { EarlyPages } from './pages/early-pages.ts';
import type { HeldAnswers } from './pages/held-answers.ts';
import { againChoice, apologyReply, cancelledReply, waitingReply } from './texts.ts';
import type { ActiveTurn, TurnResult } from './turn/active-turn.ts';
import type { TurnRunner } from './turn/turn-runner.ts';

type Answered = Extract<TurnResult, { kind: 'answered' }>;

/** A response counts as arrived when it was written at most this long after the inline budget (Kakao: 4.0 + 0.8 s of 5). */
const INLINE_GRACE_MS = 800;
/** For looking into the store once the inline budget is over; it takes a few ms, and a few commits on a disk that is busy. What comes
 *  on top is the process's own lateness: with more here, one that stands still for a quarter of a second would be too late. */
const LAST_MOMENT_MS = 200;
/** Of that moment, for the store: to say what else the customer has to fetch, and to commit an answer that is ready. */
const STORE_MS = 150;
/** An answer that needs no model is ready by then. After a long stall the lateness would eat the whole budget, and such answers would have to
 *  be fetched for as long as it is remembered. */
const AT_ONCE_MS = 100;

interface ResponseFate {
  readonly at: EpochMs;
  readonly written: boolean;
  /** Written while the platform still listened. */
  readonly hasArrived: boolean;
}

export class ReplyWindows {
  readonly #parts: GatewayParts;
  readonly #held: HeldAnswers;
  readonly #early: EarlyPages;
  readonly #runner: TurnRunner;
  /** Requests that wait for their answer; told all at once when the process is about to stop. */
  readonly #waiting = new Set<() => void>();
  readonly #closing = new AbortController();

  constructor(parts: GatewayParts, held: HeldAnswers, early: EarlyPages, runner: TurnRunner) {
    this.#parts = parts;
    this.#held = held;
    this.#early = early;
    this.#runner = runner;
  }

  /** Every request that waits gets its waiting text now, and new ones do not wait at all. */
  closeAll(): void {
    this.#closing.abort();
    for (const giveUp of this.#waiting) giveUp();
  }

  /** Whatever hangs (a disk that stands still), a platform that hangs up gets its response: a way to fetch what `handling` comes to.
   *  @param keep what was promised must not be forgotten: called before the response goes out
   *  @throws GatewayError from `handling` */
  async inTime(
    bot: Bot,
    channel: Channel,
    event: MessageReceived,
    handling: Promise<Handled>,
    keep: () => Promise<void>,
  ): Promise<Handled> {
    const { clock, logger, eventLoopDelayMs } = this.#parts;
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    const canBeFetched = event.replyWindows.some((window) => window.mode === 'pickup');
    if (inline === undefined || !canBeFetched) return handling;
    const leftMs = beforeLateness(inline.closesAt + LAST_MOMENT_MS - clock.now(), eventLoopDelayMs());
    const first = await atMost(clock, leftMs, handling);
    if (first !== undefined) return first;
    const fields = { bot: bot.id, channel: channel.name, turn: event.id };
    logger.error(fields, 'a message was answered before it was handled');
    handling.then(
      // Nobody has seen it: what it holds is put back for the tap.
      (late) => late.flushed(clock.now(), false),
      (err: unknown) => logger.error({ ...fields, err }, 'a message failed after its response'),
    );
    const turn = this.#runner.get(event.id);
    // Its callback would be promised to nobody, and later turns must know that it has a button.
    if (turn !== undefined) turn.mode = 'pickup';
    await keep();
    const turnId = event.action !== undefined && 'turnId' in event.action ? event.action.turnId : event.id;
    return say(channel, event, waitingReply(bot.waitingText, turnId, event.action));
  }

  /** The response of a turn that can be answered inline: the answer, a promise, or a waiting text with a way to fetch it.
   *  @throws GatewayError `ENGINE_TIMEOUT` when the window closed and there is no other */
  async respondInline(turn: ActiveTurn): Promise<Handled> {
    const { clock, turnOrder } = this.#parts;
    let inTime = await this.untilClosed(turn.settled, turn.event);
    const storeEndsAt = clock.now() + STORE_MS;
    if (inTime === undefined && turnOrder !== undefined && mayOvertake(turn)) {
      inTime = await atMost(clock, STORE_MS, Promise.race([turn.settled, this.#lookElsewhere(turn, turnOrder)]));
    }
    if (inTime === undefined && turn.rendered !== undefined) {
      // Whoever shows an answer that is not committed shows it again when the process is killed at that moment: the next one finds the
      // question open. So the disk gets a moment more. One that stands still for longer must not cost the customer the answer.
      inTime = (await atMost(clock, Math.max(0, storeEndsAt - clock.now()), turn.settled)) ?? turn.rendered;
    }
    // A handover is announced through the send API although the response was still open.
    if (inTime?.kind === 'answered' && turn.mode === 'push') return respond({ kind: 'accepted' });
    if (inTime?.kind === 'answered') return this.#respondAnswered(turn, inTime);
    if (inTime !== undefined) {
      const wasCancelled = turn.abort.signal.aborted && !turn.isLeftOpen;
      return say(turn.channel, turn.event, wasCancelled ? cancelledReply() : apologyReply(turn.bot.contact));
    }
    const { bot, channel } = turn;
    this.#parts.metrics.deadlineMissed(bot.id, channel.name);
    const callback = turn.window('callback');
    // No await between the deadline and the choice: whoever finishes the turn reads `mode` exactly once. A held answer, or the button
    // that leads to one, cannot travel with the promise of a callback, so it is fetched together with this one.
    const hasToFetch =
      turn.mode === 'pickup' ||
      turn.mayHaveHeld ||
      this.#runner.latestToFetch(turn.conversationKey) !== undefined ||
      this.#runner.mayComeToBeFetched(turn.conversationKey);
    if (callback !== undefined && !hasToFetch && clock.now() < callback.closesAt) {
      turn.mode = 'callback';
      return this.#promise(turn, callback.closesAt);
    }
    if (turn.window('push') !== undefined) {
      this.#runner.goOnByPush(turn);
      return respond({ kind: 'accepted' });
    }
    turn.mode = 'pickup';
    if (turn.window('pickup') === undefined) {
      throw new GatewayError('ENGINE_TIMEOUT', 'No answer was ready in time; ask again in a moment');
    }
    const waiting = renderOne(channel, turn.event, waitingReply(bot.waitingText, turn.id), 1);
    return this.#respondWithHeld(turn, waiting, undefined);
  }

  /** Lets the turn know of earlier answers that have to be fetched. Never rejects: where the store does not say, the callback may come
   *  before one of them, and brings the button to it along. */
  async #lookElsewhere(turn: ActiveTurn, turnOrder: TurnOrder): Promise<undefined> {
    try {
      if (await turnOrder.leavesToFetch(turn.id)) turn.mayHaveHeld = true;
    } catch (err) {
      const fields = { err, turn: turn.id, bot: turn.bot.id };
      this.#parts.logger.warn(fields, 'whether other processes hold an earlier answer is not known');
    }
  }

  /** The stream of a turn: what became of it is known when the last byte is out. */
  respondStream(turn: ActiveTurn): Handled {
    return {
      kind: 'stream',
      turnId: turn.id,
      sequence: turn.sequence,
      question: turn.event.text,
      receivedAt: turn.event.receivedAt,
      feed: turn.feed,
      flushed: (at, written) =>
        this.track(turn.event, at, written, async (hasArrived) => {
          const result = await turn.settled;
          if (result.kind === 'answered') await this.#settleOwn(turn, result, { at, written, hasArrived });
        }),
    };
  }

  /** Undefined when the inline window of `event` closed first, or when the process is about to stop. */
  async untilClosed<Result>(settled: Promise<Result>, event: InboundEvent): Promise<Result | undefined> {
    const { clock, eventLoopDelayMs } = this.#parts;
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    const leftMs = inline === undefined ? 0 : beforeLateness(inline.closesAt - clock.now(), eventLoopDelayMs());
    // Not a race against one long-lived promise: that would keep every finished request alive.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const giveUp = () => resolve(undefined);
    if (this.#closing.signal.aborted) giveUp();
    const cancel = clock.schedule(leftMs, giveUp);
    this.#waiting.add(giveUp);
    const result = await Promise.race([settled, promise]);
    this.#waiting.delete(giveUp);
    cancel();
    return result;
  }

  /** Has what became of the response to `event` written down, however long the store is away: until then what it carried is offered to
   *  nobody.
   *  @param note does the same when it is called again; learns whether the response reached a platform that still listened */
  async track(
    event: InboundEvent,
    at: EpochMs,
    written: boolean,
    note: (hasArrived: boolean) => Promise<void>,
  ): Promise<void> {
    const { clock, logger } = this.#parts;
    const hasArrived = this.#arrived(event, at, written);
    try {
      await outlast(() => note(hasArrived), clock, this.#closing.signal);
    } catch (err) {
      const fields = { err, turn: event.id, bot: event.conversation.botId };
      logger.error(fields, 'the fate of a delivery could not be stored');
    }
  }

  #arrived(event: InboundEvent, at: EpochMs, written: boolean): boolean {
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    if (!written || inline === undefined) return written;
    const lateMs = at - (inline.closesAt + INLINE_GRACE_MS);
    if (lateMs <= 0) return true;
    const { botId: bot, channel } = event.conversation;
    this.#parts.logger.warn(
      { bot, channel, turn: event.id, lateMs },
      'a response was written too late to count as seen',
    );
    return false;
  }

  /** At the callback budget the customer gets what has streamed so far, cut at a sentence; the rest is held. */
  watchCallbackBudget(turn: ActiveTurn, closesAt: EpochMs): void {
    const { clock } = this.#parts;
    const cancel = clock.schedule(Math.max(0, closesAt - clock.now()), () => {
      if (turn.mode !== 'callback' || turn.rendered !== undefined || turn.acknowledgedAt === undefined) return;
      turn.mode = 'pickup';
      this.#early.post(turn).catch((err: unknown) => {
        const fields = { err, turn: turn.id, bot: turn.bot.id };
        this.#parts.logger.error(fields, 'the beginning of an answer could not be stored');
      });
    });
    void turn.settled.then(cancel);
  }

  #promise(turn: ActiveTurn, closesAt: EpochMs): Handled {
    const { store } = this.#parts;
    this.watchCallbackBudget(turn, closesAt);
    const { promise, resolve: flushed } = Promise.withResolvers<void>();
    turn.promised = promise;
    return respond({ kind: 'promised', text: turn.bot.waitingText }, (at, written) =>
      this.track(turn.event, at, written, async () => {
        if (written) {
          await store.recordAcknowledgement(turn.id, at);
          turn.acknowledgedAt = at;
          // Answered while the acknowledgement was on its way: nobody else has enqueued it.
          if (turn.rendered !== undefined) await enqueueDeliveries(turn, at, this.#parts.queue);
          return;
        }
        // The platform never heard of the promise, so the URL is dead: hold the answer instead.
        if (turn.mode === 'callback') turn.mode = 'pickup';
        this.#runner.announceHeld(turn);
        for (const delivery of await store.readDeliveries(turn.id)) {
          if (delivery.mode === 'callback') {
            await store.moveDelivery(delivery.id, ['waiting'], 'held', at, { mode: 'pickup' });
          }
        }
      }).finally(flushed),
    );
  }

  /** The turn whose answer the customer still has to fetch after this event. Ask before reading what is held: an answer that comes in
   *  between would be missed by both looks. */
  toFetchAfter(event: MessageReceived): ToFetch | undefined {
    return this.#runner.latestToFetch(conversationKey(event.conversation), event.id);
  }

  /** The platform takes earlier buttons away with every response: what is still to be fetched must be offered anew. */
  offer(channel: Channel, event: MessageReceived, choices: readonly Choice[]): readonly OutboundMessage[] {
    return choices.length === 0 ? [] : [renderOne(channel, event, { parts: [], quickReplies: choices }, 0)];
  }

  async #respondAnswered(turn: ActiveTurn, result: Answered): Promise<Handled> {
    if (turn.mayHaveHeld && turn.window('pickup') !== undefined) {
      return this.#respondWithHeld(turn, result.message, result);
    }
    const toFetch = this.toFetchAfter(turn.event);
    const messages = [
      result.message,
      ...this.offer(turn.channel, turn.event, waysOn({ pages: [], left: [], toFetch })),
    ];
    return respond({ kind: 'answered', messages, details: result.details }, (at, written) =>
      this.track(turn.event, at, written, (hasArrived) => this.#settleOwn(turn, result, { at, written, hasArrived })),
    );
  }

  /** Held answers first, then `own`: the answer of this turn or its waiting text. */
  async #respondWithHeld(turn: ActiveTurn, own: OutboundMessage, result: Answered | undefined): Promise<Handled> {
    const toFetch = this.toFetchAfter(turn.event);
    const maxBubbles = turn.channel.maxBubblesPerResponse - own.bubbles;
    const { conversationKey: key, sequence: beforeSequence } = turn;
    const claimed = await this.#held.claim({ conversationKey: key, beforeSequence, maxBubbles });
    const { pages, left } = claimed;
    const choices = [
      // The waiting text has a button of its own, which brings every answer before it, too.
      ...(result === undefined
        ? waysOn({ pages, left: left.filter((page) => !isFirstPage(page)), toFetch: undefined })
        : waysOn({ pages, leadsOn: result.leadsOn, left, toFetch })),
      ...claimed.unknown.slice(0, 1).map(({ turnId, position }) => againChoice(turnId, position)),
    ];
    const deliveries = pages.map(({ delivery }) => delivery);
    const earlier = await this.#held.messages(turn.channel, deliveries, undefined, maxBubbles);
    const messages = [...earlier, own, ...this.offer(turn.channel, turn.event, choices)];
    const details = result === undefined ? {} : { details: result.details };
    return respond({ kind: 'answered', messages, ...details }, (at, written) =>
      this.track(turn.event, at, written, async (hasArrived) => {
        await this.#held.settle(pages, at, hasArrived);
        if (result !== undefined) await this.#settleOwn(turn, result, { at, written, hasArrived });
      }),
    );
  }

  async #settleOwn(turn: ActiveTurn, result: Answered, { at, written, hasArrived }: ResponseFate): Promise<void> {
    // It may have been shown uncommitted: told before it is there, its fate would be lost, and it stay on its way for ever.
    await turn.stored;
    if (!written && turn.window('push') !== undefined) {
      // Nobody listened any more, so nobody has seen it: it goes out by itself.
      const change = { mode: 'push' } as const;
      const isOurs = await this.#parts.store.moveDelivery(result.deliveryId, ['sending'], 'waiting', at, change);
      if (isOurs) await enqueueDeliveries(turn, at, this.#parts.queue);
      return;
    }
    const missed = turn.window('pickup') === undefined ? 'unknown' : 'held';
    const state = hasArrived ? 'delivered' : missed;
    if (state === 'held') this.#runner.announceHeld(turn);
    await this.#parts.store.moveDelivery(result.deliveryId, ['sending'], state, at);
  }
}

/** The answer would go out by itself, and nobody here knows yet what became of those before it. */
function mayOvertake(turn: ActiveTurn): boolean {
  return !turn.hasPlace && !turn.mayHaveHeld && turn.window('callback') !== undefined;
}

/** What is left of a budget when timers are so late, and never nothing while there is a moment. */
function beforeLateness(leftMs: number, delayMs: number): number {
  return Math.max(0, leftMs - delayMs, Math.min(leftMs, AT_ONCE_MS));
}
