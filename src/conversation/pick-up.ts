/** Taps on our own buttons: "답변 보기", "이어서 보기", "답변 다시 보기". Recognised by what the button carries, never by its text. */
import type { Channel, OutboundMessage } from '../channels/channel.ts';
import { conversationKey, type MessageReceived, type TapAction } from '../message.ts';
import type { Delivery } from '../storage/store.ts';
import type { ActiveTurn } from './active-turn.ts';
import type { Bot } from './bot.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { type Handled, renderOne, respond, say } from './handled.ts';
import type { Claimed, HeldAnswers } from './held-answers.ts';
import { answerGoneReply, lateReply, waitingReply } from './texts.ts';
import type { TurnRunner } from './turn-runner.ts';
import { type ReplyWindows, wayOn } from './window.ts';

export type PickUpAction = Extract<TapAction, { turnId: string }>;

export function isPickUp(action: TapAction | undefined): action is PickUpAction {
  return action !== undefined && 'turnId' in action;
}

/** A repeated tap gets the same answer again. */
const REPEAT_MS = 30 * 60_000;
/** A callback that still waits goes out by itself; whoever asks meanwhile sees it at once all the same. */
const SHOWN_AGAIN: ReadonlySet<Delivery['state']> = new Set([
  'waiting',
  'sending',
  'delivered',
  'picked-up',
  'unknown',
]);

export class PickUps {
  readonly #parts: GatewayParts;
  readonly #held: HeldAnswers;
  readonly #windows: ReplyWindows;
  readonly #runner: TurnRunner;

  constructor(parts: GatewayParts, held: HeldAnswers, windows: ReplyWindows, runner: TurnRunner) {
    this.#parts = parts;
    this.#held = held;
    this.#windows = windows;
    this.#runner = runner;
  }

  async handle(bot: Bot, channel: Channel, event: MessageReceived, action: PickUpAction): Promise<Handled> {
    const key = conversationKey(event.conversation);
    const active = this.#runner.get(action.turnId);
    if (active?.conversationKey === key) await this.#untilReady(active, event, action);
    else await this.#untilReadyElsewhere(key, event, action);
    const turn = await this.#parts.store.readTurn(action.turnId);
    if (turn === undefined || turn.conversationKey !== key) return say(channel, event, answerGoneReply());

    const toFetch = this.#windows.toFetchAfter(event);
    const claimed = await this.#claim(action, key, turn.sequence, channel.maxBubblesPerResponse);
    const ways = this.#windows.offer(channel, event, wayOn(claimed, toFetch));
    if (claimed.deliveries.length > 0) {
      // "이어서 보기" at the end of one answer may lead to the next one.
      const expected = action.kind === 'continue' && action.position === 0 ? undefined : action.turnId;
      const answers = await this.#held.messages(channel, claimed.deliveries, expected, channel.maxBubblesPerResponse);
      return this.#respondClaimed(event, claimed.deliveries, [...answers, ...ways]);
    }
    if (turn.state === 'received' || turn.state === 'answering') {
      // Ours, open, and nobody works on it: it failed where even that could not be stored, and never comes.
      const isLost = turn.ownerId === this.#parts.ownerId && active === undefined;
      return say(channel, event, isLost ? lateReply(bot.contact) : waitingReply(bot.waitingText, turn.id, action));
    }
    const again = await this.#shownBefore(action);
    const message = again?.message ?? renderOne(channel, event, answerGoneReply(), channel.maxBubblesPerResponse);
    return respond({ kind: 'answered', messages: [message, ...ways] }, (at, written) =>
      this.#guard(async () => {
        // The response that it was made for may not arrive where this one does: then it needs no fetching any more.
        const isOnItsWay = again?.state === 'sending' && again.mode !== 'callback';
        if (isOnItsWay && this.#windows.arrived(event, at, written)) {
          await this.#parts.store.moveDelivery(again.id, ['sending', 'held'], 'picked-up', at);
        }
      }),
    );
  }

  /** Until there is something to show, or the window closes: an earlier answer that is there goes out without waiting for this one. */
  async #untilReady(active: ActiveTurn, event: MessageReceived, action: PickUpAction): Promise<void> {
    const { conversationKey: key, sequence } = active;
    for (;;) {
      // Subscribe before reading: an answer that comes in between would be missed by both looks.
      const next = action.kind === 'pickup' ? (this.#runner.firstToFetch(key, sequence) ?? active) : active;
      if (action.kind === 'pickup' && (await this.#held.hasHeld(key, sequence + 1))) return;
      const ended = await this.#windows.untilClosed(next.settled, event);
      if (ended === undefined || next === active) return;
    }
  }

  /** The same, when another process works on it. */
  async #untilReadyElsewhere(key: string, event: MessageReceived, action: PickUpAction): Promise<void> {
    const { turnOrder, store, ownerId } = this.#parts;
    if (turnOrder === undefined) return;
    const turn = await store.readTurn(action.turnId);
    if (turn === undefined || turn.conversationKey !== key || turn.ownerId === ownerId) return;
    if (turn.state !== 'received' && turn.state !== 'answering') return;
    if (action.kind === 'pickup' && (await this.#held.hasHeld(key, turn.sequence + 1))) return;
    const closed = new AbortController();
    await this.#windows.untilClosed(turnOrder.untilEnded(turn.id, closed.signal), event);
    closed.abort();
  }

  /** "답변 보기" brings everything that is held up to its question, so that answers come in the order of asking. */
  async #claim(action: PickUpAction, key: string, sequence: number, maxBubbles: number): Promise<Claimed> {
    if (action.kind === 'pickup') {
      return this.#held.claim({ conversationKey: key, beforeSequence: sequence + 1, maxBubbles });
    }
    const position = action.kind === 'continue' ? action.position : 0;
    const state = action.kind === 'again' ? 'unknown' : 'held';
    return this.#held.claimOfTurn(key, action.turnId, position, state, maxBubbles);
  }

  async #shownBefore(action: PickUpAction): Promise<Delivery | undefined> {
    const { store, clock } = this.#parts;
    const position = action.kind === 'continue' ? action.position : 0;
    const deliveries = await store.readDeliveries(action.turnId);
    return deliveries.find(
      (delivery) =>
        delivery.position >= position &&
        SHOWN_AGAIN.has(delivery.state) &&
        clock.now() - delivery.updatedAt <= REPEAT_MS,
    );
  }

  #respondClaimed(
    event: MessageReceived,
    deliveries: readonly Delivery[],
    messages: readonly OutboundMessage[],
  ): Handled {
    return respond({ kind: 'answered', messages }, (at, written) =>
      this.#guard(() => this.#held.settle(deliveries, at, this.#windows.arrived(event, at, written))),
    );
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#parts.logger.error({ err }, 'the fate of a fetched answer could not be stored');
    }
  }
}
