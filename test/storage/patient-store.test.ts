import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { makePatient } from '../../src/storage/patient-store.ts';
import type { NewTurn, Store } from '../../src/storage/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** Every call fails `failures` times with `code`, then succeeds. */
function failing(failures: number, code: 'STORE_BUSY' | 'INTERNAL' = 'STORE_BUSY') {
  let calls = 0;
  const store = new Proxy({} as Store, {
    get: () => async () => {
      calls += 1;
      if (calls <= failures) throw new GatewayError(code, 'not now');
      return true;
    },
  });
  return { store, calls: () => calls };
}

describe('makePatient', () => {
  it('tries a write again while the store is busy', async () => {
    const clock = new ManualClock();
    const { store, calls } = failing(20);
    const moved = makePatient(store, clock).moveDelivery('d', ['sending'], 'delivered', 0);
    await clock.advance(2_000);
    expect(await moved).toBe(true);
    expect(calls()).toBe(21);
  });

  it('gives up in the end, and sooner where somebody waits', async () => {
    const clock = new ManualClock();
    const patient = makePatient(failing(Number.POSITIVE_INFINITY).store, clock);
    const read = patient.readTurn('t').catch((error: GatewayError) => error.code);
    const write = patient.moveTurn('t', ['received'], 'answering', 0).catch((error: GatewayError) => error.code);
    let wrote = false;
    void write.then(() => {
      wrote = true;
    });
    await clock.advance(2_000);
    expect(await read).toBe('STORE_BUSY');
    expect(wrote).toBe(false);
    await clock.advance(60_000);
    expect(await write).toBe('STORE_BUSY');
  });

  it('gives a start the time to learn what was left open', async () => {
    const clock = new ManualClock();
    const { store, calls } = failing(100);
    const taken = makePatient(store, clock).takeOver('o', 0);
    await clock.advance(10_000);
    expect(await taken).toBe(true);
    expect(calls()).toBe(101);
  });

  it('repeats nothing that time cannot mend, and no accepting', async () => {
    const clock = new ManualClock();
    const broken = failing(1, 'INTERNAL');
    await expect(makePatient(broken.store, clock).readTurn('t')).rejects.toMatchObject({ code: 'INTERNAL' });
    const busy = failing(1);
    await expect(makePatient(busy.store, clock).acceptTurn({} as NewTurn, 0)).rejects.toMatchObject({
      code: 'STORE_BUSY',
    });
    expect(busy.calls()).toBe(1);
  });
});
