import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultSchedule, type FaultTiming } from '../../simulator/fault-schedule.ts';
import { createSeededIds } from '../../simulator/seeded-ids.ts';

const drawing = (seed: number) => createSeededIds(seed).fraction;

/** Which of the next requests fail, as numbers from 1. */
function failing(schedule: FaultSchedule<string>, requests: number): readonly number[] {
  return Array.from({ length: requests }, (_, index) => index + 1).filter(() => schedule.take() !== undefined);
}

function failingAt(timing: FaultTiming, requests = 12): readonly number[] {
  const schedule = new FaultSchedule<string>(drawing(1));
  schedule.add('cut', timing);
  return failing(schedule, requests);
}

describe('a fault', () => {
  it.each([
    ['meets the very next request', {}, [1]],
    ['meets as many as it was told', { times: 3 }, [1, 2, 3]],
    ['comes in a rhythm without end', { every: 4 }, [4, 8, 12]],
    ['comes in a rhythm so many times', { times: 2, every: 4 }, [4, 8]],
    [
      'may meet every request',
      { percent: 100, times: Number.POSITIVE_INFINITY, every: 1 },
      [...Array(13).keys()].slice(1),
    ],
    ['meets nothing when it is asked for no times', { times: 0 }, []],
  ])('%s', (_, timing, expected) => {
    expect(failingAt(timing)).toEqual(expected);
  });

  it('meets the share of requests that the seed draws, and the same ones with the same seed', () => {
    const draw = (seed: number) => {
      const schedule = new FaultSchedule<string>(drawing(seed));
      schedule.add('cut', { percent: 25 });
      return failing(schedule, 400);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).length).toBeGreaterThan(60);
    expect(draw(7).length).toBeLessThan(140);
  });

  it('waits for those that were asked for earlier, and for requests that it concerns', () => {
    const schedule = new FaultSchedule<string>(drawing(1));
    for (const fault of ['cut', 'hang', 'cut']) schedule.add(fault);
    expect(schedule.take((fault) => fault === 'hang')).toBe('hang');
    expect(schedule.take((fault) => fault === 'hang')).toBeUndefined();
    expect([schedule.take(), schedule.take(), schedule.take()]).toEqual(['cut', 'cut', undefined]);
    schedule.add('cut');
    schedule.clear();
    expect(schedule.take()).toBeUndefined();
  });

  it('never strikes more often than asked, nor outside its rhythm', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (times, every) => {
        const met = failingAt({ times, every }, 100);
        expect(met).toEqual(Array.from({ length: times }, (_, index) => (index + 1) * every));
      }),
    );
  });
});
