import { describe, expect, it } from 'vitest';
import { failuresInARow, selectHistory } from '../../../src/conversation/answering/memory.ts';
import type { RememberedTurn } from '../../../src/storage/store.ts';

const MINUTE = 60_000;
const limits = { maxTokens: 1_000, maxTurns: 10, idleMs: 30 * MINUTE };

function turn(sequence: number, receivedAt: number, text = `질문${sequence}`, wasAnswered = true): RememberedTurn {
  return {
    id: `t${sequence}`,
    sequence,
    event: { type: 'message-received', text, input: 'typed' },
    receivedAt,
    answer: `답변${sequence}`,
    wasAnswered,
  };
}

describe('selectHistory', () => {
  it('gives the youngest turns, oldest first, as alternating messages', () => {
    const history = selectHistory([turn(2, 20), turn(1, 10)], 30, limits);
    expect(history.map((message) => [message.role, message.text])).toEqual([
      ['user', '질문1'],
      ['assistant', '답변1'],
      ['user', '질문2'],
      ['assistant', '답변2'],
    ]);
  });

  it('forgets what came before a long pause, also inside the conversation', () => {
    const now = 100 * MINUTE;
    expect(selectHistory([turn(1, now - 31 * MINUTE)], now, limits)).toEqual([]);
    const history = selectHistory(
      [turn(3, now - MINUTE), turn(2, now - 20 * MINUTE), turn(1, now - 60 * MINUTE)],
      now,
      limits,
    );
    expect(history.map((message) => message.text)).toEqual(['질문2', '답변2', '질문3', '답변3']);
  });

  it('stays inside the token window, whole turns only', () => {
    const long = turn(1, 10, '가'.repeat(2_000));
    expect(selectHistory([turn(2, 20), long], 30, limits).map((message) => message.text)).toEqual(['질문2', '답변2']);
    expect(selectHistory([turn(2, 20), turn(1, 10)], 30, { ...limits, maxTokens: 0 })).toEqual([]);
  });

  it('stays inside the number of turns', () => {
    const turns = [5, 4, 3, 2, 1].map((n) => turn(n, n));
    expect(selectHistory(turns, 10, { ...limits, maxTurns: 2 })).toHaveLength(4);
  });
});

describe('failuresInARow', () => {
  it('counts from the newest until one was answered', () => {
    expect(failuresInARow([])).toBe(0);
    expect(failuresInARow([turn(3, 3, 'q', false), turn(2, 2, 'q', false), turn(1, 1)])).toBe(2);
    expect(failuresInARow([turn(2, 2, 'q', false), turn(1, 1, 'q', false)])).toBe(2);
  });
});
