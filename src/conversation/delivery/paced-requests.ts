/** The requests that one delivery makes of the platform: each when the budget lets it, and only while the message may still go out. */
import type { RequestPacing } from '../../channels/channel.ts';
import type { SendBudget, SendPermit } from '../../jobs/send-budget.ts';

export class PacedRequests implements RequestPacing {
  readonly #budget: Pick<SendBudget, 'reserveRest'>;
  readonly #botId: string;
  readonly #signal: AbortSignal;
  readonly #mayGoOut: () => Promise<boolean>;
  #permit: SendPermit | undefined;
  #isWithheld = false;

  /** @param first for the first request
   *  @param mayGoOut never rejects */
  constructor(
    budget: Pick<SendBudget, 'reserveRest'>,
    botId: string,
    first: SendPermit,
    signal: AbortSignal,
    mayGoOut: () => Promise<boolean>,
  ) {
    this.#budget = budget;
    this.#botId = botId;
    this.#permit = first;
    this.#signal = signal;
    this.#mayGoOut = mayGoOut;
  }

  /** A request was not made, because the message must not go out any more. */
  get isWithheld(): boolean {
    return this.#isWithheld;
  }

  async next(): Promise<boolean> {
    this.#permit ??= await this.#budget.reserveRest(this.#botId, this.#signal);
    this.#isWithheld = !(await this.#mayGoOut());
    if (this.#isWithheld) return false;
    this.#permit?.use();
    this.#permit = undefined;
    return true;
  }

  letOthersGo(): void {
    this.#permit?.giveBack();
    this.#permit = undefined;
  }
}
