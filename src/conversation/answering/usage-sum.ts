import type { TokenUsage } from '../../engine/engine.ts';
import type { AnswerUsage } from '../../message.ts';

const MICRO = 1_000_000;

/** Adds up what models use for one turn, whichever of them answers in the end. */
export class UsageSum {
  #calls = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #thinkingTokens = 0;
  /** `undefined` once a call has had no price. */
  #costMicroWon: number | undefined = 0;

  add({ promptTokens, completionTokens, thinkingTokens = 0, costMicroWon }: TokenUsage): void {
    this.#calls += 1;
    this.#promptTokens += promptTokens;
    this.#completionTokens += completionTokens;
    this.#thinkingTokens += thinkingTokens;
    this.#costMicroWon =
      this.#costMicroWon === undefined || costMicroWon === undefined ? undefined : this.#costMicroWon + costMicroWon;
  }

  /** `undefined`: no model has told anything. */
  get total(): AnswerUsage | undefined {
    if (this.#calls === 0) return undefined;
    return {
      calls: this.#calls,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      thinkingTokens: this.#thinkingTokens,
      ...(this.#costMicroWon === undefined ? {} : { costWon: this.#costMicroWon / MICRO }),
    };
  }
}
