/** What every store owes operators about questions that failed for good; part of the store contract. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/storage/store.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from './store-contract-records.ts';

export function deadTurnsContract(current: () => Store, reopen: () => Promise<unknown>): void {
  describe('turns that failed for good', () => {
    const read = async (...asked: Parameters<Store['readDeadTurns']>) =>
      (await current().readDeadTurns(...asked)).map(({ turnId }) => turnId);

    it('are listed with where they came from and why, latest first, over a restart too', async () => {
      await current().acceptTurn(newTurn('failed'), 0);
      await current().moveTurn('failed', ['answering'], 'failed', START + 1, 'STORE_BUSY');
      await current().acceptTurn(newTurn('refused', { conversation: { ...customer('jun'), room: 'r1' } }), 0);
      await current().answerTurn('refused', turnAnswer(), [
        newDelivery('d1', { mode: 'push', state: 'sending' }),
        newDelivery('d2', { mode: 'push', state: 'sending', position: 1 }),
      ]);
      await current().moveDelivery('d1', ['sending'], 'delivered', START + 2, { result: '00' });
      await current().moveDelivery('d2', ['sending'], 'expired', START + 2, { result: '99' });
      await reopen();
      const [refused, failed, ...others] = await current().readDeadTurns('default', 10);
      expect(others).toEqual([]);
      expect(refused).toEqual({
        turnId: 'refused',
        conversation: { ...customer('jun'), room: 'r1' },
        requestId: 'request-refused',
        receivedAt: START,
        reason: 'refused',
        code: '99',
      });
      expect(failed).toMatchObject({ turnId: 'failed', reason: 'failed', code: 'STORE_BUSY' });
    });

    it('are not those that are open, answered, or whose answer nobody fetched', async () => {
      await current().acceptTurn(newTurn('open'), 0);
      await current().acceptTurn(newTurn('answered'), 0);
      await current().answerTurn('answered', turnAnswer(), [newDelivery('d1', { mode: 'push', state: 'waiting' })]);
      await current().acceptTurn(newTurn('not-fetched'), 0);
      await current().answerTurn('not-fetched', turnAnswer(), [newDelivery('d2', { mode: 'pickup', state: 'held' })]);
      await current().expireHeldBefore(START + 10_000, START + 10_000);
      expect(await read('default', 10)).toEqual([]);
    });

    it('are each bot’s own, and come in pages', async () => {
      const ids = ['t1', 't2', 't3', 't4', 't5'];
      for (const id of [...ids, 'other']) {
        const conversation = id === 'other' ? { ...customer('a'), botId: 'clinic' } : customer(id);
        await current().acceptTurn(newTurn(id, { conversation }), 0);
        await current().moveTurn(id, ['answering'], 'failed', START + 1, 'INTERNAL');
      }
      expect(await read('clinic', 10)).toEqual(['other']);
      expect(await read('default', 2)).toEqual(['t5', 't4']);
      expect(await read('default', 2, 't4')).toEqual(['t3', 't2']);
      expect(await read('default', 2, 't2')).toEqual(['t1']);
      expect(await read('default', 2, 'purged')).toEqual([]);
    });
  });
}
