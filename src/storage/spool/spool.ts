/** Where events wait while the store does not take them: a port of its own, because it must work when the store does not. */
import type { EpochMs, InboundEvent } from '../../message.ts';

/** An event as it will be replayed. */
export interface SpooledEvent {
  readonly conversationKey: string;
  readonly receivedAt: EpochMs;
  /** Masked, without addresses of photos. Its id tells whether the store has it already. */
  readonly event: InboundEvent;
}

/** Bounded. Order inside a conversation is the order of `add`. Nothing here throws or rejects: a disk that fails as well leaves the
 *  events in memory, which is still more than nothing. */
export interface Spool {
  /** Events that wait. */
  readonly size: number;
  has(conversationKey: string): boolean;
  /** False when it is full: the event is not kept. */
  add(event: SpooledEvent): boolean;
  /** Resolves when everything added or removed so far has reached the disk; with false when the disk has refused it, and what waits may
   *  be in memory alone. */
  flushed(): Promise<boolean>;
  /** The first event of each conversation, by time of receipt. */
  heads(): readonly SpooledEvent[];
  /** What waits of one conversation, in order. */
  of(conversationKey: string): readonly SpooledEvent[];
  remove(eventIds: readonly string[]): void;
  /** What is done with leaves the file too: nothing of it can be found there once `flushed` has resolved. */
  purge(): void;
  close(): Promise<void>;
}
