/** Loaded before a server with `--import`: tells the bench, when it asks, what the whole process has used (all threads). */
import { isMainThread } from 'node:worker_threads';

export interface Usage {
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
}

export type UsageAnswer = { readonly usage: Usage };

// A worker thread inherits the `--import` but not the channel.
if (isMainThread && process.send !== undefined) {
  process.on('message', (message) => {
    if (message !== 'usage') return;
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() };
    process.send?.({ usage } satisfies UsageAnswer);
  });
  // Listening must not keep a server alive that wants to stop; when the bench is gone, nobody needs it any more.
  process.channel?.unref();
  process.on('disconnect', () => process.exit(0));
}
