/** The words everyone shares: plain data that survives JSON.stringify, a restart and a replay. Imports nothing. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

export const CHANNEL_NAMES = ['test', 'kakao', 'naver', 'web'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** `:botType` of the public routes, matched exactly. */
export const BOT_TYPES = ['TEST', 'KAKAO', 'NAVER', 'WEB'] as const;
export type BotType = (typeof BOT_TYPES)[number];

export const CHANNEL_OF_BOT_TYPE: Readonly<Record<BotType, ChannelName>> = {
  TEST: 'test',
  KAKAO: 'kakao',
  NAVER: 'naver',
  WEB: 'web',
};

/** Who is talking, where. Group members and 1:1 chats never share memory, so the room is part of it. */
export interface ConversationRef {
  readonly botId: string;
  readonly channel: ChannelName;
  readonly room?: string;
  readonly user: string;
}

/** What is left of one whose customer is erased. */
export type NamelessConversation = Pick<ConversationRef, 'botId' | 'channel'>;

/** One string per conversation; JSON because user and room ids are foreign text that may contain any separator. */
export function conversationKey(ref: ConversationRef): string {
  return JSON.stringify([ref.botId, ref.channel, ref.room ?? '', ref.user]);
}

/** Whose conversation it is. */
export function botIdOf(key: string): string {
  return String((JSON.parse(key) as readonly unknown[])[0]);
}

/** Whether touching it calls for a person. */
export function leadsToPerson(choice: Choice): boolean {
  return choice.type === 'person' || (choice.type === 'message' && choice.action?.kind === 'person');
}

/** A way in which an event can still be answered, and until when. Channels describe them; the core picks. */
export type ReplyWindow =
  | { readonly mode: 'inline'; readonly closesAt: EpochMs } // in this HTTP response
  | { readonly mode: 'callback'; readonly closesAt: EpochMs; readonly url: string } // once, later
  | { readonly mode: 'push' } // a send API, any number of messages
  | { readonly mode: 'pickup' } // held until the customer comes back
  | { readonly mode: 'stream' }; // server-sent events

export type ReplyMode = ReplyWindow['mode'];

/** What one of our own buttons means when it comes back. */
export type TapAction =
  | { readonly kind: 'pickup'; readonly turnId: string } // "답변 보기"
  | { readonly kind: 'again'; readonly turnId: string } // "답변 다시 보기" after an unknown delivery
  | { readonly kind: 'continue'; readonly turnId: string; readonly position: number } // "이어서 보기"
  | { readonly kind: 'ask'; readonly entryId: string } // a knowledge entry that was offered
  | { readonly kind: 'engine'; readonly engine: string; readonly data: string } // what an engine put into a button of its own
  | { readonly kind: 'reset' }
  | { readonly kind: 'person' };

interface EventBase {
  /** Our own id of this event; also the id of the turn it starts. */
  readonly id: string;
  readonly conversation: ConversationRef;
  readonly receivedAt: EpochMs;
  /** The platform's request id where it has one, else ours; goes to the log and to the engine. */
  readonly requestId: string;
  /** A second id, of the platform's own tracing: what its support asks for (Kakao `X-Chappie-Footprint`). */
  readonly supportId?: string;
  /** Equal keys inside the dedupe period are the same event delivered twice. */
  readonly dedupeKey?: string;
  readonly replyWindows: readonly ReplyWindow[];
}

/** One question of the platform's own answers that it found fitting, best first in its list (Kakao 지식+). */
export interface PlatformAnswer {
  readonly question: string;
  /** As the operator registered it at the platform. */
  readonly answer: string;
  readonly imageUrl?: string;
  readonly linkUrl?: string;
}

/** What the platform's scenario found out before it called: where the customer stands and what was recognised. */
export interface Scenario {
  readonly block?: { readonly id: string; readonly name: string };
  /** The platform's id of its bot, as it calls itself (Kakao's development channel ends in `!`). */
  readonly platformBotId?: string;
  /** Recognised values by parameter. A structured one (an amount with its unit, a date) is an object of texts. */
  readonly params?: Readonly<Record<string, ScenarioValue>>;
  readonly contexts?: readonly ScenarioContext[];
  readonly platformAnswers?: readonly PlatformAnswer[];
}

export type ScenarioValue = string | Readonly<Record<string, string>>;

/** A variable that the platform keeps for some turns; the way out is {@link ContextValue}. */
export interface ScenarioContext {
  readonly name: string;
  /** Turns left. */
  readonly lifespan?: number;
  readonly ttlSeconds?: number;
  readonly params?: Readonly<Record<string, ScenarioValue>>;
}

/** An article that the customer looks at while asking, in the shop's own words. */
export interface AskedProduct {
  readonly name?: string;
  readonly url?: string;
  /** As the shop shows it: `39,000원`. */
  readonly price?: string;
  readonly storeName?: string;
}

export interface PostalAddress {
  readonly street?: string;
  readonly detail?: string;
  readonly postCode?: string;
}

/** Personal data that a platform hands over when its customer agrees. */
export interface Profile {
  readonly nickname?: string;
  /** Digits, perhaps with dashes. */
  readonly phone?: string;
  readonly address?: PostalAddress;
}

export type ProfileField = keyof Profile;

export interface ProfileRequest {
  readonly field: ProfileField;
  /** Asked for one after the other; the customer may agree to all of them at once. */
  readonly alsoNeeded: readonly ProfileField[];
}

/** What the payment service says of a {@link Payment}. */
export interface PaymentResult {
  readonly isSuccess: boolean;
  /** {@link Payment.id} */
  readonly id?: string;
  /** {@link Payment.customerId} */
  readonly customerId?: string;
  /** The service's own number: a cancellation needs it. */
  readonly serviceId?: string;
  /** Why it failed, in the service's words. */
  readonly reason?: string;
  /** What else it says, as it came. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface MessageReceived extends EventBase {
  readonly type: 'message-received';
  readonly text: string;
  /** `product`: an article was shown instead of words. `consent`: a dialog for personal data was answered. */
  readonly input: 'typed' | 'tap' | 'image' | 'video' | 'sticker' | 'product' | 'consent' | 'other';
  readonly action?: TapAction;
  /** Addresses that the platform signed for minutes. In memory only: the store gets the event without them. */
  readonly images?: readonly string[];
  readonly scenario?: Scenario;
  readonly product?: AskedProduct;
  /** Which data was handed over; the data itself is never part of a message. */
  readonly consent?: { readonly given: readonly ProfileField[] } | 'declined';
  /** A human agent owns the thread (TalkTalk `standby`): kept for context, never answered. */
  readonly standby?: boolean;
}

export type InboundEvent =
  | MessageReceived
  /** Room entered, welcome block. Under 14, a guardian must consent before personal data is collected. */
  | (EventBase & { readonly type: 'conversation-opened'; readonly isUnder14?: boolean })
  | (EventBase & { readonly type: 'conversation-left' })
  | (EventBase & { readonly type: 'conversation-reset' }) // the page's reset button
  | (EventBase & { readonly type: 'connection-tested' }) // the admin centre's placeholder request
  | (EventBase & {
      readonly type: 'message-echoed';
      readonly text?: string;
      readonly author: 'bot' | 'agent' | 'system';
      /** Which messages of the bot this may be: the keys that its channel gives what goes out, likeliest first. */
      readonly echoKeys?: readonly string[];
      /** The platform's number of the message. */
      readonly platformId?: string;
      /** The platform said with it that human agents own the thread. */
      readonly agentsOwnThread?: true;
    })
  | (EventBase & { readonly type: 'thread-returned' }) // the agents have finished: the bot may talk again
  | (EventBase & { readonly type: 'subscription-changed'; readonly isSubscribed: boolean }) // to the operator's news
  /** The customer agreed. Holds raw personal data: it is neither stored nor logged. */
  | (EventBase & { readonly type: 'profile-received'; readonly profile: Profile })
  | (EventBase & { readonly type: 'profile-declined' })
  /** The customer took consent back: whatever is stored must be deleted. */
  | (EventBase & { readonly type: 'profile-withdrawn'; readonly fields: readonly ProfileField[] })
  /** A 200 would charge the customer. Without a result nobody can tell what for. */
  | (EventBase & { readonly type: 'payment-requested'; readonly payment?: PaymentResult })
  /** The customer was charged, or not: only now an order is paid. */
  | (EventBase & { readonly type: 'payment-settled'; readonly payment: PaymentResult })
  | (EventBase & { readonly type: 'event-ignored'; readonly name: string });

/** `2026-11-21`. */
export type IsoDate = string;
/** `09:30`, 24 hours. */
export type ClockTime = string;

/** Which days of a calendar can be picked. */
export interface CalendarLimits {
  /** Both or neither. */
  readonly firstDate?: IsoDate;
  readonly lastDate?: IsoDate;
  readonly closedDates?: readonly (IsoDate | { readonly from: IsoDate; readonly to: IsoDate })[];
  /** 0 Sunday to 6 Saturday. */
  readonly closedWeekdays?: readonly number[];
  /** Shown while nothing is picked. */
  readonly placeholder?: string;
}

/** Which times of a day can be picked. */
export interface SlotLimits {
  readonly firstTime?: ClockTime;
  readonly lastTime?: ClockTime;
  readonly stepMinutes?: number;
  readonly closedTimes?: readonly (ClockTime | { readonly from: ClockTime; readonly to: ClockTime })[];
}

/** One article of a payment. The two categories are those of the payment service. */
export interface PaymentItem {
  readonly categoryType: string;
  readonly categoryId: string;
  /** The operator's own id of the article. */
  readonly id: string;
  readonly name: string;
  readonly sellerId?: string;
  /** When it is used: a stay, a ticket. */
  readonly firstDate?: IsoDate;
  readonly lastDate?: IsoDate;
  /** 1 when absent. */
  readonly count?: number;
}

/** What a customer is asked to pay. Nothing is charged before the operator says yes to `payment-requested`. */
export interface Payment {
  /** The operator's own id of this payment: it comes back with the result. */
  readonly id: string;
  readonly totalKrw: number;
  readonly items: readonly PaymentItem[];
  /** The operator's own id of the customer. */
  readonly customerId?: string;
  /** In place of the name of the first item. */
  readonly title?: string;
  /** In place of the sum over the items. */
  readonly itemCount?: number;
  readonly deliveryFeeKrw?: number;
  /** Together they are `totalKrw`. */
  readonly taxableKrw?: number;
  readonly taxFreeKrw?: number;
  /** Insurances must name who buys. */
  readonly purchaser?: { readonly name: string; readonly birthday: IsoDate };
}

/** A button under a card or a quick reply. `label` is what is shown and, for `message`, what the customer then says. */
export type Choice =
  | { readonly type: 'message'; readonly label: string; readonly text?: string; readonly action?: TapAction }
  | { readonly type: 'link'; readonly label: string; readonly url: string }
  | { readonly type: 'phone'; readonly label: string; readonly phoneNumber: string }
  /** Passes the bubble on to a friend. */
  | { readonly type: 'share'; readonly label: string }
  /** Hands the chat over to a human by the platform's own means. */
  | { readonly type: 'person'; readonly label: string }
  /** Runs a block of the scenario that the operator built at the platform (Kakao). */
  | {
      readonly type: 'block';
      readonly label: string;
      readonly blockId: string;
      readonly text?: string;
      readonly action?: TapAction;
    }
  /** Unfolds; a menu inside a menu is shown flat. */
  | { readonly type: 'menu'; readonly label: string; readonly choices: readonly Choice[] }
  /** A day, or the first and the last day of several. What was picked comes back as a message, as it does for times. */
  | ({ readonly type: 'pick-date'; readonly label: string; readonly isRange?: boolean } & CalendarLimits)
  | { readonly type: 'pick-time'; readonly label: string }
  /** One of the times that are offered, a fixed number of minutes apart. */
  | ({ readonly type: 'pick-time-slot'; readonly label: string } & SlotLimits)
  | { readonly type: 'payment'; readonly label: string; readonly payment: Payment };

/** What always stands in a chat, besides the messages. Says its label, or `text`, unless it does something else. */
export type MenuItem =
  | { readonly label: string; readonly text?: string; readonly action?: 'person' | 'reset' }
  /** `https:`, `http:` or `tel:`. */
  | { readonly label: string; readonly url: string; readonly mobileUrl?: string }
  | { readonly label: string; readonly menu: readonly MenuItem[] };

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  /** `markdown` is what models write; a channel without markup turns it into clean text. */
  readonly format: 'plain' | 'markdown';
  /** The customer may pass it on (Kakao `forwardable`). */
  readonly forwardable?: boolean;
}

export interface ImagePart {
  readonly type: 'image';
  readonly url: string;
  readonly altText?: string;
  readonly forwardable?: boolean;
}

/** What every card may have. */
interface CardBase {
  readonly buttons: readonly Choice[];
  /** Absent: the platform decides. */
  readonly buttonLayout?: 'vertical' | 'horizontal';
}

/** A picture as the head of a card. */
export interface CardImage {
  readonly imageUrl?: string;
  readonly imageAltText?: string;
  /** `wide` is 2:1 and cut to fit; `square` is 1:1 with its own proportions kept. */
  readonly imageShape?: 'wide' | 'square';
  /** Opened by a touch of the picture. */
  readonly imageLinkUrl?: string;
}

export interface CardPart extends CardBase, CardImage {
  readonly type: 'card';
  readonly title?: string;
  readonly description?: string;
  readonly forwardable?: boolean;
}

export interface ListItem {
  readonly title: string;
  readonly description?: string;
  readonly imageUrl?: string;
  /** What a touch of the row does; a `phone`, `share` or `person` choice does nothing here. */
  readonly choice?: Choice;
}

/** Rows under a heading: search results, menus. */
export interface ListPart extends CardBase {
  readonly type: 'list';
  readonly title: string;
  readonly items: readonly ListItem[];
}

/** Name and value in rows: an order, a booking, a delivery. */
export interface DetailsPart extends CardBase, CardImage {
  readonly type: 'details';
  readonly heading?: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly rowAlignment?: 'left' | 'right';
  /** The last row, set apart: usually a price. */
  readonly summary?: { readonly label: string; readonly value: string };
  readonly title?: string;
  readonly description?: string;
}

export interface ProductPart extends CardBase {
  readonly type: 'product';
  /** The number that the platform's own shop gave it (Naver Smart Store): then the shop's card can be shown. */
  readonly storeNumber?: number;
  readonly title?: string;
  readonly description?: string;
  readonly priceKrw: number;
  readonly discountedPriceKrw?: number;
  readonly discountPercent?: number;
  readonly imageUrl: string;
  readonly imageLinkUrl?: string;
  readonly seller?: { readonly name: string; readonly imageUrl?: string };
}

/** Cards of one kind side by side. */
export interface CarouselPart {
  readonly type: 'carousel';
  readonly cards: readonly CardPart[] | readonly ListPart[] | readonly DetailsPart[] | readonly ProductPart[];
  readonly header?: { readonly title: string; readonly description: string; readonly imageUrl: string };
}

export type ReplyPart = TextPart | ImagePart | CardPart | ListPart | DetailsPart | ProductPart | CarouselPart;

/** A variable that the platform keeps for the next turns of its scenario (Kakao output context). */
export interface ContextValue {
  readonly name: string;
  /** In turns; 0 deletes it. */
  readonly lifespan: number;
  readonly ttlSeconds?: number;
  readonly params?: Readonly<Record<string, string>>;
}

/** What the customer gets, in the words of no platform. */
export interface Reply {
  readonly parts: readonly ReplyPart[];
  readonly quickReplies: readonly Choice[];
  /** Behind the words the customer is asked for personal data, by the platform's own dialog. */
  readonly profileRequest?: ProfileRequest;
  readonly context?: readonly ContextValue[];
  /** Values that bubbles made at the platform show (Kakao `{{#webhook.…}}`). */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Where an answer came from: shown by TEST, stored with the turn. */
/** One call of a tool, without what was asked and what came back. */
export interface ToolTrace {
  readonly name: string;
  /** `done`, or why not: `http-302`, `timeout`, `bad-arguments`. */
  readonly outcome: string;
  /** From 1; the calls of a round were made together. */
  readonly round: number;
  readonly ms: number;
}

/** What models used for one answer, all their calls together. */
export interface AnswerUsage {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** A part of the completion. */
  readonly thinkingTokens: number;
  /** Without VAT. Absent: the price of one of the models is not known. */
  readonly costWon?: number;
}

export interface AnswerSource {
  readonly kind: 'knowledge' | 'model' | 'system';
  readonly engine: string;
  readonly model?: string;
  /** How many phone numbers, links and the like were left out of the answer, because nobody had given them to the model. */
  readonly withheld?: number;
  /** The model came to the end of what it may say at once: there would have been more. */
  readonly cut?: true;
  /** What else an engine said beside its answer, for developers. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What the engine wants back with the next question: stored, never shown. */
  readonly session?: string;
  /** What the model had done before it answered, for developers. Absent: nothing. */
  readonly tools?: readonly ToolTrace[];
  /** Somebody asked the same before: the answer came from memory. */
  readonly cached?: true;
  /** For developers. Absent: no model was asked, or none told. */
  readonly usage?: AnswerUsage;
  /** The product that the customer looked at. */
  readonly about?: AskedProduct;
  /** Knowledge entries the answer rests on, best first; score 0..1. */
  readonly entries: readonly { readonly id: string; readonly question: string; readonly score: number }[];
}

/** What of a source customers may read. Named one by one, so that what developers get later does not go out by itself: tools, costs, an
 *  agent's session and whatever else an engine said are nobody's business here. */
export function sourceForCustomers({
  kind,
  engine,
  model,
  withheld,
  cut,
  cached,
  about,
  entries,
}: AnswerSource): Omit<AnswerSource, 'extra' | 'session' | 'tools' | 'usage'> {
  return {
    kind,
    engine,
    ...(model !== undefined && { model }),
    ...(withheld !== undefined && { withheld }),
    ...(cut !== undefined && { cut }),
    ...(cached !== undefined && { cached }),
    ...(about !== undefined && { about }),
    entries,
  };
}

export function textReply(text: string, quickReplies: readonly Choice[] = []): Reply {
  return { parts: [{ type: 'text', text, format: 'plain' }], quickReplies };
}

/** The reply as one text, for memory, logs of length and the `Answer` key: images and buttons left out. */
export function replyText(reply: Reply): string {
  return joinLines(reply.parts.map(partText), '\n\n');
}

/** One part in words. */
export function partText(part: ReplyPart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
      return '';
    case 'card':
      return joinLines([part.title, part.description]);
    case 'list':
      return joinLines([
        part.title,
        ...part.items.map((item) => `- ${joinLines([item.title, item.description], ': ')}`),
      ]);
    case 'details': {
      const rows = part.summary === undefined ? part.rows : [...part.rows, part.summary];
      return joinLines([
        part.heading,
        ...rows.map((row) => `${row.label}: ${row.value}`),
        part.title,
        part.description,
      ]);
    }
    case 'product':
      return joinLines([part.title, priceText(part), part.description]);
    case 'carousel': {
      const head = part.header === undefined ? '' : joinLines([part.header.title, part.header.description]);
      return joinLines([head, ...part.cards.map(partText)], '\n\n');
    }
  }
}

/** As customers read prices: `39,000원`, with what it was before a discount. */
export function priceText(product: Pick<ProductPart, 'priceKrw' | 'discountedPriceKrw' | 'discountPercent'>): string {
  const { priceKrw, discountedPriceKrw, discountPercent } = product;
  if (discountedPriceKrw === undefined) return `${groupDigits(priceKrw)}원`;
  const percent = discountPercent === undefined ? '' : ` (${discountPercent}% 할인)`;
  return `${groupDigits(discountedPriceKrw)}원${percent}, 정가 ${groupDigits(priceKrw)}원`;
}

function groupDigits(amount: number): string {
  return String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function joinLines(lines: readonly (string | undefined)[], separator = '\n'): string {
  return lines.filter((line) => line !== undefined && line !== '').join(separator);
}

const TAP_PREFIX = 'malgil:';

/** A tap as one short string: Kakao carries it in `extra`, TalkTalk in `code` (1,000 characters at most). */
export function encodeTap(action: TapAction): string {
  switch (action.kind) {
    case 'pickup':
    case 'again':
      return `${TAP_PREFIX}${action.kind}:${action.turnId}`;
    case 'continue':
      return `${TAP_PREFIX}continue:${action.turnId}:${action.position}`;
    case 'ask':
      return `${TAP_PREFIX}ask:${action.entryId}`;
    case 'engine':
      return `${TAP_PREFIX}engine:${action.engine}:${action.data}`;
    case 'reset':
    case 'person':
      return `${TAP_PREFIX}${action.kind}`;
  }
}

/** The reverse of {@link encodeTap}; anything that we did not write is `undefined`, never an error. */
export function decodeTap(code: unknown): TapAction | undefined {
  if (typeof code !== 'string' || !code.startsWith(TAP_PREFIX)) return undefined;
  const [kind, first = '', second = ''] = code.slice(TAP_PREFIX.length).split(':');
  switch (kind) {
    case 'pickup':
    case 'again':
      return first === '' ? undefined : { kind, turnId: first };
    case 'continue': {
      const position = Number(second);
      return first === '' || second === '' || !Number.isSafeInteger(position) || position < 0
        ? undefined
        : { kind, turnId: first, position };
    }
    case 'ask':
      return first === '' ? undefined : { kind, entryId: code.slice(TAP_PREFIX.length + 'ask:'.length) };
    case 'engine': {
      const data = code.slice(`${TAP_PREFIX}engine:${first}:`.length);
      return first === '' || data === '' ? undefined : { kind, engine: first, data };
    }
    case 'reset':
    case 'person':
      return { kind };
    default:
      return undefined;
  }
}
