import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLimits, type Limits } from '../../src/http/limits.ts';

let now: number;
let limits: Limits;

beforeEach(() => {
  now = 12_345;
  limits = createLimits({ perConversation: 2, perAddress: 1 }, () => now);
});

async function waitMs(call: Promise<void>): Promise<number | undefined> {
  return call.then(
    () => undefined,
    (error: { readonly code: string; readonly retryAfterMs?: number }) => {
      expect(error.code).toBe('INBOUND_RATE_LIMITED');
      return error.retryAfterMs;
    },
  );
}

describe('createLimits', () => {
  it('counts a minute from the first message of a conversation, and says how long to wait', async () => {
    expect(await waitMs(limits.conversation('a'))).toBeUndefined();
    now += 20_000;
    expect(await waitMs(limits.conversation('a'))).toBeUndefined();
    expect(await waitMs(limits.conversation('a'))).toBe(40_000);
    now += 39_999;
    expect(await waitMs(limits.conversation('a'))).toBe(1);
    now += 1;
    expect(await waitMs(limits.conversation('a'))).toBeUndefined();
  });

  it('counts conversations and addresses apart, each for itself', async () => {
    await limits.address('a');
    expect(await waitMs(limits.address('a'))).toBe(60_000);
    expect(await waitMs(limits.address('b'))).toBeUndefined();
    expect(await waitMs(limits.conversation('a'))).toBeUndefined();
  });

  it('limits nobody where the limit is 0', async () => {
    limits = createLimits({ perConversation: 0, perAddress: 0 }, () => now);
    for (let i = 0; i < 100; i += 1) expect(await waitMs(limits.conversation('a'))).toBeUndefined();
  });

  it('lets nobody through whose minute is full, and everybody else, whatever others do and whenever', async () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(45_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        limits = createLimits({ perConversation: 2, perAddress: 0 }, () => now);
        const minutes = new Map<string, { count: number; endsAt: number }>();
        for (const { key, afterMs } of steps) {
          now += afterMs;
          const known = minutes.get(key);
          const minute = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + 60_000 };
          minutes.set(key, { ...minute, count: minute.count + 1 });
          const isFull = minute.count >= 2;
          expect(await waitMs(limits.conversation(key))).toBe(isFull ? Math.ceil(minute.endsAt - now) : undefined);
        }
      }),
    );
  });
});
