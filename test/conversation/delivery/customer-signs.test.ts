import { beforeEach, describe, expect, it } from 'vitest';
import { CustomerSigns } from '../../../src/conversation/delivery/customer-signs.ts';
import { GatewayError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { Turn } from '../../../src/storage/store.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const ROOM = 'default/naver/minji';
const never = new AbortController().signal;
const clock = new ManualClock();
let turns: Pick<Turn, 'event' | 'receivedAt'>[] = [];
let looks = 0;
let isBusy = false;

const store = {
  async readTurns() {
    looks += 1;
    if (isBusy) throw new GatewayError('STORE_BUSY', 'The store is busy');
    return turns as Turn[];
  },
};
const turn = (type: string) => ({ event: { type }, receivedAt: clock.now() }) as unknown as Turn;

/** Undefined while it waits. */
function waitFor(signs: CustomerSigns, longestMs: number) {
  const watch = signs.watch(ROOM, 1);
  const waited: { isHeard?: boolean } = {};
  void watch.untilHeard(longestMs, never).then((isHeard) => {
    waited.isHeard = isHeard;
  });
  return waited;
}

beforeEach(() => {
  turns = [];
  looks = 0;
  isBusy = false;
});

describe('whoever waits for a sign of a customer', () => {
  it('looks for those that other processes hear, where there are any', async () => {
    const waited = waitFor(new CustomerSigns({ store, clock, logger: silentLogger, replicas: { others: 1 } }), 60_000);
    turns = [turn('message-echoed')];
    await clock.advance(10_000);
    expect(waited).toEqual({});
    turns = [turn('message-received')];
    await clock.advance(2_000);
    expect(waited).toEqual({ isHeard: true });
  });

  it('does not take for one what had been heard before', async () => {
    turns = [turn('message-received')];
    await clock.advance(1);
    const waited = waitFor(new CustomerSigns({ store, clock, logger: silentLogger, replicas: { others: 1 } }), 5_000);
    await clock.advance(4_999);
    expect(waited).toEqual({});
    await clock.advance(1);
    expect(waited).toEqual({ isHeard: false });
  });

  it('looks again where the store does not answer', async () => {
    const waited = waitFor(new CustomerSigns({ store, clock, logger: silentLogger, replicas: { others: 1 } }), 60_000);
    turns = [turn('message-received')];
    isBusy = true;
    await clock.advance(2_000);
    expect(waited).toEqual({});
    isBusy = false;
    await clock.advance(2_000);
    expect(waited).toEqual({ isHeard: true });
  });

  it('leaves the store alone where nobody shares it', async () => {
    const waited = waitFor(new CustomerSigns({ store, clock, logger: silentLogger }), 60_000);
    await clock.advance(60_000);
    expect([waited, looks]).toEqual([{ isHeard: false }, 0]);
  });

  it('waits no longer than this process lives', async () => {
    const stopping = new AbortController();
    const watch = new CustomerSigns({ store, clock, logger: silentLogger }).watch(ROOM, 1);
    const waiting = watch.untilHeard(60_000, stopping.signal);
    stopping.abort();
    expect(await waiting).toBe(false);
  });
});
