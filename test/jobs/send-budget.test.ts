import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalSendBudget } from '../../src/jobs/local/send-budget.ts';
import type { SendPermit } from '../../src/jobs/send-budget.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

const use = (permit: SendPermit) => permit.use();
/** The call that was waited for. */
const noteIn = (sent: string[]) => (name: string) => (permit: SendPermit) => {
  permit.use();
  sent.push(name);
};

const budgetOf = (perSecond: number) => new LocalSendBudget(new Map([['shop', perSecond]]), clock);

describe('the send budget', () => {
  it('lets answers wait in the order in which they came', async () => {
    const budget = budgetOf(2);
    const sent: string[] = [];
    const send = noteIn(sent);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void budget.reserve('shop').then(send(name));
    await clock.advance(0);
    expect(sent).toEqual(['a', 'b']);
    await clock.advance(999);
    expect(sent).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    await clock.advance(1_000);
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('lets an answer that has begun go on before those that have not, in order', async () => {
    const budget = budgetOf(1);
    const sent: string[] = [];
    const send = noteIn(sent);
    await budget.reserve('shop').then(use);
    void budget.reserve('shop').then(send('new'));
    const stop = new AbortController();
    void budget.reserveRest('shop', stop.signal).then(send('given up'));
    void budget.reserveRest('shop').then(send('rest of a'));
    void budget.reserveRest('shop').then(send('rest of b'));
    stop.abort();
    for (const expected of [1, 2, 3, 4]) {
      await clock.advance(expected === 1 ? 0 : 1_000);
      expect(sent).toEqual(['given up', 'rest of a', 'rest of b', 'new'].slice(0, expected));
    }
    void budget.reserve('shop').then(send('newer'));
    void budget.reserveRest('shop').then(send('rest of c'));
    await clock.advance(2_000);
    expect(sent.slice(4)).toEqual(['rest of c', 'newer']);
  });

  it('leaves the last call of a second, and every call while an answer waits, to answers', async () => {
    const budget = budgetOf(3);
    expect([budget.tryReserve('shop'), budget.tryReserve('shop'), budget.tryReserve('shop')]).toEqual([
      true,
      true,
      false,
    ]);
    await budget.reserve('shop').then(use);
    void budget.reserve('shop');
    await clock.advance(500);
    expect(budget.tryReserve('shop')).toBe(false);
  });

  it('does not hold up whoever gives up, and passes the turn on', async () => {
    const budget = budgetOf(1);
    await budget.reserve('shop').then(use);
    const stop = new AbortController();
    const sent: string[] = [];
    const send = noteIn(sent);
    void budget.reserve('shop', stop.signal).then(send('given up'));
    void budget.reserve('shop').then(send('next'));
    stop.abort();
    await clock.advance(0);
    expect(sent).toEqual(['given up']);
    await clock.advance(1_000);
    expect(sent).toEqual(['given up', 'next']);
  });

  it('counts a call when it is made, and gives the place of one that is not made to whoever waits', async () => {
    const budget = budgetOf(2);
    const sent: string[] = [];
    const send = noteIn(sent);
    const [slow, unneeded] = await Promise.all([budget.reserve('shop'), budget.reserve('shop')]);
    void budget.reserve('shop').then(send('a'));
    void budget.reserve('shop').then(send('b'));
    await clock.advance(5_000);
    expect(sent).toEqual([]);
    unneeded.giveBack();
    unneeded.giveBack();
    await clock.advance(0);
    expect(sent).toEqual(['a']);
    await clock.advance(700);
    slow.use();
    slow.giveBack();
    await clock.advance(299);
    expect(sent).toEqual(['a']);
    await clock.advance(1);
    expect(sent).toEqual(['a', 'b']);
    expect(budget.tryReserve('shop')).toBe(false);
  });

  it('keeps bots apart, and does not limit one that it does not know', async () => {
    const budget = new LocalSendBudget(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
      clock,
    );
    await Promise.all([budget.reserve('a'), budget.reserve('b'), budget.reserve('c'), budget.reserve('c')]);
    expect(budget.tryReserve('c')).toBe(true);
  });

  it('goes on when the clock is set back', async () => {
    let now = 10_000_000;
    const budget = new LocalSendBudget(new Map([['shop', 1]]), { now: () => now, schedule: () => () => {} });
    await budget.reserve('shop').then(use);
    now -= 3_600_000;
    await budget.reserve('shop').then(use);
  });

  it('never lets more than its number go out in any second', async () => {
    const steps = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 700 }), kind: fc.constantFrom('answer', 'typing') }),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), steps, async (perSecond, calls) => {
        const own = new ManualClock();
        const budget = new LocalSendBudget(new Map([['shop', perSecond]]), own);
        const sentAt: number[] = [];
        let answers = 0;
        for (const { afterMs, kind } of calls) {
          await own.advance(afterMs);
          if (kind === 'typing' && budget.tryReserve('shop')) sentAt.push(own.now());
          if (kind === 'answer') {
            answers += 1;
            void budget.reserve('shop').then((permit) => {
              permit.use();
              answers -= 1;
              sentAt.push(own.now());
            });
          }
        }
        await own.advance(60_000);
        expect(answers).toBe(0);
        for (const [i, at] of sentAt.entries()) {
          expect((sentAt[i + perSecond] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(1_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    { processes: 2, perSecond: 5, inSecond: 5 },
    { processes: 5, perSecond: 5, inSecond: 5 },
    // Each has to be able to send at all.
    { processes: 6, perSecond: 3, inSecond: 6 },
  ])('is divided between $processes processes: $perSecond a second', async ({ processes, perSecond, inSecond }) => {
    const sentAt: number[] = [];
    for (let rank = 0; rank < processes; rank += 1) {
      const budget = budgetOf(perSecond);
      budget.shareWith({ share: { processes, rank } });
      for (let call = 0; call < 40; call += 1)
        void budget.reserve('shop').then((permit) => {
          permit.use();
          sentAt.push(clock.now());
        });
    }
    await clock.advance(0);
    expect(sentAt).toHaveLength(inSecond);
    await clock.advance(5_999);
    expect(sentAt).toHaveLength(6 * perSecond);
  });

  it('gives the part of a process that leaves back, and takes that of one that comes', async () => {
    const budget = budgetOf(4);
    const sharing = { share: { processes: 1, rank: 0 } };
    budget.shareWith(sharing);
    let sent = 0;
    for (let call = 0; call < 10; call += 1)
      void budget.reserve('shop').then((permit) => {
        permit.use();
        sent += 1;
      });
    await clock.advance(0);
    expect(sent).toBe(4);
    sharing.share = { processes: 2, rank: 1 };
    await clock.advance(1_000);
    expect(sent).toBe(6);
    sharing.share = { processes: 1, rank: 0 };
    await clock.advance(1_000);
    expect(sent).toBe(10);
  });
});
