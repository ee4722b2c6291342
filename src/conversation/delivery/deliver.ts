/** Sends what the turn log says is waiting: callbacks and pushes, in order, each message a delivery of its own. */
import type { DeliveryReceipt } from '../../channels/channel.ts';
import { toGatewayError } from '../../errors.ts';
import type { Job } from '../../jobs/queue.ts';
import type { SendBudget } from '../../jobs/send-budget.ts';
import type { EpochMs } from '../../message.ts';
import type { Alerts } from '../../platform/alerts.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Delivery, Store } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import { restOf } from '../pages/answer-pages.ts';
import type { CustomerSigns, Watch } from './customer-signs.ts';
import { LeaveToSend, type LeaveToSendParts, type Unsaid } from './leave-to-send.ts';
import { PacedRequests } from './paced-requests.ts';

export interface DelivererParts extends LeaveToSendParts {
  readonly bots: ReadonlyMap<string, Bot>;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sendBudget: SendBudget;
  readonly alerts: Alerts;
  readonly signs: CustomerSigns;
}

interface Tried {
  readonly attempts: number;
  /** Those that a customer has brought about must not use up the attempts that time brings. */
  readonly counts: boolean;
  readonly isAgain: boolean;
}

interface Retry {
  readonly afterMs: number;
  readonly endsWithCustomer: boolean;
}

const STORE_PAUSE_MS = 1_000;

const MAX_ATTEMPTS = { push: 4, callback: 2 } as const;

/** 1, 2, 4 … s; Kakao asks for at least 1 s before the only retry it allows. */
function backoffMs(attempts: number, receipt: DeliveryReceipt): number {
  return Math.max(receipt.retryAfterMs ?? 0, 1_000 * 2 ** (attempts - 1));
}

export function createDeliverer(parts: DelivererParts): (job: Job, signal: AbortSignal) => Promise<void> {
  const { store, clock, logger, metrics } = parts;

  function alertOperator(bot: Bot, { code, advice }: DeliveryReceipt): void {
    const text = ['플랫폼이 고객에게 보낼 답변을 받지 않았습니다.', advice].filter(Boolean).join(' ');
    // One code stands for several faults.
    const cause = [code, advice].filter(Boolean).join(' ');
    parts.alerts.raise({ code: 'answer-refused', botId: bot.id, text, details: { resultCode: code }, cause });
  }

  /** A receipt that is missed is not worth a message. */
  async function expectEcho({ id }: Delivery, echoKey: string): Promise<void> {
    try {
      await store.moveDelivery(id, ['sending'], 'sending', clock.now(), { echoKey });
    } catch (err) {
      logger.warn({ err }, 'the echo of a plainer message will not be recognised');
    }
  }

  async function paced(
    { id }: Bot,
    hasBegun: boolean,
    signal: AbortSignal,
    leave: LeaveToSend,
  ): Promise<PacedRequests> {
    const { sendBudget } = parts;
    const first = await (hasBegun ? sendBudget.reserveRest(id, signal) : sendBudget.reserve(id, signal));
    return new PacedRequests(sendBudget, id, first, signal, leave.atLastMoment);
  }

  async function send(delivery: Delivery, bot: Bot, job: Job, hasBegun: boolean, signal: AbortSignal): Promise<void> {
    const turn = await store.readTurn(job.turnId);
    const channel = turn === undefined ? undefined : bot.channels.get(turn.event.conversation.channel);
    if (turn === undefined || channel?.deliver === undefined) {
      logger.error({ turn: job.turnId, bot: bot.id }, 'a delivery has no channel to go through any more');
      await store.moveDelivery(delivery.id, ['waiting'], 'expired', clock.now(), { result: 'no-channel' });
      return;
    }
    const deliver = channel.deliver.bind(channel);
    const mode = delivery.mode === 'callback' ? 'callback' : 'push';
    const labels = { bot: bot.id, channel: channel.name, mode } as const;
    const { event } = turn;
    const leave = new LeaveToSend(parts, bot, turn);
    const leaveUnsaid = async (from: 'waiting' | 'sending', result: Unsaid) => {
      logger.info({ ...labels, turn: turn.id, result }, 'a message stays unsaid: the room is not the bot’s any more');
      await store.moveDelivery(delivery.id, [from], 'suppressed', clock.now(), { result });
    };
    /** Undefined when there is no next attempt. */
    const attempt = async (tried: Tried, pacing: PacedRequests | undefined): Promise<Retry | undefined> => {
      if (signal.aborted) return undefined;
      const now = clock.now();
      if (isClosed(delivery, now)) {
        await store.moveDelivery(delivery.id, ['waiting'], restOf(delivery), now, {
          mode: 'pickup',
          result: 'window-closed',
        });
        return undefined;
      }
      if (mode === 'push' && !tried.isAgain) await leave.learnOwner();
      const over = mode === 'push' && tried.isAgain ? await leave.lookUp() : undefined;
      if (over !== undefined) {
        await leaveUnsaid('waiting', over);
        return undefined;
      }
      if (
        !(await store.moveDelivery(delivery.id, ['waiting'], 'sending', now, {
          ...(tried.counts ? { attempted: true } : {}),
          ...echoKeyOf(delivery),
        }))
      )
        return undefined;
      // An agent may have spoken while the message waited for its turn.
      const unsaid = mode === 'push' ? leave.recall() : undefined;
      if (unsaid !== undefined) {
        await leaveUnsaid('sending', unsaid);
        return undefined;
      }
      const startedAt = performance.now();
      const receipt = await deliver(
        delivery.message,
        {
          conversation: event.conversation,
          mode,
          ...(delivery.url === undefined ? {} : { url: delivery.url }),
          beforeFallback: (echoKey) => expectEcho(delivery, echoKey),
          ...(pacing === undefined ? {} : { pacing }),
        },
        signal,
      );
      if (pacing?.isWithheld === true && leave.unsaid !== undefined) {
        await leaveUnsaid('sending', leave.unsaid);
        return undefined;
      }
      metrics.delivered(labels, receipt.outcome, performance.now() - startedAt);
      const change = {
        result: receipt.code,
        ...(receipt.taskId === undefined ? {} : { platformId: receipt.taskId }),
      };
      const fields = {
        ...labels,
        turn: turn.id,
        request: event.requestId,
        taskId: receipt.taskId,
        position: delivery.position,
        code: receipt.code,
        attempts: tried.attempts,
        advice: receipt.advice,
      };
      if (receipt.outcome !== 'refused') {
        if (receipt.outcome === 'unknown') logger.warn(fields, 'the fate of a message is unknown; it is not repeated');
        else if (receipt.advice !== undefined) logger.warn(fields, 'a message went out more plainly than it was meant');
        // The echo may have been faster: then it is known already that the message arrived, and only the code is news.
        const from = receipt.outcome === 'delivered' ? (['sending', 'delivered'] as const) : (['sending'] as const);
        await store.moveDelivery(delivery.id, from, receipt.outcome, clock.now(), change);
        return undefined;
      }
      const afterMs = backoffMs(tried.attempts, receipt);
      const maxAttempts = receipt.maxAttempts ?? MAX_ATTEMPTS[mode];
      const mayRetry = receipt.retryable && tried.attempts < maxAttempts && !isClosed(delivery, clock.now() + afterMs);
      if (!mayRetry) {
        logger.error(fields, 'the platform refused a message');
        if (receipt.needsOperator === true) alertOperator(bot, receipt);
        // A callback that failed for good is still an answer: the customer gets it with the next contact.
        const state = mode === 'callback' ? restOf(delivery) : 'expired';
        await store.moveDelivery(delivery.id, ['sending'], state, clock.now(), {
          ...change,
          ...(mode === 'callback' ? { mode: 'pickup' as const } : {}),
        });
        return undefined;
      }
      logger.warn(fields, 'a message was refused for now and is tried again');
      await store.moveDelivery(delivery.id, ['sending'], 'waiting', clock.now(), change);
      return { afterMs, endsWithCustomer: receipt.endsWithCustomer === true };
    };
    let tried: Tried = { attempts: delivery.attempts + 1, counts: true, isAgain: false };
    while (!signal.aborted) {
      const pacing = mode === 'push' ? await paced(bot, hasBegun, signal, leave) : undefined;
      const watch = parts.signs.watch(delivery.conversationKey, turn.sequence);
      try {
        const retry = await attempt(tried, pacing).finally(() => pacing?.letOthersGo());
        if (retry === undefined) return;
        // Waiting here, instead of enqueueing again, keeps later answers of the conversation behind this one.
        const counts = !(await isEarly(retry, watch, signal));
        tried = { attempts: tried.attempts + (counts ? 1 : 0), counts, isAgain: true };
      } finally {
        watch.end();
      }
    }
  }

  /** Waits for the next attempt. Resolves with true when the customer was heard of first. */
  async function isEarly({ afterMs, endsWithCustomer }: Retry, watch: Watch, signal: AbortSignal): Promise<boolean> {
    if (endsWithCustomer) return watch.untilHeard(afterMs, signal);
    await delay(clock, afterMs, signal);
    return false;
  }

  return async (job, signal) => {
    const bot = parts.bots.get(job.botId);
    if (bot === undefined) {
      logger.error(
        { turn: job.turnId, bot: job.botId },
        'deliveries of a bot that is not configured any more stay where they are',
      );
      return;
    }
    while (!signal.aborted) {
      try {
        const deliveries = await store.readDeliveries(job.turnId);
        for (const [index, delivery] of deliveries.entries()) {
          if (delivery.state === 'waiting' && !signal.aborted) await send(delivery, bot, job, index > 0, signal);
        }
        return;
      } catch (thrown) {
        // A job that gave up would leave an answer waiting until the next start. What was being sent is `sending` now and not sent again.
        const { code, retryable } = toGatewayError(thrown);
        if (!retryable) throw thrown;
        logger.warn({ turn: job.turnId, bot: bot.id, code }, 'deliveries wait for the store');
        await delay(clock, STORE_PAUSE_MS, signal);
      }
    }
  };
}

/** An earlier attempt may have gone out in another form. */
function echoKeyOf({ message }: Delivery): { readonly echoKey?: string } {
  return message.echoKey === undefined ? {} : { echoKey: message.echoKey };
}

function isClosed(delivery: Delivery, at: EpochMs): boolean {
  return delivery.closesAt !== undefined && at > delivery.closesAt;
}
