/** Turns that somebody else took in and nobody has answered: another process that has gone, or human agents who kept silent. */
import type { Channel } from '../../channels/channel.ts';
import type { Reply } from '../../message.ts';
import { HANDED_OVER, type Turn } from '../../storage/store.ts';
import { detectIntent } from '../arrival/intent.ts';
import type { Bot } from '../bot.ts';
import { fixedAnswer, systemAnswer } from '../fixed-answer.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { outlast } from '../outlast.ts';
import { isPage } from '../pages/answer-pages.ts';
import { agentsLateNotice } from '../texts.ts';
import type { ReplyWindows } from '../window.ts';
import { ActiveTurn } from './active-turn.ts';
import { FairSlots } from './fair-slots.ts';
import { belongsTo } from './lane.ts';
import type { TurnRunner } from './turn-runner.ts';

/** How far back the messages that were merged into a turn can lie. */
const MERGE_REACH = 50;
/** Who takes over hundreds of turns must leave the store some room for those who ask now. */
const READ_AT_ONCE = 4;

export interface ResumeOptions {
  /** Explains instead of answering. */
  readonly apology?: Reply;
  /** Nobody came whom the customer waited for: `told` by another answer, or to be told with this one. */
  readonly agentsLate?: 'told' | 'untold';
  /** The turn begins only then. */
  readonly after?: Promise<void>;
}

type Parts = Pick<GatewayParts, 'store' | 'clock' | 'ownerId' | 'turnOrder'>;

export class Resumption {
  readonly #parts: Parts;
  readonly #runner: TurnRunner;
  readonly #windows: ReplyWindows;
  readonly #readingEarlier = new FairSlots(READ_AT_ONCE);

  constructor(parts: Parts, runner: TurnRunner, windows: ReplyWindows) {
    this.#parts = parts;
    this.#runner = runner;
    this.#windows = windows;
  }

  /** Takes over a turn that another process left open: it is answered through whatever window is still open. It has its place in the
   *  lane when this returns; the promise resolves when it has ended. */
  async resume(bot: Bot, channel: Channel, turn: Turn, options: ResumeOptions = {}): Promise<void> {
    const { apology, agentsLate, after } = options;
    const { store, clock } = this.#parts;
    if (turn.event.type !== 'message-received') {
      await store.moveTurn(turn.id, ['received'], 'suppressed', clock.now(), HANDED_OVER);
      return;
    }
    const callback = turn.event.replyWindows.find((window) => window.mode === 'callback');
    const modes = new Set(turn.event.replyWindows.map((window) => window.mode));
    // The HTTP response died with the other process.
    const callbackIsOpen = callback !== undefined && this.#mayHavePromised(turn) && clock.now() < callback.closesAt;
    const mode = modes.has('push') ? 'push' : callbackIsOpen ? 'callback' : modes.has('pickup') ? 'pickup' : 'stream';
    const active = new ActiveTurn(bot, channel, turn.event, turn.conversationKey, mode, false);
    active.sequence = turn.sequence;
    active.startedAt = clock.now();
    active.quietFrom = clock.now();
    active.agentsWereLate = agentsLate !== undefined;
    if (agentsLate === 'untold') active.notice = agentsLateNotice();
    active.acknowledgedAt = turn.acknowledgedAt;
    active.promiseIsSupposed = mode === 'callback' && turn.acknowledgedAt === undefined;
    active.hasResponse = false;
    active.fixedAnswer = apology === undefined ? fixedAnswer(bot, turn.event) : systemAnswer(apology, false);
    const slot = this.#runner.enter(active, false, turn.state);
    let earlier: readonly Turn[];
    try {
      await after;
      earlier = await this.#readEarlier(active);
      if (modes.has('pickup')) active.nextPosition = await this.#countPages(active);
      if (active.promiseIsSupposed) await this.#supposePromised(active);
    } catch (thrown) {
      this.#runner.withdraw(active, slot);
      throw thrown;
    }
    active.absorbed = earlier
      .filter(({ state, note }) => state === 'merged' && note === turn.id)
      .flatMap(({ event }) => (event.type === 'message-received' ? [event] : []));
    slot?.admit(turn.sequence);
    if (callbackIsOpen) this.#windows.watchCallbackBudget(active, callback.closesAt);
    await this.#runner.run(active, slot, turn.state);
  }

  /** Of the answer, that were made before its end: they keep their numbers. */
  async #countPages({ id, abort }: ActiveTurn): Promise<number> {
    const { store, clock } = this.#parts;
    return (await outlast(() => store.readDeliveries(id), clock, abort.signal)).filter(isPage).length;
  }

  /** Who is taken over on a shared store may be at work still, cut off from it: promised is then what is not answered when the inline window
   *  closes. Before that, or on a store of its own, a response that was not written died with its process. */
  #mayHavePromised({ acknowledgedAt, event }: Turn): boolean {
    if (acknowledgedAt !== undefined) return true;
    if (this.#parts.turnOrder === undefined || event.type !== 'message-received') return false;
    const inline = event.replyWindows.find((window) => window.mode === 'inline');
    return inline !== undefined && this.#parts.clock.now() >= inline.closesAt;
  }

  /** A process that is cut off from the store goes on promising. Whoever was promised a callback has no button and sees nothing until it
   *  comes; where nothing was promised, the platform refuses it, and the answer is held after all. Earlier answers that have to be fetched
   *  are never passed by: a response that knew of them showed a button instead of a promise. */
  async #supposePromised(turn: ActiveTurn): Promise<void> {
    const { store, clock } = this.#parts;
    const { conversationKey: key, sequence, abort } = turn;
    const hasToFetch =
      turn.nextPosition > 0 ||
      // Before reading what is held: an answer that comes in between would be missed by both looks.
      this.#runner.firstToFetch(key, sequence) !== undefined ||
      (await outlast(() => store.readMemory(key, sequence, 0), clock, abort.signal)).heldDeliveries.length > 0;
    if (hasToFetch) turn.mode = 'pickup';
    else turn.acknowledgedAt = clock.now();
  }

  /** Turns that may have become one with this one. */
  async #readEarlier({ bot, channel, conversationKey: key, sequence, abort }: ActiveTurn): Promise<readonly Turn[]> {
    const { store, clock } = this.#parts;
    if (!channel.mergesWaitingMessages) return [];
    const hasSlot = await this.#readingEarlier.acquire(bot.id, abort.signal);
    try {
      // Its place in the lane is taken: whoever comes later waits for it, so it must not stay behind for want of a read.
      return await outlast(() => store.readTurns(key, sequence - MERGE_REACH, MERGE_REACH), clock, abort.signal);
    } finally {
      if (hasSlot) this.#readingEarlier.release();
    }
  }

  /** Messages that no agent answered: those that came within the quiet time of each other become one turn, and so do calls for an agent
   *  however far apart. A call is not part of a question: it would take its place, or be asked of the model. */
  async answerHeld(bot: Bot, channel: Channel, turnIds: readonly string[], isLate: boolean): Promise<void> {
    const { store, clock, ownerId } = this.#parts;
    // Another process may have taken them in.
    await store.ownTurns(turnIds, ownerId);
    const turns = await Promise.all(turnIds.map((turnId) => store.readTurn(turnId)));
    const held = turns.filter((turn) => turn?.state === 'received').filter((turn) => turn !== undefined);
    const groups: Turn[][] = [];
    for (const turn of held) {
      const group = groups.at(-1);
      const [first, before] = [group?.at(0), group?.at(-1)];
      const isCall = callsForPerson(bot, turn);
      const belongs =
        first !== undefined &&
        before !== undefined &&
        isCall === callsForPerson(bot, before) &&
        (isCall || belongsTo(first, before, turn, bot.quiet));
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
      leaders.map((leader, index) =>
        this.resume(bot, channel, leader, isLate ? { agentsLate: index === 0 ? 'untold' : 'told' } : {}),
      ),
    );
  }
}

function callsForPerson(bot: Bot, { event }: Turn): boolean {
  return event.type === 'message-received' && detectIntent(event, bot) === 'person';
}
