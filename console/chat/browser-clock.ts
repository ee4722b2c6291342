import type { Clock } from '../../src/platform/clock.ts';

/** The browser's time; the server's clock detaches its timers from the process, which no browser knows. */
export const browserClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run) {
    const timer = window.setTimeout(run, delayMs);
    return () => window.clearTimeout(timer);
  },
};
