/** What is left of a turn's time, shared out among the engines that may still answer it. */
import type { Engine } from '../engine/engine.ts';
import { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';

export interface TimeLeft {
  readonly now: EpochMs;
  /** End of the work. */
  readonly closesAt: EpochMs;
  /** Later answers have to be fetched by the customer. Absent: they arrive by themselves all the same. */
  readonly wantedBy?: EpochMs;
}

/** For an engine that has not shown yet how long it takes. */
const UNKNOWN_RESERVE_MS = 5_000;
/** The knowledge answers at once; this is for a busy machine. */
const CALLS_NOBODY_RESERVE_MS = 500;

/** When this engine has to be finished, so that each of `later` has its usual time, but half of what is left at least.
 *  @throws GatewayError `ENGINE_NOT_ASKED` when it is usually slower than there is time, and another one is there */
export function shareOfTime(engine: Engine, later: readonly Engine[], { now, closesAt, wantedBy }: TimeLeft): EpochMs {
  const leftMs = closesAt - now;
  const usualMs = engine.usualMs?.() ?? 0;
  if (later.length > 0 && usualMs > leftMs) throw tooSlow(usualMs, leftMs);
  if (wantedBy !== undefined && wantedBy > now) {
    const wantedWithinMs = wantedBy - now;
    // Only for another model that is known to be quicker: the knowledge is always quick, and would answer everything in its own words.
    const someoneIsQuicker = later.some((other) => (other.usualMs?.() ?? Number.POSITIVE_INFINITY) <= wantedWithinMs);
    if (usualMs > wantedWithinMs && someoneIsQuicker) throw tooSlow(usualMs, wantedWithinMs);
  }
  const reserveMs = later.reduce((sum, other) => sum + reserveOf(other), 0);
  return closesAt - Math.min(reserveMs, Math.max(0, leftMs) / 2);
}

function reserveOf({ usualMs }: Engine): number {
  return usualMs === undefined ? CALLS_NOBODY_RESERVE_MS : (usualMs() ?? UNKNOWN_RESERVE_MS);
}

function tooSlow(usualMs: number, leftMs: number): GatewayError {
  return new GatewayError('ENGINE_NOT_ASKED', 'The engine is usually slower than there is time left', {
    details: { reason: 'too-slow', usualMs: Math.round(usualMs), leftMs: Math.round(leftMs) },
  });
}
