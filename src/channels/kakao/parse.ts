/** SkillPayload → InboundEvent. Every field may be missing, null or of another type: Kakao adds fields at any time, and its two
 *  test tools send payloads of their own. Source: Kakao's skill guide and published captures. */

import { decodeTap, type InboundEvent, type ReplyWindow, type TapAction } from '../../message.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import { malformed } from '../api-request.ts';
import type { WebhookRequest } from '../channel.ts';
import { inboundId, inboundText, requireInboundId } from '../inbound-text.ts';
import { findJsonObject, isJsonObject, type JsonObject, objectOrEmpty, readJsonObject } from '../json-body.ts';
import { logOddities, oddBody, oddText } from '../oddities.ts';
import { CALLBACK_URL_IGNORED, type ResolveCallback } from './callback-url.ts';
import { withoutMention } from './mention.ts';
import { readCallIds, readRequestIds } from './request-ids.ts';
import { readScenario } from './scenario.ts';
import { findSentMedia } from './sent-media.ts';
import { isWelcomeBlock } from './welcome-block.ts';

/** A group room's callback lives 5 min instead of 1 (group guide 1.11.1); the last minute is for us. */
const GROUP_CALLBACK_BUDGET_MS = 240_000;

/** What 스킬 테스트 sends as utterance, always. */
const SKILL_TEST_UTTERANCE = '발화 내용';

export interface KakaoParseSettings {
  readonly botId: string;
  /** As the operator calls it. */
  readonly botName: string;
  readonly inlineBudgetMs: number;
  readonly callbackBudgetMs: number;
  readonly resolveCallback: ResolveCallback;
  /** @throws GatewayError `BOT_UNKNOWN` */
  readonly checkBotId: (wireId: string | undefined) => void;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** @throws GatewayError `INBOUND_MALFORMED` when the body is no JSON object, names no user or brings nothing that can be read, `BOT_UNKNOWN` */
export function parseSkillRequest(request: WebhookRequest, settings: KakaoParseSettings): InboundEvent {
  const payload = readJsonObject(request.body);
  const userRequest = readUserRequest(payload);
  const event = readEvent(payload, userRequest, request, settings);
  const call = { channel: 'kakao', botId: settings.botId, ...readCallIds(request) } as const;
  logOddities(settings.logger, call, [...oddBody(request), ...oddUtterance(userRequest)]);
  return event;
}

function readEvent(
  payload: JsonObject,
  userRequest: JsonObject,
  request: WebhookRequest,
  settings: KakaoParseSettings,
): InboundEvent {
  const action = objectOrEmpty(payload.action);
  const scenario = readScenario(payload, userRequest);
  const user = readUser(userRequest);
  const room = inboundId(objectOrEmpty(userRequest.chat).id);
  const said = inboundText(userRequest.utterance);
  const names = [inboundText(objectOrEmpty(payload.bot).name), settings.botName];
  const text = room === undefined ? said : withoutMention(said, names);
  const ids = readRequestIds(request, [scenario?.block?.id, inboundId(action.id)], text);
  const isTest = isSkillTest(userRequest, text);
  // The test form invents a bot, too.
  if (!isTest) settings.checkBotId(scenario?.platformBotId);

  const base = {
    ...ids,
    id: settings.newId(),
    receivedAt: request.receivedAt,
    conversation: { botId: settings.botId, channel: 'kakao', ...(room === undefined ? {} : { room }), user },
    replyWindows: replyWindows(request, userRequest, room !== undefined, ids.requestId, settings),
  } as const;
  const event = { ...base, ...(scenario === undefined ? {} : { scenario }) };
  const tapped = findTap(action.clientExtra);
  if (tapped !== undefined) return { ...event, type: 'message-received', text, input: 'tap', action: tapped };
  if (isTest) return { ...base, type: 'connection-tested' };
  const media = findSentMedia(payload, userRequest, text);
  if (media !== undefined) return { ...event, type: 'message-received', ...media };
  if (isWelcomeBlock(scenario?.block)) return { ...base, type: 'conversation-opened' };
  if (text === '') {
    requireReadable(userRequest.utterance);
    return { ...base, type: 'conversation-opened' };
  }
  const input = isTap(action.clientExtra, payload) ? 'tap' : 'typed';
  return { ...event, type: 'message-received', text, input };
}

function readUserRequest(payload: JsonObject): JsonObject {
  const { userRequest } = payload;
  if (isJsonObject(userRequest)) return userRequest;
  throw malformed(`The field "userRequest" ${userRequest === undefined ? 'is missing' : 'is not an object'}`);
}

function readUser({ user }: JsonObject): string {
  if (isJsonObject(user)) return requireInboundId(user.id, 'userRequest.user.id');
  throw malformed(`The field "userRequest.user" ${user === undefined ? 'is missing' : 'is not an object'}`);
}

/** Kakao always sends an utterance, if only an empty one. To greet whoever sent one that cannot be read would pass over in silence
 *  that a question was lost.
 *  @throws GatewayError `INBOUND_MALFORMED` */
function requireReadable(utterance: unknown): void {
  if (typeof utterance !== 'string') throw malformed(UTTERANCE_FAULTS[utterance === undefined ? 'missing' : 'foreign']);
  if (utterance.trim() !== '' && inboundText(utterance) === '') throw malformed(UTTERANCE_FAULTS.invisible);
}

const UTTERANCE_FAULTS = {
  missing: 'The field "userRequest.utterance" is missing',
  foreign: 'The field "userRequest.utterance" is not text',
  invisible: 'The field "userRequest.utterance" holds nothing but control characters',
};

/** Taps, photos and the welcome block are understood without it. */
function oddUtterance({ utterance }: JsonObject): readonly string[] {
  return utterance === undefined ? [UTTERANCE_FAULTS.missing] : oddText(utterance, 'userRequest.utterance');
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
  if (url === undefined || url === null) return [inline, { mode: 'pickup' }];
  if (typeof url !== 'string' || settings.resolveCallback(url) === undefined) {
    // Never the URL itself: it holds a token, or bait. Its host tells the operator whose it is.
    const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).host.slice(0, 200) : 'none';
    settings.logger.warn(
      { event: 'callback-url-ignored', channel: 'kakao', bot: settings.botId, request: requestId, host },
      CALLBACK_URL_IGNORED,
    );
    return [inline, { mode: 'pickup' }];
  }
  const budgetMs = isGroup ? GROUP_CALLBACK_BUDGET_MS : settings.callbackBudgetMs;
  return [inline, { mode: 'callback', closesAt: request.receivedAt + budgetMs, url }, { mode: 'pickup' }];
}

/** `extra` of our buttons comes back as `clientExtra`; typed text brings {}, null or "null", an `extra` that the console wrapped
 *  once more arrives nested, and one that somebody wrote into a form as text. */
function findTap(clientExtra: unknown): TapAction | undefined {
  let level = readExtra(clientExtra);
  for (let depth = 0; depth < 3 && level !== undefined; depth += 1) {
    const action = decodeTap(level.malgil);
    if (action !== undefined) return action;
    level = readExtra(level.extra);
  }
  return undefined;
}

function readExtra(value: unknown): JsonObject | undefined {
  if (typeof value === 'string') return value.startsWith('{') ? findJsonObject(value) : undefined;
  return isJsonObject(value) ? value : undefined;
}

function isTap(clientExtra: unknown, payload: JsonObject): boolean {
  if (Object.keys(readExtra(clientExtra) ?? {}).length > 0) return true;
  const trigger = objectOrEmpty(objectOrEmpty(payload.flow).trigger).type;
  return typeof trigger === 'string' && /_(?:MESSAGE|BLOCK)$/.test(trigger);
}

/** The form 스킬 테스트 sends a placeholder that no customer typed. 봇테스트 also says `ignoreMe`, but names a surface, and is a real
 *  conversation. */
function isSkillTest(userRequest: JsonObject, text: string): boolean {
  if (text !== SKILL_TEST_UTTERANCE) return false;
  const { ignoreMe, surface } = objectOrEmpty(userRequest.params);
  return (ignoreMe === 'true' || ignoreMe === true) && surface === undefined;
}
