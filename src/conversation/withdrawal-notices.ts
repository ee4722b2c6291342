/** A customer took consent back: the operator's own systems may hold data of theirs, too. */
import { toGatewayError } from '../errors.ts';
import type { InboundEvent } from '../message.ts';
import type { Alerts } from '../platform/alerts.ts';
import { type Clock, delay } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Bot } from './bot.ts';

export interface WithdrawalNoticesParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alerts: Alerts;
}

export type ProfileWithdrawn = Extract<InboundEvent, { type: 'profile-withdrawn' }>;

const TELL_MS = 10_000;
/** Nothing is kept of the notice but in memory: that the customer was here is itself to be forgotten. */
const PAUSES_MS = [1_000, 10_000, 60_000, 300_000, 900_000, 1_800_000];

export class WithdrawalNotices {
  readonly #parts: WithdrawalNoticesParts;

  constructor(parts: WithdrawalNoticesParts) {
    this.#parts = parts;
  }

  /** Tries for most of an hour. Never rejects. */
  async tell(bot: Bot, { id, receivedAt: at, conversation, fields }: ProfileWithdrawn): Promise<void> {
    const { clock, logger, alerts } = this.#parts;
    if (bot.hook === undefined) return;
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      try {
        await bot.hook.call({ type: 'profile-withdrawn', id, at, conversation, fields }, TELL_MS);
        return;
      } catch (thrown) {
        const error = toGatewayError(thrown);
        logger.error({ err: error, code: error.code, bot: bot.id, ...error.details }, 'a withdrawal could not be told');
        alerts.raise({
          code: 'withdrawal-untold',
          botId: bot.id,
          text: '고객이 개인정보 제공 동의를 철회해 저장된 내용을 모두 지웠지만, 이 사실을 OPERATOR_HOOK_URL로 알리지 못했습니다. 그 주소의 서버를 확인해 주세요. 한 시간 동안 다시 시도합니다.',
        });
      }
      if (pauseMs !== undefined) await delay(clock, pauseMs);
    }
  }
}
