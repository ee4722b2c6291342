import type { AnswerDetails, Channel, OutboundMessage } from '../../channels/channel.ts';
import type { EpochMs, MessageReceived, ReplyMode } from '../../message.ts';
import type { ConversationMemory } from '../../storage/store.ts';
import type { Answer } from '../answering/respond.ts';
import { detectIntent } from '../arrival/intent.ts';
import type { Bot } from '../bot.ts';
import type { ToFetch } from '../pages/answer-pages.ts';
import { AwaitedValue } from './awaited-value.ts';
import { TurnFeed } from './turn-feed.ts';

/** How a turn ended, for the request that waits for it. */
export type TurnResult =
  | {
      readonly kind: 'answered';
      /** What goes into the HTTP response, when the answer was in time for it. */
      readonly message: OutboundMessage;
      readonly deliveryId: string;
      /** The message has a button to the next page of the answer. */
      readonly leadsOn: boolean;
      readonly details: AnswerDetails;
    }
  | { readonly kind: 'ended' };

/** One of each for all turns: thousands are open at a time. */
const DONE = Promise.resolve(undefined);
const NOTHING_REMEMBERED: ConversationMemory = { recentTurns: [], heldDeliveries: [] };

/** A turn while this process works on it. The store has the durable half. */
export class ActiveTurn {
  readonly bot: Bot;
  readonly channel: Channel;
  /** Masked. */
  readonly event: MessageReceived;
  readonly conversationKey: string;
  readonly abort = new AbortController();
  readonly feed: TurnFeed;
  /** How the answer will go out. Flips when a window closes; read once, without an await, when the answer is there. */
  mode: ReplyMode;
  sequence = 0;
  /** The total time of the work counts from here: receipt, or the restart that took the turn over. */
  startedAt: EpochMs;
  memory: ConversationMemory = NOTHING_REMEMBERED;
  /** False when other turns of the conversation may have ended since `memory` was read. */
  memoryIsFresh = false;
  /** Nothing before it is still to come, in whatever process, and `memory` says what became of it. */
  hasPlace = false;
  /** Messages that became one with this one before a restart, oldest first. */
  absorbed: readonly MessageReceived[] = [];
  /** Once the store has it: undefined, or the id of the turn that this one turned out to repeat. */
  started: Promise<string | undefined> = DONE;
  /** Once the promise of a callback has left this machine, or is known to be lost. */
  promised: Promise<void> = DONE;
  /** An earlier answer of this conversation is (probably) held. */
  mayHaveHeld = false;
  /** The latest other turn of this conversation whose answer the customer has to fetch, when this one is finished. */
  toFetchBeside: ToFetch | undefined;
  /** The engine ran out of its total time, as opposed to a cancelled turn. */
  ranOutOfTime = false;
  /** The process stops: the turn stays as it is in the store, for the next start. */
  isLeftOpen = false;
  /** Set when the answer is rendered and only its commit is still under way. */
  rendered: TurnResult | undefined;
  /** Once the answer that was rendered is in the store, or never will be. Somebody may have seen it before. */
  stored: Promise<unknown> = DONE;
  /** The store has failed for so long that nobody should be told to wait for it; it is tried all the same. */
  storeIsGone = false;
  acknowledgedAt: EpochMs | undefined;
  /** Taken over with nothing written about it: the callback is tried, and may be refused. */
  promiseIsSupposed = false;
  /** The reply that an intent fixed beforehand (reset, call for a person, unsupported input). */
  fixedAnswer: Answer | undefined;
  /** Answered by the operator's own wording, without a model. */
  approvedOnly = false;
  /** Answered so out of order. */
  readonly overtakes: boolean;
  /** Before those of its conversation that wait. */
  goesFirst = false;
  /** Comes out of the spool, in the order of receipt, which it keeps. */
  isReplayed = false;
  /** When a restart took it up: until then nothing could follow it. */
  quietFrom: EpochMs | undefined;
  /** What it answers, with the messages that became one with it. Masked; empty until its place has come. */
  asked = '';
  /** Said before the answer. */
  notice: string | undefined;
  /** Written while the customer waited for an agent and nobody came: no reason to call for one again. */
  agentsWereLate = false;
  /** False when the HTTP response that would carry the answer died with another process. */
  hasResponse = true;
  /** What was shown of the answer before its end, and the position after that. */
  shownEarly = '';
  /** How often it had been begun anew by then. */
  shownAfterRestarts = 0;
  nextPosition = 0;
  /** While a page of what was written so far is being stored: the answer says the rest. Never rejects. */
  pageAdded: Promise<void> | undefined;
  readonly #result = new AwaitedValue<TurnResult>();

  constructor(bot: Bot, channel: Channel, event: MessageReceived, key: string, mode: ReplyMode, overtakes: boolean) {
    this.bot = bot;
    this.channel = channel;
    this.event = event;
    this.conversationKey = key;
    this.mode = mode;
    this.startedAt = event.receivedAt;
    this.overtakes = overtakes;
    this.feed = new TurnFeed(event.id);
  }

  /** The first result counts. */
  settle(result: TurnResult): void {
    this.#result.give(result);
  }

  get settled(): Promise<TurnResult> {
    return this.#result.promise;
  }

  /** The customer wants to start over. */
  get isReset(): boolean {
    return detectIntent(this.event, this.bot) === 'reset';
  }

  get id(): string {
    return this.event.id;
  }

  /** The end of the work. */
  get closesAt(): EpochMs {
    return this.startedAt + this.bot.engineTotalMs;
  }

  /** The last moment at which the answer still reaches the customer without a tap or another message; `undefined` where it always does. */
  get wantedBy(): EpochMs | undefined {
    const open = this.event.replyWindows.filter((window) => window.mode !== 'pickup');
    const closing = open.flatMap((window) => ('closesAt' in window ? [window.closesAt] : []));
    return closing.length < open.length || closing.length === 0 ? undefined : Math.max(...closing);
  }

  window<M extends ReplyMode>(mode: M) {
    return this.event.replyWindows.find((window) => window.mode === mode) as
      | Extract<MessageReceived['replyWindows'][number], { mode: M }>
      | undefined;
  }
}
