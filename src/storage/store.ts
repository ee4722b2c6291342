/** The turn log: asynchronous port. Every transition is one compare-and-set; `false` means that somebody else was first. */
import type {
  AnswerSource,
  AskedProduct,
  ConversationRef,
  EpochMs,
  InboundEvent,
  MessageReceived,
  NamelessConversation,
  PaymentResult,
  ProfileRequest,
  Reply,
  ReplyMode,
} from '../message.ts';
import type { DeadTurns } from './dead-turns.ts';
import type { Ledger } from './ledger.ts';

export type TurnState = 'received' | 'answering' | 'answered' | 'merged' | 'suppressed' | 'failed';

export type DeliveryState =
  | 'waiting' // to be sent
  | 'sending' // bytes may be on their way
  | 'delivered'
  | 'held' // waits for the customer
  | 'picked-up'
  | 'unknown' // cut between writing and the result; never repeated by itself
  | 'expired'
  | 'suppressed';

/** One question and what became of it. Texts are masked before they get here. */
export interface Turn {
  readonly id: string;
  readonly conversationKey: string;
  /** Given at insert, one series per conversation, starts at 1. */
  readonly sequence: number;
  readonly state: TurnState;
  /** The process that works on it. */
  readonly ownerId: string;
  /** The whole event, masked. Once the turn has ended, without the window of a callback: its address is a key. */
  readonly event: InboundEvent;
  readonly receivedAt: EpochMs;
  /** When the promise of a callback had left this machine; another process may POST only after it. */
  readonly acknowledgedAt?: EpochMs;
  readonly answeredAt?: EpochMs;
  readonly reply?: Reply;
  readonly source?: AnswerSource;
  /** False when the answer was "I could not find it" or an apology. */
  readonly wasAnswered?: boolean;
  /** For `merged`: the turn that took this one in. For `failed`: the error code. */
  readonly note?: string;
}

/** One message that goes out (or waits to). */
export interface Delivery {
  readonly id: string;
  readonly turnId: string;
  readonly conversationKey: string;
  /** Order inside the turn, from 0. */
  readonly position: number;
  readonly mode: ReplyMode;
  readonly state: DeliveryState;
  /** The channel's OutboundMessage, as JSON value. */
  readonly message: {
    readonly wire: unknown;
    readonly text: string;
    readonly bubbles: number;
    readonly echoKey?: string;
  };
  readonly attempts: number;
  /** The platform's result code of the last attempt. */
  readonly result?: string;
  readonly platformId?: string;
  /** When this way of answering closes; absent = never. */
  readonly closesAt?: EpochMs;
  /** Callback URL, as received; only while the delivery is `waiting` or `sending`. */
  readonly url?: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** When the platform told us back that the message is in the room. */
  readonly echoedAt?: EpochMs;
}

export type NewDelivery = Pick<Delivery, 'id' | 'position' | 'mode' | 'message' | 'closesAt' | 'url'> & {
  readonly state: 'waiting' | 'sending' | 'held';
};

export type NewFollowUp = Pick<NewDelivery, 'id' | 'message'> & { readonly ownerId: string };

export interface NewTurn {
  readonly id: string;
  readonly conversation: ConversationRef;
  readonly conversationKey: string;
  readonly ownerId: string;
  readonly event: InboundEvent;
  readonly receivedAt: EpochMs;
  readonly dedupeKey?: string;
  /** Events with an equal key received after this time are duplicates. */
  readonly dedupeSince: EpochMs;
  /** `answering` saves the second commit of a turn that need not wait in the lane. */
  readonly state: 'received' | 'answering';
}

/** Note of `suppressed` turns that are context for later ones: said by, or to, the human agents who owned the thread. */
export const HANDED_OVER = 'handed-over';

/** What was said before the turns that a model still gets word by word. Masked. */
export interface HistorySummary {
  readonly text: string;
  /** The last turn that is in it, and when that was received. */
  readonly throughSequence: number;
  readonly throughAt: EpochMs;
}

/** What the turns after it go on with. No more: a question keeps those before it for as long as a model thinks about it, and whole turns are
 *  several times as much. */
export interface RememberedTurn extends Pick<Turn, 'id' | 'sequence' | 'receivedAt'> {
  readonly event:
    | Pick<MessageReceived, 'type' | 'text' | 'input' | 'product' | 'consent'>
    | Pick<Extract<InboundEvent, { type: 'message-echoed' }>, 'type' | 'text'>
    | { readonly type: Exclude<InboundEvent['type'], 'message-received' | 'message-echoed'> };
  /** The reply in words; absent where nothing was answered. */
  readonly answer?: string | undefined;
  /** What the answer asked for. */
  readonly profileRequest?: ProfileRequest | undefined;
  readonly wasAnswered?: boolean | undefined;
  /** Who answered, with what it wants back. */
  readonly engine?: string | undefined;
  readonly session?: string | undefined;
  /** The product that the answer was about. */
  readonly about?: AskedProduct | undefined;
}

/** What the core remembers of a conversation. */
export interface ConversationMemory {
  /** Answered turns since the last reset and those that were {@link HANDED_OVER}, newest first, at most as many as asked for. */
  readonly recentTurns: readonly RememberedTurn[];
  /** Held and unknown deliveries, oldest turn first, by position. */
  readonly heldDeliveries: readonly Delivery[];
  /** Absent: nothing was summed up since the last reset. */
  readonly summary?: HistorySummary;
}

export type AcceptResult =
  | { readonly outcome: 'accepted'; readonly sequence: number; readonly memory: ConversationMemory }
  | { readonly outcome: 'duplicate'; readonly turnId: string };

export interface TurnAnswer {
  readonly reply: Reply;
  readonly source: AnswerSource;
  readonly wasAnswered: boolean;
  readonly answeredAt: EpochMs;
}

export interface DeliveryChange {
  readonly mode?: ReplyMode;
  readonly result?: string;
  readonly platformId?: string;
  readonly url?: string;
  readonly closesAt?: EpochMs;
  /** Counts one more attempt. */
  readonly attempted?: boolean;
  /** Of the form in which it goes out now, see `OutboundMessage.echoKey`. */
  readonly echoKey?: string;
  /** The process that sees to it while it is `waiting` or `sending`, when that may be another one than its turn's. Means nothing where one
   *  process has the store for itself. */
  readonly ownerId?: string;
}

/** The platform shows us a message of ours, and so that it is in the room. */
export interface Echo {
  readonly conversationKey: string;
  /** What it may be the echo of, likeliest first: see `OutboundMessage.echoKey`. */
  readonly keys: readonly string[];
  readonly at: EpochMs;
  /** Older messages have lost their echo; the next one that says the same must not go without its own. */
  readonly since: EpochMs;
  readonly platformId?: string;
}

export interface StoreCounts {
  readonly openTurns: number;
  readonly waitingDeliveries: number;
  readonly heldDeliveries: number;
}

/** What is billed or has a quota, counted per bot and calendar month. */
export interface UsageCount {
  readonly botId: string;
  /** `2026-11`. */
  readonly month: string;
  readonly kind: string;
  readonly count: number;
}

/** A request of the operator's own systems to send something to customers. It goes out in one or more calls of the platform. */
export interface NewPush {
  readonly id: string;
  readonly botId: string;
  /** The same key again is the same request, whose calls are not made twice. */
  readonly idempotencyKey?: string;
  /** Tells whether a repeated key comes with the same request. */
  readonly bodyDigest: string;
  readonly createdAt: EpochMs;
}

export interface PushCall {
  /** Order inside the push, from 0. */
  readonly position: number;
  /** `sending`: bytes may be on their way. */
  readonly state: 'sending' | PushCallEnd['state'];
  /** The JSON value that came with the end. */
  readonly receipt?: unknown;
}

export interface PushCallEnd {
  readonly state: 'accepted' | 'refused' | 'unknown';
  /** What the platform calls the accepted call. */
  readonly taskId?: string;
  /** JSON value. */
  readonly receipt: unknown;
}

export type OpenPushResult =
  /** Calls that an earlier request with this key has made or begun. */
  | { readonly outcome: 'opened'; readonly pushId: string; readonly calls: readonly PushCall[] }
  | { readonly outcome: 'key-reused' };

/** An accepted call whose deliveries have not been counted to the end. */
export interface UnsettledPushCall {
  readonly botId: string;
  readonly taskId: string;
}

/** A question that is answered later, if nobody else does. */
export interface HeldTurn {
  readonly turnId: string;
  /** The platform said that agents own the thread. */
  readonly standby: boolean;
}

/** Who may speak in a room that a bot shares with human agents. */
export interface Thread {
  /** `waiting`: given to the agents, and none has spoken yet. */
  readonly owner: 'bot' | 'waiting' | 'agent';
  readonly since: EpochMs;
  /** The last sign of an agent at work in the room; absent: none since it was last simply the bot's. */
  readonly agentAt?: EpochMs;
  /** A request to the platform whose result is still to come. */
  readonly step?: 'passing' | 'taking';
  /** The turn whose words announce the pass. */
  readonly passTurnId?: string;
  /** `waiting`, `agent`: from then on the bot may take the thread back. `bot`: then it answers what is held. */
  readonly until?: EpochMs;
  /** Oldest first. */
  readonly held: readonly HeldTurn[];
}

/** What is stored of a room. Processes that share a store change it by compare-and-set. */
export interface StoredThread {
  readonly conversation: ConversationRef;
  readonly thread: Thread;
  /** Of this change; no other one has it. */
  readonly revision: string;
  /** The process that sees to what is due next: the request to the platform, the end of waiting. */
  readonly driverId: string;
}

/** Personal data of a customer. The store never sees the value. */
export interface SealedField {
  readonly sealed: string;
  readonly expiresAt: EpochMs;
}

export interface PersonalData {
  readonly isUnder14: boolean;
  /** What has not expired: sealed values by name. */
  readonly fields: ReadonlyMap<string, string>;
}

export interface KnownPayment {
  readonly state: 'asked' | 'approved' | 'refused' | 'paid' | 'failed';
  /** As it was asked for. */
  readonly request?: PaymentResult;
}

/** Settled, and the operator's systems have not heard of it yet. */
export interface UntoldPayment {
  /** Nameless when the conversation has been erased since: then `payment` has only its ids and whether it succeeded. */
  readonly conversation: ConversationRef | NamelessConversation;
  readonly key: string;
  readonly payment: PaymentResult;
}

/** All calls may reject with GatewayError `STORE_BUSY` (retry later) or `STORE_FAILED`. What a call acknowledged survives kill -9. */
export interface Store extends Ledger, DeadTurns {
  /** Dedupe, sequence number, insert and memory, in one transaction. `historyTurns` bounds `memory.recentTurns`. */
  acceptTurn(turn: NewTurn, historyTurns: number): Promise<AcceptResult>;
  readMemory(conversationKey: string, beforeSequence: number, historyTurns: number): Promise<ConversationMemory>;
  readTurn(turnId: string): Promise<Turn | undefined>;
  /** Turns of a conversation after `afterSequence` (and after the last reset), oldest first: what a page shows after a reload. */
  readTurns(conversationKey: string, afterSequence: number, limit: number): Promise<readonly Turn[]>;
  readDeliveries(turnId: string): Promise<readonly Delivery[]>;
  moveTurn(turnId: string, from: readonly TurnState[], to: TurnState, at: EpochMs, note?: string): Promise<boolean>;
  /** `answering → answered` and its deliveries, in one transaction. */
  answerTurn(turnId: string, answer: TurnAnswer, deliveries: readonly NewDelivery[]): Promise<boolean>;
  /** One message ahead of the answer (a callback about to close shows what there is). False unless the turn is `answering`. */
  addDelivery(turnId: string, delivery: NewDelivery): Promise<boolean>;
  recordAcknowledgement(turnId: string, at: EpochMs): Promise<void>;
  moveDelivery(
    deliveryId: string,
    from: readonly DeliveryState[],
    to: DeliveryState,
    at: EpochMs,
    change?: DeliveryChange,
  ): Promise<boolean>;
  /** The oldest message of the conversation that fits and has no echo yet gets this one; `sending` and `unknown` become `delivered`.
   *  Returns the state that it had, or undefined when none fits. */
  recordEcho(echo: Echo): Promise<DeliveryState | undefined>;
  /** Forgets the memory: open turns (but `exceptTurnId`) and pending deliveries end `suppressed`. Returns the ids of the turns it ended. */
  resetConversation(conversationKey: string, at: EpochMs, exceptTurnId?: string): Promise<readonly string[]>;
  /** True once per `cooldownMs` and conversation: whoever gets it greets. */
  claimGreeting(conversation: ConversationRef, at: EpochMs, cooldownMs: number): Promise<boolean>;
  /** After a restart: takes over every open turn and every `waiting` or `sending` delivery of owners other than `ownerId`; of processes that
   *  share a store, of those that have gone.
   *  `sending` deliveries come back as `unknown`. After a call that failed the next one returns what that one may have taken, too. */
  takeOver(
    ownerId: string,
    at: EpochMs,
  ): Promise<{ readonly turns: readonly Turn[]; readonly deliveries: readonly Delivery[] }>;
  /** Deletes turns received before `cutoff` with their deliveries, idle conversations, pushes, payments and marks. Returns how many turns
   *  went. */
  purgeBefore(cutoff: EpochMs): Promise<number>;
  /** Held deliveries created before `cutoff` become `expired`. */
  expireHeldBefore(cutoff: EpochMs, at: EpochMs): Promise<number>;
  /** In the place of revision `from`, or of nothing when that is undefined. False when something else is there by now. */
  saveThread(saved: StoredThread, from: string | undefined, at: EpochMs): Promise<boolean>;
  /** The room is simply the bot's, unless another revision is there by now. */
  removeThread(conversationKey: string, revision: string): Promise<void>;
  readThread(conversationKey: string): Promise<StoredThread | undefined>;
  /** All that are stored. */
  readThreads(): Promise<readonly StoredThread[]>;
  /** Those whose driver has gone become `driverId`'s, with this revision; with them what an earlier call may have taken that failed. */
  takeThreads(driverId: string, revision: string): Promise<readonly StoredThread[]>;
  /** From now on this process works on them, whichever took them in; of those that nobody answers yet. */
  ownTurns(turnIds: readonly string[], ownerId: string): Promise<void>;
  /** What the bot is about to say stays unsaid: open turns (but `exceptTurnIds`) and deliveries that wait end `suppressed`. The memory
   *  stays. Returns the ids of the turns it ended. */
  silenceConversation(
    conversationKey: string,
    at: EpochMs,
    exceptTurnIds: readonly string[],
  ): Promise<readonly string[]>;
  /** One more message to push after those of the answer, which `ownerId` sees to. False unless the turn is `answered`. */
  addFollowUp(turnId: string, delivery: NewFollowUp, at: EpochMs): Promise<boolean>;
  counts(): Promise<StoreCounts>;
  /** Returns the new count. */
  addUsage(botId: string, month: string, kind: string, amount: number): Promise<number>;
  readUsage(month: string): Promise<readonly UsageCount[]>;
  openPush(push: NewPush): Promise<OpenPushResult>;
  /** False when the call was begun before. */
  startPushCall(pushId: string, position: number, recipients: number, at: EpochMs): Promise<boolean>;
  /** `sending → accepted`, `refused` or `unknown`. */
  endPushCall(pushId: string, position: number, end: PushCallEnd): Promise<boolean>;
  /** So many messages of an accepted call have been delivered so far. What is new of that is added to the usage of the month, in the
   *  same transaction, and returned; 0 for a task that no push of this bot has started. */
  settlePushCall(
    task: UnsettledPushCall,
    delivered: number,
    isFinal: boolean,
    usage: Pick<UsageCount, 'month' | 'kind'>,
  ): Promise<number>;
  /** Accepted calls begun between the two times, oldest first. */
  unsettledPushCalls(after: EpochMs, before: EpochMs, limit: number): Promise<readonly UnsettledPushCall[]>;
  /** A short text that outlives the process: what was set up at a platform, and must be taken back when its setting is gone. */
  readNote(key: string): Promise<string | undefined>;
  /** All whose keys begin so. */
  readNotes(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** `undefined` forgets it. Of several that write the same, one is told that this is news. */
  writeNote(key: string, text: string | undefined): Promise<boolean>;
  /** A customer wants to pay. False when the bot has been asked about this payment before.
   *  @param key what tells it from every other payment of the bot */
  openPayment(conversation: ConversationRef, key: string, at: EpochMs, request?: PaymentResult): Promise<boolean>;
  /** What is known of it; undefined when nobody has asked. */
  readPayment(botId: string, key: string): Promise<KnownPayment | undefined>;
  /** Whether the customer was to be charged. Changes nothing once the payment is settled. */
  decidePayment(botId: string, key: string, decision: 'approved' | 'refused', at: EpochMs): Promise<void>;
  /** The customer was charged, or not. Untold until {@link paymentTold}; `payment.details` is not kept. */
  settlePayment(conversation: ConversationRef, key: string, payment: PaymentResult, at: EpochMs): Promise<void>;
  /** The operator's systems know of it. */
  paymentTold(botId: string, key: string): Promise<void>;
  /** Oldest first. */
  untoldPayments(): Promise<readonly UntoldPayment[]>;
  /** Whether the customer is under 14. If so, what was kept of their personal fields is deleted. */
  saveUnder14(conversation: ConversationRef, isUnder14: boolean, at: EpochMs): Promise<void>;
  savePersonalField(conversation: ConversationRef, name: string, field: SealedField, at: EpochMs): Promise<void>;
  readPersonalData(conversationKey: string, at: EpochMs): Promise<PersonalData>;
  /** Fields that have expired are deleted. */
  purgePersonalFields(at: EpochMs): Promise<void>;
  /** Nothing of the conversation is left: no turn, no delivery, no field, no row that names it, no byte in a file. Marks under digests
   *  remain, as long as a conversation does: that the customer is under 14, until {@link saveUnder14} says anew, and what was decided
   *  about each payment, so that none is asked about twice. A settlement stays untold, with nothing that names the customer. */
  eraseConversation(conversationKey: string, at: EpochMs): Promise<void>;
  /** Takes the place of an older summary. False when the conversation has been forgotten since, or a later summary is there. It goes with
   *  the conversation, with a reset, and with the retention of its last turn. */
  saveSummary(conversationKey: string, summary: HistorySummary): Promise<boolean>;
  close(): Promise<void>;
}
