/** A turn's way in: turned away where too many are open, else given its place in the lane, stored, and let run. */
import type { Channel } from '../../channels/channel.ts';
import { GatewayError } from '../../errors.ts';
import { conversationKey, type MessageReceived } from '../../message.ts';
import { HANDED_OVER } from '../../storage/store.ts';
import { enginesNow } from '../answering/cost-limit.ts';
import { type Answer, searchKnowledge } from '../answering/respond.ts';
import type { Bot } from '../bot.ts';
import { fixedAnswer } from '../fixed-answer.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Heard } from '../thread/threads.ts';
import { ActiveTurn } from '../turn/active-turn.ts';
import type { LaneSlot } from '../turn/lane.ts';
import { kindOf, type TurnKind } from '../turn/turn-counts.ts';
import { isTap, type TurnRunner } from '../turn/turn-runner.ts';
import type { Forgetting } from './forgetting.ts';
import { acceptTurn } from './receive.ts';

/** A disk may pause for a moment; an inline window cannot wait longer. */
const STORE_PATIENCE_MS = 1_500;
/** A platform that wants its 200 at once does not repeat the event: soon it goes to the spool. */
const PUSH_STORE_PATIENCE_MS = 300;
/** Left of an inline window for the refusal, when the store is not there. */
const REFUSAL_MS = 300;
/** Turns that wait for a push cost only memory: far more of them are taken than of those that somebody waits for. */
const PUSH_SHARE = 4;
/** What needs no engine is over at once: where others are turned away it still gets its answer, up to here. */
const SHORT_SHARE = 2;

/** A turn on its way into its lane. */
interface Place {
  readonly turn: ActiveTurn;
  readonly slot: LaneSlot | undefined;
  readonly state: 'received' | 'answering';
}

type Parts = Pick<GatewayParts, 'store' | 'clock' | 'ownerId' | 'metrics' | 'maxOpenTurns' | 'threads' | 'signs'>;

export class Admission {
  readonly #parts: Parts;
  readonly #runner: TurnRunner;
  readonly #forgetting: Forgetting;

  constructor(parts: Parts, runner: TurnRunner, forgetting: Forgetting) {
    this.#parts = parts;
    this.#runner = runner;
    this.#forgetting = forgetting;
  }

  /** Questions are turned away: of those that a response waits for, or of those whose answers go out by themselves. */
  get isFull(): boolean {
    return (['awaited', 'pushed'] as const).some((kind) => this.#runner.count(kind) >= this.#limit(kind));
  }

  /** It has its place already. */
  isOpen(turnId: string): boolean {
    return this.#runner.get(turnId) !== undefined;
  }

  /** @throws GatewayError `OVERLOADED` */
  refusePushed(bot: Bot, channel: Channel, event: MessageReceived): void {
    this.#refuseAbove(this.#limit('pushed'), bot, channel, event);
  }

  /** @throws GatewayError `OVERLOADED` */
  refuseAwaited({ bot, channel, event, fixedAnswer: fixed, approvedOnly }: ActiveTurn): void {
    const needsEngine = fixed === undefined && !approvedOnly;
    this.#refuseAbove(this.#limit('awaited') * (needsEngine ? 1 : SHORT_SHARE), bot, channel, event);
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
  open(bot: Bot, channel: Channel, event: MessageReceived, mode: ActiveTurn['mode'], apology?: Answer): ActiveTurn {
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

  /** Takes the turn's place, stores it, lets it count for whose the room is, and lets it run. Resolves with the id of the turn that this one only repeats, if it does. */
  async start(turn: ActiveTurn, heard: Heard): Promise<string | undefined> {
    const place = this.#enter(turn);
    const repeated = await this.#accept(place);
    if (repeated !== undefined) return repeated;
    await heard.apply();
    // What waits for a sign of this customer goes out before the answer; the response may wait for both.
    this.#parts.signs.heard(turn.conversationKey);
    this.#run(place);
    return undefined;
  }

  /** The same for turns of one conversation whose messages have all come: those that belong together become one. */
  async startTogether(turns: readonly { readonly turn: ActiveTurn; readonly heard: Heard }[]): Promise<void> {
    const places = turns.map(({ turn, heard }) => ({ ...this.#enter(turn), heard }));
    const accepted: Place[] = [];
    try {
      for (const place of places) {
        if ((await this.#accept(place)) !== undefined) continue;
        accepted.push(place);
        await place.heard.apply();
      }
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
      if (turn.isReset) await this.#forgetting.forget(turn.conversationKey, turn.id);
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

  /** For human agents: stored, so that they can be helped with it later, and not answered. */
  async storeUnanswered(bot: Bot, channel: Channel, event: MessageReceived, heard: Heard): Promise<void> {
    const { store, clock } = this.#parts;
    const mode = event.replyWindows[0]?.mode ?? 'pickup';
    const turn = new ActiveTurn(bot, channel, event, conversationKey(event.conversation), mode, false);
    const accepted = await acceptTurn(turn, 'received', this.#storePatienceMs(turn), this.#parts);
    if (accepted.outcome === 'duplicate' && !(await this.#isStillUnheard(event, accepted.turnId))) return;
    const verdict = await heard.apply();
    if (verdict === 'quiet') await store.moveTurn(turn.id, ['received'], 'suppressed', clock.now(), HANDED_OVER);
    if (verdict === 'answer') this.#parts.threads.answerStored(event);
  }

  /** The store had taken the event, and did not get to say so. */
  async #isStillUnheard({ id }: MessageReceived, turnId: string): Promise<boolean> {
    if (turnId !== id || this.#runner.get(id) !== undefined) return false;
    return (await this.#parts.store.readTurn(id))?.state === 'received';
  }
}
