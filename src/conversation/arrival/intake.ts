/** Events of a platform that wants its 200 at once and never repeats one: the store takes them in time, or the spool keeps them until it
 *  does. In order per conversation: while something of it waits in the spool, what is new goes there too. */
import { type GatewayError, toGatewayError } from '../../errors.ts';
import { conversationKey, type EpochMs, type InboundEvent, type MessageReceived } from '../../message.ts';
import type { Alerts } from '../../platform/alerts.ts';
import { atMost, type Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { Spool, SpooledEvent } from '../../storage/spool/spool.ts';
import { type StoredIn, WHAT_TO_CHECK } from './where-stored.ts';

export interface IntakeParts {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'spooled' | 'trackSpool'>;
  readonly alerts: Alerts;
  readonly storedIn: StoredIn;
}

/** What became of an event within the platform's patience. `full`: nobody has it. */
export type Taken<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'spooled' }
  | { readonly kind: 'full' };

type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: GatewayError };

/** Does for what comes out of the spool what is done for what comes off the wire: one event, or messages of one conversation that followed
 *  each other. `isLate`: an explanation is wanted, not an answer.
 *  @throws GatewayError, retryable while the store is still down */
export type Replay = (events: readonly [InboundEvent, ...InboundEvent[]], isLate: boolean) => Promise<void>;

/** Since the receipt. TalkTalk must have its 200 within a second, and both the store and the spool may be slow. */
const STORE_MS = 500;
const SPOOL_MS = 800;
/** For a response that is at its last moment already. */
const KEEP_MS = 150;
/** An answer that comes later than this would surprise more than help. */
const TOO_LATE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Whatever else the customer does. */
const MUST_BE_HEARD: ReadonlySet<InboundEvent['type']> = new Set(['payment-settled', 'profile-withdrawn']);
/** Conversations at once: the store commits them together. */
const REPLAYED_AT_ONCE = 64;

export class Intake {
  readonly #parts: IntakeParts;
  /** The latest event of each conversation of which it is not known yet where it goes. */
  readonly #deciding = new Map<string, Promise<void>>();
  /** Conversations with an event of which it is not known yet whether the store takes it late, or whether the disk keeps it. Their spool is
   *  not replayed meanwhile: what the sender is told is refused must not be answered. */
  readonly #undecided = new Map<string, number>();
  #replay: Replay | undefined;
  #cancelTimer = () => {};
  #pauseMs = FIRST_PAUSE_MS;
  #isReplaying = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    parts.metrics.trackSpool(() => parts.spool.size);
  }

  /** Runs `work`, which is to store the event, unless earlier ones wait. A retryable failure and being late lead to the spool. Where its
   *  disk refuses the event, whoever `canBeTold` is told (`full`); any other event stays in memory, and dies with this process.
   *  @throws GatewayError from `work` that is not retryable */
  async take<Result>(
    event: InboundEvent,
    work: () => Promise<Result>,
    { canBeTold = false }: { readonly canBeTold?: boolean } = {},
  ): Promise<Taken<Result>> {
    const key = conversationKey(event.conversation);
    const earlier = this.#deciding.get(key);
    const { promise, resolve: decided } = Promise.withResolvers<void>();
    this.#deciding.set(key, promise);
    let taken: Taken<Result>;
    try {
      // The store may refuse an event and take the next one: then the second would come first.
      if (earlier !== undefined) await earlier;
      taken = await this.#decide(event, key, work);
    } finally {
      if (this.#deciding.get(key) === promise) this.#deciding.delete(key);
      decided();
    }
    if (taken.kind !== 'spooled') return taken;
    let isOnDisk: boolean;
    this.#hold(key);
    try {
      isOnDisk = !(await this.#isRefusedByDisk(event.receivedAt + SPOOL_MS));
      if (!isOnDisk && canBeTold && this.#withdraw(event, key)) return { kind: 'full' };
    } finally {
      this.#release(key);
    }
    this.#parts.metrics.spooled(event.conversation.botId, 'kept', 1);
    if (isOnDisk) this.#reportSpooled(event);
    else this.#reportInMemory(event);
    return taken;
  }

  /** Keeps an event whose platform is told that it was taken although the store has not said so, and does not wait any longer. What became
   *  of it, `storing` tells later: a retryable failure leaves it here. Resolves when the disk has it, or takes too long. */
  async keep(event: InboundEvent, storing: Promise<unknown>): Promise<void> {
    const key = conversationKey(event.conversation);
    this.#decideLater(event, key, outcomeOf(storing));
    if (this.#spool(event, key).kind === 'full') return;
    const isOnDisk = !(await this.#isRefusedByDisk(this.#parts.clock.now() + KEEP_MS));
    this.#parts.metrics.spooled(event.conversation.botId, 'kept', 1);
    if (isOnDisk) this.#reportSpooled(event);
    else this.#reportInMemory(event);
  }

  /** False when it is handled already. A store that is only late may still take it: then it is answered although the customer was asked to
   *  send it again, which is better than silence. */
  #withdraw(event: InboundEvent, key: string): boolean {
    const { spool } = this.#parts;
    if (!spool.of(key).some((entry) => entry.event.id === event.id)) return false;
    spool.remove([event.id]);
    this.#reportLost(event);
    return true;
  }

  /** Begins to bring back what waits: at the start, and from then on whenever something does. */
  start(replay: Replay): void {
    this.#replay = replay;
    this.#schedule(0);
  }

  /** Carries out the erasures that wait, of which {@link erase} has left nothing before them but money that moved. Never rejects; what the
   *  store does not take yet stays. */
  async finishErasures(replay: Replay): Promise<void> {
    const { spool, logger } = this.#parts;
    for (const { conversationKey: key } of spool.heads()) {
      const waiting = spool.of(key).map(({ event }) => event);
      const last = waiting.findLastIndex(({ type }) => type === 'profile-withdrawn');
      try {
        for (const event of waiting.slice(0, last + 1)) {
          const isHeard = MUST_BE_HEARD.has(event.type);
          if (isHeard) await replay([event], false);
          this.#done([event], isHeard ? 'replayed' : 'dropped');
        }
      } catch (err) {
        logger.warn(
          { err, bot: waiting[0]?.conversation.botId },
          'a customer who is to be forgotten waits in the spool',
        );
      }
    }
  }

  stop(): void {
    this.#replay = undefined;
    this.#cancelTimer();
  }

  /** What waits of a customer who asked to be forgotten, also out of the file, but not money that moved: the store takes that before it
   *  erases them, and the erasure waits behind it. */
  async erase(key: string): Promise<void> {
    const { spool } = this.#parts;
    this.#drop(key);
    spool.purge();
    await spool.flushed();
  }

  #drop(key: string): void {
    const { spool } = this.#parts;
    const dropped = spool.of(key).flatMap(({ event }) => (MUST_BE_HEARD.has(event.type) ? [] : [event]));
    this.#counting(dropped[0], 'dropped', () => spool.remove(dropped.map(({ id }) => id)));
  }

  async #decide<Result>(event: InboundEvent, key: string, work: () => Promise<Result>): Promise<Taken<Result>> {
    if (this.#parts.spool.has(key)) return this.#spool(event, key);
    const settled = outcomeOf(work());
    const first = await atMost(this.#parts.clock, this.#msUntil(event.receivedAt + STORE_MS), settled);
    if (first === undefined) {
      this.#decideLater(event, key, settled);
      return this.#spool(event, key);
    }
    if (first.kind === 'done') return first;
    if (!first.error.retryable) throw first.error;
    return this.#spool(event, key);
  }

  #spool(event: InboundEvent, key: string): Taken<never> {
    const { spool } = this.#parts;
    // Who has left gets no answers any more: only the leaving itself is news to the store.
    if (event.type === 'conversation-left') this.#drop(key);
    if (!spool.add({ conversationKey: key, receivedAt: event.receivedAt, event: forSpool(event) })) {
      this.#reportLost(event);
      return { kind: 'full' };
    }
    this.#schedule(FIRST_PAUSE_MS);
    return { kind: 'spooled' };
  }

  #reportLost(event: InboundEvent): void {
    const { spool, metrics, alerts, logger, storedIn } = this.#parts;
    const { botId: bot } = event.conversation;
    metrics.spooled(bot, 'refused', 1);
    logger.error(
      { bot, event: event.id, waiting: spool.size },
      'neither the store nor the spool keeps an event: it is lost',
    );
    alerts.raise({
      code: 'spool-full',
      botId: bot,
      text: `저장소가 멈춘 동안 대기 공간이 가득 차서 고객 메시지를 받지 못하고 있습니다. 바로 복구해 주세요. ${WHAT_TO_CHECK[storedIn]}`,
      details: { waiting: spool.size },
    });
  }

  #reportSpooled({ id: event, conversation: { botId: bot } }: InboundEvent): void {
    const { spool, alerts, logger, storedIn } = this.#parts;
    const waiting = spool.size;
    logger.warn({ bot, event, waiting }, 'the store is not there: an event waits in the spool');
    alerts.raise({
      code: 'spool-used',
      botId: bot,
      text: `저장소가 응답하지 않아 고객 메시지를 임시로 보관하고 있습니다. 복구되면 순서대로 답변합니다. ${WHAT_TO_CHECK[storedIn]}`,
      details: { waiting },
    });
  }

  #reportInMemory({ id: event, conversation: { botId: bot } }: InboundEvent): void {
    const { spool, alerts, logger, storedIn } = this.#parts;
    const waiting = spool.size;
    logger.error(
      { bot, event, waiting },
      'the store is not there and the spool cannot be written: an event is in memory alone, and lost if the process ends',
    );
    alerts.raise({
      code: 'spool-in-memory',
      botId: bot,
      text: `저장소가 응답하지 않고 대기 파일도 쓸 수 없어, 고객에게 알릴 수 없는 이벤트가 메모리에만 있습니다. 지금 서버를 끄거나 다시 시작하면 잃습니다. 서버를 켜 둔 채로 DATA_DIR의 남은 공간과 쓰기 권한을 바로 확인해 주세요. ${WHAT_TO_CHECK[storedIn]}`,
      details: { waiting },
    });
  }

  /** A disk that is only slow is believed: it will have the event in a moment. */
  async #isRefusedByDisk(until: EpochMs): Promise<boolean> {
    const { clock, spool } = this.#parts;
    return (await atMost(clock, this.#msUntil(until), spool.flushed())) === false;
  }

  /** The store may have taken it all the same: then it must not come back out of the spool. */
  #decideLater(event: InboundEvent, key: string, settled: Promise<Outcome<unknown>>): void {
    const { logger } = this.#parts;
    this.#hold(key);
    void settled.then((outcome) => {
      this.#release(key);
      if (outcome.kind === 'failed' && outcome.error.retryable) return;
      if (outcome.kind === 'failed')
        logger.error({ err: outcome.error, event: event.id }, 'a late event could not be handled');
      this.#done([event], outcome.kind === 'done' ? 'late' : 'given-up');
    });
  }

  #hold(key: string): void {
    this.#undecided.set(key, (this.#undecided.get(key) ?? 0) + 1);
  }

  #release(key: string): void {
    const left = (this.#undecided.get(key) ?? 1) - 1;
    if (left === 0) this.#undecided.delete(key);
    else this.#undecided.set(key, left);
  }

  #done(events: readonly InboundEvent[], outcome: 'replayed' | 'late' | 'given-up' | 'dropped'): void {
    const { spool } = this.#parts;
    this.#counting(events[0], outcome, () => spool.remove(events.map(({ id }) => id)));
    // What is done with stays in the file for a while, and with it the key of who wants to be forgotten.
    if (events.some(({ type }) => type === 'profile-withdrawn')) spool.purge();
  }

  /** Of one conversation. What has left the spool before, by another way, was counted there. */
  #counting(
    of: InboundEvent | undefined,
    outcome: 'replayed' | 'late' | 'given-up' | 'dropped',
    remove: () => void,
  ): void {
    const { spool, metrics } = this.#parts;
    const before = spool.size;
    remove();
    if (of !== undefined && spool.size < before) metrics.spooled(of.conversation.botId, outcome, before - spool.size);
  }

  #msUntil(at: EpochMs): number {
    return Math.max(0, at - this.#parts.clock.now());
  }

  #schedule(pauseMs: number): void {
    if (this.#replay === undefined || this.#isReplaying) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.clock.schedule(pauseMs, () => void this.#replayRound());
  }

  /** The first event of each conversation; one alone as long as the store is not known to be back. */
  async #replayRound(): Promise<void> {
    const { spool } = this.#parts;
    this.#isReplaying = true;
    let isBack = this.#pauseMs === FIRST_PAUSE_MS;
    const heads = spool.heads().filter((head) => !this.#undecided.has(head.conversationKey));
    for (let at = 0; at < heads.length && this.#replay !== undefined; ) {
      const batch = heads.slice(at, at + (isBack ? REPLAYED_AT_ONCE : 1));
      const replayed = await Promise.all(batch.map((head) => this.#replayHead(head)));
      isBack = replayed.every(Boolean);
      if (!isBack) break;
      at += batch.length;
    }
    this.#pauseMs = isBack ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#isReplaying = false;
    if (spool.size > 0) this.#schedule(isBack && heads.length > 0 ? 0 : this.#pauseMs);
  }

  /** @returns false when the store is still down */
  async #replayHead(head: SpooledEvent): Promise<boolean> {
    const { logger } = this.#parts;
    const replay = this.#replay;
    if (replay === undefined) return false;
    // Since the round began, one more may have come.
    if (this.#undecided.has(head.conversationKey)) return true;
    const { botId: bot } = head.event.conversation;
    const isLate = this.#isLate(head);
    const questions = isQuestion(head.event) ? this.#questionsFrom(head, isLate) : [];
    let group = [head.event, ...questions.slice(1)] as const;
    try {
      try {
        await replay(isLate ? [joined(group)] : group, isLate);
      } catch (thrown) {
        if (toGatewayError(thrown).retryable || group.length === 1) throw thrown;
        // One that nobody can handle must not take the others along.
        group = [head.event];
        await replay(group, isLate);
      }
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.retryable) return false;
      logger.error(
        { err: error, code: error.code, bot, event: head.event.id },
        'an event out of the spool is given up',
      );
      this.#done(group, 'given-up');
      return true;
    }
    this.#done(group, 'replayed');
    return true;
  }

  /** Several in a row: those that belong together become one turn, and late ones get one apology, not one each. */
  #questionsFrom({ conversationKey: key }: SpooledEvent, areLate: boolean): readonly InboundEvent[] {
    const waiting = this.#parts.spool.of(key);
    const end = waiting.findIndex((entry) => this.#isLate(entry) !== areLate || !isQuestion(entry.event));
    return (end === -1 ? waiting : waiting.slice(0, end)).map(({ event }) => event);
  }

  #isLate({ receivedAt }: SpooledEvent): boolean {
    return this.#parts.clock.now() - receivedAt > TOO_LATE_MS;
  }
}

function outcomeOf<Result>(work: Promise<Result>): Promise<Outcome<Result>> {
  return work.then(
    (result) => ({ kind: 'done', result }),
    (thrown: unknown) => ({ kind: 'failed', error: toGatewayError(thrown) }),
  );
}

function isQuestion(event: InboundEvent): event is MessageReceived {
  return event.type === 'message-received' && event.action === undefined;
}

/** The last event, with the words of all. */
function joined(events: readonly [InboundEvent, ...InboundEvent[]]): InboundEvent {
  const last = events.at(-1) ?? events[0];
  if (last.type !== 'message-received') return last;
  const texts = events.flatMap((event) => (event.type === 'message-received' && event.text !== '' ? [event.text] : []));
  return { ...last, text: texts.join('\n') };
}

/** Masked, and without the signed addresses of photos and callbacks: on the disk they would open them to whoever reads it. The response that
 *  was waiting for it will be gone. */
function forSpool(event: InboundEvent): InboundEvent {
  if (event.type !== 'message-received') return event;
  const { images: _, ...rest } = event;
  const replyWindows = rest.replyWindows.filter(({ mode }) => mode === 'push' || mode === 'pickup');
  return { ...rest, text: maskPersonalData(rest.text).text, replyWindows };
}
