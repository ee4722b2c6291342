/** The turns that this process works on: lane, engine slot, answer. */
import { GatewayError, toGatewayError } from '../../errors.ts';
import type { AskedProduct, EpochMs, MessageReceived } from '../../message.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { TurnState } from '../../storage/store.ts';
import type { TurnOrder } from '../../storage/turn-order.ts';
import { answerPhotos } from '../answering/answer-photos.ts';
import { lastProduct } from '../answering/asked-product.ts';
import { enginesNow } from '../answering/cost-limit.ts';
import { HistorySummaries } from '../answering/history-summaries.ts';
import type { LookUps } from '../answering/look-ups.ts';
import { type Answer, answerQuestion } from '../answering/respond.ts';
import { UsageSum } from '../answering/usage-sum.ts';
import { systemAnswer } from '../fixed-answer.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { outlast } from '../outlast.ts';
import type { ToFetch } from '../pages/answer-pages.ts';
import { apologyReply, productReply } from '../texts.ts';
import { finishWithHandover } from '../thread/finish-with-handover.ts';
import type { ActiveTurn } from './active-turn.ts';
import { FairSlots } from './fair-slots.ts';
import { finishTurn } from './finish-turn.ts';
import { type LaneEntry, type LaneSlot, Lanes } from './lane.ts';
import { OpenTurns } from './open-turns.ts';
import { isSameQuestion } from './same-question.ts';
import { kindOf, TurnCounts, type TurnKind } from './turn-counts.ts';
import { TypingIndicators } from './typing.ts';
import { sayMeanwhile } from './waiting-words.ts';

/** What a turn answers: its own message and those that became one with it. */
interface Asked {
  /** Masked. */
  readonly text: string;
  /** Addresses, oldest first; absent when no photo came, empty when no address is left of those that did. */
  readonly photos?: readonly string[];
  /** That came with it. */
  readonly product?: AskedProduct;
}

/** A press on something that the bot has shown: complete by itself, and nothing that is typed belongs to it. */
export function isTap({ action, input }: MessageReceived): boolean {
  return action !== undefined || input === 'tap' || input === 'consent';
}

export class TurnRunner {
  readonly #parts: GatewayParts;
  readonly #lanes: Lanes;
  readonly #slots: FairSlots;
  readonly #typing: TypingIndicators;
  readonly #lookUps: LookUps;
  readonly #summaries: HistorySummaries;
  readonly #open = new OpenTurns();
  /** Until it is known whether their callbacks were taken. */
  readonly #supposed = new Set<ActiveTurn>();
  readonly #counts = new TurnCounts();
  #whenIdle: (() => void)[] = [];
  #takingOver: Promise<void> | undefined;

  constructor(parts: GatewayParts, lookUps: LookUps) {
    this.#parts = parts;
    this.#lanes = new Lanes(parts.clock);
    this.#slots = new FairSlots(parts.maxConcurrentTurns);
    this.#typing = new TypingIndicators(parts);
    this.#summaries = new HistorySummaries(parts);
    this.#lookUps = lookUps;
  }

  get size(): number {
    return this.#open.size;
  }

  count(kind: TurnKind): number {
    return this.#counts.total(kind);
  }

  /** @see TurnCounts.mayAdd */
  mayOpen(kind: TurnKind, botId: string, limit: number): boolean {
    return this.#counts.mayAdd(kind, botId, limit);
  }

  /** Whoever asks a model now has to wait for somebody else's answer. */
  get isSaturated(): boolean {
    return this.#slots.areTaken;
  }

  get(turnId: string): ActiveTurn | undefined {
    return this.#open.get(turnId);
  }

  /** The latest turn of the conversation whose answer the customer has to fetch; a tap on it brings what is held before it, too. */
  latestToFetch(conversationKey: string, exceptTurnId?: string): ToFetch | undefined {
    let latest: ActiveTurn | undefined;
    for (const turn of this.#open.ofConversation(conversationKey)) {
      const isToFetch = turn.mode === 'pickup' && turn.id !== exceptTurnId;
      if (isToFetch && turn.sequence > (latest?.sequence ?? 0)) latest = turn;
    }
    return latest === undefined ? undefined : { turnId: latest.id, position: latest.nextPosition };
  }

  /** A callback is still to be tried that perhaps nobody promised: its answer may have to be fetched after all. */
  mayComeToBeFetched(conversationKey: string): boolean {
    for (const turn of this.#supposed) if (turn.conversationKey === conversationKey) return true;
    return false;
  }

  /** The turn that this process answers next, of those up to `sequence` whose answers the customer has to fetch. */
  firstToFetch(conversationKey: string, sequence: number): ActiveTurn | undefined {
    let first: ActiveTurn | undefined;
    for (const turn of this.#open.ofConversation(conversationKey)) {
      const isToFetch = turn.mode === 'pickup' && turn.sequence <= sequence;
      if (isToFetch && turn.sequence < (first?.sequence ?? Number.POSITIVE_INFINITY)) first = turn;
    }
    return first;
  }

  /** A turn that is being answered, asks the same and ends in a response that can be fetched: its answer will do for both. */
  findSame(conversationKey: string, event: MessageReceived): ActiveTurn | undefined {
    if (!this.isBusy(conversationKey)) return undefined;
    for (const turn of this.#open.ofConversation(conversationKey)) {
      if (turn.abort.signal.aborted) continue;
      if (turn.window('pickup') !== undefined && isSameQuestion(turn.event, event)) return turn;
    }
    return undefined;
  }

  /** The response of the turn could not wait: its answer goes out by itself. */
  goOnByPush(turn: ActiveTurn): void {
    turn.mode = 'push';
    this.#typing.start(turn);
  }

  /** Until `entered`, what was asked before may still be put before turns that wait for other processes. */
  takeOver(entered: Promise<void>): void {
    const taking = entered.finally(() => {
      if (this.#takingOver === taking) this.#takingOver = undefined;
    });
    this.#takingOver = taking;
  }

  /** What another process had taken in may be this one's in the store already, and not be worked on yet. */
  get isTakingOver(): boolean {
    return this.#takingOver !== undefined;
  }

  isBusy(conversationKey: string): boolean {
    return this.#lanes.isBusy(conversationKey);
  }

  /** Takes the turn's place before anything is awaited: the order of places is the order of the store's sequence numbers.
   *  A turn that overtakes has no place. `state`: one that another process was answering is a question of its own for good. */
  enter(turn: ActiveTurn, goesFirst: LaneEntry['goesFirst'], state: TurnState = 'received'): LaneSlot | undefined {
    if (this.#open.add(turn)) this.#counts.add(turn);
    if (turn.promiseIsSupposed) this.#supposed.add(turn);
    turn.goesFirst = goesFirst !== false;
    if (turn.overtakes) return undefined;
    const canWait = state === 'received' && turn.mode === 'push' && turn.channel.mergesWaitingMessages;
    const merges = !turn.goesFirst && !isTap(turn.event) && canWait;
    return this.#lanes.enter(turn.conversationKey, {
      turnId: turn.id,
      goesFirst,
      mergeable: merges && turn.bot.quiet,
      receivedAt: turn.event.receivedAt,
      ...(turn.quietFrom === undefined ? {} : { quietFrom: turn.quietFrom }),
      ...(turn.sequence === 0 ? {} : { sequence: turn.sequence }),
      abort: turn.abort,
    });
  }

  /** The store did not take it. */
  withdraw(turn: ActiveTurn, slot: LaneSlot | undefined): void {
    slot?.leave();
    this.#supposed.delete(turn);
    turn.settle({ kind: 'ended' });
    this.#drop(turn);
  }

  /** Ends what runs and waits in the conversation but `exceptTurnId`. */
  cancel(conversationKey: string, exceptTurnId?: string): void {
    this.#lanes.cancel(conversationKey, exceptTurnId);
    this.#summaries.cancel(conversationKey);
  }

  /** Resolves when the turns of the conversation that are open now have nothing more to write. */
  async ended(conversationKey: string): Promise<void> {
    await Promise.all(this.#open.ofConversation(conversationKey).map((turn) => turn.settled));
    await this.#summaries.ended(conversationKey);
  }

  /** Runs an admitted turn to its end. Never rejects; `turn.settled` tells how it ended. */
  async run(turn: ActiveTurn, slot: LaneSlot | undefined, state: TurnState): Promise<void> {
    if (turn.mode === 'push') this.#typing.start(turn);
    try {
      const asked = await this.#awaitPlace(turn, slot, state);
      if (asked === undefined) return;
      turn.asked = asked.text;
      const answer = turn.fixedAnswer ?? (await this.#think(turn, asked));
      await this.#typing.stop(turn);
      // A callback that an earlier process has left is posted first.
      if (turn.mode === 'inline') await this.#parts.queue.settled(turn.conversationKey);
      turn.toFetchBeside = this.latestToFetch(turn.conversationKey, turn.id);
      const outcome = await finishWithHandover(turn, answer, this.#parts);
      if (outcome === 'suppressed') this.#count(turn, 'suppressed');
      else this.#summaries.keepUp(turn);
      if (outcome === 'held') this.announceHeld(turn);
    } catch (thrown) {
      await this.#fail(turn, thrown);
    } finally {
      void this.#typing.stop(turn);
      void this.#leave(turn, slot);
      turn.feed.close(turn.isLeftOpen ? 'left-open' : 'ended');
      turn.settle({ kind: 'ended' });
      this.#drop(turn);
    }
  }

  /** The next answer of the conversation may go out at once: a callback that is still to be posted would come behind it. */
  async #leave(turn: ActiveTurn, slot: LaneSlot | undefined): Promise<void> {
    if (slot !== undefined && turn.mode === 'callback') {
      await turn.promised;
      await this.#parts.queue.settled(turn.conversationKey);
      if (turn.promiseIsSupposed && (await this.#mayBeHeld(turn))) this.announceHeld(turn);
    }
    this.#supposed.delete(turn);
    slot?.leave();
  }

  async #mayBeHeld({ id }: ActiveTurn): Promise<boolean> {
    try {
      return (await this.#parts.store.readDeliveries(id)).some(({ state }) => state === 'held');
    } catch {
      return true;
    }
  }

  /** Resolves when no turn is open, or after `timeoutMs`. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.schedule(timeoutMs, resolve);
      this.#whenIdle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Stops what still runs without a word to the store: it stays open there, for the next start. Done before the engines
   *  close: a turn that saw its engine fail then would settle for less than the next start can give. */
  leaveOpen(): void {
    this.#summaries.stop();
    for (const turn of this.#open.all()) {
      turn.isLeftOpen = true;
      turn.abort.abort();
    }
  }

  /** The answer of a turn that the store did not take: from its message alone, before `closesAt`, else an apology. Never rejects. */
  async answerUnstored(turn: ActiveTurn, closesAt: EpochMs): Promise<Answer> {
    const { bot, event } = turn;
    const apology = systemAnswer(apologyReply(bot.contact), false);
    // Nothing can be forgotten now, so nobody may be told that it was.
    if (turn.isReset) return apology;
    const cancelTimer = this.#endWorkAt(closesAt, turn);
    try {
      return turn.fixedAnswer ?? (await this.#think(turn, asAsked(event)));
    } catch (err) {
      const fields = { err, turn: turn.id, bot: bot.id };
      this.#parts.logger.error(fields, 'a question could not be answered without the store');
      return apology;
    } finally {
      cancelTimer();
    }
  }

  /** Waits for the turn's place and returns what to answer, or undefined when there is nothing to answer any more. */
  async #awaitPlace(turn: ActiveTurn, slot: LaneSlot | undefined, state: TurnState): Promise<Asked | undefined> {
    const { store, clock } = this.#parts;
    if (slot === undefined) {
      return asAsked(turn.event);
    }
    const start = await slot.start;
    if (start.kind === 'cancelled') {
      // The store may have taken it after it had forgotten the others.
      await store.moveTurn(turn.id, ['received', 'answering'], 'suppressed', clock.now());
      this.#count(turn, 'suppressed');
      return undefined;
    }
    if (start.kind === 'merged') {
      await store.moveTurn(turn.id, ['received'], 'merged', clock.now(), start.into);
      this.#count(turn, 'merged');
      return undefined;
    }
    // The store keeps no addresses of photos, and turns that were merged leave this memory as soon as it knows of them: before any await.
    const photos = [...start.absorbed, turn.id].flatMap((id) => this.#open.get(id)?.event.images ?? []);
    // Writing is more patient than reading: where the store is locked at this moment, it is back for what follows.
    if (state === 'received' && !(await store.moveTurn(turn.id, ['received'], 'answering', clock.now()))) {
      this.#count(turn, 'suppressed');
      return undefined;
    }
    const { turnOrder } = this.#parts;
    if (turnOrder !== undefined) await this.#awaitOthers(turn, slot, turnOrder);
    const messages = [...turn.absorbed];
    for (const id of start.absorbed) {
      const absorbed = await this.#read(turn, () => store.readTurn(id));
      if (absorbed?.event.type === 'message-received') messages.push(absorbed.event);
    }
    messages.push(turn.event);
    // What came before it in the lane is answered only now; a turn that never waited has the memory of its own insert.
    if (!turn.memoryIsFresh) {
      const { conversationKey, sequence, bot } = turn;
      turn.memory = await this.#read(turn, () => store.readMemory(conversationKey, sequence, bot.historyTurns));
      // Another process that holds one announces nothing here.
      if (turn.memory.heldDeliveries.some(({ state }) => state === 'held')) turn.mayHaveHeld = true;
    }
    turn.hasPlace = true;
    const words = messages.map(({ text }) => text).filter((text) => text !== '');
    const product = messages.findLast((message) => message.product !== undefined)?.product;
    return {
      // A number that was split over two messages is whole only now.
      text: words.length > 1 ? maskPersonalData(words.join('\n')).text : (words[0] ?? ''),
      ...(messages.some(hasPhotos) ? { photos } : {}),
      ...(product === undefined ? {} : { product }),
    };
  }

  /** A response that waits is better off with an apology in time. */
  #read<Result>(turn: ActiveTurn, call: () => Promise<Result>): Promise<Result> {
    return turn.mode === 'push' ? outlast(call, this.#parts.clock, turn.abort.signal) : call();
  }

  /** Other processes may answer earlier questions of the conversation. No engine slot is held meanwhile; whoever waits for the whole time
   *  that a turn may take goes on. */
  async #awaitOthers(turn: ActiveTurn, slot: LaneSlot, turnOrder: TurnOrder): Promise<void> {
    const { clock } = this.#parts;
    const impatient = new AbortController();
    const leftMs = turn.closesAt - clock.now();
    const cancel = clock.schedule(Math.max(0, leftMs), () => impatient.abort());
    const signal = AbortSignal.any([turn.abort.signal, impatient.signal]);
    slot.stepAside();
    for (;;) {
      if (await turnOrder.enter(turn.id, turn.goesFirst, signal)) turn.memoryIsFresh = false;
      // Nobody else has an earlier question any more, perhaps because this process is taking it over right now.
      await this.#takingOver;
      if (slot.goOn() || signal.aborted) break;
      await turnOrder.stepBack(turn.id);
      await slot.isFirstAgain();
      turn.memoryIsFresh = false;
    }
    cancel();
  }

  /** The engine, inside the turn's total time and the machine's share of engine calls. Suspended for as long as a model thinks, and all of
   *  its variables are kept until then: it has few. */
  async #think(turn: ActiveTurn, asked: Asked): Promise<Answer> {
    if (asked.text === '' && asked.photos === undefined && turn.event.input === 'product') {
      return systemAnswer(productReply(asked.product), true);
    }
    const lookedUp = await this.#lookUps.answer(turn, asked.text);
    if (lookedUp !== undefined) return lookedUp;
    const cancelTimer = this.#endWorkAt(turn.closesAt, turn);
    const usage = new UsageSum();
    let hasSlot = false;
    try {
      hasSlot = await this.#takeSlot(turn);
      return withUsage(await this.#ask(turn, asked, usage), usage);
    } catch (thrown) {
      if (!turn.ranOutOfTime) throw thrown;
      const fields = { turn: turn.id, bot: turn.bot.id };
      this.#parts.logger.warn(fields, 'no engine answered in the total time; the answer is an apology');
      return withUsage(systemAnswer(apologyReply(turn.bot.contact), false), usage);
    } finally {
      cancelTimer();
      if (hasSlot) this.#slots.release();
    }
  }

  #endWorkAt(closesAt: EpochMs, turn: ActiveTurn): () => void {
    const { clock } = this.#parts;
    return clock.schedule(Math.max(0, closesAt - clock.now()), () => {
      turn.ranOutOfTime = true;
      turn.abort.abort();
    });
  }

  /** False: it needs none.
   *  @throws GatewayError `TURN_CANCELLED` */
  async #takeSlot(turn: ActiveTurn): Promise<boolean> {
    if (!asksModel(turn)) return false;
    // A bot's backlog of pushed answers is like another bot's: who is waiting for a response would else be behind all of it.
    const owner = `${turn.bot.id} ${kindOf(turn.event)}`;
    if (await this.#slots.acquire(owner, turn.abort.signal)) return true;
    throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled while it waited');
  }

  #ask(turn: ActiveTurn, { text, photos, ...asked }: Asked, usage: UsageSum): Promise<Answer> {
    const { bot, event, memory, wantedBy, feed, abort } = turn;
    const product = asked.product ?? lastProduct(memory.recentTurns, this.#parts.clock.now(), bot.conversationIdleMs);
    const question = {
      bot,
      turnId: turn.id,
      requestId: event.requestId,
      conversation: event.conversation,
      text,
      memory,
      closesAt: turn.closesAt,
      ...(wantedBy === undefined ? {} : { wantedBy }),
      approvedOnly: turn.approvedOnly,
      usage,
      // Tools may keep the customer waiting.
      ...(bot.tools === undefined
        ? {}
        : { sayMeanwhile: (words: string) => void sayMeanwhile(turn, words, this.#parts) }),
      ...(event.action === undefined ? {} : { action: event.action }),
      ...(event.scenario === undefined ? {} : { scenario: event.scenario }),
      ...(product === undefined ? {} : { product }),
    };
    return photos === undefined
      ? answerQuestion(question, feed, abort.signal, this.#parts)
      : answerPhotos(question, photos, feed, abort.signal, this.#parts);
  }

  /** Cancelled, left to the next start, or a fault of ours: then the customer gets an apology through the same window. */
  async #fail(turn: ActiveTurn, thrown: unknown): Promise<void> {
    await this.#typing.stop(turn);
    if (turn.isLeftOpen) return;
    if (turn.abort.signal.aborted && !turn.ranOutOfTime) {
      this.#count(turn, 'suppressed');
      return;
    }
    const { store, clock, logger } = this.#parts;
    const error = toGatewayError(thrown);
    logger.error({ err: error, code: error.code, turn: turn.id, bot: turn.bot.id }, 'a turn failed');
    if (turn.rendered?.kind === 'answered') {
      // The answer is there and only the store failed: whoever waits gets it all the same.
      turn.settle(turn.rendered);
    }
    try {
      // It may have failed before it began.
      await store.moveTurn(turn.id, ['received'], 'answering', clock.now());
      const apology = systemAnswer(apologyReply(turn.bot.contact), false);
      if ((await finishTurn(turn, apology, this.#parts)) !== 'suppressed') return;
    } catch (again) {
      logger.error({ err: again, turn: turn.id }, 'not even an apology could be stored');
      turn.storeIsGone = true;
    }
    turn.settle({ kind: 'ended' });
    // Left open, it would stand in the way of its conversation at every other process for as long as this one lives.
    const end = () => store.moveTurn(turn.id, ['received', 'answering'], 'failed', clock.now(), error.code);
    await outlast(end, clock, turn.abort.signal).catch(() => false);
    this.#count(turn, 'failed');
  }

  #count(turn: ActiveTurn, outcome: 'suppressed' | 'failed' | 'merged'): void {
    this.#parts.metrics.turnEnded({ bot: turn.bot.id, channel: turn.channel.name, mode: turn.mode, outcome });
  }

  #drop(turn: ActiveTurn): void {
    if (this.#open.remove(turn)) this.#counts.remove(turn);
    if (this.#open.size === 0) for (const told of this.#whenIdle.splice(0)) told();
  }

  /** Turns of the same conversation that still run must look for held answers before they respond. */
  announceHeld(turn: ActiveTurn): void {
    for (const other of this.#open.ofConversation(turn.conversationKey)) {
      if (other === turn) continue;
      // What has no number yet is being stored at this moment, and may not have seen what is held now.
      if (other.sequence === 0 || other.sequence > turn.sequence) other.mayHaveHeld = true;
    }
  }
}

function withUsage(answer: Answer, { total }: UsageSum): Answer {
  return total === undefined ? answer : { ...answer, source: { ...answer.source, usage: total } };
}

/** The knowledge answers at once: it must not wait behind models for a share of their calls. */
function asksModel({ approvedOnly, bot }: ActiveTurn): boolean {
  return !approvedOnly && enginesNow(bot).some((engine) => engine !== bot.approvedEngine);
}

function asAsked(event: MessageReceived): Asked {
  const { text, images, product } = event;
  return {
    text,
    ...(hasPhotos(event) ? { photos: images ?? [] } : {}),
    ...(product === undefined ? {} : { product }),
  };
}

function hasPhotos({ input, images }: MessageReceived): boolean {
  return input === 'image' || images !== undefined;
}
