import type { EpochMs, InboundEvent } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import { malformed, readApiBody, readQuery, readText } from '../api-request.ts';
import type { WebhookRequest } from '../channel.ts';
import type { JsonObject } from '../json-body.ts';

const MAX_CONVERSATION_CHARS = 100;

export interface TestParseSettings {
  readonly botId: string;
  /** How long a caller is kept waiting for the answer. */
  readonly budgetMs: number;
  readonly newId: NewId;
}

/** Body `{ query, conversation? }`. Without `conversation` every request is its own conversation: two people with curl must not share memory.
 *  @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE`, `INBOUND_WRONG_CONTENT_TYPE` */
export function parseTestRequest(request: WebhookRequest, { botId, budgetMs, newId }: TestParseSettings): InboundEvent {
  const body = readApiBody(request, ['query', 'conversation']);
  const text = readQuery(body);
  const user = Object.hasOwn(body, 'conversation') ? readConversation(body) : newId();
  const closesAt: EpochMs = request.receivedAt + budgetMs;
  return {
    type: 'message-received',
    id: newId(),
    conversation: { botId, channel: 'test', user },
    receivedAt: request.receivedAt,
    requestId: request.requestId,
    replyWindows: [{ mode: 'inline', closesAt }],
    text,
    input: 'typed',
  };
}

const CONVERSATION_NAME = /^[A-Za-z0-9._:@-]+$/;
/** Phone and resident numbers: with dashes, with dots, in one. */
const PERSONAL_NUMBER = /\d{3,}[-.]\d{3,}|\d{9,}/;
/** Random ids hold such runs of digits by chance. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** It is stored as it is, and given back: unlike the text of a question it cannot be masked, so it must not need to be.
 *  @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE` */
function readConversation(body: JsonObject): string {
  readText(body, 'conversation', MAX_CONVERSATION_CHARS);
  const name = String(body.conversation);
  if (!CONVERSATION_NAME.test(name)) {
    throw malformed('The field "conversation" may hold only the letters A-Z and a-z, digits and . _ : @ -');
  }
  if (PERSONAL_NUMBER.test(name) && !UUID.test(name)) {
    throw malformed('The field "conversation" looks like a phone or resident number; name the conversation otherwise');
  }
  return name;
}
