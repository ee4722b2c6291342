/** What is left of a turn's time, shared out among the engines that may still answer it. */
import type { Engine } from '../../engine/engine.ts';
import { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';

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
/** A model that is well may be silent for so long on a bad day. Cut off sooner, it would leave everything to the knowledge. */
const FAIR_SILENCE_MS = 10_000;
/** Nobody waits longer than this for a model's first words while somebody else has an answer, unless it usually takes as long. */
const LONGEST_SILENCE_MS = 30_000;
/** Whoever is silent for so many times its usual silence is most likely silent for good. */
const UNUSUAL_SILENCE = 4;

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
  return closesAt - Math.min(reserveOf(later), Math.max(0, leftMs) / 2);
}

/** Until when an engine that says nothing is waited for; `undefined` when nobody comes after it who has an answer: a late one of a model
 *  is better than an apology of the knowledge. The models have equal shares of what is left until the customer has to fetch the answer, or
 *  else until the end of the work; less where those to come usually need more, or where this one usually begins far sooner and another
 *  model can answer instead.
 *  @param isKnown the knowledge surely has the answer */
export function firstTokenLimit(
  engine: Engine,
  later: readonly Engine[],
  { now, closesAt, wantedBy = closesAt }: TimeLeft,
  isKnown: boolean,
): EpochMs | undefined {
  const quick = later.filter(({ usualMs }) => usualMs === undefined);
  const models = 1 + later.length - quick.length;
  if (models === 1 && !(isKnown && quick.length > 0)) return undefined;
  const end = Math.min(wantedBy, closesAt);
  const unusualMs = (engine.usualFirstTokenMs?.() ?? Number.POSITIVE_INFINITY) * UNUSUAL_SILENCE;
  const shareMs = Math.min(
    (end - now - reserveOf(quick)) / models,
    end - now - reserveOf(later),
    models > 1 ? unusualMs : Number.POSITIVE_INFINITY,
    Number.isFinite(unusualMs) ? Math.max(LONGEST_SILENCE_MS, unusualMs) : LONGEST_SILENCE_MS,
  );
  return Math.min(closesAt, now + Math.max(FAIR_SILENCE_MS, shareMs));
}

function reserveOf(engines: readonly Engine[]): number {
  const timeOf = ({ usualMs }: Engine) =>
    usualMs === undefined ? CALLS_NOBODY_RESERVE_MS : (usualMs() ?? UNKNOWN_RESERVE_MS);
  return engines.reduce((sum, engine) => sum + timeOf(engine), 0);
}

function tooSlow(usualMs: number, leftMs: number): GatewayError {
  return new GatewayError('ENGINE_NOT_ASKED', 'The engine is usually slower than there is time left', {
    details: { reason: 'too-slow', usualMs: Math.round(usualMs), leftMs: Math.round(leftMs) },
  });
}
