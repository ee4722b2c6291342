/** What every store owes the core about what models used up; part of the store contract. */
import { describe, expect, it } from 'vitest';
import type { ModelSpending } from '../../src/storage/ledger.ts';
import type { Store } from '../../src/storage/store.ts';

function spending(day: string, costMicroWon: number, more: Partial<ModelSpending> = {}): ModelSpending {
  return {
    botId: 'shop',
    day,
    model: 'HCX-007',
    calls: 1,
    promptTokens: 700,
    completionTokens: 90,
    thinkingTokens: 0,
    costMicroWon,
    ...more,
  };
}

export function ledgerContract(current: () => Store, reopen: () => Promise<unknown>): void {
  describe('what models used up', () => {
    it('adds up by bot, day and model, over a restart too', async () => {
      await current().addSpending(spending('2026-11-22', 1_325_000));
      await current().addSpending(spending('2026-11-22', 2_000, { model: 'HCX-DASH-002', thinkingTokens: 5 }));
      await current().addSpending(spending('2026-11-21', 0, { botId: 'clinic' }));
      await reopen();
      await current().addSpending(spending('2026-11-22', 1_325_001, { calls: 2, thinkingTokens: 30 }));
      expect(await current().readSpending('2026-11-21', '2026-11-22')).toEqual([
        spending('2026-11-21', 0, { botId: 'clinic' }),
        spending('2026-11-22', 2_650_001, {
          calls: 3,
          promptTokens: 1_400,
          completionTokens: 180,
          thinkingTokens: 30,
        }),
        spending('2026-11-22', 2_000, { model: 'HCX-DASH-002', thinkingTokens: 5 }),
      ]);
      expect(await current().readSpending('2026-11-22', '2026-11-22')).toHaveLength(2);
      expect(await current().readSpending('2026-11-23', '2026-12-31')).toEqual([]);
    });

    it('answers with the totals of the bot, of the day and of its month', async () => {
      await current().addSpending(spending('2026-10-31', 1));
      await current().addSpending(spending('2026-11-01', 20));
      await current().addSpending(spending('2026-11-30', 300, { model: 'HCX-005' }));
      await current().addSpending(spending('2026-12-01', 4_000));
      await current().addSpending(spending('2026-11-30', 50_000, { botId: 'clinic' }));
      expect(await current().addSpending(spending('2026-11-30', 600_000))).toEqual({
        dayMicroWon: 600_300,
        monthMicroWon: 600_320,
      });
      expect(await current().addSpending(spending('2026-11-01', 0))).toEqual({
        dayMicroWon: 20,
        monthMicroWon: 600_320,
      });
    });

    it('counts money beyond 32 bits', async () => {
      const year = 10_000_000 * 1_000_000;
      await current().addSpending(spending('2026-11-22', year));
      expect(await current().addSpending(spending('2026-11-22', year))).toEqual({
        dayMicroWon: 2 * year,
        monthMicroWon: 2 * year,
      });
    });

    it('loses none of many that come at once', async () => {
      const totals = await Promise.all(
        Array.from({ length: 100 }, () => current().addSpending(spending('2026-11-22', 7))),
      );
      expect(new Set(totals.map(({ dayMicroWon }) => dayMicroWon)).size).toBe(100);
      expect(Math.max(...totals.map(({ monthMicroWon }) => monthMicroWon))).toBe(700);
    });

    it('stays when conversations are purged', async () => {
      await current().addSpending(spending('2026-11-22', 7));
      await current().purgeBefore(Number.MAX_SAFE_INTEGER);
      expect(await current().readSpending('2026-11-22', '2026-11-22')).toHaveLength(1);
    });
  });
}
