/** SkillPayload → InboundEvent. Every field may be missing, null or of another type: Kakao adds fields at any time, and its two
 *  test tools send payloads of their own. Source: Kakao's skill guide and published captures. */

import { GatewayError } from '../../errors.ts';
import { decodeTap, type InboundEvent, type ReplyWindow, type TapAction } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WebhookRequest } from '../channel.ts';
import { headerValue } from '../header.ts';
import { inboundId, inboundText } from '../inbound-text.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../json-body.ts';
import type { ResolveCallback } from './callback-url.ts';

/** A group room's callback lives 5 min instead of 1 (group guide 1.11.1); the last minute is for us. */
const GROUP_CALLBACK_BUDGET_MS = 240_000;

/** What 스킬 테스트 sends as utterance, always. */
const SKILL_TEST_UTTERANCE = '발화 내용';

export interface KakaoParseSettings {
  readonly botId: string;
  readonly inlineBudgetMs: number;
  readonly callbackBudgetMs: number;
  readonly resolveCallback: ResolveCallback;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** @throws GatewayError `INBOUND_MALFORMED` when the body is no JSON object or names no user */
export function parseSkillRequest(request: WebhookRequest, settings: KakaoParseSettings): InboundEvent {
  const payload = readJsonObject(request.body);
  const userRequest = object(payload.userRequest);
  const platformId = platformRequestId(request, 'x-request-id');
  const base = {
    id: settings.newId(),
    receivedAt: request.receivedAt,
    requestId: platformId ?? platformRequestId(request, 'x-chappie-footprint') ?? request.requestId,
    ...(platformId === undefined ? {} : { dedupeKey: platformId }),
  };
  if (isParameterValidation(payload)) {
    const user = inboundId(object(payload.user).id) ?? '';
    return {
      ...base,
      type: 'event-ignored',
      name: 'parameter-validation',
      conversation: { botId: settings.botId, channel: 'kakao', user },
      replyWindows: [inlineWindow(request, settings)],
    };
  }

  const user = inboundId(object(userRequest.user).id);
  if (user === undefined) throw new GatewayError('INBOUND_MALFORMED', 'The field "userRequest.user.id" is missing');
  const room = inboundId(object(userRequest.chat).id);
  const event = {
    ...base,
    conversation: { botId: settings.botId, channel: 'kakao', ...(room === undefined ? {} : { room }), user },
    replyWindows: replyWindows(request, userRequest, room !== undefined, base.requestId, settings),
  } as const;

  const text = inboundText(userRequest.utterance);
  const clientExtra = object(payload.action).clientExtra;
  const action = findTap(clientExtra);
  if (action !== undefined) return { ...event, type: 'message-received', text, input: 'tap', action };
  const media = sentMedia(userRequest, text);
  if (media !== undefined) return { ...event, type: 'message-received', text: '', ...media };
  if (text === '') return { ...event, type: 'conversation-opened' };
  if (isSkillTest(userRequest, text)) return { ...event, type: 'connection-tested' };
  const input = isTap(clientExtra, payload) ? 'tap' : 'typed';
  return { ...event, type: 'message-received', text, input };
}

function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Header values are foreign text that reaches the log and other systems. */
function platformRequestId(request: WebhookRequest, header: string): string | undefined {
  const value = headerValue(request, header);
  return value !== undefined && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}

/** 파라미터 검증 posts a flat body of its own to the same server. */
function isParameterValidation(payload: JsonObject): boolean {
  return (
    payload.userRequest === undefined && (typeof payload.isInSlotFilling === 'boolean' || isJsonObject(payload.value))
  );
}

function inlineWindow(request: WebhookRequest, settings: KakaoParseSettings): ReplyWindow {
  return { mode: 'inline', closesAt: request.receivedAt + settings.inlineBudgetMs };
}

function replyWindows(
  request: WebhookRequest,
  userRequest: JsonObject,
  isGroup: boolean,
  requestId: string,
  settings: KakaoParseSettings,
): readonly ReplyWindow[] {
  const inline = inlineWindow(request, settings);
  const url = userRequest.callbackUrl;
  if (typeof url !== 'string' || url === '') return [inline, { mode: 'pickup' }];
  if (settings.resolveCallback(url) === undefined) {
    // Never the URL itself: it holds a token, or bait.
    settings.logger.warn(
      { event: 'callback-url-ignored', channel: 'kakao', botId: settings.botId, requestId },
      'ignored a callback URL whose origin is not on the list',
    );
    return [inline, { mode: 'pickup' }];
  }
  const budgetMs = isGroup ? GROUP_CALLBACK_BUDGET_MS : settings.callbackBudgetMs;
  return [inline, { mode: 'callback', closesAt: request.receivedAt + budgetMs, url }, { mode: 'pickup' }];
}

/** `extra` of our buttons comes back as `clientExtra`; typed text brings {}, null or "null", and an `extra` that the console
 *  wrapped once more arrives nested. */
function findTap(clientExtra: unknown): TapAction | undefined {
  let level = clientExtra;
  for (let depth = 0; depth < 3 && isJsonObject(level); depth += 1) {
    const action = decodeTap(level.malgil);
    if (action !== undefined) return action;
    level = level.extra;
  }
  return undefined;
}

function isTap(clientExtra: unknown, payload: JsonObject): boolean {
  if (isJsonObject(clientExtra) && Object.keys(clientExtra).length > 0) return true;
  const trigger = object(object(payload.flow).trigger).type;
  return typeof trigger === 'string' && /_(?:MESSAGE|BLOCK)$/.test(trigger);
}

/** A photo comes as `params.media` or as nothing but its address in the utterance (signed, soon expired). */
function sentMedia(
  userRequest: JsonObject,
  text: string,
): { readonly input: 'image' | 'video' | 'other'; readonly images?: readonly string[] } | undefined {
  const media = object(userRequest.params).media;
  if (isJsonObject(media) || Array.isArray(media)) {
    const items = (Array.isArray(media) ? media : [media]).map(object);
    const other = items.find((item) => typeof item.type === 'string' && item.type !== 'image');
    if (other !== undefined) return { input: other.type === 'video' ? 'video' : 'other' };
    // Whether we fetch from there is decided by the list of hosts, not here.
    return { input: 'image', images: items.map((item) => item.url).filter(isWebUrl) };
  }
  const words = text.split(/\s+/);
  if (!words.every(isKakaoImageUrl)) return undefined;
  const isVideo = words.some((word) => /\.(?:mp4|mov|m4v|webm)$/i.test(new URL(word).pathname));
  return isVideo ? { input: 'video' } : { input: 'image', images: words };
}

function isWebUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
}

/** What a customer types may be an address too; only Kakao's own hosts make a photo of it. */
function isKakaoImageUrl(value: unknown): value is string {
  return isWebUrl(value) && /(?:^|\.)kakaocdn\.net$/.test(new URL(value).hostname);
}

/** The form 스킬 테스트 sends a placeholder that no customer typed; 봇테스트 also says `ignoreMe` but is a real conversation. */
function isSkillTest(userRequest: JsonObject, text: string): boolean {
  return (
    text === SKILL_TEST_UTTERANCE &&
    object(userRequest.params).ignoreMe === 'true' &&
    object(userRequest.user).type === 'accountId'
  );
}
