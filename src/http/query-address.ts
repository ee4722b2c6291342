import type { Bot } from '../conversation/bot.ts';
import { BOT_TYPES, type BotType, CHANNEL_OF_BOT_TYPE } from '../message.ts';

/** `/query/NAVER…`, for every bot: what the platform calls here must get its 200 whatever happens. */
const NAVER_PATH = /^(?:\/bots\/[^/?]*)?\/query\/NAVER(?:[/?]|$)/;

export function isNaverPath(url: string): boolean {
  return NAVER_PATH.test(url);
}

/** `/query/…` of any bot, whatever the method. */
export function isQueryPath(url: string): boolean {
  return /^(?:\/bots\/[^/?]*)?\/query\/[^/?]+/.test(url);
}

export function knownBotTypes(bot: Bot): BotType[] {
  return BOT_TYPES.filter((type) => bot.channels.has(CHANNEL_OF_BOT_TYPE[type]));
}
