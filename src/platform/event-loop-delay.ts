import { monitorEventLoopDelay } from 'node:perf_hooks';
import { RecentMaximum } from './recent-maximum.ts';

/** How late this process is with its timers. */
export interface EventLoopDelay {
  /** The 99th percentile of the last full second. */
  currentMs(): number;
  /** The worst second of the last ten: a machine that stands still now and then does so again before anybody could know. */
  recentMs(): number;
  stop(): void;
}

const RESOLUTION_MS = 20;
const WINDOW_MS = 1_000;
const RECENT_WINDOWS = 10;

export function watchEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let latestMs = 0;
  const recent = new RecentMaximum(RECENT_WINDOWS);
  const timer = setInterval(() => {
    // The histogram counts the whole time between two ticks of its own timer; what exceeds the timer is delay.
    latestMs = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
    recent.add(latestMs);
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    currentMs: () => latestMs,
    recentMs: () => recent.value,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
