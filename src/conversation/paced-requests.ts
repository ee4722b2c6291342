/** The requests that one delivery makes of the platform, each when the budget lets it. */
import type { RequestPacing } from '../channels/channel.ts';
import type { SendBudget, SendPermit } from '../jobs/send-budget.ts';

export class PacedRequests implements RequestPacing {
  readonly #budget: Pick<SendBudget, 'reserveRest'>;
  readonly #botId: string;
  readonly #signal: AbortSignal;
  #permit: SendPermit | undefined;

  /** @param first for the first request */
  constructor(budget: Pick<SendBudget, 'reserveRest'>, botId: string, first: SendPermit, signal: AbortSignal) {
    this.#budget = budget;
    this.#botId = botId;
    this.#permit = first;
    this.#signal = signal;
  }

  async next(): Promise<void> {
    const permit = this.#permit ?? (await this.#budget.reserveRest(this.#botId, this.#signal));
    this.#permit = undefined;
    permit.use();
  }

  letOthersGo(): void {
    this.#permit?.giveBack();
    this.#permit = undefined;
  }
}
