import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneEntry, type LaneStart, Lanes } from '../../../src/conversation/turn/lane.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

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
    slot.admit(1);
    expect(await stateOf(slot.start)).toEqual({ kind: 'run', absorbed: [] });
  });

  it('runs one turn at a time, in the order of entering, whatever the order of admission', async () => {
    const lanes = new Lanes(new ManualClock());
    const [a, b, c] = ['a', 'b', 'c'].map((id) => lanes.enter('c', entry(id)));
    c?.admit(1);
    b?.admit(1);
    expect(await stateOf(b?.start as Promise<LaneStart>)).toBe('waiting');
    a?.admit(1);
    expect(await stateOf(a?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    a?.leave();
    expect(await stateOf(b?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    expect(await stateOf(c?.start as Promise<LaneStart>)).toBe('waiting');
  });

  describe('what was taken over from another process', () => {
    it('goes before what was asked later and only waits, and holds it back', async () => {
      const lanes = new Lanes(new ManualClock());
      const later = lanes.enter('c', entry('5'));
      later.admit(5);
      later.stepAside();
      lanes.enter('c', entry('6')).admit(6);
      const earlier = lanes.enter('c', entry('3', { sequence: 3 }));
      expect(later.goOn()).toBe(false);
      earlier.admit(3);
      expect(await stateOf(earlier.start)).toMatchObject({ kind: 'run' });
      const first = later.isFirstAgain().then(() => 'first');
      expect(await Promise.race([first, new Promise((resolve) => setImmediate(() => resolve('behind')))])).toBe(
        'behind',
      );
      earlier.leave();
      expect(await first).toBe('first');
      expect(later.goOn()).toBe(true);
    });

    it('stands behind what is being answered already, and among others by its number', async () => {
      const lanes = new Lanes(new ManualClock());
      const answering = lanes.enter('c', entry('5'));
      answering.admit(5);
      const slots = [8, 3, 6].map((sequence) => lanes.enter('c', entry(String(sequence), { sequence })));
      const unstored = lanes.enter('c', entry('new'));
      for (const [at, slot] of slots.entries()) slot.admit([8, 3, 6][at] ?? 0);
      unstored.admit(9);
      expect(answering.goOn()).toBe(true);
      const order: string[] = [];
      for (const [name, slot] of [
        ...['8', '3', '6'].map((id, at) => [id, slots[at]] as const),
        ['9', unstored] as const,
      ]) {
        void slot?.start.then(() => {
          order.push(name);
          slot.leave();
        });
      }
      answering.leave();
      await unstored.start;
      expect(order).toEqual(['3', '6', '8', '9']);
    });

    it('does not become one with messages that have begun to wait for others', async () => {
      const lanes = new Lanes(new ManualClock());
      const later = lanes.enter('c', entry('5', { mergeable: AT_ONCE }));
      later.admit(5);
      later.stepAside();
      const earlier = lanes.enter('c', entry('3', { sequence: 3, mergeable: AT_ONCE }));
      earlier.admit(3);
      expect(await stateOf(earlier.start)).toEqual({ kind: 'run', absorbed: [] });
    });

    it('lets go of who waits for it when all are cancelled', async () => {
      const lanes = new Lanes(new ManualClock());
      const later = lanes.enter('c', entry('5'));
      later.admit(5);
      later.stepAside();
      lanes.enter('c', entry('3', { sequence: 3 })).admit(3);
      const first = later.isFirstAgain();
      lanes.cancel('c');
      await first;
    });
  });

  it('keeps conversations apart', async () => {
    const lanes = new Lanes(new ManualClock());
    lanes.enter('one', entry('a')).admit(1);
    const other = lanes.enter('two', entry('b'));
    other.admit(1);
    expect(await stateOf(other.start)).toMatchObject({ kind: 'run' });
  });

  it('merges waiting messages into the last of them, never into the running one', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a', { mergeable: AT_ONCE }));
    running.admit(1);
    const waiting = ['b', 'c', 'd'].map((id) => lanes.enter('c', entry(id, { mergeable: AT_ONCE })));
    for (const slot of waiting) slot.admit(1);
    expect(await stateOf(waiting[2]?.start as Promise<LaneStart>)).toBe('waiting');
    running.leave();
    expect(await waiting[0]?.start).toEqual({ kind: 'merged', into: 'd' });
    expect(await waiting[1]?.start).toEqual({ kind: 'merged', into: 'd' });
    expect(await waiting[2]?.start).toEqual({ kind: 'run', absorbed: ['b', 'c'] });
  });

  it('never merges a message that the store has not taken yet', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a'));
    running.admit(1);
    const b = lanes.enter('c', entry('b', { mergeable: AT_ONCE }));
    const late = lanes.enter('c', entry('late', { mergeable: AT_ONCE }));
    b.admit(1);
    running.leave();
    expect(await stateOf(b.start)).toEqual({ kind: 'run', absorbed: [] });
    late.admit(1);
    expect(await stateOf(late.start)).toBe('waiting');
  });

  it('puts taps and reset words before ordinary turns that wait, and keeps their own order', async () => {
    const lanes = new Lanes(new ManualClock());
    const running = lanes.enter('c', entry('a'));
    running.admit(1);
    const ordinary = lanes.enter('c', entry('b'));
    const taps = ['t1', 't2'].map((id) => lanes.enter('c', entry(id, { goesFirst: true })));
    for (const slot of [ordinary, ...taps]) slot.admit(1);
    running.leave();
    expect(await stateOf(taps[0]?.start as Promise<LaneStart>)).toMatchObject({ kind: 'run' });
    expect(await stateOf(taps[1]?.start as Promise<LaneStart>)).toBe('waiting');
    expect(await stateOf(ordinary.start)).toBe('waiting');
  });

  it('cancels what runs and waits, except the turn that asked for it', async () => {
    const lanes = new Lanes(new ManualClock());
    const abort = new AbortController();
    const running = lanes.enter('c', entry('a', { abort }));
    running.admit(1);
    const waiting = lanes.enter('c', entry('b'));
    waiting.admit(1);
    const reset = lanes.enter('c', entry('reset', { goesFirst: true }));
    reset.admit(1);
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
            if (action === 'admit') place?.slot.admit(1);
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
      slot.admit(1);
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
