/** What bots may cost in a day and in a month of Korea. What they have spent stands in the ledger, which all processes share. */
import { toGatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import type { Alert, Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { seoulDay } from '../platform/seoul-time.ts';
import type { SpendingTotals } from '../storage/ledger.ts';
import type { Store } from '../storage/store.ts';

/** In won; 0: no limit. */
export interface CostLimitAmounts {
  readonly dailyWon: number;
  readonly monthlyWon: number;
}

export interface CostLimitStore extends Pick<Store, 'readSpending' | 'writeNote'> {
  /** Other processes write down what the same bots spend. */
  readonly isShared: boolean;
}

interface Spent extends SpendingTotals {
  /** Korean. */
  readonly day: string;
}

/** A day or a month of a bot. */
interface Period {
  readonly kind: 'daily' | 'monthly';
  /** `2026-11-22` or `2026-11`. */
  readonly name: string;
  readonly limitWon: number;
  readonly spentMicroWon: number;
}

const MICRO = 1_000_000;
const WARN_PERCENT = 80;
/** How long what other processes spend may go unnoticed by one that spends nothing itself. */
const LOOK_EVERY_MS = 10_000;

export class CostLimits {
  readonly #amounts: ReadonlyMap<string, CostLimitAmounts>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #spent = new Map<string, Spent>();
  /** What was told last: by this process, or by another one before it. */
  readonly #told = new Map<string, string>();
  #store: CostLimitStore | undefined;
  #alerts: Alerts | undefined;
  #lookedAt: EpochMs = 0;

  /** @param amounts by bot; those without any limit are left out */
  constructor(amounts: ReadonlyMap<string, CostLimitAmounts>, clock: Clock, logger: Logger) {
    this.#amounts = amounts;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Reads what was spent before this process began.
   *  @throws GatewayError `STORE_FAILED`, `STORE_BUSY` */
  async open(store: CostLimitStore, alerts: Alerts): Promise<void> {
    this.#store = store;
    this.#alerts = alerts;
    if (this.#amounts.size > 0) await this.#look(store);
  }

  /** At or above it. Calls that are under way at that moment still end, and are paid. */
  isReached(botId: string): boolean {
    const isStale = this.#store?.isShared === true && this.#clock.now() - this.#lookedAt >= LOOK_EVERY_MS;
    if (isStale && this.#store !== undefined) {
      this.#look(this.#store).catch((thrown: unknown) => {
        const { code } = toGatewayError(thrown);
        this.#logger.warn(
          { code },
          'what other processes spend could not be read; the limits count without it for now',
        );
      });
    }
    return this.#periods(botId).some(({ limitWon, spentMicroWon }) => spentMicroWon >= limitWon * MICRO);
  }

  /** @param totals of the bot, with `day` and its month so far */
  learn(botId: string, day: string, { dayMicroWon, monthMicroWon }: SpendingTotals): void {
    if (!this.#amounts.has(botId)) return;
    const known = this.#spent.get(botId);
    // Answers of the store may overtake each other; sums only grow.
    if (known === undefined || day > known.day)
      this.#spent.set(botId, { day, dayMicroWon, monthMicroWon: Math.max(monthMicroWon, monthOf(known, day)) });
    else {
      this.#spent.set(botId, {
        day: known.day,
        dayMicroWon: day === known.day ? Math.max(known.dayMicroWon, dayMicroWon) : known.dayMicroWon,
        monthMicroWon: Math.max(known.monthMicroWon, isSameMonth(day, known.day) ? monthMicroWon : 0),
      });
    }
    for (const period of this.#periods(botId)) this.#warn(botId, period);
  }

  async #look(store: CostLimitStore): Promise<void> {
    const now = this.#clock.now();
    this.#lookedAt = now;
    const today = seoulDay(now);
    const rows = await store.readSpending(`${today.slice(0, 7)}-01`, today);
    for (const botId of this.#amounts.keys()) {
      const own = rows.filter((row) => row.botId === botId);
      this.learn(botId, today, {
        dayMicroWon: sumOf(own.filter(({ day }) => day === today)),
        monthMicroWon: sumOf(own),
      });
    }
  }

  /** That have a limit, with what is spent of it. */
  #periods(botId: string): readonly Period[] {
    const { dailyWon = 0, monthlyWon = 0 } = this.#amounts.get(botId) ?? {};
    const today = seoulDay(this.#clock.now());
    const spent = this.#spent.get(botId);
    const spentToday = spent?.day === today ? spent.dayMicroWon : 0;
    const periods: readonly Period[] = [
      { kind: 'daily', name: today, limitWon: dailyWon, spentMicroWon: spentToday },
      { kind: 'monthly', name: today.slice(0, 7), limitWon: monthlyWon, spentMicroWon: monthOf(spent, today) },
    ];
    return periods.filter(({ limitWon }) => limitWon > 0);
  }

  /** The operator hears of each level once in a period, whichever process gets there, and again when the limit was changed. */
  #warn(botId: string, period: Period): void {
    const percent = (period.spentMicroWon * 100) / (period.limitWon * MICRO);
    if (percent >= 100) this.#tellOnce(botId, period, 'reached');
    else if (percent >= WARN_PERCENT) this.#tellOnce(botId, period, 'near');
  }

  #tellOnce(botId: string, period: Period, level: 'near' | 'reached'): void {
    const key = `cost-limit:${period.kind}:${level}:${botId}`;
    const text = `${period.name} ${period.limitWon}`;
    if (this.#store === undefined || this.#told.get(key) === text) return;
    this.#told.set(key, text);
    this.#store.writeNote(key, text).then(
      (isNew) => {
        if (isNew) this.#alerts?.raise(level === 'near' ? limitNear(botId, period) : limitReached(botId, period));
      },
      (err: unknown) => {
        this.#told.delete(key);
        this.#logger.error({ err, bot: botId }, 'nobody could be told about a limit of costs; tried again later');
      },
    );
  }
}

function monthOf(spent: Spent | undefined, day: string): number {
  return spent !== undefined && isSameMonth(spent.day, day) ? spent.monthMicroWon : 0;
}

function isSameMonth(day: string, other: string): boolean {
  return day.slice(0, 7) === other.slice(0, 7);
}

function sumOf(rows: readonly { readonly costMicroWon: number }[]): number {
  return rows.reduce((sum, { costMicroWon }) => sum + costMicroWon, 0);
}

function limitNear(botId: string, period: Period): Alert {
  return {
    code: `${period.kind}-cost-near-limit`,
    botId,
    text: `${periodName(period)} 모델 비용이 ${formatWon(period.spentMicroWon)}으로, 한도 ${formatWon(period.limitWon * MICRO)}의 ${WARN_PERCENT}% 이상입니다. 한도에 이르면 비용이 들지 않는 지식 답변만 나갑니다. 더 필요하면 ${settingName(period)}를 늘려 주세요.`,
    details: detailsOf(period),
  };
}

function limitReached(botId: string, period: Period): Alert {
  const until = period.kind === 'daily' ? '내일 0시' : '다음 달 1일';
  return {
    code: `${period.kind}-cost-limit-reached`,
    botId,
    text: `${periodName(period)} 모델 비용이 한도 ${formatWon(period.limitWon * MICRO)}에 이르렀습니다. ${until}까지 비용이 들지 않는 지식 답변만 나갑니다. 바로 다시 쓰려면 ${settingName(period)}를 늘리고 다시 시작해 주세요.`,
    details: detailsOf(period),
  };
}

function detailsOf({ name, limitWon, spentMicroWon }: Period): NonNullable<Alert['details']> {
  return { period: name, limitWon, spentWon: wonRoundedDown(spentMicroWon) };
}

function periodName({ kind }: Period): string {
  return kind === 'daily' ? '오늘' : '이번 달';
}

function settingName({ kind }: Period): string {
  return kind === 'daily' ? 'DAILY_COST_LIMIT_KRW' : 'MONTHLY_COST_LIMIT_KRW';
}

function formatWon(microWon: number): string {
  return `${wonRoundedDown(microWon).toLocaleString('ko-KR')}원`;
}

/** Never up: what is below a limit must not read as if it were reached. Small amounts keep two decimals. */
function wonRoundedDown(microWon: number): number {
  const won = microWon / MICRO;
  return won < 100 ? Math.floor(microWon / (MICRO / 100)) / 100 : Math.floor(won);
}
