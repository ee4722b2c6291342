import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Logger, silentLogger } from '../../../src/platform/logger.ts';
import { StoreThread } from '../../../src/storage/sqlite/store-thread.ts';

const SCRIPTED_WORKER = new URL('./scripted-worker.ts', import.meta.url);

const start = async (behaviour: string, logger: Logger = silentLogger) =>
  (await StoreThread.start(behaviour, logger, SCRIPTED_WORKER)).thread;

const nextTurnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the event loop's side of the store", () => {
  it('sends the calls of one turn of the event loop together', async () => {
    const thread = await start('counts');
    const calls: Promise<unknown>[] = [];
    // Two callbacks of the same turn, and a microtask of the first: three requests that arrived together.
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        calls.push(thread.call('counts'));
        queueMicrotask(() => calls.push(thread.call('counts')));
      });
      setImmediate(() => {
        calls.push(thread.call('counts'));
        resolve();
      });
    });
    expect(await Promise.all(calls)).toEqual([3, 3, 3]);
    expect(await thread.call('counts')).toBe(1);
    await thread.close();
  });

  it('lets calls in quick succession share a commit, and the first ones after a pause go at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const thread = await start('counts');
    for (let group = 0; group < 11; group += 1) expect(await thread.call('counts')).toBe(1);
    const calls = [thread.call('counts')];
    await nextTurnOfTheLoop();
    calls.push(thread.call('counts'));
    await nextTurnOfTheLoop();
    calls.push(thread.call('counts'));
    vi.advanceTimersByTime(2);
    expect(await Promise.all(calls)).toEqual([3, 3, 3]);
    vi.advanceTimersByTime(2);
    expect(await thread.call('counts')).toBe(1);
    await thread.close();
  });

  it('lets a call that nobody waits for go with the next one, in order', async () => {
    const thread = await start('counts');
    const calls = [thread.callInCompany('counts'), thread.callInCompany('counts'), thread.call('counts')];
    expect(await Promise.all(calls)).toEqual([3, 3, 3]);
    await thread.close();
  });

  it('sends a call that nobody waits for when no other comes, and when the store closes', async () => {
    const thread = await start('counts');
    expect(await thread.callInCompany('counts')).toBe(1);
    const last = thread.callInCompany('counts');
    await thread.close();
    expect(await last).toBe(1);
  });

  it('rejects every call when the worker dies, and every later one', async () => {
    const error = vi.fn();
    const thread = await start('dies', { ...silentLogger, error });
    const calls = [thread.call('counts'), thread.call('readTurn', 't1')];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FAILED' } });
    }
    await expect(thread.call('counts')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(error).toHaveBeenCalledOnce();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ callsLost: 2 }), expect.any(String));
    await thread.close();
  });

  it('says so when the worker does not start', async () => {
    await expect(start('never-opens')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: 'The store could not be started',
      cause: { message: 'no store today' },
    });
  });

  it('refuses what would only pile up', async () => {
    const thread = await start('hangs');
    const waiting = Array.from({ length: 20_000 }, () => thread.call('counts'));
    await expect(thread.call('counts')).rejects.toMatchObject({ code: 'STORE_BUSY' });
    const settled = Promise.allSettled(waiting);
    await thread.close();
    for (const result of await settled) expect(result).toMatchObject({ reason: { code: 'STORE_FAILED' } });
  });
});
