import type { ActiveTurn } from './active-turn.ts';
import type { GatewayParts } from './gateway-parts.ts';

/** Not for answers that are there at once: the indicator would only cost a send. */
const TYPING_AFTER_MS = 400;
/** TalkTalk shows "typing" for 10 s. */
const TYPING_EVERY_MS = 8_000;

/** Shows that somebody is at work until the returned function is called; gives way when the send budget is short. */
export function showTyping(turn: ActiveTurn, parts: Pick<GatewayParts, 'clock' | 'sendBudget'>): () => void {
  let cancel = () => {};
  const show = async () => {
    if (await parts.sendBudget.hasRoom(turn.bot.id)) {
      await turn.channel.showTyping?.(turn.event.conversation, turn.abort.signal);
    }
  };
  const next = (waitMs: number) => {
    cancel = parts.clock.schedule(waitMs, () => {
      void show();
      next(TYPING_EVERY_MS);
    });
  };
  next(TYPING_AFTER_MS);
  return () => cancel();
}
