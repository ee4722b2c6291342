/** TalkTalk webhook event → InboundEvent. There is no schema version, and undocumented fields come and go: every field may be missing.
 *  Source: github.com/navertalk/chatbot-api and what Naver says in its issues */
import { createHash } from 'node:crypto';
import { decodeTap, type InboundEvent, type MessageReceived, type ReplyWindow } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WebhookRequest } from '../channel.ts';
import { inboundId, inboundText, requireInboundId } from '../inbound-text.ts';
import { decodeTolerantly, findJsonObject, isJsonObject, type JsonObject, readJsonObject } from '../json-body.ts';
import { logOddities, oddBody } from '../oddities.ts';
import { readAskedProduct } from './asked-product.ts';
import { echoKeysOf } from './echo-key.ts';
import { isAgentsThread, isThreadReturned } from './handover.ts';
import { oddEvent } from './odd-event.ts';
import { asksForPayment } from './payment-request.ts';
import { readPaymentConfirmation, readPaymentResult } from './payment-result.ts';
import { pickedWords } from './picked-words.ts';
import { readProfileResult } from './profile.ts';
import { decodeSpoken } from './spoken-code.ts';

export interface NaverParseSettings {
  readonly botId: string;
  /** With a key for the send API answers are pushed; without one they must go into the webhook response. */
  readonly canPush: boolean;
  /** Answers go into the webhook response where they are ready in time, also with a key. */
  readonly synchronous?: boolean | undefined;
  readonly synchronousBudgetMs: number;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** @throws GatewayError `INBOUND_MALFORMED`, never for bytes that ask for a payment */
export function parseTalkEvent(request: WebhookRequest, settings: NaverParseSettings): InboundEvent {
  const wire = decodeTolerantly(request.body);
  const found = findJsonObject(wire);
  const isPayment = asksForPayment(wire, found);
  const body = found ?? (isPayment ? {} : readJsonObject(request.body)); // which says what is wrong
  const event = readEvent(body, isPayment, request, settings);
  const call = { channel: 'naver', botId: settings.botId, requestId: event.requestId } as const;
  logOddities(settings.logger, call, [...oddBody(request), ...oddEvent(body)]);
  return event;
}

function readEvent(
  body: JsonObject,
  isPayment: boolean,
  request: WebhookRequest,
  settings: NaverParseSettings,
): InboundEvent {
  const name = typeof body.event === 'string' ? body.event.trim() : '';
  const user = inboundId(body.user);
  const base = {
    id: settings.newId(),
    receivedAt: request.receivedAt,
    requestId: request.requestId,
    conversation: { botId: settings.botId, channel: 'naver', user: user ?? '' },
  } as const;
  const inline: ReplyWindow = { mode: 'inline', closesAt: request.receivedAt + settings.synchronousBudgetMs };

  const options = object(body.options);
  if (isPayment) {
    const payment = user === undefined ? undefined : readPaymentResult(options);
    const claim = payment === undefined ? {} : { payment };
    return { ...base, ...claim, type: 'payment-requested', replyWindows: [inline] };
  }
  const event = { ...base, ...dedupeKey(request.body, body.messageId) };
  const later: readonly ReplyWindow[] = !settings.canPush
    ? [inline, { mode: 'pickup' }]
    : settings.synchronous === true
      ? [inline, { mode: 'push' }]
      : PUSHED;
  switch (name) {
    case 'send':
      requireInboundId(body.user, 'user');
      return { ...event, ...readMessage(body), type: 'message-received', replyWindows: later };
    case 'open':
      requireInboundId(body.user, 'user');
      // A greeting goes out in the response: a push right after `open` would ring at a user who is looking at the room.
      return {
        ...event,
        ...(typeof options.under14 === 'boolean' ? { isUnder14: options.under14 } : {}),
        type: 'conversation-opened',
        replyWindows: settings.canPush ? [inline, { mode: 'push' }] : later,
      };
    case 'leave':
      requireInboundId(body.user, 'user');
      return { ...event, type: 'conversation-left', replyWindows: [] };
    case 'echo':
      return user !== undefined && [undefined, 'send', 'product'].includes(body.echoedEvent as string | undefined)
        ? { ...event, ...readEcho(body), type: 'message-echoed', replyWindows: [] }
        : { ...event, type: 'event-ignored', name: `echo:${safeName(body.echoedEvent)}`, replyWindows: [] };
    case 'handover':
      return user !== undefined && isThreadReturned(options)
        ? { ...event, type: 'thread-returned', replyWindows: [] }
        : { ...event, type: 'event-ignored', name, replyWindows: [] };
    case 'friend':
      return { ...event, type: 'subscription-changed', isSubscribed: options.set === 'on', replyWindows: [] };
    case 'profile': {
      const result = user === undefined ? undefined : readProfileResult(options);
      // Without the key of a duplicate: a digest of a phone number is as good as the number.
      return { ...base, replyWindows: later, ...(result ?? { type: 'event-ignored', name }) };
    }
    case 'pay_confirm':
      return { ...base, type: 'payment-settled', payment: readPaymentConfirmation(options), replyWindows: [] };
    default:
      return { ...event, type: 'event-ignored', name: safeName(name), replyWindows: [] };
  }
}

type MessageEchoed = Extract<InboundEvent, { type: 'message-echoed' }>;
type MessageContent = Pick<MessageReceived, 'text' | 'input' | 'action' | 'images' | 'product' | 'standby'>;

/** By the object that has data: files and marketing come with an empty `textContent` beside them. */
function readMessage(body: JsonObject): MessageContent {
  const standby = body.standby === true ? { standby: true } : {};
  const { text: rawText, code, inputType } = object(body.textContent);
  if (inputType === 'vphone') return { ...CALL_REQUEST, ...standby };
  if (inputType === 'product') {
    const product = readAskedProduct(object(body.options));
    return { text: '', input: 'product', ...(product === undefined ? {} : { product }), ...standby };
  }
  const said = inboundText(decodeSpoken(code) ?? rawText);
  const text = inputType === 'calendar' ? pickedWords(said) : said;
  if (text !== '' || typeof code === 'string') {
    const action = decodeTap(code);
    return { text, input: inputKind(inputType, code), ...(action === undefined ? {} : { action }), ...standby };
  }
  const { imageUrl } = object(body.imageContent);
  if (typeof imageUrl === 'string' && imageUrl !== '') {
    // A broken address (".netnull" was seen) leaves a photo that nobody can look at.
    const images = isImageUrl(imageUrl) ? [imageUrl] : [];
    return { text: '', input: 'image', images, ...standby };
  }
  return { text: '', input: 'other', ...standby };
}

/** One for all: thousands of questions may be open at a time. */
const PUSHED: readonly ReplyWindow[] = [{ mode: 'push' }];

/** A safe number to call back is of use to people only, and they see it in the Partner Center. */
const CALL_REQUEST = {
  text: '안심번호로 전화 상담을 요청합니다.',
  input: 'other',
  action: { kind: 'person' },
} as const;

function inputKind(inputType: unknown, code: unknown): MessageReceived['input'] {
  switch (inputType) {
    case 'typing':
      return 'typed';
    case 'button':
    case 'calendar':
    case 'time':
    case 'timeInterval':
      return 'tap';
    case 'sticker':
      return 'sticker';
    case undefined:
      return code === undefined ? 'typed' : 'tap';
    default:
      return 'other'; // an open set
  }
}

function isImageUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && !url.endsWith('netnull');
}

/** Only `managerNickname` tells an agent from the bot (Naver's own answer); smart alerts, marketing and away messages are neither. */
function readEcho(
  body: JsonObject,
): Pick<MessageEchoed, 'text' | 'author' | 'agentsOwnThread' | 'echoKeys' | 'platformId'> {
  const options = object(body.options);
  const textContent = object(body.textContent);
  const marketingText = inboundText(object(body.marketingContent).marketingText);
  const isAgent = typeof options.managerNickname === 'string' && options.managerNickname !== '';
  // What the partner's account says by itself, such as the away message, comes from the agents' side, and no agent has signed it.
  const isSystem = marketingText !== '' || textContent.inputType === 'alarm' || options.sourceId === 1;
  const text = inboundText(textContent.text) || marketingText || compositeText(body.compositeContent);
  return {
    ...(text === '' ? {} : { text }),
    author: isAgent ? 'agent' : isSystem ? 'system' : 'bot',
    ...(isAgent || isSystem ? {} : { echoKeys: echoKeysOf(body) }),
    ...(typeof body.messageId === 'number' ? { platformId: String(body.messageId) } : {}),
    ...(isAgentsThread(options) ? { agentsOwnThread: true } : {}),
  };
}

function compositeText(compositeContent: unknown): string {
  const list = object(compositeContent).compositeList;
  if (!Array.isArray(list)) return '';
  return list
    .map(object)
    .flatMap((composite) => [inboundText(composite.title), inboundText(composite.description)])
    .filter(Boolean)
    .join('\n');
}

/** Without a message id two equal bodies may be a customer who says "네" twice. */
function dedupeKey(body: Uint8Array, messageId: unknown): { readonly dedupeKey?: string } {
  if (typeof messageId !== 'number' && typeof messageId !== 'string') return {};
  return { dedupeKey: `${createHash('sha256').update(body).digest('base64url')}:${String(messageId).slice(0, 40)}` };
}

/** Letters with underscores between them, as all that are known: anybody's number or address would reach the log as one of them. */
const EVENT_NAME = /^(?=.{1,30}$)[a-z]+(?:_[a-z]+)*$/i;

function safeName(name: unknown): string {
  return typeof name === 'string' && EVENT_NAME.test(name) ? name : 'unknown';
}

function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
