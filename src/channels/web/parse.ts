import { decodeTap, type InboundEvent, type ReplyWindow } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import { malformed, readApiBody, readQuery } from '../api-request.ts';
import type { WebhookRequest } from '../channel.ts';
import { headerValue } from '../header.ts';

export interface WebParseSettings {
  readonly botId: string;
  /** How long a page without a stream is kept waiting for the answer. */
  readonly budgetMs: number;
  readonly newId: NewId;
}

/** Set by our HTTP layer alone, for a page that has no cookie yet. */
const NEW_CONVERSATION_HEADER = 'x-malgil-web-conversation';

/** 128 random bits as base64url: what the server issues; nothing else names a conversation. */
const CONVERSATION_ID = /^[A-Za-z0-9_-]{22}$/;

/** Body `{ query }`, `{ tap, query }` or `{ action: "reset" }`.
 *  @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE`, `INBOUND_WRONG_CONTENT_TYPE` */
export function parseWebRequest(request: WebhookRequest, { botId, budgetMs, newId }: WebParseSettings): InboundEvent {
  const body = readApiBody(request, ['query', 'tap', 'action']);
  const base = {
    id: newId(),
    conversation: { botId, channel: 'web', user: conversationId(request, botId) },
    receivedAt: request.receivedAt,
    requestId: request.requestId,
    replyWindows: [replyWindow(request, budgetMs)],
  } as const;
  if (Object.hasOwn(body, 'action')) {
    if (body.action !== 'reset') throw malformed('The field "action" must be "reset"');
    if (Object.keys(body).length > 1) throw malformed('The field "action" stands alone');
    return { ...base, type: 'conversation-reset' };
  }
  const text = readQuery(body);
  if (!Object.hasOwn(body, 'tap')) return { ...base, type: 'message-received', text, input: 'typed' };
  const action = decodeTap(body.tap);
  if (action === undefined) throw malformed('The field "tap" is not the code of one of our buttons');
  return { ...base, type: 'message-received', text, input: 'tap', action };
}

function replyWindow(request: WebhookRequest, budgetMs: number): ReplyWindow {
  return /\btext\/event-stream\b/i.test(headerValue(request, 'accept') ?? '')
    ? { mode: 'stream' }
    : { mode: 'inline', closesAt: request.receivedAt + budgetMs };
}

function conversationId(request: WebhookRequest, botId: string): string {
  const id = cookieValue(headerValue(request, 'cookie') ?? '', `malgil_web_${botId}`);
  if (id !== undefined && CONVERSATION_ID.test(id)) return id;
  const issued = headerValue(request, NEW_CONVERSATION_HEADER);
  if (issued !== undefined && CONVERSATION_ID.test(issued)) return issued;
  throw malformed('The request belongs to no conversation: the cookie is missing');
}

function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
