/** Skill payloads as the channel, the test chat (봇테스트) and the test form (스킬 테스트) send them.
 *  Shapes are those of published captures; see the skill guide at https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide */
import type { SeededIds } from '../seeded-ids.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Speaker {
  /** Per bot: the same person has another one at another bot. */
  readonly botUserKey: string;
  /** Per channel; absent in the test chat and in group rooms. */
  readonly plusfriendUserKey: string;
  /** Only with an app key on the bot. */
  readonly appUserId?: string;
  /** The key is left out unless the person added the channel. */
  readonly isFriend?: boolean;
}

export interface RequestContext {
  readonly name: string;
  readonly lifespan: number;
  /** Seconds. */
  readonly ttl: number;
  readonly params: Readonly<Record<string, { readonly value: string; readonly resolvedValue: string }>>;
}

export interface DetailParam {
  readonly origin: string;
  readonly value: string;
  readonly groupName: string;
}

export interface Flow {
  readonly trigger?: { readonly type: string; readonly referrerBlock?: Named };
  readonly lastBlock?: Named;
}

/** A question of 지식+ that the bot engine found fitting. */
export interface MatchedKnowledge {
  readonly question: string;
  readonly answer: string;
  readonly categories?: readonly string[];
  readonly imageUrl?: string;
  readonly landingUrl?: string;
}

export interface SkillCall {
  readonly bot: Named;
  readonly block: Named;
  readonly skill: Named;
  readonly speaker: Speaker;
  readonly utterance: string;
  /** `{}` when something was typed on the channel; `null` or the text `"null"` in older tools. */
  readonly clientExtra: unknown;
  readonly params?: Readonly<Record<string, string>>;
  readonly detailParams?: Readonly<Record<string, DetailParam>>;
  readonly contexts?: readonly RequestContext[];
  /** `userRequest.params` beside `surface`: `media` of a photo, parameters of an event. */
  readonly requestParams?: Readonly<Record<string, unknown>>;
  /** Id of the group room. */
  readonly roomId?: string;
  readonly callbackUrl?: string;
  readonly flow?: Flow;
  /** The guide's heading says `knowledges`, its sample `knowledge`. */
  readonly knowledge?: { readonly key: 'knowledge' | 'knowledges'; readonly matched: readonly MatchedKnowledge[] };
}

export type SkillPayload = Readonly<Record<string, unknown>>;

export function channelPayload(call: SkillCall): SkillPayload {
  const { speaker, roomId } = call;
  const properties: Record<string, unknown> = {
    botUserKey: speaker.botUserKey,
    bot_user_key: speaker.botUserKey,
    ...(roomId === undefined
      ? { plusfriendUserKey: speaker.plusfriendUserKey, plusfriend_user_key: speaker.plusfriendUserKey }
      : {}),
    ...(speaker.isFriend === true ? { isFriend: true } : {}),
    ...(speaker.appUserId === undefined
      ? {}
      : {
          appUserId: speaker.appUserId,
          app_user_id: speaker.appUserId,
          appUserStatus: 'REGISTERED',
          app_user_status: 'REGISTERED',
        }),
  };
  return payload(call, {
    properties,
    params: { surface: 'Kakaotalk.plusfriend', ...call.requestParams },
    lang: 'ko',
    reasonCode: 1,
    ...(roomId === undefined ? {} : { chat: { id: roomId, type: 'botGroupKey', properties: { botGroupKey: roomId } } }),
    ...(call.flow === undefined ? {} : { flow: call.flow }),
  });
}

/** The chat panel beside the block editor: another language code, no channel key, and a newline behind every text. */
export function botTestPayload(call: SkillCall): SkillPayload {
  const properties = { botUserKey: call.speaker.botUserKey, bot_user_key: call.speaker.botUserKey };
  return payload(
    { ...call, utterance: `${call.utterance}\n` },
    { properties, params: { ignoreMe: 'true', surface: 'BuilderBotTest' }, lang: 'kr', reasonCode: 0 },
  );
}

/** The test form of one skill: placeholders everywhere. */
export function skillTestPayload(ids: SeededIds, form: Readonly<Record<string, string>> = {}): SkillPayload {
  const block = { id: ids.hex(24), name: '블록 이름' };
  const detailParams = Object.entries(form).map(([name, value]) => [name, { origin: value, value, groupName: '' }]);
  return {
    intent: block,
    userRequest: {
      timezone: 'Asia/Seoul',
      params: { ignoreMe: 'true' },
      block,
      utterance: '발화 내용',
      lang: null,
      user: { id: ids.digits(6), type: 'accountId', properties: {} },
    },
    bot: { id: ids.hex(24), name: '봇 이름' },
    action: {
      name: ids.base64url(10),
      clientExtra: null,
      params: form,
      id: ids.hex(24),
      detailParams: Object.fromEntries(detailParams),
    },
  };
}

/** Value of a parameter that the secure-image plugin fills: JSON in a string, with a list in a string inside. */
export function secureImageParam(urls: readonly string[], expiresAt: Date): DetailParam {
  const list = `List(${urls.join(', ')})`;
  const value = {
    privacyAgreement: 'Y',
    imageQuantity: String(urls.length),
    secureUrls: list,
    expire: expiresAt.toISOString(),
  };
  return { origin: list, value: JSON.stringify(value), groupName: '' };
}

/** The flat body of a parameter-validation call: no `userRequest`, `intent` or `action`. */
export function parameterValidationPayload(
  call: Pick<SkillCall, 'bot' | 'speaker' | 'utterance'>,
  value: { readonly origin: string; readonly resolved: string },
): SkillPayload {
  const { botUserKey } = call.speaker;
  return {
    isInSlotFilling: true,
    utterance: call.utterance,
    value,
    user: { id: botUserKey, type: 'botUserKey', properties: { botUserKey } },
    bot: call.bot,
    params: { surface: 'Kakaotalk.plusfriend' },
    lang: 'ko',
    timezone: 'Asia/Seoul',
  };
}

function wholeKnowledge({ question, answer, categories = [], imageUrl = '', landingUrl = '' }: MatchedKnowledge) {
  return { question, answer, categories, imageUrl, landingUrl };
}

interface Surface {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly lang: string;
  readonly reasonCode: number;
  readonly chat?: unknown;
  readonly flow?: Flow;
}

function payload(call: SkillCall, surface: Surface): SkillPayload {
  const { knowledge } = call;
  const found =
    knowledge === undefined
      ? {}
      : { [knowledge.key]: { responseType: 'skill', matchedKnowledges: knowledge.matched.map(wholeKnowledge) } };
  return {
    bot: call.bot,
    intent: { ...call.block, extra: { reason: { code: surface.reasonCode, message: 'OK' }, ...found } },
    action: {
      id: call.skill.id,
      name: call.skill.name,
      params: call.params ?? {},
      detailParams: call.detailParams ?? {},
      clientExtra: call.clientExtra,
    },
    userRequest: {
      block: call.block,
      user: { id: call.speaker.botUserKey, type: 'botUserKey', properties: surface.properties },
      utterance: call.utterance,
      params: surface.params,
      lang: surface.lang,
      timezone: 'Asia/Seoul',
      ...(surface.chat === undefined ? {} : { chat: surface.chat }),
      ...(call.callbackUrl === undefined ? {} : { callbackUrl: call.callbackUrl }),
    },
    contexts: call.contexts ?? [],
    ...(surface.flow === undefined ? {} : { flow: surface.flow }),
  };
}
