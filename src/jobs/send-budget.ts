/** Calls a second that the platform bears, per bot. A call counts from the moment when it is made: between leave and call there may be a
 *  store that takes its time, and calls that were allowed one after the other must not go out together behind it. */

/** Leave for one call. Until it is used or given back nobody else has its place. */
export interface SendPermit {
  /** The call is made now. */
  use(): void;
  /** It is not made after all. Nothing happens once it is used. */
  giveBack(): void;
}

export interface SendBudget {
  /** Resolves when one more call may go out, for those who wait in their order; when the signal fires, with a permit for nothing. */
  reserve(botId: string, signal?: AbortSignal): Promise<SendPermit>;
  /** The same for the rest of an answer that has begun to go out: before those who wait to begin. */
  reserveRest(botId: string, signal?: AbortSignal): Promise<SendPermit>;
  /** For a call that is made at once and that nobody waits for, unless an answer may want its place. */
  tryReserve(botId: string): boolean;
}

/** Where nothing is counted. */
export const UNCOUNTED: SendPermit = { use() {}, giveBack() {} };
