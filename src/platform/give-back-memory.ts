import { Session } from 'node:inspector/promises';

/** Collects all garbage and returns what is free to the operating system; stops the event loop for some 50 ms. V8 collects when it
 *  needs room, which an idle process never does. The inspector is the only documented way to ask: `gc()` wants a flag. */
export async function giveBackMemory(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
