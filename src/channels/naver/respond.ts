/** Outcome → the HTTP response of a webhook. Anything but 200 counts towards the suspension of the webhook. */
import type { GatewayError } from '../../errors.ts';
import type { InboundEvent } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import type { InboundOutcome, WebhookResponse } from '../channel.ts';
import { shorten } from '../shorten.ts';
import { isEmptyContent } from './content.ts';
import { MAX_TEXT_CHARS } from './limits.ts';
import { mergeContents } from './merge.ts';
import type { SendContent, SendEvent } from './schema.ts';

const PAYMENT_REFUSED_TEXT =
  '죄송합니다. 지금은 결제를 진행할 수 없어 결제를 취소했습니다. 금액은 청구되지 않았으니 잠시 후 다시 시도하시거나 판매자에게 문의해 주세요.';

export function respondToWebhook(outcome: InboundOutcome): WebhookResponse {
  switch (outcome.kind) {
    case 'answered': {
      const contents = outcome.messages.map((message) => contentOf(message.wire as SendEvent));
      const shown = contents.filter((content) => !isEmptyContent(content));
      return shown.length === 0 ? accepted() : event(200, mergeContents(shown));
    }
    case 'promised': // no callback here: what was promised comes through the send API
    case 'accepted':
      return accepted();
    case 'refused': // whatever was wrong, a 4xx or 5xx would only bring the suspension nearer
      return isOwedAnExplanation(outcome.event)
        ? event(200, { textContent: { text: explain(outcome.error) } })
        : accepted();
    case 'payment-approved':
      return accepted();
    case 'payment-refused':
      // Every status but 200 leaves the customer uncharged, and untold unless the body says something.
      return event(404, { textContent: { text: refusalText(outcome.text) } });
  }
}

function refusalText(text: string | undefined): string {
  const shown = shorten(cleanText(text ?? '').trim(), MAX_TEXT_CHARS);
  return shown === '' ? PAYMENT_REFUSED_TEXT : shown;
}

/** Words that were typed and that nobody will answer. A press on a button may be an old one, while an agent has the thread. */
function isOwedAnExplanation(event: InboundEvent | undefined): boolean {
  return event?.type === 'message-received' && event.standby !== true && event.input !== 'tap';
}

function explain({ code }: GatewayError): string {
  return code === 'INBOUND_RATE_LIMITED'
    ? '짧은 시간에 메시지가 많이 와서 이번 메시지는 확인하지 못했어요. 1분쯤 뒤에 다시 보내 주세요.'
    : '죄송합니다. 지금은 메시지를 접수하지 못했어요. 잠시 후 다시 보내 주세요.';
}

function contentOf({ event: _, ...content }: SendEvent): SendContent {
  return content;
}

function accepted(): WebhookResponse {
  return { status: 200, headers: {}, body: '' };
}

/** The recipient is the user of the request, so none is named. */
function event(status: number, content: SendContent): WebhookResponse {
  const body: SendEvent = { event: 'send', ...content };
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8' }, body: JSON.stringify(body) };
}
