import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/platform/alerts.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import type { ModelSpending } from '../../src/storage/ledger.ts';
import { CostLimits } from '../../src/usage/cost-limits.ts';
import { SpendingBook } from '../../src/usage/spending-book.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const NOON = Date.parse('2026-11-22T03:00:00Z');
const WON = 1_000_000;

/** What outlives processes, and what they share. */
class Shared {
  readonly rows: ModelSpending[] = [];
  readonly notes = new Map<string, string>();
  isDown = false;

  async readSpending(firstDay: string, lastDay: string) {
    if (this.isDown) throw new Error('down');
    return this.rows.filter(({ day }) => day >= firstDay && day <= lastDay);
  }

  async addSpending(spending: ModelSpending) {
    this.rows.push(spending);
    const own = this.rows.filter(({ botId }) => botId === spending.botId);
    const sum = (rows: readonly ModelSpending[]) => rows.reduce((total, row) => total + row.costMicroWon, 0);
    return {
      dayMicroWon: sum(own.filter(({ day }) => day === spending.day)),
      monthMicroWon: sum(own.filter(({ day }) => day.slice(0, 7) === spending.day.slice(0, 7))),
    };
  }

  async writeNote(key: string, text: string | undefined) {
    if (this.isDown) throw new Error('down');
    const isNew = this.notes.get(key) !== text;
    this.notes.set(key, text ?? '');
    return isNew;
  }
}

let shared: Shared;
let clock: ManualClock;

beforeEach(() => {
  shared = new Shared();
  clock = new ManualClock(NOON);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function startProcess(amounts = { dailyWon: 100, monthlyWon: 1_000 }, isShared = true) {
  const raised: Alert[] = [];
  const limits = new CostLimits(new Map([['shop', amounts]]), clock, silentLogger);
  const book = new SpendingBook({ clock, logger: silentLogger, metrics: { modelUsed: () => {} } });
  await limits.open(
    {
      readSpending: (...args) => shared.readSpending(...args),
      writeNote: (...args) => shared.writeNote(...args),
      isShared,
    },
    { raise: (alert) => void raised.push(alert) },
  );
  book.keepIn(shared, (...told) => limits.learn(...told));
  await settled();
  return {
    limits,
    codes: () => raised.splice(0).map(({ code }) => code),
    raised,
    async spend(won: number, botId = 'shop') {
      book.record(botId, 'HCX-007', { promptTokens: 1, completionTokens: 1, costMicroWon: won * WON });
      await book.close();
      await settled();
    },
  };
}

describe('a limit', () => {
  it('is reached by what was spent, and open again on the next day of Korea', async () => {
    const { limits, spend } = await startProcess();
    await spend(99.999999);
    expect(limits.isReached('shop')).toBe(false);
    await spend(0.000001);
    expect(limits.isReached('shop')).toBe(true);
    expect(limits.isReached('clinic')).toBe(false);
    await clock.advance(12 * 3_600_000 - 1);
    expect(limits.isReached('shop')).toBe(true);
    await clock.advance(1);
    expect(limits.isReached('shop')).toBe(false);
  });

  it('of a month holds over its days, and ends with it', async () => {
    clock = new ManualClock(Date.parse('2026-11-29T12:00:00+09:00'));
    const { limits, spend } = await startProcess({ dailyWon: 0, monthlyWon: 100 });
    await spend(60);
    await clock.advance(24 * 3_600_000);
    expect(limits.isReached('shop')).toBe(false);
    await spend(40);
    expect(limits.isReached('shop')).toBe(true);
    await clock.advance(12 * 3_600_000);
    expect(limits.isReached('shop')).toBe(false);
  });

  it('outlives the process', async () => {
    const first = await startProcess();
    await first.spend(250);
    const second = await startProcess();
    expect(second.limits.isReached('shop')).toBe(true);
    expect([first.codes(), second.codes()]).toEqual([['daily-cost-limit-reached'], []]);
  });

  it('counts what other processes spend, a moment later', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    await first.spend(60);
    await second.spend(50);
    expect(second.limits.isReached('shop')).toBe(true);
    expect(first.limits.isReached('shop')).toBe(false);
    await clock.advance(10_000);
    first.limits.isReached('shop');
    await settled();
    expect(first.limits.isReached('shop')).toBe(true);
    expect([...first.codes(), ...second.codes()]).toEqual(['daily-cost-limit-reached']);
  });

  it('goes on with what it knows while the store cannot be read', async () => {
    const { limits, spend } = await startProcess();
    await spend(100);
    shared.isDown = true;
    await clock.advance(20_000);
    expect(limits.isReached('shop')).toBe(true);
    await settled();
    expect(limits.isReached('shop')).toBe(true);
  });
});

describe('the operator', () => {
  it('hears of 80 % and of the end, once each in a period', async () => {
    const { spend, raised, codes } = await startProcess({ dailyWon: 100, monthlyWon: 150 });
    await spend(79);
    expect(raised).toEqual([]);
    await spend(1);
    expect(raised).toMatchObject([{ botId: 'shop', details: { period: '2026-11-22', limitWon: 100, spentWon: 80 } }]);
    expect(raised[0]?.text).toMatch(/오늘 모델 비용이 80원으로, 한도 100원의 80%.*DAILY_COST_LIMIT_KRW/);
    expect(codes()).toEqual(['daily-cost-near-limit']);
    await spend(10);
    expect(codes()).toEqual([]);
    await spend(10);
    expect(codes()).toEqual(['daily-cost-limit-reached']);
    await clock.advance(24 * 3_600_000);
    await spend(19);
    expect(codes()).toEqual([]);
    await spend(61);
    expect(codes()).toEqual(['daily-cost-near-limit', 'monthly-cost-limit-reached']);
  });

  it('is told in amounts that are true of small limits, too', async () => {
    const { spend, raised } = await startProcess({ dailyWon: 1, monthlyWon: 0 });
    await spend(0.9);
    expect(raised).toMatchObject([{ code: 'daily-cost-near-limit', details: { limitWon: 1, spentWon: 0.9 } }]);
    expect(raised[0]?.text).toContain('모델 비용이 0.9원으로, 한도 1원의 80% 이상입니다.');
    const large = await startProcess({ dailyWon: 0, monthlyWon: 1_001 });
    await large.spend(1_000.05);
    expect(large.raised.at(-1)?.text).toContain('모델 비용이 1,000원으로, 한도 1,001원의 80% 이상입니다.');
  });

  it('is told once by all processes together, and again when the limit was changed', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    await Promise.all([first.spend(45), second.spend(45)]);
    await first.spend(1);
    await second.spend(1);
    expect([...first.codes(), ...second.codes()]).toEqual(['daily-cost-near-limit']);
    expect((await startProcess({ dailyWon: 110, monthlyWon: 0 })).codes()).toEqual(['daily-cost-near-limit']);
  });

  it('is told later when it cannot be written down at first', async () => {
    const { spend, codes } = await startProcess();
    shared.isDown = true;
    await spend(85);
    expect(codes()).toEqual([]);
    shared.isDown = false;
    await spend(1);
    expect(codes()).toEqual(['daily-cost-near-limit']);
  });
});
