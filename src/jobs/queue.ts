/** Work that goes on after the HTTP response. Jobs name records of the turn log; the log is the truth. */
import type { EpochMs } from '../message.ts';

export interface Job {
  /** The last two ask the platform for a change of hands, behind what was to be said before. */
  readonly kind: 'send-deliveries' | 'pass-thread' | 'take-thread';
  readonly turnId: string;
  readonly botId: string;
  /** Jobs with the same key run one at a time, in the order in which they were enqueued. */
  readonly conversationKey: string;
  /** Not before; a later head holds its key back, so order stays. */
  readonly runAt: EpochMs;
}

export interface JobQueue {
  enqueue(job: Job): Promise<void>;
  /** One handler for all jobs. It records failures in the turn log and returns; a rejection is logged and dropped,
   *  because a head job that fails for ever would block its key. */
  work(handler: (job: Job, signal: AbortSignal) => Promise<void>): void;
  /** Resolves when no job with this key is left in this process. */
  settled(conversationKey: string): Promise<void>;
  /** Jobs not yet finished. */
  depth(): number;
  /** Takes nothing new, waits for what runs, then cancels it. Resolves with the number of jobs left undone. */
  drain(timeoutMs: number): Promise<number>;
}
