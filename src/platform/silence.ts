/** Notices that a platform which usually calls does not: TalkTalk suspends a webhook without a word, for good. */
import type { EpochMs } from '../message.ts';
import type { Alerts } from './alerts.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** Share of minutes with a call, by bot: 24 hours of weekdays, then 24 of weekends, Korean time; null where nothing is known yet. */
export type SavedTraffic = Readonly<Record<string, readonly (number | null)[]>>;

export interface SilenceParts {
  readonly botIds: readonly string[];
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly logger: Logger;
  readonly saved?: SavedTraffic;
}

interface BotTraffic {
  readonly slots: (number | null)[];
  lastHeardAt: EpochMs;
  lastActiveMinute: number;
  /** Since the hour began, or since the watch did. */
  activeMinutes: number;
  observedFrom: EpochMs;
  /** How unlikely the silence has become: minus the logarithm of its probability. */
  surprise: number;
  alertedAt: EpochMs | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KOREA_AHEAD_MS = 9 * HOUR_MS;
const SLOTS = 48;
/** Of what an hour was like, this much is believed of the next one of its kind. */
const LEARNING_RATE = 0.2;
/** A shorter piece of an hour, after a start, teaches nothing. */
const MIN_OBSERVED_MS = 30 * MINUTE_MS;
/** Holidays and bad weeks: half of the usual traffic is still usual. */
const LEAN_SHARE = 0.5;
/** One silence in ten thousand would be this surprising by chance. */
const ALERT_SURPRISE = Math.log(10_000);
const MIN_SILENCE_MS = 15 * MINUTE_MS;
/** A machine that slept heard nothing, which proves nothing. */
const MAX_STEP_MS = 5 * MINUTE_MS;

/** Counts minutes with calls, not calls: a broadcast that brings 60,000 at once is no habit. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #alerts: Alerts;
  readonly #logger: Logger;
  readonly #bots = new Map<string, BotTraffic>();
  #lookedAt: EpochMs;
  #cancel = () => {};

  constructor({ botIds, clock, alerts, logger, saved = {} }: SilenceParts) {
    this.#clock = clock;
    this.#alerts = alerts;
    this.#logger = logger;
    const now = clock.now();
    this.#lookedAt = now;
    for (const id of botIds) {
      this.#bots.set(id, {
        slots: readSlots(saved[id]),
        lastHeardAt: now,
        lastActiveMinute: -1,
        activeMinutes: 0,
        observedFrom: now,
        surprise: 0,
        alertedAt: undefined,
      });
    }
  }

  /** A call came that was no stranger's. */
  heard(botId: string): void {
    const bot = this.#bots.get(botId);
    if (bot === undefined) return;
    const now = this.#clock.now();
    bot.lastHeardAt = now;
    bot.surprise = 0;
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== bot.lastActiveMinute) bot.activeMinutes += 1;
    bot.lastActiveMinute = minute;
    if (bot.alertedAt === undefined) return;
    bot.alertedAt = undefined;
    this.#logger.info({ bot: botId }, 'calls of TalkTalk come again');
  }

  start(): void {
    this.#cancel = this.#clock.schedule(MINUTE_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** What was learned, for the next process. */
  save(): SavedTraffic {
    return Object.fromEntries([...this.#bots].map(([id, { slots }]) => [id, [...slots]]));
  }

  #look(): void {
    const now = this.#clock.now();
    const stepMs = Math.min(MAX_STEP_MS, now - this.#lookedAt);
    const hourIsOver = Math.floor(now / HOUR_MS) !== Math.floor(this.#lookedAt / HOUR_MS);
    for (const [id, bot] of this.#bots) {
      if (hourIsOver) learn(bot, this.#lookedAt, now);
      const usual = bot.slots[slotOf(now)] ?? 0;
      bot.surprise += -Math.log(1 - usual * LEAN_SHARE) * (stepMs / MINUTE_MS);
      const silentMs = now - bot.lastHeardAt;
      const isSilent = bot.surprise >= ALERT_SURPRISE && silentMs >= MIN_SILENCE_MS;
      if (isSilent && (bot.alertedAt === undefined || now - bot.alertedAt >= DAY_MS)) {
        bot.alertedAt = now;
        this.#raise(id, Math.round(silentMs / MINUTE_MS));
      }
    }
    this.#lookedAt = now;
  }

  #raise(botId: string, silentMinutes: number): void {
    this.#alerts.raise({
      code: 'talktalk-silent',
      botId,
      text:
        `네이버 톡톡에서 ${silentMinutes}분째 호출이 오지 않습니다. 웹훅 전달이 정지되었을 수 있으며, 정지는 저절로 풀리지 않습니다. ` +
        '톡톡 파트너센터의 챗봇API 설정(연동관리 또는 개발자도구)에서 ‘이벤트 받을 URL’을 다시 저장해 주세요. ' +
        '그래도 오지 않으면 이벤트 선택, 상담기능, 다른 챗봇의 사용 여부와 인증서를 확인해 주세요.',
      details: { silentMinutes },
    });
  }
}

/** The hour that `lastLookAt` was in goes into what is known of hours like it; one in which the calls had stopped does not. */
function learn(bot: BotTraffic, lastLookAt: EpochMs, now: EpochMs): void {
  const endedAt = Math.floor(lastLookAt / HOUR_MS + 1) * HOUR_MS;
  const observedMs = endedAt - bot.observedFrom;
  if (observedMs >= MIN_OBSERVED_MS && bot.alertedAt === undefined) {
    const share = Math.min(1, bot.activeMinutes / (observedMs / MINUTE_MS));
    const slot = slotOf(lastLookAt);
    const known = bot.slots[slot] ?? null;
    bot.slots[slot] = known === null ? share : known + LEARNING_RATE * (share - known);
  }
  bot.activeMinutes = bot.lastActiveMinute === Math.floor(now / MINUTE_MS) ? 1 : 0;
  bot.observedFrom = Math.floor(now / HOUR_MS) * HOUR_MS;
}

function slotOf(at: EpochMs): number {
  const korean = new Date(at + KOREA_AHEAD_MS);
  const isWeekend = korean.getUTCDay() === 0 || korean.getUTCDay() === 6;
  return korean.getUTCHours() + (isWeekend ? SLOTS / 2 : 0);
}

/** What is no share is not known. */
function readSlots(saved: unknown): (number | null)[] {
  const list: readonly unknown[] = Array.isArray(saved) ? saved : [];
  return Array.from({ length: SLOTS }, (_, slot) => {
    const share = list[slot];
    return typeof share === 'number' && share >= 0 && share <= 1 ? share : null;
  });
}
