import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneEntry, type LaneStart, Lanes } from '../../src/conversation/lane.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const AT_ONCE = { quietMs: 0, longestMs: 0 };

function entry(turnId: string, options: Partial<LaneEntry> = {}): LaneEntry {
  return {
    turnId,
    goesFirst: false,
    mergeable: false,
    receivedAt: 1_000_000,
    abort: new AbortController(),
    ...options,
  };
}

async function stateOf(start: Promise<LaneStart>): Promise<LaneStart | 'waiting'> {
  return Promise.race([start, new Promise<'waiting'>((resolve) => setImmediate(() => resolve('waiting')))]);
}

describe('Lanes', () => {
  it('lets the first turn go as soon as the store has taken it, and not before', async () => {
    const slot = new Lanes(new ManualClock()).enter('c', entry('a'));
    expect(slot.isFirst).toBe(true);
    expect(await stateOf(slot.start)).toBe('waiting');
    slot.admit();
    expect(await stateOf(slot.start)).toEqual({ kind: 'run', absorbed: [] });
  });

  it('runs one turn at a time, in the order of entering, whatever the order of admission', async () => {
    const lanes = new Lanes(new ManualClock());
    const [a, b, c] = ['a', 'b', 'c'].map((id) => lanes.enter('c', entry(id)));
    c?.admit();
    b?.admit();
    expect(await stateOf(b?.start as Promise<LaneStart>)).toBe('waiting');
    a?.admit();
    expect(await stateOf(a?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    a?.leave();
    expect(await stateOf(b?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    expect(await stateOf(c?.start as Promise<LaneStart>)).toBe('waiting');
  });

  it('keeps conversations apart', async () => {
    const lanes = new Lanes(new ManualClock());
    lanes.enter('one', entry('a')).admit();
    const other = lanes.enter('two', entry('b'));
    other.admit();
    expect(await stateOf(other.start)).toMatchObject({ kind: 'run' });
  });

  it('merges waiting messages into the last of them, never into the running one', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a', { mergeable: AT_ONCE }));
    running.admit();
    const waiting = ['b', 'c', 'd'].map((id) => lanes.enter('c', entry(id, { mergeable: AT_ONCE })));
    for (const slot of waiting) slot.admit();
    expect(await stateOf(waiting[2]?.start as Promise<LaneStart>)).toBe('waiting');
    running.leave();
    expect(await waiting[0]?.start).toEqual({ kind: 'merged', into: 'd' });
    expect(await waiting[1]?.start).toEqual({ kind: 'merged', into: 'd' });
    expect(await waiting[2]?.start).toEqual({ kind: 'run', absorbed: ['b', 'c'] });
  });

  it('never merges a message that the store has not taken yet', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a'));
    running.admit();
    const b = lanes.enter('c', entry('b', { mergeable: AT_ONCE }));
    const late = lanes.enter('c', entry('late', { mergeable: AT_ONCE }));
    b.admit();
    running.leave();
    expect(await stateOf(b.start)).toEqual({ kind: 'run', absorbed: [] });
    late.admit();
    expect(await stateOf(late.start)).toBe('waiting');
  });

  it('puts taps and reset words before ordinary turns that wait, and keeps their own order', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a'));
    running.admit();
    const ordinary = lanes.enter('c', entry('b'));
    const taps = ['t1', 't2'].map((id) => lanes.enter('c', entry(id, { goesFirst: true })));
    for (const slot of [ordinary, ...taps]) slot.admit();
    running.leave();
    expect(await stateOf(taps[0]?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    expect(await stateOf(taps[1]?.start as Promise<LaneStart>)).toBe('waiting');
    expect(await stateOf(ordinary.start)).toBe('waiting');
  });

  it('cancels what runs and waits, except the turn that asked for it', async () => {
    const lanes = new Lanes(new ManualClock());
    const abort = new AbortController();
    const running = lanes.enter('c', entry('a', { abort }));
    running.admit();
    const waiting = lanes.enter('c', entry('b'));
    waiting.admit();
    const reset = lanes.enter('c', entry('reset', { goesFirst: true }));
    reset.admit();
    lanes.cancel('c', 'reset');
    expect(abort.signal.aborted).toBe(true);
    expect(await waiting.start).toEqual({ kind: 'cancelled' });
    expect(await stateOf(reset.start)).toMatchObject({ kind: 'run' });
    reset.leave();
    expect(lanes.isBusy('c')).toBe(false);
  });

  it('never runs two turns of a conversation at once and leaves nothing behind (any interleaving)', async () => {
    const step = fc.record({
      action: fc.constantFrom('enter', 'admit', 'leave'),
      pick: fc.nat(50),
      merge: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const lanes = new Lanes(new ManualClock());
        const slots: { id: string; slot: ReturnType<Lanes['enter']>; state: string }[] = [];
        for (const { action, pick, merge } of steps) {
          if (action === 'enter' || slots.length === 0) {
            const id = `t${slots.length}`;
            const place = { id, slot: lanes.enter('c', entry(id, { mergeable: merge && AT_ONCE })), state: 'waiting' };
            place.slot.start.then((start) => {
              place.state = start.kind;
            });
            slots.push(place);
          } else {
            const place = slots[pick % slots.length];
            if (action === 'admit') place?.slot.admit();
            else if (place?.state === 'run') {
              place.slot.leave();
              place.state = 'left';
            }
          }
          await Promise.resolve();
          await Promise.resolve();
          expect(slots.filter((place) => place.state === 'run').length).toBeLessThanOrEqual(1);
        }
        for (const { slot } of slots) slot.leave();
        expect(lanes.isBusy('c')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a lane that waits for quiet', () => {
  const QUIET = { quietMs: 1_200, longestMs: 5_000 };
  const short = (id: string) => entry(id, { mergeable: QUIET });

  function open() {
    const clock = new ManualClock();
    const lanes = new Lanes(clock);
    const say = (laneEntry: LaneEntry) => {
      const slot = lanes.enter('c', { ...laneEntry, receivedAt: clock.now() });
      slot.admit();
      return slot;
    };
    return { clock, lanes, say };
  }

  it('makes one turn of messages in a row', async () => {
    const { clock, say } = open();
    const a = say(short('a'));
    expect(a.isFirst).toBe(false);
    await clock.advance(1_199);
    const b = say(short('b'));
    await clock.advance(1_199);
    expect(await stateOf(a.start)).toBe('waiting');
    await clock.advance(1);
    expect(await stateOf(a.start)).toEqual({ kind: 'merged', into: 'b' });
    expect(await stateOf(b.start)).toEqual({ kind: 'run', absorbed: ['a'] });
  });

  it('waits no longer than that for the first of them', async () => {
    const { clock, say } = open();
    const slots = [];
    for (let at = 0; at < 5_000; at += 1_000) {
      slots.push(say(short(`m${at}`)));
      await clock.advance(1_000);
    }
    expect(await stateOf((slots.at(-1) as (typeof slots)[0]).start)).toMatchObject({ kind: 'run' });
    const late = say(short('late'));
    await clock.advance(5_000);
    expect(await stateOf(late.start)).toBe('waiting');
  });

  it('lets taps go at once, and what has waited behind one long enough right after it', async () => {
    const { clock, say } = open();
    const typed = say(short('typed'));
    const tap = say(entry('tap', { goesFirst: true }));
    expect(await stateOf(tap.start)).toMatchObject({ kind: 'run' });
    await clock.advance(2_000);
    expect(await stateOf(typed.start)).toBe('waiting');
    tap.leave();
    expect(await stateOf(typed.start)).toMatchObject({ kind: 'run' });
  });

  it('is not busy: whoever comes can join', async () => {
    const { clock, lanes, say } = open();
    say(short('a'));
    expect(lanes.isBusy('c')).toBe(false);
    await clock.advance(1_200);
    expect(lanes.isBusy('c')).toBe(true);
  });

  it('forgets whoever is cancelled', async () => {
    const { clock, lanes, say } = open();
    const a = say(short('a'));
    lanes.cancel('c');
    await clock.advance(10_000);
    expect(await stateOf(a.start)).toEqual({ kind: 'cancelled' });
    const b = say(short('b'));
    await clock.advance(1_200);
    expect(await stateOf(b.start)).toEqual({ kind: 'run', absorbed: [] });
  });
});
