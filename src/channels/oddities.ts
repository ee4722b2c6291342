/** What was odd about a platform's call that was taken all the same. The customer is answered; whoever wonders why a text came
 *  shorter, or why nothing was understood, finds the reason in the log. Fields are named, what is in them never. */
import { isUtf8 } from 'node:buffer';
import type { ChannelName } from '../message.ts';
import type { Logger } from '../platform/logger.ts';
import type { CallIds, WebhookRequest } from './channel.ts';
import { headerValue } from './header.ts';
import { MAX_INBOUND_CHARS } from './inbound-text.ts';

/** Of the body as a whole. */
export function oddBody(request: WebhookRequest): readonly string[] {
  const type = headerValue(request, 'content-type');
  const reasons: string[] = [];
  if (type === undefined || type === '') reasons.push('The content type is missing; it should be application/json');
  else if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    reasons.push('The content type is not application/json');
  }
  if (!isUtf8(request.body)) reasons.push('The body is not valid UTF-8; what could not be read was replaced');
  return reasons;
}

/** Of a field that should be the customer's words. */
export function oddText(value: unknown, field: string): readonly string[] {
  if (typeof value !== 'string') return [`The field "${field}" is not text; it was passed over`];
  const reasons: string[] = [];
  if (value.length > MAX_INBOUND_CHARS) {
    reasons.push(`The field "${field}" has ${value.length} characters and was cut to ${MAX_INBOUND_CHARS}`);
  }
  if (UNWANTED.test(value)) reasons.push(`The field "${field}" held control characters, which were removed`);
  if (!value.isWellFormed()) reasons.push(`The field "${field}" held half a surrogate pair, which was replaced`);
  return reasons;
}

/** What `cleanText` takes away without a substitute, but for the marks of direction that an address book puts around its numbers. */
const UNWANTED = /[^\P{Cc}\r\n\t]|[\uFDD0-\uFDEF]/u;

export interface OddCall extends CallIds {
  readonly channel: ChannelName;
  readonly botId: string;
}

/** One line for a call, whatever the number of reasons; none for none. */
export function logOddities(logger: Logger, call: OddCall, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const { channel, botId: bot, requestId: request, supportId: support } = call;
  logger.warn({ channel, bot, request, support, reason: reasons.join('. ') }, 'a request was taken although it is odd');
}
