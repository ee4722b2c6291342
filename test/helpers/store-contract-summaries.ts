/** What every store owes the core about summaries of conversations; part of the store contract. */
import { describe, expect, it } from 'vitest';
import { conversationKey } from '../../src/message.ts';
import type { HistorySummary, Store } from '../../src/storage/store.ts';
import { customer, newTurn, START, turnAnswer } from './store-contract-records.ts';

const MINJI = conversationKey(customer('minji'));

export function summaryContract(current: () => Store): void {
  const summaryThrough = (throughSequence: number, text = `turns 1 to ${throughSequence}`): HistorySummary => ({
    text,
    throughSequence,
    throughAt: START + throughSequence,
  });

  async function answerTurns(count: number): Promise<void> {
    for (let i = 1; i <= count; i += 1) {
      await current().acceptTurn(newTurn(`t${i}`, { receivedAt: START + i }), 0);
      await current().answerTurn(`t${i}`, turnAnswer(), []);
    }
  }

  describe('a summary', () => {
    it('comes with the memory, and with that of every new turn', async () => {
      await answerTurns(3);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toBeUndefined();
      expect(await current().saveSummary(MINJI, summaryThrough(2))).toBe(true);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toEqual(summaryThrough(2));
      expect(await current().acceptTurn(newTurn('t4'), 0)).toMatchObject({ memory: { summary: summaryThrough(2) } });
      // What came after a question is no part of what was known when it was asked.
      expect((await current().readMemory(MINJI, 2, 0)).summary).toBeUndefined();
    });

    it('gives way to a later one, never to an earlier one', async () => {
      await answerTurns(3);
      expect(await current().saveSummary(MINJI, summaryThrough(2))).toBe(true);
      expect(await current().saveSummary(MINJI, summaryThrough(1))).toBe(false);
      expect(await current().saveSummary(MINJI, summaryThrough(2, 'the same again'))).toBe(false);
      expect(await current().saveSummary(MINJI, summaryThrough(3))).toBe(true);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toEqual(summaryThrough(3));
    });

    it('is forgotten with a reset, and one that comes too late is not kept', async () => {
      await answerTurns(2);
      await current().saveSummary(MINJI, summaryThrough(1));
      await current().resetConversation(MINJI, START + 10);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toBeUndefined();
      expect(await current().saveSummary(MINJI, summaryThrough(2))).toBe(false);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toBeUndefined();
    });

    it('is erased with its conversation, and with the retention of its last turn', async () => {
      await answerTurns(2);
      await current().saveSummary(MINJI, summaryThrough(1));
      await current().purgeBefore(START + 1);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toEqual(summaryThrough(1));
      await current().purgeBefore(START + 2);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toBeUndefined();
      await current().saveSummary(MINJI, summaryThrough(2));
      await current().eraseConversation(MINJI, START);
      expect((await current().readMemory(MINJI, 100, 0)).summary).toBeUndefined();
      expect(await current().saveSummary(MINJI, summaryThrough(3))).toBe(false);
      // Not even when the customer has written again since.
      await current().acceptTurn(newTurn('anew'), 0);
      expect(await current().saveSummary(MINJI, summaryThrough(3))).toBe(false);
    });

    it('belongs to one conversation', async () => {
      await answerTurns(1);
      await current().acceptTurn(newTurn('other', { conversation: customer('jun') }), 0);
      await current().saveSummary(MINJI, summaryThrough(1));
      const other = await current().readMemory(conversationKey(customer('jun')), 100, 0);
      expect(other.summary).toBeUndefined();
      expect(await current().saveSummary('nobody', summaryThrough(1))).toBe(false);
    });
  });
}
