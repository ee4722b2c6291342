/** How long an upstream takes lately. */
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';

const LATEST_ANSWERS = 32;
/** Fewer say nothing yet. */
const FEWEST_ANSWERS = 3;
/** Whoever was slow then may not be now: once all that is known is older, it is asked again. */
const MEMORY_MS = 5 * 60_000;
/** Four of five answers are there by then. A mean would be led by the few that hung, a median would be late every other time. */
const USUAL_SHARE = 0.8;

export interface Latency {
  /** What is timed took so long, or was cut off then. */
  note(elapsedMs: number): void;
  /** `undefined` until a few answers were seen lately. */
  usualMs(): number | undefined;
}

export function createLatency(clock: Clock): Latency {
  let latest: { readonly at: EpochMs; readonly elapsedMs: number }[] = [];
  return {
    note(elapsedMs) {
      latest.push({ at: clock.now(), elapsedMs });
      if (latest.length > LATEST_ANSWERS) latest.shift();
    },
    usualMs() {
      const since = clock.now() - MEMORY_MS;
      latest = latest.filter(({ at }) => at > since);
      if (latest.length < FEWEST_ANSWERS) return undefined;
      const sorted = latest.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
      return sorted[Math.ceil(sorted.length * USUAL_SHARE) - 1];
    },
  };
}
