/** What goes over the wire between the page and `…/query/WEB`, and how foreign text becomes it. */
import type { AnswerSource, EpochMs, Reply } from '../../src/message.ts';

export interface BotProfile {
  readonly bot: { readonly id: string; readonly name: string };
  readonly greeting: Reply;
  /** Where the operator has one. */
  readonly englishGreeting?: Reply;
  readonly notices: { readonly ai: string; readonly sample: boolean };
  /** Phone number and hours as the operator wrote them; may be empty. */
  readonly contact: string;
}

/** `tap` is the code of a button of ours, `query` then its label. */
export type OutgoingBody = { readonly query: string; readonly tap?: string } | { readonly action: 'reset' };

export type ChatEvent =
  | {
      readonly type: 'accepted';
      readonly turnId: string;
      readonly sequence: number;
      /** As the server stored it: personal numbers are masked. */
      readonly question: string;
      readonly receivedAt: EpochMs;
    }
  /** `endsAt` is the length of the whole answer so far, this piece included. */
  | { readonly type: 'delta'; readonly turnId: string; readonly text: string; readonly endsAt: number | undefined }
  /** Another engine takes over: what has come so far is void. */
  | { readonly type: 'restart'; readonly turnId: string }
  /** What keeps the answer waiting, in words for the customer; no part of the answer. */
  | { readonly type: 'status'; readonly turnId: string; readonly text: string }
  | {
      readonly type: 'answer';
      readonly turnId: string;
      readonly sequence: number;
      readonly reply: Reply;
      readonly source: AnswerSource;
      readonly answeredAt: EpochMs;
    }
  /** Of what the page shows, the turns up to this number are no part of the conversation any more. */
  | { readonly type: 'forgotten'; readonly through: number }
  | { readonly type: 'done' };

export interface ReceivedEvent {
  /** Sent back as `Last-Event-ID` to go on from here. */
  readonly id: string | undefined;
  readonly event: ChatEvent;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function isReply(value: unknown): value is Reply {
  const reply = value as Partial<Reply> | null | undefined;
  return Array.isArray(reply?.parts) && Array.isArray(reply.quickReplies);
}

/** Events of a newer server, and anything else that we cannot read, are `undefined`: skipped, never an error. */
export function parseChatEvent(name: string | undefined, data: string, id: string | undefined): ChatEvent | undefined {
  if (name === 'done') return { type: 'done' };
  const fields = parseObject(data);
  if (name === 'forgotten') {
    return typeof fields?.through === 'number' ? { type: 'forgotten', through: fields.through } : undefined;
  }
  const turnId = fields?.turnId;
  if (fields === undefined || typeof turnId !== 'string') return undefined;
  switch (name) {
    case 'accepted': {
      const { sequence, question, receivedAt } = fields;
      if (typeof sequence !== 'number' || typeof receivedAt !== 'number') return undefined;
      return { type: 'accepted', turnId, sequence, receivedAt, question: typeof question === 'string' ? question : '' };
    }
    case 'delta': {
      const { text } = fields;
      const end = /\.(\d+)$/.exec(id ?? '')?.[1];
      return typeof text === 'string'
        ? { type: 'delta', turnId, text, endsAt: end === undefined ? undefined : Number(end) }
        : undefined;
    }
    case 'restart':
      return { type: 'restart', turnId };
    case 'status':
      return typeof fields.text === 'string' ? { type: 'status', turnId, text: fields.text } : undefined;
    case 'answer': {
      const { sequence, reply, source, answeredAt } = fields;
      if (typeof sequence !== 'number' || typeof answeredAt !== 'number' || !isReply(reply)) return undefined;
      return { type: 'answer', turnId, sequence, reply, source: source as AnswerSource, answeredAt };
    }
    default:
      return undefined;
  }
}
