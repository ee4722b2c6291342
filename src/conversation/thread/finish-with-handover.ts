/** The end of a turn, and the beginning of an agent's work where one takes over. */

import type { Answer } from '../answering/respond.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import { type FinishOutcome, finishTurn } from '../turn/finish-turn.ts';
import { planHandover } from './plan-handover.ts';

/** The announcement goes out first, the room changes hands behind it: after the pass every word would be spoken over the agents. */
export async function finishWithHandover(
  turn: ActiveTurn,
  thought: Answer,
  parts: GatewayParts,
): Promise<FinishOutcome> {
  const { answer, passes } = await planHandover(turn, thought, parts);
  const { conversation } = turn.event;
  if (!passes) return finishTurn(turn, answer, parts);
  let isAnnounced = false;
  try {
    const outcome = await finishTurn(turn, answer, parts);
    isAnnounced = outcome !== 'suppressed';
    if (isAnnounced) await parts.threads.pass(conversation, turn.id);
    return outcome;
  } finally {
    if (!isAnnounced) await parts.threads.tell(turn.bot, conversation, { type: 'pass-dropped' });
  }
}
