import { expect, it } from 'vitest';
import type { Job, JobQueue } from '../../src/jobs/queue.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { ManualClock } from './manual-clock.ts';

/** What every queue must do, whatever stands behind it. */
export function queueContract(openQueue: (clock: Clock) => JobQueue, newClock: () => ManualClock): void {
  const job = (turnId: string, conversationKey = 'c', runAt = 0): Job => ({
    kind: 'send-deliveries',
    turnId,
    botId: 'default',
    conversationKey,
    runAt,
  });

  it('runs jobs of one key one at a time and in order', async () => {
    const clock = newClock();
    const queue = openQueue(clock);
    const seen: string[] = [];
    const gates = new Map<string, () => void>();
    queue.work(async ({ turnId }) => {
      seen.push(turnId);
      await new Promise<void>((resolve) => gates.set(turnId, resolve));
    });
    await queue.enqueue(job('1'));
    await queue.enqueue(job('2'));
    await queue.enqueue(job('other', 'd'));
    await clock.advance(0);
    expect(seen).toEqual(['1', 'other']);
    expect(queue.depth()).toBe(3);
    gates.get('1')?.();
    await clock.advance(0);
    expect(seen).toEqual(['1', 'other', '2']);
    gates.get('2')?.();
    gates.get('other')?.();
    await clock.advance(0);
    expect(queue.depth()).toBe(0);
  });

  it('tells when nothing of a key is left', async () => {
    const clock = newClock();
    const queue = openQueue(clock);
    const told: string[] = [];
    const tell = (key: string) => queue.settled(key).then(() => told.push(key));
    const gates = new Map<string, () => void>();
    queue.work(async ({ turnId }) => {
      await new Promise<void>((resolve) => gates.set(turnId, resolve));
    });
    await queue.enqueue(job('1'));
    await queue.enqueue(job('2', 'c', clock.now() + 500));
    void tell('c');
    void tell('c');
    void tell('nothing');
    await clock.advance(0);
    expect(told).toEqual(['nothing']);
    gates.get('1')?.();
    await clock.advance(500);
    expect(told).toEqual(['nothing']);
    gates.get('2')?.();
    await clock.advance(0);
    expect(told).toEqual(['nothing', 'c', 'c']);
    await tell('c');
  });

  it('does not run a job before its time, and keeps those behind it back', async () => {
    const clock = newClock();
    const queue = openQueue(clock);
    const seen: string[] = [];
    queue.work(async ({ turnId }) => {
      seen.push(turnId);
    });
    await queue.enqueue(job('late', 'c', clock.now() + 500));
    await queue.enqueue(job('after', 'c'));
    await clock.advance(499);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual(['late', 'after']);
  });

  it('a handler that throws does not block its key', async () => {
    const clock = newClock();
    const queue = openQueue(clock);
    const seen: string[] = [];
    queue.work(async ({ turnId }) => {
      if (turnId === 'bad') throw new Error('no');
      seen.push(turnId);
    });
    await queue.enqueue(job('bad'));
    await queue.enqueue(job('good'));
    await clock.advance(0);
    expect(seen).toEqual(['good']);
    expect(queue.depth()).toBe(0);
  });

  it('drains: waits for what runs, starts nothing new, then cancels', async () => {
    const clock = newClock();
    const queue = openQueue(clock);
    let cancelled = false;
    queue.work(async (_job, signal) => {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          cancelled = true;
          resolve();
        });
      });
    });
    await queue.enqueue(job('1'));
    await queue.enqueue(job('2'));
    await clock.advance(0);
    const drained = queue.drain(1_000);
    await clock.advance(999);
    expect(cancelled).toBe(false);
    await clock.advance(1);
    expect(await drained).toBe(2);
    expect(cancelled).toBe(true);
  });
}
