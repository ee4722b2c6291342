/** The other processes that serve the same bots. */
import { type Share, WHOLE } from './share.ts';

export interface Peers {
  /** As far as this process knows. */
  readonly share: Share;
  /** To all others that can be reached now; never throws, never waits. Only for hints: whoever misses one finds out alone, later.
   *  @param told JSON value, without secrets and texts of customers */
  tell(topic: string, told: unknown): void;
  /** @param hear called with what another process tells, which may be of another version of the program. One for each topic */
  onTold(topic: string, hear: (told: unknown) => void): void;
}

/** Of a process that shares its store with nobody. */
export const ALONE: Peers = { share: WHOLE, tell: () => {}, onTold: () => {} };
