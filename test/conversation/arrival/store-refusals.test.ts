import { beforeEach, describe, expect, it } from 'vitest';
import { tellOfRefusals } from '../../../src/conversation/arrival/store-refusals.ts';
import { type ErrorCode, GatewayError } from '../../../src/errors.ts';
import type { Alert } from '../../../src/platform/alerts.ts';
import type { NewTurn, Store } from '../../../src/storage/store.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

describe('a store that refuses questions', () => {
  let clock: ManualClock;
  let alerts: Alert[];
  let fault: ErrorCode | undefined;
  let notes: Map<string, string>;
  let store: Store;

  beforeEach(() => {
    clock = new ManualClock();
    alerts = [];
    fault = undefined;
    notes = new Map();
    const orFail = () => {
      if (fault !== undefined) throw new GatewayError(fault, 'the disk is full');
    };
    const backend = {
      acceptTurn: async () => orFail(),
      async writeNote(key: string, text: string | undefined) {
        orFail();
        if (text === undefined) notes.delete(key);
        else notes.set(key, text);
      },
      close: async () => {},
    };
    store = tellOfRefusals(backend as unknown as Store, {
      clock,
      alerts: { raise: (alert) => void alerts.push(alert) },
      storedIn: 'data-directory',
    });
  });

  const ask = () => store.acceptTurn({} as NewTurn, 0);

  it('is told of when it still writes nothing five seconds later, though nobody asks again', async () => {
    fault = 'STORE_FAILED';
    await expect(ask()).rejects.toThrow('the disk is full');
    await clock.advance(4_999);
    expect(alerts).toEqual([]);
    await clock.advance(1);
    expect(alerts).toMatchObject([{ code: 'store-refuses', text: expect.stringContaining('DATA_DIR') }]);
  });

  it('is looked at once for all questions of that moment, and again for a later one', async () => {
    fault = 'STORE_FAILED';
    for (let question = 0; question < 3; question += 1) await expect(ask()).rejects.toThrow();
    await clock.advance(5_000);
    expect(alerts).toHaveLength(1);
    await expect(ask()).rejects.toThrow();
    await clock.advance(5_000);
    expect(alerts).toHaveLength(2);
  });

  it('is not told of when it writes again, and keeps nothing of the check', async () => {
    fault = 'STORE_BUSY';
    await expect(ask()).rejects.toThrow();
    fault = undefined;
    await clock.advance(5_000);
    expect([alerts, notes.size]).toEqual([[], 0]);
  });

  it('is not at fault for a question that it can never take', async () => {
    fault = 'INTERNAL';
    await expect(ask()).rejects.toThrow();
    fault = 'STORE_FAILED';
    await clock.advance(10_000);
    expect(alerts).toEqual([]);
  });

  it('is left alone once it is closed', async () => {
    fault = 'STORE_FAILED';
    await expect(ask()).rejects.toThrow();
    await store.close();
    await clock.advance(10_000);
    expect(alerts).toEqual([]);
  });
});
