/** Taps on our own buttons: "답변 보기", "이어서 보기", "답변 다시 보기". Recognised by what the button carries; by its words only where the
 *  customer could be shown that button now. */
import type { Channel } from '../../channels/channel.ts';
import { conversationKey, type InboundEvent, type MessageReceived, type TapAction } from '../../message.ts';
import type { Turn } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { type Handled, renderOne, respond, say } from '../handled.ts';
import { answerGoneReply, lateReply, typedWayLabel, waitingReply } from '../texts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import type { TurnRunner } from '../turn/turn-runner.ts';
import type { ReplyWindows } from '../window.ts';
import { type ShownPage, waysOn } from './answer-pages.ts';
import type { EarlyPages } from './early-pages.ts';
import type { HeldAnswers } from './held-answers.ts';

export type PickUpAction = Extract<TapAction, { turnId: string }>;

export function isPickUp(action: TapAction | undefined): action is PickUpAction {
  return action !== undefined && 'turnId' in action;
}

export class PickUps {
  readonly #parts: GatewayParts;
  readonly #held: HeldAnswers;
  readonly #early: EarlyPages;
  readonly #windows: ReplyWindows;
  readonly #runner: TurnRunner;

  constructor(parts: GatewayParts, held: HeldAnswers, early: EarlyPages, windows: ReplyWindows, runner: TurnRunner) {
    this.#parts = parts;
    this.#held = held;
    this.#early = early;
    this.#windows = windows;
    this.#runner = runner;
  }

  /** What the message asks to see, by a tap or by the words of a button. With nothing to be fetched those are a question like any other. */
  async read(event: MessageReceived): Promise<PickUpAction | undefined> {
    if (event.action !== undefined) return isPickUp(event.action) ? event.action : undefined;
    const label = typedWayLabel(event.text);
    if (label === undefined) return undefined;
    const left = await this.#held.readLeft(conversationKey(event.conversation));
    const ways = waysOn({ pages: [], left, toFetch: this.#windows.toFetchAfter(event) });
    const actions = ways.flatMap((way) => (way.type === 'message' && way.label === label ? [way.action] : []));
    return actions.find(isPickUp);
  }

  async handle(bot: Bot, channel: Channel, event: MessageReceived, action: PickUpAction): Promise<Handled> {
    const key = conversationKey(event.conversation);
    const active = this.#runner.get(action.turnId);
    if (active !== undefined && wasAskedHere(active, event)) await this.#untilReady(active, event, action);
    else await this.#untilReadyElsewhere(event, action);
    const isDecided = await this.#callbacksAreDecided(key, event);
    const turn = await this.#parts.store.readTurn(action.turnId);
    if (turn === undefined && this.#waitsInSpool(event, action)) {
      return say(channel, event, waitingReply(bot.waitingText, action.turnId, action));
    }
    if (turn === undefined || !wasAskedHere(turn, event)) return say(channel, event, answerGoneReply());

    if (!isDecided || (await this.#isTriedElsewhere(turn))) {
      return say(channel, event, waitingReply(bot.waitingText, turn.id, action));
    }

    const toFetch = this.#windows.toFetchAfter(event);
    const { maxBubblesPerResponse } = channel;
    const pages = await this.#fetch(action, turn, maxBubblesPerResponse);
    if (pages.length === 0 && (turn.state === 'received' || turn.state === 'answering')) {
      // Ours, open, and nobody works on it: it failed where even that could not be stored, and never comes.
      const isLost = turn.ownerId === this.#parts.ownerId && (active === undefined || active.storeIsGone);
      return say(channel, event, isLost ? lateReply(bot.contact) : waitingReply(bot.waitingText, turn.id, action));
    }
    // "이어서 보기" at the end of one answer may lead to the next one.
    const expected = action.kind === 'continue' && action.position === 0 ? undefined : action.turnId;
    const deliveries = pages.map(({ delivery }) => delivery);
    const answers =
      pages.length > 0
        ? await this.#held.messages(channel, deliveries, expected, maxBubblesPerResponse)
        : [renderOne(channel, event, answerGoneReply(), maxBubblesPerResponse)];
    const ways = waysOn({ pages, left: await this.#held.readLeft(key), toFetch });
    const messages = [...answers, ...this.#windows.offer(channel, event, ways)];
    return respond({ kind: 'answered', messages }, (at, written) =>
      this.#windows.track(event, at, written, (hasArrived) => this.#held.settle(pages, at, hasArrived)),
    );
  }

  /** Until there is something to show, or the window closes: an earlier answer that is there goes out without waiting for this one, and
   *  at the end what is written so far. */
  async #untilReady(active: ActiveTurn, event: MessageReceived, action: PickUpAction): Promise<void> {
    const { conversationKey: key, sequence } = active;
    const position = positionOf(action);
    // Whoever has a button was promised no callback.
    if (active.promiseIsSupposed && active.rendered === undefined) active.mode = 'pickup';
    for (;;) {
      // Subscribe before reading: an answer that comes in between would be missed by both looks.
      const next = action.kind === 'pickup' ? (this.#runner.firstToFetch(key, sequence) ?? active) : active;
      if (action.kind === 'pickup' && (await this.#held.hasUnread(key, sequence + 1))) return;
      if (position < active.nextPosition) return;
      const ended = await this.#windows.untilClosed(next.settled, event);
      if (ended === undefined) return this.#early.hold(next, position);
      if (next === active) return;
    }
  }

  /** The same, when another process works on it. */
  async #untilReadyElsewhere(event: MessageReceived, action: PickUpAction): Promise<void> {
    const { turnOrder, store, ownerId } = this.#parts;
    if (turnOrder === undefined) return;
    const turn = await store.readTurn(action.turnId);
    if (turn === undefined || !wasAskedHere(turn, event) || turn.ownerId === ownerId) return;
    if (turn.state !== 'received' && turn.state !== 'answering') return;
    if (action.kind === 'pickup' && (await this.#held.hasUnread(turn.conversationKey, turn.sequence + 1))) return;
    const closed = new AbortController();
    await this.#windows.untilClosed(turnOrder.untilEnded(turn.id, closed.signal), event);
    closed.abort();
  }

  /** What a platform refuses is held: shown before that, it would be shown again. False when the window closes first. */
  async #callbacksAreDecided(key: string, event: MessageReceived): Promise<boolean> {
    if (!this.#runner.mayComeToBeFetched(key)) return true;
    const decided = this.#parts.queue.settled(key).then(() => true);
    return (await this.#windows.untilClosed(decided, event)) === true;
  }

  /** By another process, which does not know either whether its callback was promised. */
  async #isTriedElsewhere({ id, acknowledgedAt, ownerId }: Turn): Promise<boolean> {
    const { store, ownerId: ours, turnOrder } = this.#parts;
    if (turnOrder === undefined || acknowledgedAt !== undefined || ownerId === ours) return false;
    const deliveries = await store.readDeliveries(id);
    return deliveries.some(({ mode, state }) => mode === 'callback' && (state === 'waiting' || state === 'sending'));
  }

  #waitsInSpool({ conversation }: MessageReceived, { turnId }: PickUpAction): boolean {
    return this.#parts.spool.of(conversationKey(conversation)).some(({ event }) => event.id === turnId);
  }

  async #fetch(action: PickUpAction, turn: Turn, maxBubbles: number): Promise<readonly ShownPage[]> {
    if (action.kind === 'pickup') return this.#held.fetchAnswer(turn, maxBubbles);
    return this.#held.fetchPage(turn, positionOf(action));
  }
}

/** What a button carries is no secret: it opens what was asked in this conversation, and through this bot of the platform. */
function wasAskedHere(turn: Pick<Turn, 'conversationKey' | 'event'>, tap: MessageReceived): boolean {
  if (turn.conversationKey !== conversationKey(tap.conversation)) return false;
  const [asked, tapped] = [platformBotOf(turn.event), platformBotOf(tap)];
  return asked === undefined || tapped === undefined || asked === tapped;
}

function platformBotOf(event: InboundEvent): string | undefined {
  return event.type === 'message-received' ? event.scenario?.platformBotId : undefined;
}

function positionOf(action: PickUpAction): number {
  return action.kind === 'continue' ? action.position : 0;
}
