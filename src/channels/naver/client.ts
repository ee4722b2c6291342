/** The send API: one event per request, no idempotency key, the verdict inside HTTP 200. */
import type { ConversationRef } from '../../message.ts';
import type { Logger } from '../../platform/logger.ts';
import type { DeliveryReceipt, DeliveryTarget, OutboundMessage } from '../channel.ts';
import { findJsonObject, type JsonObject } from '../json-body.ts';
import { type PostResult, receiptWithoutAnswer } from '../post-json.ts';
import type { NaverApi } from './api.ts';
import { NOT_CONNECTED, readSendResult, readSendStatus } from './send-results.ts';

/** A typing bubble that comes late is worse than none. */
const TYPING_TIMEOUT_MS = 3_000;

const WITHHELD: DeliveryReceipt = { outcome: 'refused', code: 'WITHHELD', retryable: false };

export interface SendClientOptions {
  readonly botId: string;
  readonly api: NaverApi;
  readonly logger: Logger;
}

export interface SendClient {
  deliver(message: OutboundMessage, target: DeliveryTarget, signal: AbortSignal): Promise<DeliveryReceipt>;
  /** An event that is for no customer in particular. */
  post(event: object, signal: AbortSignal): Promise<DeliveryReceipt>;
  showTyping(conversation: ConversationRef, signal: AbortSignal): Promise<void>;
}

export function createSendClient(options: SendClientOptions): SendClient {
  const { api, logger, botId } = options;
  const post = async (event: object, signal: AbortSignal) => toReceipt(await api.postEvent(event, signal));

  return {
    async deliver(message, target, signal) {
      if (message.bubbles === 0) return { outcome: 'delivered', code: 'NOTHING_TO_SEND', retryable: false };
      if ((await target.pacing?.next()) === false) return WITHHELD;
      return post({ ...(message.wire as object), user: target.conversation.user }, signal);
    },
    post,
    async showTyping(conversation, signal) {
      const body = { event: 'action', user: conversation.user, options: { action: 'typingOn' } };
      const result = await api.postEvent(body, signal, TYPING_TIMEOUT_MS);
      const code = result.kind === 'answered' ? toReceipt(result).code : result.kind;
      if (code !== '00')
        logger.debug({ event: 'typing-not-shown', channel: 'naver', botId, code }, 'typing was not shown');
    },
  };
}

function toReceipt(result: PostResult): DeliveryReceipt {
  if (result.kind === 'not-written') return { ...receiptWithoutAnswer(result.kind), ...NOT_CONNECTED };
  if (result.kind === 'cut') return receiptWithoutAnswer(result.kind);
  const body = findJsonObject(result.text);
  const code = resultCode(body);
  // The verdict stands inside HTTP 200. What a gateway or a maintenance page puts beside another status says nothing about the message.
  if (code !== undefined && result.status >= 200 && result.status < 300) {
    const message = typeof body?.resultMessage === 'string' ? body.resultMessage : '';
    return { ...readSendResult(code, message), code };
  }
  const byStatus = readSendStatus(result.status);
  if (byStatus === undefined) return { outcome: 'unknown', code: `HTTP_${result.status}`, retryable: false };
  return { ...byStatus, ...retryAfter(result.retryAfter), code: `HTTP_${result.status}` };
}

/** `success` may be missing or a string; a success may come without a code. */
function resultCode(body: JsonObject | undefined): string | undefined {
  const code = body?.resultCode;
  if (typeof code === 'string' && /^[\w-]{1,20}$/.test(code)) return code;
  if (typeof code === 'number') return String(code).padStart(2, '0');
  return body?.success === true || body?.success === 'true' ? '00' : undefined;
}

function retryAfter(header: string | undefined): { readonly retryAfterMs?: number } {
  return header !== undefined && /^\d{1,4}$/.test(header) ? { retryAfterMs: Number(header) * 1_000 } : {};
}
