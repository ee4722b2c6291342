import type { EpochMs } from '../message.ts';

/** Time comes in through here, so that tests own it. */
export interface Clock {
  now(): EpochMs;
  /** Calls `run` once after `delayMs`; the returned function cancels it. Never keeps the process alive by itself. */
  schedule(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when the signal fires. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = () => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.schedule(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** What `work` comes to; undefined when that takes longer than `limitMs`. It goes on all the same.
 *  @throws what `work` rejects with in time */
export async function atMost<Result>(
  clock: Clock,
  limitMs: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.schedule(limitMs, () => resolve(undefined));
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
