import type { EpochMs, InboundEvent } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import { readApiBody, readQuery, readText } from '../api-request.ts';
import type { WebhookRequest } from '../channel.ts';

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
  const user = Object.hasOwn(body, 'conversation') ? readText(body, 'conversation', MAX_CONVERSATION_CHARS) : newId();
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
