/** Skills that anybody on the network may call, and use up what the operator pays for. */
import { isLoopback } from '../platform/clear-text.ts';
import type { BotSettings } from './schema.ts';

/** English sentences for the start-up log, one for each such bot.
 *  @param host as HOST has it: IPv6 without brackets
 *  @param nameIn how a field of this bot is called where the operator wrote it */
export function openSkillWarnings(
  host: string,
  bots: readonly BotSettings[],
  nameIn: (bot: BotSettings) => (field: string) => string,
): readonly string[] {
  // A list of source addresses is refused without a secret, so the secret alone decides.
  if (host === '::1' || isLoopback(host)) return [];
  return bots
    .filter((bot) => bot.channels.includes('kakao') && bot.kakaoSecret.length === 0)
    .map(
      (bot) =>
        `${nameIn(bot)('kakaoSecret')}: is not set, so anybody who reaches HOST may call the skill; set it, or leave kakao out of CHANNELS`,
    );
}
