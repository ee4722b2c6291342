/** One turn at a time per conversation, over all processes that share a store. Within one process the lane sees to it. */
export interface TurnOrder {
  /** Resolves when no other process answers the conversation before this turn, or has an earlier answer still to send; from then on the others wait for it, until it has ended
   *  or this process has gone. Goes on without order when the signal fires.
   *  @param goesFirst waits only for the turn that is being answered, not for those that wait like itself
   *  @returns true when it had to wait, so that what was known of the conversation may be old */
  enter(turnId: string, goesFirst: boolean, signal: AbortSignal): Promise<boolean>;
  /** Whether another process makes an earlier answer of the conversation that its customer will have to fetch, or one is held; as far as
   *  the store knows.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  leavesToFetch(turnId: string): Promise<boolean>;
  /** The turn waits once more, behind one of this process: others need not wait for it before it enters again. */
  stepBack(turnId: string): Promise<void>;
  /** Resolves when the turn has ended, in whatever process, or when the signal fires. */
  untilEnded(turnId: string, signal: AbortSignal): Promise<void>;
}
