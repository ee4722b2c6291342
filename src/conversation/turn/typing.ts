import type { SendBudget } from '../../jobs/send-budget.ts';
import { atMost, type Clock } from '../../platform/clock.ts';
import { TransientMap } from '../../platform/transient-map.ts';
import type { ActiveTurn } from './active-turn.ts';

/** Not for answers that are there at once: the indicator would only cost a send. */
const FIRST_AFTER_MS = 400;
/** TalkTalk shows "typing" for 10 s. */
const RENEW_AFTER_MS = 8_000;
/** An answer ends the indicator; where more questions wait, it comes back when that answer has surely gone out. */
const AGAIN_AFTER_MS = 900;
/** How long an answer waits for an indicator that is on its way: one that arrives after the answer would stay for its whole 10 s. */
const OVERTAKEN_MS = 300;

export interface TypingParts {
  readonly clock: Clock;
  readonly sendBudget: Pick<SendBudget, 'tryReserve'>;
}

interface Indicator {
  /** Turns of the conversation that are worked on or wait. */
  turns: readonly ActiveTurn[];
  cancelTimer: () => void;
  /** The call that is under way. */
  showing: Showing | undefined;
}

interface Showing {
  readonly ended: Promise<void>;
  readonly abort: AbortController;
}

/** "… is typing", one for a conversation however many of its questions are open; gives way when the send budget is short. */
export class TypingIndicators {
  readonly #parts: TypingParts;
  readonly #indicators = new TransientMap<string, Indicator>();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  start(turn: ActiveTurn): void {
    if (turn.channel.showTyping === undefined) return;
    let indicator = this.#indicators.get(turn.conversationKey);
    if (indicator === undefined) {
      indicator = { turns: [turn], cancelTimer: () => {}, showing: undefined };
      this.#indicators.set(turn.conversationKey, indicator);
      this.#showAfter(FIRST_AFTER_MS, turn, indicator);
    } else if (!indicator.turns.includes(turn)) {
      indicator.turns = [...indicator.turns, turn];
    }
  }

  /** The answer of the turn may go out when this resolves; it never rejects. A second call for the same turn does nothing. */
  async stop(turn: ActiveTurn): Promise<void> {
    const indicator = this.#indicators.get(turn.conversationKey);
    if (indicator?.turns.includes(turn) !== true) return;
    indicator.turns = indicator.turns.filter((other) => other !== turn);
    indicator.cancelTimer();
    const { showing } = indicator;
    const [next] = indicator.turns;
    if (next === undefined) this.#indicators.delete(turn.conversationKey);
    else this.#showAfter(AGAIN_AFTER_MS, next, indicator);
    if (showing === undefined) return;
    await atMost(this.#parts.clock, OVERTAKEN_MS, showing.ended);
    if (next === undefined) showing.abort.abort();
  }

  #showAfter(waitMs: number, turn: ActiveTurn, indicator: Indicator): void {
    indicator.cancelTimer = this.#parts.clock.schedule(waitMs, () => {
      this.#show(turn, indicator);
      this.#showAfter(RENEW_AFTER_MS, turn, indicator);
    });
  }

  #show({ bot, channel, event }: ActiveTurn, indicator: Indicator): void {
    if (indicator.showing !== undefined || !this.#parts.sendBudget.tryReserve(bot.id)) return;
    const abort = new AbortController();
    const shown = channel.showTyping?.(event.conversation, abort.signal) ?? Promise.resolve();
    const ended = shown.finally(() => {
      indicator.showing = undefined;
    });
    indicator.showing = { ended, abort };
  }
}
