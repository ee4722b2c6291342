/** Whether a call is for the bot that the operator meant. No lock: the id stands in every callback URL and is no secret. It finds
 *  the skill that was registered with the wrong bot. */

import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../platform/logger.ts';

export interface BotIdRules {
  /** Our own id of the bot, for the log. */
  readonly botId: string;
  /** Ids that Kakao may name, with or without the `!` of the development channel; empty = any. */
  readonly expected: readonly string[];
  /** The id in the admin centre's address and the one on the wire were seen to differ, so `warn` is the careful choice. */
  readonly onMismatch: 'warn' | 'refuse';
  readonly logger: Logger;
}

/** Ids come from outside: only so many are told apart. */
const MAX_WARNINGS = 20;
const MAX_ID_CHARS = 64;

/** @returns a check of `bot.id` that throws GatewayError `BOT_UNKNOWN`, with the id as `details.kakaoBotId`, where the rules say so */
export function createBotIdCheck(rules: BotIdRules): (wireId: string | undefined) => void {
  const expected = new Set(rules.expected.map((id) => withoutMark(id.trim())));
  const warned = new Set<string>();
  return (wireId = '') => {
    const named = wireId.trim();
    if (expected.size === 0 || expected.has(withoutMark(named))) return;
    const fault = named === '' ? 'names no Kakao bot' : 'names a Kakao bot that is not in KAKAO_BOT_ID';
    // Whoever reads the log compares it with the one in the settings.
    const details = named === '' ? {} : { kakaoBotId: named.slice(0, MAX_ID_CHARS) };
    if (rules.onMismatch === 'refuse') throw new GatewayError('BOT_UNKNOWN', `The call ${fault}`, { details });
    if (warned.has(named) || warned.size >= MAX_WARNINGS) return;
    warned.add(named);
    // Once per id: a bot that is named wrongly is so with every message.
    const event = named === '' ? 'bot-id-missing' : 'bot-id-mismatch';
    rules.logger.warn(
      { event, ...details, channel: 'kakao', bot: rules.botId },
      `the call ${fault}; it is answered all the same`,
    );
  };
}

/** The development channel calls itself `<id>!`. */
function withoutMark(id: string): string {
  return id.replace(/!$/, '').toLowerCase();
}
