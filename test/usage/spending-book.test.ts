import { expect, it } from 'vitest';
import { silentLogger } from '../../src/platform/logger.ts';
import type { ModelSpending, SpendingTotals } from '../../src/storage/ledger.ts';
import { SpendingBook } from '../../src/usage/spending-book.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const USED = { promptTokens: 100, completionTokens: 20, thinkingTokens: 5, costMicroWon: 225_000 };

/** A ledger whose writes end when the test says so. */
function slowLedger() {
  const written: ModelSpending[] = [];
  const waiting: { readonly end: (thrown?: Error) => void }[] = [];
  return {
    written,
    waiting,
    addSpending(spending: ModelSpending): Promise<SpendingTotals> {
      return new Promise((resolve, reject) => {
        const end = (thrown?: Error) => {
          if (thrown !== undefined) return reject(thrown);
          written.push(spending);
          resolve({ dayMicroWon: written.length, monthMicroWon: written.length });
        };
        waiting.push({ end });
      });
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function openBook(at = '2026-11-22T00:00:00Z') {
  const clock = new ManualClock(Date.parse(at));
  const used: string[] = [];
  const metrics = { modelUsed: (bot: string, model: string) => void used.push(`${bot} ${model}`) };
  return { book: new SpendingBook({ clock, logger: silentLogger, metrics }), clock, used };
}

it('writes one thing of a bot at a time, and what came meanwhile as one more', async () => {
  const { book, used } = openBook();
  const ledger = slowLedger();
  const totals: [string, string, SpendingTotals][] = [];
  book.keepIn(ledger, (...told) => void totals.push(told));
  for (let i = 0; i < 5; i += 1) book.record('shop', 'HCX-007', USED);
  book.record('clinic', 'HCX-007', USED);
  expect(ledger.waiting).toHaveLength(2);
  expect(used).toHaveLength(6);
  for (const { end } of ledger.waiting.splice(0)) end();
  await settled();
  for (const { end } of ledger.waiting.splice(0)) end();
  await book.close();
  expect(ledger.written.map(({ botId, calls }) => [botId, calls])).toEqual([
    ['shop', 1],
    ['clinic', 1],
    ['shop', 4],
  ]);
  expect(ledger.written[2]).toEqual({
    botId: 'shop',
    day: '2026-11-22',
    model: 'HCX-007',
    calls: 4,
    promptTokens: 400,
    completionTokens: 80,
    thinkingTokens: 20,
    costMicroWon: 900_000,
  });
  expect(totals.map(([botId, day, { dayMicroWon }]) => [botId, day, dayMicroWon])).toEqual([
    ['shop', '2026-11-22', 1],
    ['clinic', '2026-11-22', 2],
    ['shop', '2026-11-22', 3],
  ]);
});

it('keeps what the store does not take, and what came before the store', async () => {
  const { book } = openBook();
  book.record('shop', 'HCX-007', USED);
  const ledger = slowLedger();
  book.keepIn(ledger, () => {});
  ledger.waiting.shift()?.end(new Error('down'));
  await settled();
  expect(ledger.waiting).toHaveLength(0);
  book.record('shop', 'HCX-007', { promptTokens: 1, completionTokens: 1 });
  ledger.waiting.shift()?.end();
  await book.close();
  expect(ledger.written).toMatchObject([{ calls: 2, promptTokens: 101, completionTokens: 21, costMicroWon: 225_000 }]);
});

it('ends a day where Korea does', async () => {
  const { book, clock } = openBook('2026-11-22T14:59:59Z');
  const ledger = slowLedger();
  book.record('shop', 'HCX-007', USED);
  clock.stall(2_000);
  book.record('shop', 'HCX-007', USED);
  book.keepIn(ledger, () => {});
  ledger.waiting.shift()?.end();
  await settled();
  ledger.waiting.shift()?.end();
  await book.close();
  expect(ledger.written.map(({ day }) => day)).toEqual(['2026-11-22', '2026-11-23']);
});
