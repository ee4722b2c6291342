/** Outcome → the HTTP response of the skill call. Kakao shows the customer nothing at all for a status other than 200. */
import type { GatewayError } from '../../errors.ts';
import type { InboundEvent } from '../../message.ts';
import type { InboundOutcome, WebhookResponse } from '../channel.ts';
import { apologyFor } from './apology.ts';
import { combineMessages, NOTHING_TO_SAY_TEXT, textResponse } from './combine.ts';
import { MAX_MESSAGE_TEXT_CHARS } from './limits.ts';
import type { SkillAction } from './schema.ts';

export interface OwnWords {
  /** For a promise that comes without words. */
  readonly waitingText: string;
  /** Whom else to ask; may be empty. */
  readonly contact: string;
}

export function respondToSkill(outcome: InboundOutcome, { waitingText, contact }: OwnWords): WebhookResponse {
  switch (outcome.kind) {
    case 'answered':
      return json(200, combineMessages(outcome.messages));
    case 'promised':
      // With `useCallback` a template is ignored: the text reaches the customer through {{#webhook.text}} in the console.
      return json(200, { version: '2.0', useCallback: true, data: { text: outcome.text || waitingText } });
    case 'accepted':
    case 'payment-approved':
    case 'payment-refused':
      return json(200, textResponse(NOTHING_TO_SAY_TEXT));
    case 'refused':
      return outcome.error.code === 'INBOUND_UNVERIFIED'
        ? json(401, { error: { code: outcome.error.code, message: outcome.error.message } }) // the caller is not Kakao
        : json(200, textResponse(apologyFor(outcome.error, contact), waysToAskAgain(outcome.error, outcome.event)));
  }
}

/** Nothing was stored: a button that says the same once more is the only way on. */
function waysToAskAgain({ code }: GatewayError, event: InboundEvent | undefined): readonly SkillAction[] {
  if (code !== 'OVERLOADED' && code !== 'STORE_BUSY') return [];
  const isTyped = event?.type === 'message-received' && event.action === undefined;
  // A group room shows no quick replies, and half a question is another one.
  if (!isTyped || event.conversation.room !== undefined) return [];
  const { text } = event;
  if (text.trim() === '' || text.length > MAX_MESSAGE_TEXT_CHARS) return [];
  return [{ label: '다시 물어보기', action: 'message', messageText: text }];
}

function json(status: number, body: unknown): WebhookResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
