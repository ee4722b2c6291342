import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Lesson, RateBudget, type RateLimits } from '../../../src/engine/call-path/rate-budget.ts';
import { GatewayError, toGatewayError } from '../../../src/errors.ts';
import type { CallPass, GateCall } from '../../../src/http-client/call-gate.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const WINDOW_MS = 61_000;
const UNLIMITED = Number.POSITIVE_INFINITY;
const QUOTA = expect.objectContaining({
  code: 'ENGINE_NOT_ASKED',
  details: expect.objectContaining({ reason: 'quota' }),
});

describe('the rate budget of an upstream', () => {
  let clock: ManualClock;
  let lessons: Lesson[];
  let startedAt: number;

  beforeEach(() => {
    clock = new ManualClock();
    lessons = [];
    startedAt = clock.now();
  });

  const open = (limits: Partial<RateLimits>) => {
    const all = { requestsPerMinute: UNLIMITED, tokensPerMinute: UNLIMITED, ...limits };
    return new RateBudget(all, clock, (lesson) => lessons.push(lesson));
  };
  /** A call of `tokens`; settles with when it was let in, in ms from the start, or why not. */
  const enter = (
    budget: RateBudget,
    call: Partial<GateCall> & { maxWaitMs?: number; onPass?: (pass: CallPass) => void } = {},
  ) => {
    const { maxWaitMs = 120_000, onPass, ...rest } = call;
    return budget
      .gate({ requestsPerMinute: UNLIMITED, tokensPerMinute: UNLIMITED }, maxWaitMs)
      .enter({
        inputTokens: 0,
        outputTokens: 100,
        botId: 'shop',
        closesAt: clock.now() + 600_000,
        signal: new AbortController().signal,
        ...rest,
      })
      .then(
        (pass) => {
          onPass?.(pass);
          return clock.now() - startedAt;
        },
        (thrown: unknown) => toGatewayError(thrown),
      );
  };

  /** Let in at once, until no more are. */
  const takeAll = async (budget: RateBudget, outputTokens = 100) => {
    let made = 0;
    while (typeof (await enter(budget, { maxWaitMs: 0, outputTokens })) === 'number') made += 1;
    return made;
  };

  it('lets as many requests through as a minute has, and the next when the first is a minute old', async () => {
    const budget = open({ requestsPerMinute: 3 });
    expect(await Promise.all([enter(budget), enter(budget)])).toEqual([0, 0]);
    await clock.advance(10_000);
    expect(await enter(budget)).toBe(10_000);
    const waiting = Promise.all([enter(budget), enter(budget), enter(budget)]);
    await clock.advance(100_000);
    expect(await waiting).toEqual([WINDOW_MS, WINDOW_MS, WINDOW_MS + 10_000]);
  });

  it('tells at once who need not wait, and takes nothing from who must', async () => {
    const gate = open({ requestsPerMinute: 1 }).gate({ requestsPerMinute: 1, tokensPerMinute: UNLIMITED }, 120_000);
    const { signal } = new AbortController();
    const call = { inputTokens: 0, outputTokens: 100, botId: 'shop', closesAt: clock.now() + 600_000, signal };
    expect(gate.tryEnter({ ...call, signal: AbortSignal.abort() })).toBeUndefined();
    expect(gate.tryEnter(call)).toBeDefined();
    expect(gate.tryEnter(call)).toBeUndefined();
    const waiting = gate.enter(call);
    await clock.advance(WINDOW_MS - 1);
    // Whoever waits goes first.
    expect(gate.tryEnter(call)).toBeUndefined();
    await clock.advance(2);
    expect(await waiting).toBeDefined();
    expect(gate.tryEnter(call)).toBeUndefined();
  });

  it('lets in at once who fits, although the clock moves on between two looks at it', async () => {
    class Ticking extends ManualClock {
      override now(): number {
        this.stall(1);
        return super.now();
      }
    }
    clock = new Ticking();
    const budget = open({});
    const call = { wantedBy: clock.now() + 50, maxWaitMs: 0 };
    expect(await enter(budget, call)).toEqual(expect.any(Number));
  });

  it('counts tokens: the input, and what is asked for at most', async () => {
    const budget = open({ tokensPerMinute: 1_000 });
    expect(await enter(budget, { inputTokens: 300, outputTokens: 400 })).toBe(0);
    expect(await enter(budget, { outputTokens: 300 })).toBe(0);
    expect(await enter(budget, { outputTokens: 1, maxWaitMs: 0 })).toEqual(QUOTA);
  });

  it('goes on with what the service has counted, and learns how it counts', async () => {
    const budget = open({ tokensPerMinute: 1_000 });
    expect(await enter(budget, { inputTokens: 300, outputTokens: 600, onPass: (pass) => pass.answered(100) })).toBe(0);
    expect(await enter(budget, { outputTokens: 300 })).toBe(0);
    expect(await enter(budget, { outputTokens: 1, maxWaitMs: 0 })).toEqual(QUOTA);
    await clock.advance(WINDOW_MS);
    for (let i = 0; i < 50; i += 1) {
      await enter(budget, { inputTokens: 300, outputTokens: 0, onPass: (pass) => pass.answered(100) });
      await clock.advance(WINDOW_MS);
    }
    expect(await enter(budget, { inputTokens: 2_400, outputTokens: 0 })).toBeTypeOf('number');
    expect(await enter(budget, { outputTokens: 200, maxWaitMs: 0 })).toEqual(QUOTA);
    expect(await enter(budget, { outputTokens: 99, maxWaitMs: 0 })).toBeTypeOf('number');
  });

  it('lets one in that is larger than the whole budget, alone: the service may know better', async () => {
    const budget = open({ tokensPerMinute: 1_000 });
    expect(await enter(budget, { outputTokens: 5_000 })).toBe(0);
    const second = enter(budget, { outputTokens: 5_000 });
    await clock.advance(WINDOW_MS);
    expect(await second).toBe(WINDOW_MS);
  });

  it('is as strict as the strictest who shares it', async () => {
    const budget = open({ requestsPerMinute: 60 });
    budget.gate({ requestsPerMinute: 1, tokensPerMinute: UNLIMITED }, 0);
    expect(await enter(budget)).toBe(0);
    expect(await enter(budget, { maxWaitMs: 0 })).toEqual(QUOTA);
  });

  describe('a call waits only as long as it makes sense', () => {
    it.each<[string, (now: number) => Partial<GateCall> & { maxWaitMs?: number }]>([
      ['it may', () => ({ maxWaitMs: WINDOW_MS - 1 })],
      ['an answer can come before the end of the work', (now) => ({ closesAt: now + WINDOW_MS })],
      ['an answer still reaches the customer', (now) => ({ wantedBy: now + WINDOW_MS })],
      ['it can begin before the next engine is asked', (now) => ({ firstTokenBy: now + WINDOW_MS })],
    ])('as %s, and otherwise not at all', async (_, call) => {
      const budget = open({ requestsPerMinute: 1 });
      await enter(budget);
      expect(await enter(budget, call(clock.now()))).toEqual(QUOTA);
    });

    it('and waits although the customer has to fetch the answer by now', async () => {
      const budget = open({ requestsPerMinute: 1 });
      await enter(budget);
      const waiting = enter(budget, { wantedBy: clock.now() - 1 });
      await clock.advance(WINDOW_MS);
      expect(await waiting).toBe(WINDOW_MS);
    });

    it('and gives up when the wait turns out to be longer', async () => {
      const budget = open({ requestsPerMinute: 1 });
      let first: CallPass | undefined;
      await enter(budget, { onPass: (pass) => (first = pass) });
      await clock.advance(WINDOW_MS - 1_000);
      const waiting = enter(budget, { maxWaitMs: 2_000 });
      first?.failed(new GatewayError('ENGINE_RATE_LIMITED', 'no', { retryAfterMs: 30_000 }));
      await clock.advance(2_001);
      expect(await waiting).toEqual(QUOTA);
    });
  });

  it('forgets who was cancelled while it waited', async () => {
    const budget = open({ requestsPerMinute: 1 });
    await enter(budget);
    const controller = new AbortController();
    const cancelled = enter(budget, { signal: controller.signal });
    const next = enter(budget, { maxWaitMs: 180_000 });
    controller.abort();
    expect(await cancelled).toMatchObject({ code: 'TURN_CANCELLED' });
    await clock.advance(WINDOW_MS);
    expect(await next).toBe(WINDOW_MS);
  });

  it('lets bots take turns', async () => {
    const budget = open({ requestsPerMinute: 2 });
    await Promise.all([enter(budget), enter(budget)]);
    const order: string[] = [];
    const wait = (botId: string, name: string) =>
      enter(budget, { botId, maxWaitMs: 180_000, onPass: () => order.push(name) });
    const all = [wait('busy', 'busy 1'), wait('busy', 'busy 2'), wait('busy', 'busy 3'), wait('calm', 'calm 1')];
    await clock.advance(2 * WINDOW_MS);
    expect(await Promise.all(all)).toEqual([WINDOW_MS, 2 * WINDOW_MS, 2 * WINDOW_MS, WINDOW_MS]);
    expect(order).toEqual(['busy 1', 'calm 1', 'busy 2', 'busy 3']);
  });

  describe('when the service refuses all the same', () => {
    const refusal = (retryAfterMs?: number) =>
      new GatewayError('ENGINE_RATE_LIMITED', 'no', retryAfterMs === undefined ? {} : { retryAfterMs });

    it('asks nothing until the service said to come back', async () => {
      const budget = open({ requestsPerMinute: 60 });
      await enter(budget, { onPass: (pass) => pass.failed(refusal(20_000)) });
      expect(await enter(budget, { maxWaitMs: 19_999 })).toEqual(QUOTA);
      const waiting = enter(budget, { maxWaitMs: 20_000 });
      await clock.advance(20_000);
      expect(await waiting).toBe(20_000);
    });

    it('makes as many calls as went through, and more again later', async () => {
      const budget = open({ requestsPerMinute: 60 });
      for (let i = 0; i < 30; i += 1) await enter(budget);
      await enter(budget, { onPass: (pass) => pass.failed(refusal(1_000)) });
      expect(lessons).toEqual([{ share: 0.5, pauseMs: 1_000 }]);
      await clock.advance(WINDOW_MS);
      let made = 0;
      while (typeof (await enter(budget, { maxWaitMs: 0 })) === 'number') made += 1;
      expect(made).toBe(36); // a tenth of the limit is back after a minute
      await clock.advance(5 * 60_000);
      while (typeof (await enter(budget, { maxWaitMs: 0 })) === 'number') made += 1;
      expect(made).toBe(36 + 60);
    });

    it('learns one lesson from the refusals of one burst', async () => {
      const budget = open({ requestsPerMinute: 60 });
      const passes: CallPass[] = [];
      for (let i = 0; i < 40; i += 1) await enter(budget, { onPass: (pass) => passes.push(pass) });
      for (const pass of passes) pass.failed(refusal());
      expect(lessons).toHaveLength(1);
    });

    it('takes what went through for the limit where nobody knows one, and grows beyond it', async () => {
      const budget = open({});
      for (let i = 0; i < 100; i += 1) expect(await enter(budget)).toBe(0);
      await enter(budget, { onPass: (pass) => pass.failed(refusal(1_000)) });
      expect(lessons).toEqual([{ share: 1, pauseMs: 1_000, requestsPerMinute: 100 }]);
      await clock.advance(1_000);
      expect(await enter(budget, { maxWaitMs: 59_999 })).toEqual(QUOTA);
      await clock.advance(WINDOW_MS);
      expect(await takeAll(budget)).toBe(110);
      await clock.advance(60 * 60_000);
      expect(await takeAll(budget)).toBeGreaterThan(600);
    });

    it('does not take a quiet minute for the limit where nobody knows one', async () => {
      const budget = open({});
      await enter(budget, { onPass: (pass) => pass.failed(refusal(1_000)) });
      await clock.advance(1_000);
      expect(await takeAll(budget)).toBe(59);
    });

    it('never falls below a tenth, and learns nothing from other failures', async () => {
      const budget = open({ requestsPerMinute: 60 });
      await enter(budget, { onPass: (pass) => pass.failed(new GatewayError('ENGINE_OVERLOADED', 'no')) });
      expect(lessons).toEqual([]);
      await enter(budget, { onPass: (pass) => pass.failed(refusal()) });
      expect(lessons).toMatchObject([{ share: 0.1 }]);
    });
  });

  describe('that several processes share', () => {
    const divided = (limits: Partial<RateLimits>, processes: number) =>
      Array.from({ length: processes }, (_, rank) => {
        const budget = open(limits);
        budget.shareWith({ share: { processes, rank } });
        return budget;
      });

    it('has parts that make up the limits, of requests and of tokens', async () => {
      const made = [];
      for (const budget of divided({ requestsPerMinute: 5 }, 2)) made.push(await takeAll(budget));
      expect(made).toEqual([3, 2]);
      for (const budget of divided({ tokensPerMinute: 1_000 }, 2)) expect(await takeAll(budget)).toBe(5);
    });

    it('lets each make a call now and then, where there are fewer in a minute than processes', async () => {
      const budgets = divided({ requestsPerMinute: 2 }, 4);
      for (const budget of budgets) expect(await takeAll(budget)).toBe(1);
      await clock.advance(2 * WINDOW_MS - 1);
      for (const budget of budgets) expect(await takeAll(budget)).toBe(0);
      await clock.advance(1);
      for (const budget of budgets) expect(await takeAll(budget)).toBe(1);
    });

    it('gives those who wait the part of a process that leaves', async () => {
      const budget = open({ requestsPerMinute: 4 });
      const sharing = { share: { processes: 2, rank: 0 } };
      budget.shareWith(sharing);
      await Promise.all([enter(budget), enter(budget)]);
      const waiting = enter(budget);
      await clock.advance(10_000);
      sharing.share = { processes: 1, rank: 0 };
      await clock.advance(2_000);
      expect(await waiting).toBe(12_000);
    });

    it('learns from the refusals of others, and does not pass them on', async () => {
      const budget = open({ requestsPerMinute: 60 });
      budget.hear({ share: 0.5, pauseMs: 10_000 });
      expect(await enter(budget, { maxWaitMs: 9_999 })).toEqual(QUOTA);
      await clock.advance(10_000);
      expect(await takeAll(budget)).toBe(31); // a little of the limit is back by then
      expect(lessons).toEqual([]);
    });

    it('hears what others take for a limit that nobody knows', async () => {
      const budget = open({});
      budget.hear({ share: 1, pauseMs: 0, requestsPerMinute: 80 });
      budget.hear({ share: 1, pauseMs: 0, requestsPerMinute: 90 });
      expect(await takeAll(budget)).toBe(80);
    });

    it('does not take the refusal of another for leave to call more', async () => {
      const budget = open({ requestsPerMinute: 60 });
      budget.hear({ share: 0.2, pauseMs: 0 });
      budget.hear({ share: 0.9, pauseMs: 0 });
      expect(await takeAll(budget)).toBe(12);
    });

    it('believes nobody who would stop it for good', async () => {
      const budget = open({ requestsPerMinute: 60 });
      budget.hear({ share: 0, pauseMs: 1e12 });
      await clock.advance(60_000);
      expect(await takeAll(budget)).toBe(12);
    });
  });

  it('never lets more through in any minute than there is, whoever comes when', async () => {
    const arrival = fc.record({
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      outputTokens: fc.integer({ min: 1, max: 400 }),
      botId: fc.constantFrom('a', 'b', 'c'),
      maxWaitMs: fc.integer({ min: 0, max: 90_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 40 }), async (arrivals) => {
        const budget = open({ requestsPerMinute: 5, tokensPerMinute: 1_000 });
        const made: { readonly at: number; readonly tokens: number }[] = [];
        const all = [];
        for (const { afterMs, ...call } of arrivals) {
          await clock.advance(afterMs);
          const onPass = () => made.push({ at: clock.now(), tokens: call.outputTokens });
          all.push(enter(budget, { ...call, onPass }));
        }
        await clock.advance(600_000);
        expect(await Promise.all(all)).toHaveLength(arrivals.length); // nobody waits for ever
        for (const { at } of made) {
          const minute = made.filter((other) => other.at >= at && other.at < at + 60_000);
          expect(minute.length).toBeLessThanOrEqual(5);
          expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(1_000);
        }
      }),
      { numRuns: 20 },
    );
  });
});
