/** What a channel owes the gateway where it can speak first: it runs an event for customers, who need not have written. Only the
 *  operator's own systems ask for that, and it is billed. */
import type { JsonObject } from './json-body.ts';

export interface EventRecipient {
  /** The platform's name of the kind of key. */
  readonly type: string;
  /** The platform's key: pseudonymous, and kept out of the log. */
  readonly id: string;
}

export interface EventPush {
  /** Its name in the platform's console. */
  readonly event: string;
  readonly recipients: readonly EventRecipient[];
  readonly data?: JsonObject;
  readonly params?: JsonObject;
}

/** What the platform said about one call. */
export interface EventReceipt {
  /** `accepted` is not delivered: that is known later, by the task. */
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  readonly code: string;
  /** True where nothing was accepted and another attempt may succeed a moment later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly taskId?: string;
  /** The platform's own words, shortened. */
  readonly message?: string;
  /** What the operator must change, in Korean. */
  readonly advice?: string;
}

export interface EventFailure {
  readonly recipient: EventRecipient;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** What became of an accepted call so far. */
export interface EventTask {
  readonly taskId: string;
  readonly recipients: number;
  readonly delivered: number;
  /** Keys that belong to nobody whom this bot can reach. */
  readonly unresolved: number;
  readonly failed: number;
  /** The numbers will not change any more. */
  readonly isFinal: boolean;
  readonly failures: readonly EventFailure[];
}

export type TaskLookUp =
  | { readonly outcome: 'found'; readonly task: EventTask }
  | { readonly outcome: 'not-found' | 'failed'; readonly code: string; readonly advice: string };

export interface EventSender {
  /** What one delivered message costs, without VAT. */
  readonly wonPerMessage: number;
  /** The calls of a push, in order and always the same for the same push: at most as many recipients in each as the platform takes,
   *  nobody twice. */
  plan(push: EventPush): readonly EventPush[];
  /** Makes one call, once. Failures are receipts. */
  send(call: EventPush, signal: AbortSignal): Promise<EventReceipt>;
  lookUp(taskId: string, signal: AbortSignal): Promise<TaskLookUp>;
  close(): Promise<void>;
}
