/** The event loop's side of the store: collects calls, hands them to the worker thread, matches its answers. */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../platform/logger.ts';
import { type StoreFailure, storeError } from './failure.ts';
import type { Answers, Call, CallName } from './group-commit.ts';
import type { TurnLog } from './turn-log.ts';

/** Calls that share a commit, or the last word. */
export type ToWorker = readonly Call[] | 'close';

/** First `opened` or `refused`; then answers, call by call in the order in which they were sent; last `closed`. */
export type FromWorker =
  | { readonly type: 'opened'; readonly foundVersion: number }
  | { readonly type: 'refused'; readonly failure: StoreFailure }
  | { readonly type: 'answered'; readonly answers: Answers }
  | { readonly type: 'closed' };

/** Seconds of work at the rate of the slowest disk that we want to run on; beyond it waiting helps nobody. */
const MAX_CALLS_IN_FLIGHT = 20_000;

/** Between the starts of two groups, on average. Waking two threads and flushing to the disk costs as much CPU as the work on ten calls,
 *  so calls that come in quick succession share it. */
const GROUP_MS = 2;
/** What a pause saves up: so many milliseconds' groups go without waiting. A caller alone, who waits for one answer after the other,
 *  hardly notices the rule; hundreds of customers a second do not get beyond it. */
const BURST_MS = 10 * GROUP_MS;

/** How long a call that nobody waits for may stay behind. A message comes along within it from some 100 messages a second on. */
const COMPANY_MS = 10;

/** Node strips types of .ts files when they are run in place; after the build there is only JavaScript. */
const WORKER_URL = import.meta.url.endsWith('.ts')
  ? new URL('./worker.ts', import.meta.url)
  : new URL('./worker.js', import.meta.url);

type CallResult<Name extends CallName> = Promise<Awaited<ReturnType<TurnLog[Name]>>>;

interface Waiter {
  resolve(result: unknown): void;
  reject(error: GatewayError): void;
}

export interface StartedThread {
  readonly thread: StoreThread;
  /** Schema version of the file before this program opened it; 0 for a new file. */
  readonly foundVersion: number;
}

/** Calls live for one commit, so 8 MB are enough; under load it would take the 32 of the main thread. V8 reads the flag when it makes a
 *  heap, and no other is made after this one. The thread's `resourceLimits` cannot say it: the flag of the command line goes before them. */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=4';

export class StoreThread {
  readonly #worker: Worker;
  readonly #logger: Logger;
  #unsent: Call[] = [];
  /** Somebody waits for one of the unsent calls. */
  #isUrgent = false;
  #isPlanned = false;
  /** A group is with the worker; what comes meanwhile makes up the next one. */
  #isAway = false;
  /** When the next group may start, by `performance.now()`. */
  #nextStartMs = Number.NEGATIVE_INFINITY;
  #companyTimer: NodeJS.Timeout | undefined;
  /** Oldest first. The worker answers in order, so calls need no ids. */
  #waiters: Waiter[] = [];
  #ended: GatewayError | undefined;
  #closing: PromiseWithResolvers<void> | undefined;
  /** The worker has said its last word, or died without one. */
  #gone = false;

  private constructor(worker: Worker, logger: Logger) {
    this.#worker = worker;
    this.#logger = logger;
  }

  /** @throws GatewayError `STORE_FAILED` or `STORE_BUSY`, with a sentence for the operator */
  static start(file: string, logger: Logger, workerUrl: URL = WORKER_URL): Promise<StartedThread> {
    setFlagsFromString(SMALL_YOUNG_GENERATION);
    const worker = new Worker(workerUrl, { name: 'store', workerData: { file } });
    const thread = new StoreThread(worker, logger);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'opened':
            worker.unref(); // an idle store does not keep the process alive
            return resolve({ thread, foundVersion: message.foundVersion });
          case 'refused':
            thread.#gone = true;
            return reject(storeError(message.failure));
          case 'answered':
            return thread.#settle(message.answers);
          case 'closed':
            thread.#gone = true;
            thread.#abandonCalls(new GatewayError('STORE_FAILED', 'The store is closed'));
            return thread.#closing?.resolve();
        }
      });
      const died = (cause: unknown) => {
        thread.#die(cause);
        reject(new GatewayError('STORE_FAILED', 'The store could not be started', { cause }));
      };
      worker.on('error', died);
      worker.on('messageerror', died);
      worker.on('exit', (exitCode) => died(new Error(`the store's thread ended with exit code ${exitCode}`)));
    });
  }

  /** @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  call<Name extends CallName>(name: Name, ...args: Parameters<TurnLog[Name]>): CallResult<Name> {
    const result = this.#enqueue(name, args);
    this.#isUrgent = true;
    this.#plan();
    return result;
  }

  /** A call that nobody waits for goes with the next one, in the same commit; alone after {@link COMPANY_MS}. Two threads woken and
   *  one flush to the disk less are a third of what the store costs a message. */
  callInCompany<Name extends CallName>(name: Name, ...args: Parameters<TurnLog[Name]>): CallResult<Name> {
    const result = this.#enqueue(name, args);
    this.#companyTimer ??= setTimeout(() => {
      this.#isUrgent = true;
      this.#plan();
    }, COMPANY_MS);
    return result;
  }

  #enqueue<Name extends CallName>(name: Name, args: Parameters<TurnLog[Name]>): CallResult<Name> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiters.length >= MAX_CALLS_IN_FLIGHT) {
      return Promise.reject(new GatewayError('STORE_BUSY', 'The store has more work than it can do; try again later'));
    }
    if (this.#waiters.length === 0) this.#worker.ref();
    this.#unsent.push([name, ...args] as unknown as Call);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve: resolve as (result: unknown) => void, reject });
    });
  }

  /** Resolves when everything that was called before is on the disk and the file is closed. */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.promise;
    this.#closing = Promise.withResolvers<void>();
    if (this.#gone) this.#closing.resolve();
    this.#ended ??= new GatewayError('STORE_FAILED', 'The store is closed');
    this.#worker.ref();
    this.#send();
    this.#worker.postMessage('close' satisfies ToWorker);
    return this.#closing.promise;
  }

  /** Sends what somebody waits for as soon as the worker is free and the last groups are long enough ago. */
  #plan(): void {
    if (this.#isPlanned || this.#isAway || !this.#isUrgent || this.#unsent.length === 0) return;
    this.#isPlanned = true;
    const waitMs = this.#nextStartMs - performance.now();
    if (waitMs > 0) setTimeout(() => this.#send(), waitMs);
    // setImmediate, not a microtask: every request has its own callback, and only the end of the loop's turn sees all of them.
    else setImmediate(() => this.#send());
  }

  #send(): void {
    this.#isPlanned = false;
    clearTimeout(this.#companyTimer);
    this.#companyTimer = undefined;
    if (this.#unsent.length === 0) return;
    const calls = this.#unsent;
    this.#unsent = [];
    this.#isUrgent = false;
    this.#isAway = true;
    this.#nextStartMs = Math.max(this.#nextStartMs, performance.now() - BURST_MS) + GROUP_MS;
    this.#worker.postMessage(calls satisfies ToWorker);
  }

  #settle({ results, failures }: Answers): void {
    this.#isAway = false;
    this.#plan();
    const failed = new Map(failures);
    const settled = this.#waiters.splice(0, results.length);
    for (const [index, waiter] of settled.entries()) {
      const failure = failed.get(index);
      if (failure === undefined) waiter.resolve(results[index]);
      else waiter.reject(storeError(failure));
    }
    if (this.#waiters.length === 0 && this.#closing === undefined) this.#worker.unref();
  }

  #die(cause: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#logger.error({ err: cause, callsLost: this.#waiters.length }, 'the store thread died');
    this.#abandonCalls(
      new GatewayError('STORE_FAILED', 'The store has stopped working; restart the program', { cause }),
    );
    this.#closing?.resolve();
  }

  /** Rejects what is under way and whatever comes. */
  #abandonCalls(error: GatewayError): void {
    this.#ended = error;
    const abandoned = this.#waiters;
    this.#waiters = [];
    this.#unsent = [];
    for (const waiter of abandoned) waiter.reject(error);
  }
}
