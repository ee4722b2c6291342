/** What a channel owes the gateway. A channel turns wire bytes into events and replies into wire bytes; it decides nothing. */
import type { GatewayError } from '../errors.ts';
import type {
  AnswerSource,
  ChannelName,
  ConversationRef,
  EpochMs,
  InboundEvent,
  Reply,
  ReplyMode,
} from '../message.ts';

/** An HTTP request as channels see it: no framework, the body still bytes. Header names are lower case. */
export interface WebhookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** Last path segment of `/query/KAKAO/:secret`, where the platform cannot send headers of ours. */
  readonly pathSecret?: string;
  /** The client, after the trusted proxies. */
  readonly remoteAddress: string;
  /** The peer is on loopback and nothing says that a proxy stands in between. */
  readonly isLocal: boolean;
  readonly receivedAt: EpochMs;
  /** Ours; a channel prefers the platform's own id where there is one. */
  readonly requestId: string;
  /** The address was for values to be checked: see {@link Channel.checkValue}. */
  readonly purpose?: 'value-check';
}

/** By which a call is found in the log, and by the platform's support. */
export interface CallIds {
  /** The platform's where it sent one that is fit to be logged, else ours. */
  readonly requestId: string;
  readonly supportId?: string;
}

export interface WebhookResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One message as the platform takes it: one Kakao response (up to three bubbles), one TalkTalk send. */
export interface OutboundMessage {
  /** JSON value, complete but for the recipient; stored as it is and sent as it is. */
  readonly wire: unknown;
  /** Sent in its place when the platform refuses `wire`: something plainer that says the same. */
  readonly fallback?: unknown;
  /** The same for people: log of the conversation, quoting. */
  readonly text: string;
  /** Equal for the message and for what the platform echoes of it: the only receipt that some platforms give. */
  readonly echoKey?: string;
  /** The room that it takes in a response. One that is large in bytes may count as several. */
  readonly bubbles: number;
}

export interface RenderContext {
  readonly turnId: string;
  readonly conversation: ConversationRef;
  readonly mode: ReplyMode;
  /** Bubbles left in this response; what does not fit goes to further messages behind "이어서 보기". */
  readonly maxBubbles: number;
  /** Bubbles in each of these further messages; as many as in the first one where it is not said. */
  readonly maxBubblesLater?: number;
  /** Of the first message among those of the turn, 0 where it is not said: what "이어서 보기" counts from. */
  readonly firstPosition?: number;
  /** May be put before the first message, see {@link Channel.preface}: its text should leave room. */
  readonly preface?: string;
}

/** What TEST and WEB show beside the answer. Times are durations in ms. */
export interface AnswerDetails {
  readonly turnId: string;
  readonly conversationId: string;
  /** Masked. */
  readonly question: string;
  readonly reply: Reply;
  readonly source: AnswerSource;
  readonly timings: { readonly knowledgeMs: number; readonly engineMs: number; readonly totalMs: number };
}

/** What became of one request, for the body of its HTTP response. */
export type InboundOutcome =
  /** `messages` in order: held ones first, then the new answer. `details` is absent for greetings and waiting texts. */
  | { readonly kind: 'answered'; readonly messages: readonly OutboundMessage[]; readonly details?: AnswerDetails }
  /** The answer follows through the callback; `text` is the waiting text. */
  | { readonly kind: 'promised'; readonly text: string }
  /** Taken; nothing to say in this response. */
  | { readonly kind: 'accepted' }
  /** The customer is charged with the response. */
  | { readonly kind: 'payment-approved' }
  /** A payment request that nobody approved; `text` in place of the channel's own words. */
  | { readonly kind: 'payment-refused'; readonly text?: string }
  /** Not taken. `retryAfterMs` is in the error where it is known; `event` is what was refused, where it could be read. */
  | { readonly kind: 'refused'; readonly error: GatewayError; readonly event?: InboundEvent };

/** What the platform said about one message that we sent to it. */
export interface DeliveryReceipt {
  readonly outcome: 'delivered' | 'refused' | 'unknown';
  /** The platform's own result code or status, for the record and the metrics. */
  readonly code: string;
  /** True where the spec allows another attempt: nothing was accepted, and it may work a moment later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Nothing reaches this customer for the moment: whatever is heard of them says that it is over, and `retryAfterMs` need not be waited for. */
  readonly endsWithCustomer?: boolean;
  /** Attempts in all, where the usual number would be too many. */
  readonly maxAttempts?: number;
  /** Once it is given up, the operator is alerted: other messages will fare the same. */
  readonly needsOperator?: boolean;
  /** By which the platform's support finds this sending (Kakao). */
  readonly taskId?: string;
  /** What the operator must change, in Korean, where we know. */
  readonly advice?: string;
}

/** What keeps the requests of one delivery within what the platform bears. */
export interface RequestPacing {
  /** To be awaited right before each request that shows a message. Resolves with false when the message must not go out any more: then the
   *  delivery ends, and its receipt does not count. Never rejects. */
  next(): Promise<boolean>;
  /** The next request may take a while to come: others go first. */
  letOthersGo(): void;
}

export interface DeliveryTarget {
  readonly conversation: ConversationRef;
  readonly mode: 'callback' | 'push';
  /** Callback URL, byte for byte as received. */
  readonly url?: string;
  /** Called before {@link OutboundMessage.fallback} is written: its echo, which may be faster than its result, has another key. Never rejects. */
  readonly beforeFallback?: (echoKey: string) => Promise<void>;
  /** Absent: nobody counts requests. */
  readonly pacing?: RequestPacing;
}

/** What a channel keeps over a restart. */
export interface ChannelMemory {
  read(key: string): Promise<string | undefined>;
  /** `undefined` forgets it. */
  write(key: string, text: string | undefined): Promise<void>;
}

export interface Channel {
  readonly name: ChannelName;
  /** Whether messages that still wait in the lane may become one turn (TalkTalk only). */
  readonly mergesWaitingMessages: boolean;
  /** Bubbles in one HTTP response or callback. */
  readonly maxBubblesPerResponse: number;
  /** A room can be entered again and again (TalkTalk `open`): greet once per cool-down. Otherwise every opening is greeted. */
  readonly greetsOncePerCooldown: boolean;
  /** Whether a reply can ask for personal data through a dialog of the platform. */
  readonly requestsProfile?: boolean;
  /** Where the platform names its calls: by headers, so that a call can be named whose body nobody reads. They are a stranger's word and
   *  come bounded in length and characters; never throws. */
  callIds?(request: Pick<WebhookRequest, 'headers' | 'requestId'>): CallIds;
  /** @throws GatewayError `INBOUND_UNVERIFIED`, or `INBOUND_FOREIGN_ADDRESS` for a caller who has the secret */
  verify(request: WebhookRequest): void;
  /** The whole answer to a call that brings no message and asks only whether a value may be used (Kakao's parameter validation);
   *  undefined for all other calls. Comes after `verify`; never throws. */
  checkValue?(request: WebhookRequest): WebhookResponse | undefined;
  /** @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE`, `INBOUND_WRONG_CONTENT_TYPE` */
  parse(request: WebhookRequest): InboundEvent;
  /** Never empty: a reply with nothing in it becomes one message with nothing in it. */
  render(reply: Reply, context: RenderContext): readonly OutboundMessage[];
  /** Words before a message that was rendered earlier; the message as it is where they find no room. Only where messages are held.
   *  @param spareBubbles left in the response beside it */
  preface?(message: OutboundMessage, text: string, spareBubbles: number): OutboundMessage;
  respond(outcome: InboundOutcome): WebhookResponse;
  /** A call as the platform makes it, of nobody, that {@link parse} takes: whoever waits for a response should not wait for code that
   *  runs for the first time. */
  rehearsal?(question: string, receivedAt: EpochMs): WebhookRequest;
  /** Sends one message. Failures are receipts; it throws only for mistakes of ours. */
  deliver?(message: OutboundMessage, target: DeliveryTarget, signal: AbortSignal): Promise<DeliveryReceipt>;
  /** Gives the room to the human agents of the platform; fails as {@link deliver} does. */
  passThread?(conversation: ConversationRef, signal: AbortSignal): Promise<DeliveryReceipt>;
  /** Takes it back before they have finished. */
  takeThread?(conversation: ConversationRef, signal: AbortSignal): Promise<DeliveryReceipt>;
  /** "… is typing", best effort; never throws. */
  showTyping?(conversation: ConversationRef, signal: AbortSignal): Promise<void>;
  /** Brings what stands at the platform itself (a menu) in line with the settings; after the start, in the background. Never throws. */
  setUp?(memory: ChannelMemory, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
