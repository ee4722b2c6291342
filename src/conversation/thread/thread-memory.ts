/** Which room is whose, as far as this process knows: its memory counts, and the store gets copies, because whether the bot may speak must
 *  be known within a millisecond, also while the store is locked. Rooms that are simply the bot's take no space.
 *
 *  Where other processes share the store, the memory is brought up to date before anything is decided, and a change is a compare-and-set:
 *  whoever finds that another was quicker takes that in and lets its own news happen again on top. */
import { GatewayError } from '../../errors.ts';
import { type ConversationRef, conversationKey, type EpochMs } from '../../message.ts';
import { atMost, type Clock } from '../../platform/clock.ts';
import type { NewId } from '../../platform/ids.ts';
import { InOrder } from '../../platform/in-order.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Store, StoredThread, Thread } from '../../storage/store.ts';
import {
  advance,
  BOT_THREAD,
  botMaySpeak,
  nextDueAt,
  type ThreadEvent,
  type ThreadRules,
  type Transition,
} from './thread.ts';

export interface ThreadMemoryParts {
  readonly store: Pick<Store, 'saveThread' | 'removeThread' | 'readThread' | 'readThreads' | 'takeThreads'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** This process, in the store. */
  readonly ownerId: string;
  /** Absent: no other process shares the store. */
  readonly replicas?: { readonly others: number };
}

export interface ThreadListener {
  /** Something of the room is due. */
  due(conversation: ConversationRef): void;
  /** How long after its receipt news of the room can still say that it is not the bot's. */
  newsLastMs(conversation: ConversationRef): number;
  /** Another process has heard that the room is not the bot's any more. */
  lost(conversation: ConversationRef): Promise<void>;
}

/** News of a room, and what they have led to. */
export interface ThreadNews {
  readonly event: ThreadEvent;
  /** When it was received. */
  readonly at: EpochMs;
  readonly rules: ThreadRules;
  /** Another process was quicker: what had followed at first, and what follows now. */
  again(first: Transition, now: Transition): void;
}

interface Unsaved extends ThreadNews {
  transition: Transition;
}

interface Entry {
  readonly conversation: ConversationRef;
  thread: Thread;
  /** The stored change that `thread` rests on; absent: nothing was stored. */
  revision: string | undefined;
  driverId: string;
  /** How many looks into the store had begun when this was known. */
  asOf: number;
  /** Oldest first. */
  readonly unsaved: Unsaved[];
  saving: Promise<void> | undefined;
  cancelTimer: () => void;
}

/** A room that is the bot's again is remembered this long at least, for events that crossed on the way; and for as long as anything that was
 *  received before may count, which some process may still have to bring to the store. */
const REMEMBERED_MS = 60_000;
/** News of a room that wait for the store. */
const MAX_UNSAVED = 100;
/** TalkTalk wants its 200 within a second, and the store gets most of it. */
const CATCH_UP_MS = 250;

export class ThreadMemory {
  readonly #parts: ThreadMemoryParts;
  readonly #listener: ThreadListener;
  readonly #entries = new Map<string, Entry>();
  readonly #arrivals = new InOrder();
  #looks = 0;

  constructor(parts: ThreadMemoryParts, listener: ThreadListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  of(key: string): Thread {
    return this.#entries.get(key)?.thread ?? BOT_THREAD;
  }

  /** Undefined: the room is simply the bot's. */
  conversation(key: string): ConversationRef | undefined {
    return this.#entries.get(key)?.conversation;
  }

  /** Whether this process sees to the step that the room is in. */
  drives(key: string): boolean {
    return this.#entries.get(key)?.driverId === this.#parts.ownerId;
  }

  /** Resolves when what is known is stored, or could not be. */
  async saved(key: string): Promise<void> {
    await this.#entries.get(key)?.saving;
  }

  /** Resolves when what is known is stored, also what could not be before.
   *  @throws GatewayError `STORE_BUSY` */
  async store(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#startSaving(key, entry);
    await entry.saving;
    if (entry.unsaved.length > 0) throw new GatewayError('STORE_BUSY', 'Who owns a thread could not be stored');
  }

  /** Stores nothing of what is known. Resolves when nothing more of it is on its way. */
  async leaveUnsaved(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.unsaved.length = 0;
    await entry.saving;
  }

  /** What would follow from news of a room, which changes nothing yet. */
  foresee(conversation: ConversationRef, { event, at, rules }: Omit<ThreadNews, 'again'>): Promise<Transition> {
    const key = conversationKey(conversation);
    return this.#arrivals.run(key, async () => {
      if (this.#isShared) await this.catchUp(conversation);
      return advance(this.of(key), event, at, rules);
    });
  }

  /** Hears news of a room that were foreseen a moment ago: what other processes made of it since is found when they are saved. */
  hearForeseen(conversation: ConversationRef, news: ThreadNews): Promise<Transition> {
    const key = conversationKey(conversation);
    return this.#arrivals.run(key, async () => this.#advance(key, conversation, news));
  }

  /** Hears news of a room, in the order in which they came. Where nobody shares the store it has heard before it returns. */
  hear(conversation: ConversationRef, news: ThreadNews): Promise<Transition> {
    const key = conversationKey(conversation);
    return this.#arrivals.run(key, async () => {
      if (this.#isShared) await this.catchUp(conversation);
      return this.#advance(key, conversation, news);
    });
  }

  /** Like {@link learn}, for those who cannot wait: then memory counts. */
  async catchUp(conversation: ConversationRef): Promise<void> {
    if (!this.#isShared) return;
    const { clock, logger } = this.#parts;
    const learned = this.learn(conversation).catch((err: unknown) => {
      logger.warn({ err, bot: conversation.botId }, 'who owns a thread is known from memory alone');
    });
    await atMost(clock, CATCH_UP_MS, learned);
  }

  /** Takes in what other processes have made of the room.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async learn(conversation: ConversationRef): Promise<void> {
    if (!this.#isShared) return;
    const key = conversationKey(conversation);
    this.#looks += 1;
    const look = this.#looks;
    await this.#takeIn(key, conversation, await this.#parts.store.readThread(key), look);
  }

  /** Takes in everything that is stored.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async load(): Promise<void> {
    this.#looks += 1;
    const look = this.#looks;
    for (const stored of await this.#parts.store.readThreads()) {
      await this.#takeIn(conversationKey(stored.conversation), stored.conversation, stored, look);
    }
  }

  /** Becomes the driver of rooms whose driver has gone.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async takeOver(): Promise<readonly StoredThread[]> {
    const { store, ownerId, newId } = this.#parts;
    this.#looks += 1;
    const look = this.#looks;
    const taken = await store.takeThreads(ownerId, newId());
    for (const stored of taken) {
      await this.#takeIn(conversationKey(stored.conversation), stored.conversation, stored, look);
    }
    return taken;
  }

  get #isShared(): boolean {
    return (this.#parts.replicas?.others ?? 0) > 0;
  }

  #advance(key: string, conversation: ConversationRef, news: ThreadNews): Transition {
    const { logger, ownerId } = this.#parts;
    const before = this.of(key);
    const transition = advance(before, news.event, news.at, news.rules);
    const { thread } = transition;
    if (thread === before) return transition;
    const entry = this.#entries.get(key) ?? newEntry(conversation, ownerId);
    this.#entries.set(key, entry);
    entry.driverId = driverOf(entry.driverId, before, thread, ownerId);
    entry.thread = thread;
    entry.unsaved.push({ ...news, transition });
    if (entry.unsaved.length > MAX_UNSAVED) entry.unsaved.shift();
    this.#startSaving(key, entry);
    this.#setTimer(key, entry);
    if (before.owner !== thread.owner) {
      const fields = { bot: conversation.botId, from: before.owner, to: thread.owner, because: news.event.type };
      logger.info(fields, 'a thread has another owner');
    }
    return transition;
  }

  #startSaving(key: string, entry: Entry): void {
    entry.saving ??= this.#save(key, entry).finally(() => {
      entry.saving = undefined;
    });
  }

  /** The newest state wins: those in between need no write. What the store does not take goes with the next attempt. */
  async #save(key: string, entry: Entry): Promise<void> {
    const { store, clock, logger, newId } = this.#parts;
    while (entry.unsaved.length > 0) {
      const { conversation, thread, driverId } = entry;
      const count = entry.unsaved.length;
      const revision = newId();
      try {
        if (await store.saveThread({ conversation, thread, revision, driverId }, entry.revision, clock.now())) {
          this.#looks += 1;
          entry.revision = revision;
          entry.asOf = this.#looks;
          entry.unsaved.splice(0, count);
        } else {
          await this.#happenAgain(key, entry);
        }
      } catch (err) {
        logger.error({ err, bot: conversation.botId }, 'who owns a thread could not be stored');
        return;
      }
    }
  }

  /** Another process was quicker: what is not saved yet happens on top of what that has saved. */
  async #happenAgain(key: string, entry: Entry): Promise<void> {
    const { store, ownerId } = this.#parts;
    const stored = await store.readThread(key);
    this.#looks += 1;
    entry.asOf = this.#looks;
    entry.revision = stored?.revision;
    const before = entry.thread;
    const found = stored?.thread ?? BOT_THREAD;
    let thread = found;
    let driverId = stored?.driverId ?? ownerId;
    const happened = entry.unsaved.map((news) => {
      const first = news.transition;
      news.transition = advance(thread, news.event, news.at, news.rules);
      if (news.transition.thread !== thread) driverId = driverOf(driverId, thread, news.transition.thread, ownerId);
      thread = news.transition.thread;
      return { news, first };
    });
    if (thread === found) entry.unsaved.length = 0;
    entry.thread = thread;
    entry.driverId = driverId;
    this.#setTimer(key, entry);
    if (botMaySpeak(before) && !botMaySpeak(thread)) await this.#listener.lost(entry.conversation);
    for (const { news, first } of happened) news.again(first, news.transition);
  }

  async #takeIn(
    key: string,
    conversation: ConversationRef,
    stored: StoredThread | undefined,
    look: number,
  ): Promise<void> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // What is being saved happens again if it has to; a look that began earlier has seen less.
      if (known.unsaved.length > 0) this.#startSaving(key, known);
      if (known.saving !== undefined || look < known.asOf) return;
      known.asOf = look;
    }
    if (stored?.revision === known?.revision) return;
    const before = this.of(key);
    if (stored === undefined) {
      known?.cancelTimer();
      this.#entries.delete(key);
      return;
    }
    const entry = known ?? newEntry(conversation, stored.driverId);
    this.#entries.set(key, entry);
    entry.asOf = look;
    entry.thread = stored.thread;
    entry.revision = stored.revision;
    entry.driverId = stored.driverId;
    this.#setTimer(key, entry);
    if (botMaySpeak(before) && !botMaySpeak(stored.thread)) await this.#listener.lost(conversation);
  }

  #setTimer(key: string, entry: Entry): void {
    const { clock } = this.#parts;
    const { thread, conversation } = entry;
    entry.cancelTimer();
    const isPlain = thread.owner === 'bot' && thread.step === undefined && thread.held.length === 0;
    // Everybody forgets, and one does what is due.
    const rememberedUntil = Math.max(
      clock.now() + REMEMBERED_MS,
      thread.since + this.#listener.newsLastMs(conversation),
    );
    const dueAt = isPlain ? rememberedUntil : this.drives(key) ? nextDueAt(thread) : undefined;
    if (dueAt === undefined) return;
    entry.cancelTimer = clock.schedule(Math.max(0, dueAt - clock.now()), () => {
      if (isPlain) this.#forget(key, entry);
      else this.#listener.due(conversation);
    });
  }

  #forget(key: string, entry: Entry): void {
    const { store, logger } = this.#parts;
    if (entry.unsaved.length > 0) this.#startSaving(key, entry);
    if (entry.saving !== undefined) {
      this.#setTimer(key, entry);
      return;
    }
    if (this.drives(key) && entry.revision !== undefined) {
      store.removeThread(key, entry.revision).catch((err: unknown) => {
        logger.warn({ err, bot: entry.conversation.botId }, 'that a thread is simply the bot’s is stored for longer');
      });
    }
    this.#entries.delete(key);
  }
}

function newEntry(conversation: ConversationRef, driverId: string): Entry {
  return {
    conversation,
    thread: BOT_THREAD,
    revision: undefined,
    driverId,
    asOf: 0,
    unsaved: [],
    saving: undefined,
    cancelTimer: () => {},
  };
}

/** Whoever began a step ends it; otherwise the last one who changed something sees to what is due. */
function driverOf(driverId: string, before: Thread, after: Thread, ownerId: string): string {
  return before.step !== undefined && before.step === after.step ? driverId : ownerId;
}
