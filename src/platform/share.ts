/** What several processes may do together is divided among them: each keeps to its part, and nobody is asked on the way of a message.
 *  A part that stands idle is the price. */

/** A process among those that work for the same accounts. */
export interface Share {
  /** Of the processes, this one among them. */
  readonly processes: number;
  /** From 0, another one for each. */
  readonly rank: number;
}

/** Nobody else is there. */
export const WHOLE: Share = { processes: 1, rank: 0 };

export interface Allowance {
  readonly count: number;
  readonly windowMs: number;
}

/** Whole things in a window, which add up to all of them; where there are fewer things than processes, one in a longer window. */
export function partOf({ count, windowMs }: Allowance, { processes, rank }: Share): Allowance {
  if (count < processes) return { count: 1, windowMs: (windowMs * processes) / count };
  return { count: Math.floor(count / processes) + (rank < count % processes ? 1 : 0), windowMs };
}
