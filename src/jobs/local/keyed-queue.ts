import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { TransientMap } from '../../platform/transient-map.ts';
import type { Job, JobQueue } from '../queue.ts';

type Handler = (job: Job, signal: AbortSignal) => Promise<void>;

/** The queue of one process. It keeps nothing on disk: every job names records of the turn log, which is the truth, and
 *  what was open when a process died is enqueued again from there. */
export class KeyedQueue implements JobQueue {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #keys = new Map<string, Job[]>();
  #handler: Handler | undefined;
  #depth = 0;
  /** By key. A signal of their own for each: a signal that outlives them keeps what listened to it last, and through that all before it,
   *  until the old generation is collected. */
  readonly #running = new TransientMap<string, AbortController>();
  #draining = false;
  #onIdle: (() => void)[] = [];
  readonly #onSettled = new Map<string, (() => void)[]>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  async enqueue(job: Job): Promise<void> {
    const jobs = this.#keys.get(job.conversationKey);
    this.#depth += 1;
    if (jobs !== undefined) {
      jobs.push(job);
      return;
    }
    this.#keys.set(job.conversationKey, [job]);
    this.#startKey(job.conversationKey, job.runAt);
  }

  work(handler: Handler): void {
    this.#handler = handler;
  }

  async settled(conversationKey: string): Promise<void> {
    if (!this.#keys.has(conversationKey)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#onSettled.get(conversationKey);
    if (waiting === undefined) this.#onSettled.set(conversationKey, [resolve]);
    else waiting.push(resolve);
    await promise;
  }

  depth(): number {
    return this.#depth;
  }

  async drain(timeoutMs: number): Promise<number> {
    this.#draining = true;
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.schedule(timeoutMs, resolve);
        this.#onIdle.push(() => {
          cancel();
          resolve();
        });
      });
    }
    for (const stop of this.#running.values()) stop.abort();
    return this.#depth;
  }

  #forget(key: string): void {
    this.#keys.delete(key);
    for (const told of this.#onSettled.get(key) ?? []) told();
    this.#onSettled.delete(key);
  }

  #startKey(key: string, runAt: EpochMs): void {
    const wait = runAt - this.#clock.now();
    if (wait > 0) this.#clock.schedule(wait, () => void this.#runHead(key));
    else queueMicrotask(() => void this.#runHead(key));
  }

  async #runHead(key: string): Promise<void> {
    const job = this.#keys.get(key)?.[0];
    if (job === undefined || this.#handler === undefined || this.#draining) return;
    const stop = new AbortController();
    this.#running.set(key, stop);
    try {
      await this.#handler(job, stop.signal);
    } catch (err) {
      this.#logger.error({ err, job: job.kind, turn: job.turnId }, 'a job failed and was dropped');
    }
    this.#running.delete(key);
    this.#depth -= 1;
    const jobs = this.#keys.get(key);
    jobs?.shift();
    const next = jobs?.[0];
    if (next === undefined) this.#forget(key);
    else this.#startKey(key, next.runAt);
    if (this.#running.size === 0) for (const told of this.#onIdle.splice(0)) told();
  }
}
