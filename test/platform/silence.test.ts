import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/platform/alerts.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { type SavedTraffic, SilenceWatch } from '../../src/platform/silence.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const MINUTE = 60_000;
/** Monday 2026-11-23, 00:00 in Korea. */
const MONDAY = Date.parse('2026-11-22T15:00:00Z');

/** A clock of its own: hundreds of thousands of minutes would take `advance` too long. */
class MinuteClock extends ManualClock {
  #due: (() => void) | undefined;
  #at = MONDAY;

  override now(): number {
    return this.#at;
  }

  override schedule(_delayMs: number, run: () => void): () => void {
    this.#due = run;
    return () => {
      this.#due = undefined;
    };
  }

  minute(): void {
    this.#at += MINUTE;
    this.#due?.();
  }
}

function start(saved?: SavedTraffic) {
  const clock = new MinuteClock();
  const alerts: Alert[] = [];
  const watch = new SilenceWatch({
    botIds: ['shop'],
    clock,
    alerts: { raise: (alert) => void alerts.push(alert) },
    logger: silentLogger,
    ...(saved === undefined ? {} : { saved }),
  });
  watch.start();
  /** Runs so many minutes; `isBusy` says of each whether a call comes. */
  const run = (minutes: number, isBusy: (minuteOfDay: number) => boolean, calls = 1) => {
    for (let n = 0; n < minutes; n += 1) {
      const ofDay = Math.floor((clock.now() - MONDAY) / MINUTE) % 1_440;
      if (isBusy(ofDay)) for (let call = 0; call < calls; call += 1) watch.heard('shop');
      clock.minute();
    }
  };
  return { clock, alerts, watch, run };
}

const always = () => true;
const never = () => false;
/** From 9 to 18 h a call in every third minute, at night none. */
const shopHours = (minute: number) => minute >= 540 && minute < 1_080 && minute % 3 === 0;

describe('the silence of a bot', () => {
  it('with traffic in every minute is noticed within half an hour, and the alert names the cure', () => {
    const { alerts, run } = start();
    run(26 * 60, always);
    run(13, never);
    expect(alerts).toEqual([]);
    run(16, never);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ code: 'talktalk-silent', botId: 'shop' });
    expect(alerts[0]?.text).toMatch(/챗봇API 설정.*이벤트 받을 URL.*다시 저장/);
  });

  it('at night, when it is always silent, is none', () => {
    const { alerts, run } = start();
    run(5 * 1_440, shopHours);
    expect(alerts).toEqual([]);
  });

  it('in shop hours is noticed the same morning', () => {
    const { alerts, run } = start();
    run(2 * 1_440 + 9 * 60, shopHours);
    run(30, never);
    expect(alerts).toEqual([]);
    run(60, never);
    expect(alerts).toHaveLength(1);
  });

  it('on the weekend of a shop that knows only weekdays is none', () => {
    const { alerts, run, clock } = start();
    run(5 * 1_440, shopHours);
    expect(new Date(clock.now() + 9 * 3_600_000).getUTCDay()).toBe(6);
    run(2 * 1_440, never);
    expect(alerts).toEqual([]);
  });

  it('of a bot that never had traffic is none', () => {
    const { alerts, run } = start();
    run(3 * 1_440, never);
    expect(alerts).toEqual([]);
  });

  it('after a broadcast that brought thousands in one minute is none', () => {
    const { alerts, run } = start();
    run(2 * 1_440, (minute) => minute === 600, 5_000);
    run(1_440, never);
    expect(alerts).toEqual([]);
  });

  it('is told again every day while it lasts, and teaches nothing', () => {
    const { alerts, run } = start();
    run(3 * 1_440, always);
    run(3 * 1_440, never);
    expect(alerts).toHaveLength(3);
  });

  it('is over with the first call, and the next one is told again', () => {
    const { alerts, run } = start();
    run(2 * 1_440, always);
    run(60, never);
    run(60, always);
    run(60, never);
    expect(alerts).toHaveLength(2);
  });

  it('is noticed by the next process too, from what the last one learned', () => {
    const first = start();
    first.run(2 * 1_440, always);
    const saved = JSON.parse(JSON.stringify(first.watch.save()));
    const next = start(saved);
    next.run(10, never);
    expect(next.alerts).toEqual([]);
    next.run(20, never);
    expect(next.alerts).toHaveLength(1);
  });

  it.each([{ shop: 'x' }, { shop: [2, -1, null, 'a', Number.NaN] }, { other: [1] }, []])(
    '%j teaches nothing',
    (saved) => {
      const { alerts, run } = start(saved as unknown as SavedTraffic);
      run(3 * 60, never);
      expect(alerts).toEqual([]);
    },
  );
});
