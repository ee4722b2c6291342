// Loaded before a server with `--import`: tells the bench, when it asks, what the whole process has used (all threads).
// JavaScript: for TypeScript, Node would load its compiler into the server that is measured, 20 MB.
import { isMainThread } from 'node:worker_threads';

// A worker thread inherits the `--import` but not the channel.
if (isMainThread && process.send !== undefined) {
  process.on('message', (message) => {
    if (message !== 'usage') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() });
  });
  // Listening must not keep a server alive that wants to stop; when the bench is gone, nobody needs it any more.
  process.channel?.unref();
  process.on('disconnect', () => process.exit(0));
}
