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

/** @returns a check of `bot.id` that throws GatewayError `BOT_UNKNOWN` where the rules say so */
export function createBotIdCheck(rules: BotIdRules): (wireId: string | undefined) => void {
  const expected = new Set(rules.expected.map((id) => withoutMark(id.trim())));
  const warned = new Set<string>();
  return (wireId = '') => {
    const named = wireId.trim();
    if (expected.size === 0 || expected.has(withoutMark(named))) return;
    const fault = named === '' ? 'names no Kakao bot' : 'names a Kakao bot that is not in KAKAO_BOT_ID';
    if (rules.onMismatch === 'refuse') throw new GatewayError('BOT_UNKNOWN', `The call ${fault}`);
    if (warned.has(named) || warned.size >= MAX_WARNINGS) return;
    warned.add(named);
    // Once per id: a bot that is named wrongly is so with every message.
    const found =
      named === '' ? { event: 'bot-id-missing' } : { event: 'bot-id-mismatch', kakaoBotId: named.slice(0, 64) };
    rules.logger.warn(
      { ...found, channel: 'kakao', botId: rules.botId },
      `the call ${fault}; it is answered all the same`,
    );
  };
}

/** The development channel calls itself `<id>!`. */
function withoutMark(id: string): string {
  return id.replace(/!$/, '').toLowerCase();
}
