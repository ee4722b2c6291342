/** Messages that the operator's own systems send to customers: split into calls, made once each, counted when they have arrived. */
import { createHash } from 'node:crypto';
import type { EventPush, EventReceipt, EventSender, EventTask } from '../channels/event-sender.ts';
import { GatewayError } from '../errors.ts';
import { type Clock, delay } from '../platform/clock.ts';
import type { NewId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics, UsageKind } from '../platform/metrics.ts';
import { seoulMonth } from '../platform/seoul-time.ts';
import type { PushCall, Store } from '../storage/store.ts';

export interface PushServiceParts {
  /** Bots that can speak first, by id. */
  readonly senders: ReadonlyMap<string, EventSender>;
  readonly store: Pick<Store, 'openPush' | 'startPushCall' | 'endPushCall' | 'settlePushCall' | 'unsettledPushCalls'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'pushed' | 'pushBilled'>;
  readonly newId: NewId;
}

/** One call of the platform and what became of it. */
export interface PushedCall {
  readonly recipients: number;
  readonly outcome: EventReceipt['outcome'];
  readonly code: string;
  readonly taskId?: string;
  readonly message?: string;
  readonly advice?: string;
}

export interface PushResult {
  readonly pushId: string;
  /** Different ones. */
  readonly recipients: number;
  /** How many of them are in accepted calls. */
  readonly accepted: number;
  readonly calls: readonly PushedCall[];
}

const USAGE: UsageKind = 'kakao-event-messages';

const MAX_ATTEMPTS = 3;
/** The caller waits for its response meanwhile. */
const LONGEST_WAIT_MS = 10_000;

/** Results need some seconds; after an hour they are what they are. */
const FIRST_LOOK_UP_MS = 10_000;
const LAST_LOOK_UP_MS = 60 * 60_000;
const LOOK_UPS_AT_ONCE = 100;

/** What a call that an earlier process began and did not end has come to. */
const CUT_CALL: Pick<PushedCall, 'outcome' | 'code' | 'advice'> = {
  outcome: 'unknown',
  code: 'CUT',
  advice:
    '보내는 도중에 서버가 멈추어 전달되었는지 알 수 없습니다. 중복 전송을 막기 위해 다시 보내지 않습니다. 고객에게 전달되었는지 확인한 뒤 새로 요청해 주세요.',
};

const STOPPING: Pick<PushedCall, 'outcome' | 'code' | 'advice'> = {
  outcome: 'refused',
  code: 'STOPPING',
  advice: '서버가 종료되는 중이어서 보내지 않았습니다. 같은 Idempotency-Key로 다시 요청하면 남은 고객에게 보냅니다.',
};

export class PushService {
  readonly #parts: PushServiceParts;
  /** By the id of the push: whoever repeats a request while it is under way gets its result. */
  readonly #running = new Map<string, Promise<PushResult>>();
  readonly #stopping = new AbortController();

  constructor(parts: PushServiceParts) {
    this.#parts = parts;
  }

  /** @param idempotencyKey the same key again gives the same result: what was accepted, refused or cut is not sent again
   *  @throws GatewayError `FEATURE_OFF`, `IDEMPOTENCY_KEY_REUSED`, `STORE_BUSY`, `STORE_FAILED` */
  async push(botId: string, push: EventPush, idempotencyKey?: string): Promise<PushResult> {
    const sender = this.#sender(botId);
    const opened = await this.#parts.store.openPush({
      id: this.#parts.newId(),
      botId,
      bodyDigest: digest(push),
      createdAt: this.#parts.clock.now(),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (opened.outcome === 'key-reused') {
      throw new GatewayError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key has come with another body');
    }
    const running = this.#running.get(opened.pushId);
    if (running !== undefined) return running;
    const run = this.#run(opened.pushId, botId, sender, push, opened.calls).finally(() =>
      this.#running.delete(opened.pushId),
    );
    this.#running.set(opened.pushId, run);
    return run;
  }

  /** @throws GatewayError `FEATURE_OFF`, `TASK_UNKNOWN`, `PLATFORM_FAILED` */
  async lookUp(botId: string, taskId: string): Promise<EventTask> {
    const sender = this.#sender(botId);
    const found = await sender.lookUp(taskId, this.#stopping.signal);
    if (found.outcome === 'found') {
      await this.#settle(botId, sender, found.task);
      return found.task;
    }
    const { code, advice } = found;
    throw found.outcome === 'not-found'
      ? new GatewayError('TASK_UNKNOWN', 'The platform knows no such task', { details: { code, advice } })
      : new GatewayError('PLATFORM_FAILED', 'The platform did not tell the result', { details: { code, advice } });
  }

  /** Counts what has arrived of recent pushes, also of an earlier process and where nobody asks for the result; never throws. */
  async settleRecent(): Promise<void> {
    const { store, clock, logger, senders } = this.#parts;
    try {
      const now = clock.now();
      const tasks = await store.unsettledPushCalls(now - LAST_LOOK_UP_MS, now - FIRST_LOOK_UP_MS, LOOK_UPS_AT_ONCE);
      for (const { botId, taskId } of tasks) {
        if (this.#stopping.signal.aborted) return;
        const sender = senders.get(botId);
        const found = await sender?.lookUp(taskId, this.#stopping.signal);
        if (sender === undefined || found === undefined) continue;
        if (found.outcome === 'found') await this.#settle(botId, sender, found.task);
        else logger.warn({ bot: botId, task: taskId, code: found.code }, 'the result of a push could not be read');
      }
    } catch (err) {
      logger.warn({ err }, 'delivered pushes could not be counted');
    }
  }

  /** No further call is begun; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running.values());
    await Promise.all([...this.#parts.senders.values()].map((sender) => sender.close()));
  }

  #sender(botId: string): EventSender {
    const sender = this.#parts.senders.get(botId);
    if (sender !== undefined) return sender;
    throw new GatewayError('FEATURE_OFF', 'This bot cannot speak first; set KAKAO_REST_API_KEY and KAKAO_EVENT_BOT_ID');
  }

  async #run(
    pushId: string,
    botId: string,
    sender: EventSender,
    push: EventPush,
    earlier: readonly PushCall[],
  ): Promise<PushResult> {
    const planned = sender.plan(push);
    const calls: PushedCall[] = [];
    for (const [position, call] of planned.entries()) {
      const done = earlier.find((other) => other.position === position);
      calls.push(
        done === undefined
          ? await this.#makeCall(pushId, botId, position, sender, call)
          : await this.#recallCall(pushId, botId, done, call.recipients.length),
      );
    }
    const sum = (counted: readonly { readonly recipients: number }[]) =>
      counted.reduce((total, { recipients }) => total + recipients, 0);
    const accepted = sum(calls.filter(({ outcome }) => outcome === 'accepted'));
    const result = { pushId, recipients: sum(calls), accepted, calls };
    const codes = [...new Set(calls.map(({ code }) => code))];
    this.#parts.logger.info(
      { push: pushId, bot: botId, calls: calls.length, recipients: result.recipients, accepted, codes },
      'pushed',
    );
    return result;
  }

  async #makeCall(
    pushId: string,
    botId: string,
    position: number,
    sender: EventSender,
    call: EventPush,
  ): Promise<PushedCall> {
    const { store, clock, metrics } = this.#parts;
    const recipients = call.recipients.length;
    if (this.#stopping.signal.aborted) return { recipients, ...STOPPING };
    // Stored first: after a crash nobody knows whether the bytes were on their way.
    if (!(await store.startPushCall(pushId, position, recipients, clock.now()))) return { recipients, ...CUT_CALL };
    const { retryable: _, retryAfterMs: __, ...receipt } = await this.#attempt(sender, call);
    const made: PushedCall = { recipients, ...receipt };
    const { outcome: state, taskId } = receipt;
    await store.endPushCall(pushId, position, { state, receipt: made, ...(taskId === undefined ? {} : { taskId }) });
    metrics.pushed(botId, state, recipients);
    return made;
  }

  /** Tries again only where nothing was accepted, and only as long as the caller may wait. */
  async #attempt(sender: EventSender, call: EventPush): Promise<EventReceipt> {
    const { clock } = this.#parts;
    for (let attempts = 1; ; attempts += 1) {
      // Not the signal of stopping: a call that is cut would be in doubt.
      const receipt = await sender.send(call, new AbortController().signal);
      const waitMs = Math.max(receipt.retryAfterMs ?? 0, 1_000 * 2 ** (attempts - 1));
      const mayRetry = receipt.outcome === 'refused' && receipt.retryable && waitMs <= LONGEST_WAIT_MS;
      if (!mayRetry || attempts >= MAX_ATTEMPTS) return receipt;
      await delay(clock, waitMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return receipt;
    }
  }

  async #recallCall(pushId: string, botId: string, done: PushCall, recipients: number): Promise<PushedCall> {
    if (done.state !== 'sending') return done.receipt as PushedCall;
    const cut = { recipients, ...CUT_CALL };
    await this.#parts.store.endPushCall(pushId, done.position, { state: 'unknown', receipt: cut });
    this.#parts.metrics.pushed(botId, 'unknown', recipients);
    return cut;
  }

  async #settle(botId: string, sender: EventSender, task: EventTask): Promise<void> {
    const { store, clock, metrics } = this.#parts;
    const month = seoulMonth(clock.now());
    const ours = { botId, taskId: task.taskId };
    const added = await store.settlePushCall(ours, task.delivered, task.isFinal, { month, kind: USAGE });
    metrics.pushed(botId, 'delivered', added);
    metrics.pushBilled(botId, added * sender.wonPerMessage);
  }
}

/** The order of fields says nothing about what is asked for. */
function digest(push: EventPush): string {
  const canonical = JSON.stringify(push, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('base64url');
}
