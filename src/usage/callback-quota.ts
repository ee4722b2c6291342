/** Kakao grants a bot so many callbacks a month, and what happens beyond that is documented nowhere: the operator is told in time. */
import type { Alert, Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { UsageKind } from '../platform/metrics.ts';
import { seoulMonth } from '../platform/seoul-time.ts';
import type { Store } from '../storage/store.ts';

export interface CallbackQuota {
  /** Callbacks a month; 0 = not watched. */
  readonly perMonth: number;
  readonly warnPercent: number;
}

export interface CallbackCounterParts {
  readonly store: Pick<Store, 'addUsage'>;
  readonly alerts: Alerts;
  readonly clock: Clock;
  readonly logger: Logger;
}

const KIND: UsageKind = 'kakao-callbacks';

/** @returns a function to be called for each callback that Kakao took or may have taken; it never throws and never waits */
export function createCallbackCounter(botId: string, quota: CallbackQuota, parts: CallbackCounterParts): () => void {
  const { store, alerts, clock, logger } = parts;
  const warnAt = Math.ceil((quota.perMonth * quota.warnPercent) / 100);

  const judge = (count: number, month: string) => {
    if (quota.perMonth === 0) return;
    // Equal, not above: the count grows by one and outlives the process, so each level is met once a month.
    if (count === quota.perMonth) alerts.raise(quotaReached(botId, count, month));
    else if (count === warnAt) alerts.raise(quotaNear(botId, count, quota, month));
  };

  return () => {
    const month = seoulMonth(clock.now());
    store
      .addUsage(botId, month, KIND, 1)
      .then((count) => judge(count, month))
      .catch((err) => logger.error({ err, bot: botId }, 'a callback could not be counted'));
  };
}

function quotaNear(botId: string, count: number, quota: CallbackQuota, month: string): Alert {
  return {
    code: 'kakao-callbacks-near-quota',
    botId,
    text: `이번 달 카카오 콜백을 ${formatCount(count)}건 사용했습니다. 한도 ${formatCount(quota.perMonth)}건의 ${quota.warnPercent}%입니다. 더 필요하면 챗봇 관리자센터의 AI 챗봇 관리에서 한도를 확인해 주세요.`,
    details: { count, quota: quota.perMonth, month },
  };
}

function quotaReached(botId: string, count: number, month: string): Alert {
  return {
    code: 'kakao-callbacks-used-up',
    botId,
    text: `이번 달 카카오 콜백 한도 ${formatCount(count)}건을 모두 사용했습니다. 이후의 늦은 답변은 콜백으로 전달되지 않을 수 있으며, 그때는 고객이 '답변 보기'로 확인하게 됩니다.`,
    details: { count, quota: count, month },
  };
}

function formatCount(count: number): string {
  return count.toLocaleString('ko-KR');
}
