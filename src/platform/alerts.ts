/** What an operator must hear of while nobody looks at the log: a log event, a metric, and a word to a webhook where there is one. */
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export type AlertCode =
  | 'talktalk-silent' // probably suspended
  | 'talktalk-address' // the webhook is registered under a spelling of ours that is not quite right
  | 'talktalk-foreign-address' // calls dropped, or a proxy that is not trusted
  | 'certificate'
  | 'answer-refused' // by the send API of a platform, for good
  | 'kakao-callbacks-near-quota'
  | 'kakao-callbacks-used-up'
  | 'daily-cost-near-limit' // of what models may cost
  | 'daily-cost-limit-reached' // only what costs nothing answers
  | 'monthly-cost-near-limit'
  | 'monthly-cost-limit-reached'
  | 'payment-untold' // the operator's own systems do not take what came of a payment
  | 'withdrawal-untold' // nor that a customer took consent back
  | 'settings-refused' // changed while the program runs, and wrong
  | 'store-refuses' // questions, for longer than a moment
  | 'spool-used' // the store does not take events; they are kept beside it
  | 'spool-in-memory' // nor can the file beside it be written: they are lost with the process
  | 'spool-full'; // events are lost

export interface Alert {
  /** One per kind of trouble; a label of the metric. */
  readonly code: AlertCode;
  readonly botId?: string;
  /** Which of several troubles of this kind, where each has its own remedy. No label of a metric. */
  readonly cause?: string;
  /** Korean: what happened and what to do. No text of customers, no secret. */
  readonly text: string;
  /** Numbers and names for the log and the webhook. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export interface Alerts {
  /** Never throws, never waits. The same code of the same bot is told once an hour for each cause, of which at most ten are told apart. */
  raise(alert: Alert): void;
}

/** Takes an alert to where operators look. May reject: then it is logged. */
export type TellOperator = (alert: Alert, at: number) => Promise<void>;

interface AlertParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'alertRaised'>;
  /** Absent: log and metric alone. */
  readonly tell?: TellOperator;
}

const ONCE_PER_MS = 60 * 60_000;
/** A fault that invents codes must not fill the memory. */
const MAX_REMEMBERED = 1_000;
const MAX_CAUSES = 10;
/** A webhook that hangs holds up at most so many; what comes meanwhile is in the log. */
const MAX_BEING_TOLD = 4;

export function createAlerts({ clock, logger, metrics, tell }: AlertParts): Alerts {
  /** By code and bot: when each cause was told. */
  const toldAt = new Map<string, Map<string, number>>();
  let beingTold = 0;

  function isRepeated({ code, botId = '', cause = '' }: Alert, now: number): boolean {
    const key = JSON.stringify([code, botId]);
    const causes = toldAt.get(key) ?? new Map<string, number>();
    for (const [told, at] of causes) if (now - at >= ONCE_PER_MS || now < at) causes.delete(told);
    if (causes.has(cause) || causes.size >= MAX_CAUSES) return true;
    causes.set(cause, now);
    toldAt.delete(key);
    toldAt.set(key, causes);
    const [oldest] = toldAt.size > MAX_REMEMBERED ? toldAt.keys() : [];
    if (oldest !== undefined) toldAt.delete(oldest);
    return false;
  }

  return {
    raise(alert) {
      const now = clock.now();
      if (isRepeated(alert, now)) return;
      const { code, botId, text, details } = alert;
      metrics.alertRaised(code, botId ?? '');
      const bot = botId === undefined ? {} : { bot: botId };
      logger.error({ ...details, alert: code, ...bot, advice: text }, 'the operator is alerted');
      if (tell === undefined) return;
      if (beingTold >= MAX_BEING_TOLD) {
        logger.warn({ alert: code }, 'the alert webhook is slow; this alert is only in the log');
        return;
      }
      beingTold += 1;
      tell(alert, now)
        .catch((err: unknown) => logger.warn({ alert: code, err }, 'an alert did not reach its webhook'))
        .finally(() => {
          beingTold -= 1;
        });
    },
  };
}
