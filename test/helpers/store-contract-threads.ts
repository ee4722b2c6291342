/** What every store owes the core about rooms that are shared with human agents; part of the store contract. */
import { describe, expect, it } from 'vitest';
import { conversationKey } from '../../src/message.ts';
import type { Store, Thread } from '../../src/storage/store.ts';
import { customer, newTurn, START, storedThread } from './store-contract-records.ts';

const MINJI = conversationKey(customer('minji'));

export function threadContract(current: () => Store, reopen: () => Promise<void>): void {
  describe('threads', () => {
    const waiting: Thread = {
      owner: 'waiting',
      since: START,
      until: START + 60_000,
      step: 'taking',
      held: [{ turnId: 't1', standby: true }],
    };

    it('are kept until the bot owns them again, over a restart too', async () => {
      await current().saveThread(storedThread('r1', { thread: { ...waiting, owner: 'agent' } }), undefined, START);
      await current().saveThread(storedThread('r2', { thread: waiting }), 'r1', START);
      await current().saveThread(storedThread('r3', { conversation: customer('jun') }), undefined, START);
      await reopen();
      expect(await current().readThreads()).toEqual([
        storedThread('r2', { thread: waiting }),
        storedThread('r3', { conversation: customer('jun') }),
      ]);
      expect(await current().readThread(MINJI)).toEqual(storedThread('r2', { thread: waiting }));
      await current().removeThread(MINJI, 'r2');
      await current().removeThread('nobody', 'r2');
      expect(await current().readThread(MINJI)).toBeUndefined();
      expect(await current().readThreads()).toHaveLength(1);
    });

    it('are changed by whoever knows the latest change, and by nobody else', async () => {
      expect(await current().saveThread(storedThread('r1'), undefined, START)).toBe(true);
      expect(await current().saveThread(storedThread('r2', { thread: waiting }), undefined, START)).toBe(false);
      expect(await current().saveThread(storedThread('r2', { thread: waiting }), 'r0', START)).toBe(false);
      expect(await current().readThread(MINJI)).toEqual(storedThread('r1'));
      expect(await current().saveThread(storedThread('r2', { thread: waiting }), 'r1', START)).toBe(true);
      // Repeated, because the first answer was lost on the way.
      expect(await current().saveThread(storedThread('r2', { thread: waiting }), 'r1', START)).toBe(true);
      await current().removeThread(MINJI, 'r1');
      expect(await current().readThread(MINJI)).toEqual(storedThread('r2', { thread: waiting }));
      await current().removeThread(MINJI, 'r2');
      expect(await current().saveThread(storedThread('r3'), 'r2', START)).toBe(false);
      expect(await current().readThreads()).toEqual([]);
    });

    it('one of many that change a room at once wins', async () => {
      const revisions = Array.from({ length: 8 }, (_, index) => `r${index}`);
      const first = await Promise.all(revisions.map((id) => current().saveThread(storedThread(id), undefined, START)));
      expect(first.filter(Boolean)).toHaveLength(1);
      const won = revisions[first.indexOf(true)];
      const next = await Promise.all(revisions.map((id) => current().saveThread(storedThread(`${id}b`), won, START)));
      expect(next.filter(Boolean)).toHaveLength(1);
    });

    it('go with their conversation', async () => {
      await current().saveThread(storedThread('r1'), undefined, START);
      await current().purgeBefore(START + 1);
      expect(await current().readThreads()).toEqual([]);
    });

    it('are driven by another process when theirs has gone', async () => {
      await current().saveThread(storedThread('r1', { driverId: 'gone' }), undefined, START);
      const taken = storedThread('r2', { driverId: 'here' });
      expect(await current().takeThreads('here', 'r2')).toEqual([taken]);
      expect(await current().readThread(MINJI)).toEqual(taken);
      expect(await current().takeThreads('here', 'r3')).toEqual([]);
    });

    it('and their turns that wait go to the process that answers them', async () => {
      await current().acceptTurn(newTurn('t1', { state: 'received', ownerId: 'other' }), 0);
      await current().acceptTurn(newTurn('t2', { ownerId: 'other' }), 0);
      await current().ownTurns(['t1', 't2', 'nothing'], 'mine');
      expect(await current().readTurn('t1')).toMatchObject({ ownerId: 'mine' });
      expect(await current().readTurn('t2')).toMatchObject({ ownerId: 'other' });
    });

    it('leave the numbers of the turns alone', async () => {
      await current().saveThread(storedThread('r1'), undefined, START);
      expect(await current().acceptTurn(newTurn('t1'), 0)).toMatchObject({ sequence: 1 });
    });
  });
}
