import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late this process is with its timers, looked at over the last second. */
export interface EventLoopDelay {
  /** The 99th percentile of the last full second. */
  currentMs(): number;
  stop(): void;
}

const RESOLUTION_MS = 20;
const WINDOW_MS = 1_000;

export function watchEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let latestMs = 0;
  const timer = setInterval(() => {
    // The histogram counts the whole time between two ticks of its own timer; what exceeds the timer is delay.
    latestMs = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    currentMs: () => latestMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
