/** A customer took consent back: the operator's own systems may hold data of theirs, too. */
import { toGatewayError } from '../../errors.ts';
import type { InboundEvent } from '../../message.ts';
import type { Alerts } from '../../platform/alerts.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Seal } from '../../privacy/seal.ts';
import type { Store } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';

export interface WithdrawalNoticesParts {
  readonly store: Store;
  /** Absent: no personal data was collected, so nobody was given any, and the notice lives in memory. */
  readonly seal?: Seal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alerts: Alerts;
}

export type ProfileWithdrawn = Extract<InboundEvent, { type: 'profile-withdrawn' }>;

/** What the operator's systems are told. */
type Notice = Pick<ProfileWithdrawn, 'id' | 'conversation' | 'receivedAt' | 'fields'>;

const TELL_MS = 10_000;
const PAUSES_MS = [1_000, 10_000, 60_000, 300_000, 900_000, 1_800_000];
const NOTE_PREFIX = 'withdrawal:';

export class WithdrawalNotices {
  readonly #parts: WithdrawalNoticesParts;
  /** Ids of notices that are being told. */
  readonly #telling = new Set<string>();

  constructor(parts: WithdrawalNoticesParts) {
    this.#parts = parts;
  }

  /** Before anything is erased: a process that dies behind that must leave the notice to the next one. Sealed, because that the customer
   *  was here is itself to be forgotten; gone when it is told.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async keep(bot: Bot, { id, conversation, receivedAt, fields }: ProfileWithdrawn): Promise<void> {
    const { store, seal } = this.#parts;
    if (bot.hook === undefined || seal === undefined) return;
    const notice: Notice = { id, conversation, receivedAt, fields };
    await store.writeNote(noteOf(id), seal.close(JSON.stringify(notice), noteOf(id)));
  }

  /** Tells what an earlier process could not. Never rejects. */
  async start(bots: ReadonlyMap<string, Bot>): Promise<void> {
    const { store, seal, logger } = this.#parts;
    try {
      for (const [key, text] of await store.readNotes(NOTE_PREFIX)) {
        const opened = seal?.open(text, key);
        const notice = opened === undefined ? undefined : (JSON.parse(opened) as Notice); // only `keep` wrote it
        const bot = bots.get(notice?.conversation.botId ?? '');
        if (notice !== undefined && bot?.hook !== undefined) {
          void this.tell(bot, notice);
          continue;
        }
        logger.error({}, 'a withdrawal cannot be told any more: its key, its bot or the operator hook is gone');
        await store.writeNote(key, undefined);
      }
    } catch (err) {
      logger.error({ err }, 'withdrawals that the operator hook does not know of could not be read');
    }
  }

  /** Tries for most of an hour. Never rejects. */
  async tell(bot: Bot, notice: Notice): Promise<void> {
    if (bot.hook === undefined || this.#telling.has(notice.id)) return;
    this.#telling.add(notice.id);
    await this.#tryToTell(bot, bot.hook, notice);
    this.#telling.delete(notice.id);
    try {
      await this.#parts.store.writeNote(noteOf(notice.id), undefined);
    } catch (err) {
      this.#parts.logger.warn({ err, bot: bot.id }, 'a withdrawal will be told again after a restart');
    }
  }

  async #tryToTell(bot: Bot, hook: NonNullable<Bot['hook']>, notice: Notice): Promise<void> {
    const { clock, logger, alerts } = this.#parts;
    const { id, conversation, receivedAt: at, fields } = notice;
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      try {
        await hook.call({ type: 'profile-withdrawn', id, at, conversation, fields }, TELL_MS);
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

function noteOf(id: string): string {
  return `${NOTE_PREFIX}${id}`;
}
