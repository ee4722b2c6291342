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

/** One string per conversation; JSON because user and room ids are foreign text that may contain any separator. */
export function conversationKey(ref: ConversationRef): string {
  return JSON.stringify([ref.botId, ref.channel, ref.room ?? '', ref.user]);
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
  | { readonly kind: 'reset' }
  | { readonly kind: 'person' };

interface EventBase {
  /** Our own id of this event; also the id of the turn it starts. */
  readonly id: string;
  readonly conversation: ConversationRef;
  readonly receivedAt: EpochMs;
  /** The platform's request id where it has one, else ours; goes to the log and to the engine. */
  readonly requestId: string;
  /** Equal keys inside the dedupe period are the same event delivered twice. */
  readonly dedupeKey?: string;
  readonly replyWindows: readonly ReplyWindow[];
}

export interface MessageReceived extends EventBase {
  readonly type: 'message-received';
  readonly text: string;
  readonly input: 'typed' | 'tap' | 'image' | 'sticker' | 'other';
  readonly action?: TapAction;
  readonly images?: readonly string[];
  /** A human agent owns the thread (TalkTalk `standby`): kept for context, never answered. */
  readonly standby?: boolean;
}

export type InboundEvent =
  | MessageReceived
  | (EventBase & { readonly type: 'conversation-opened' }) // room entered, welcome block
  | (EventBase & { readonly type: 'conversation-left' })
  | (EventBase & { readonly type: 'conversation-reset' }) // the page's reset button
  | (EventBase & { readonly type: 'connection-tested' }) // the admin centre's placeholder request
  | (EventBase & {
      readonly type: 'message-echoed';
      readonly text?: string;
      readonly author: 'bot' | 'agent' | 'system';
    })
  | (EventBase & { readonly type: 'payment-requested' }) // a 200 would charge the customer
  | (EventBase & { readonly type: 'event-ignored'; readonly name: string });

/** A button under a card or a quick reply. `label` is what is shown and, for `message`, what the customer then says. */
export type Choice =
  | { readonly type: 'message'; readonly label: string; readonly text?: string; readonly action?: TapAction }
  | { readonly type: 'link'; readonly label: string; readonly url: string }
  | { readonly type: 'phone'; readonly label: string; readonly phoneNumber: string };

export type ReplyPart =
  /** `markdown` is what models write; a channel without markup turns it into clean text. */
  | { readonly type: 'text'; readonly text: string; readonly format: 'plain' | 'markdown' }
  | { readonly type: 'image'; readonly url: string; readonly altText?: string }
  | {
      readonly type: 'card';
      readonly title?: string;
      readonly description?: string;
      readonly imageUrl?: string;
      readonly buttons: readonly Choice[];
    };

/** What the customer gets, in the words of no platform. */
export interface Reply {
  readonly parts: readonly ReplyPart[];
  readonly quickReplies: readonly Choice[];
}

/** Where an answer came from: shown by TEST, stored with the turn. */
export interface AnswerSource {
  readonly kind: 'knowledge' | 'model' | 'system';
  readonly engine: string;
  readonly model?: string;
  /** Knowledge entries the answer rests on, best first; score 0..1. */
  readonly entries: readonly { readonly id: string; readonly question: string; readonly score: number }[];
}

export function textReply(text: string, quickReplies: readonly Choice[] = []): Reply {
  return { parts: [{ type: 'text', text, format: 'plain' }], quickReplies };
}

/** The reply as one text, for memory, logs of length and the `Answer` key: images and buttons left out. */
export function replyText(reply: Reply): string {
  return reply.parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      if (part.type === 'card') return [part.title, part.description].filter(Boolean).join('\n');
      return '';
    })
    .filter((text) => text !== '')
    .join('\n\n');
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
    case 'reset':
    case 'person':
      return { kind };
    default:
      return undefined;
  }
}
