import type { Bot } from '../conversation/bot.ts';
import { GatewayError } from '../errors.ts';
import { BOT_TYPES, type BotType, CHANNEL_OF_BOT_TYPE } from '../message.ts';

/** Every address that somebody may have meant to be `/query/NAVER…` of a bot: what the platform calls here must get its 200 whatever
 *  happens, and whoever registers a webhook by hand doubles a slash or forgets the capitals. */
export function isNaverPath(url: string): boolean {
  return rightNaverUrl(url) !== undefined;
}

/** The same address as our routes spell it; undefined when it is no TalkTalk address. */
export function rightNaverUrl(url: string): string | undefined {
  const [path = '', ...query] = url.split('?');
  const found = NAVER_LIKE.exec(path.replace(/\/{2,}/g, '/'));
  if (found === null) return undefined;
  const [, bots, botId = '', more, rest = ''] = found;
  const base = bots === undefined ? '' : `/bots/${botId}`;
  return [`${base}/query/NAVER${more}${rest}`, ...query].join('?');
}

/** `more` makes it another word, which names no channel. */
const NAVER_LIKE = /^(?:\/(bots)(?:\/([^/]+))?)?\/query\/naver([^/]*)(\/.*)?$/i;

/** `/query/KAKAO…` of any bot, and where Kakao has values checked. */
export function isKakaoPath(url: string): boolean {
  return /^(?:\/bots\/[^/?]+)?\/(?:query|validate)\/KAKAO(?:[/?]|$)/.test(url);
}

/** What an address below `/query/` names, whatever the method; undefined for another address. */
export function queryAddress(url: string): { readonly botId?: string; readonly botType: string } | undefined {
  const [, botId, botType] = /^(?:\/bots\/([^/?]*))?\/query\/([^/?]+)/.exec(url) ?? [];
  if (botType === undefined) return undefined;
  return botId === undefined ? { botType } : { botId, botType };
}

/** `/send` of any bot, whatever the method. */
export function isSendPath(url: string): boolean {
  return /^(?:\/bots\/[^/?]+)?\/send(?:\?|$)/.test(url);
}

export function knownBotTypes(bot: Bot): BotType[] {
  return BOT_TYPES.filter((type) => bot.channels.has(CHANNEL_OF_BOT_TYPE[type]));
}

export function botUnknown(): GatewayError {
  return new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
}

export function botTypeUnknown(known: readonly BotType[]): GatewayError {
  return new GatewayError('BOT_TYPE_UNKNOWN', `Unknown bot type; known are ${known.join(', ')}`);
}
