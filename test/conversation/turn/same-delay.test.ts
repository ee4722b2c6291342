import { beforeEach, describe, expect, it } from 'vitest';
import { SameDelay } from '../../../src/conversation/turn/same-delay.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

interface Item {
  readonly name: string;
}

const [a, b, c]: readonly Item[] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }] as const;

let clock: ManualClock;
let due: string[];
let line: SameDelay<Item>;

beforeEach(() => {
  clock = new ManualClock(0);
  due = [];
  line = new SameDelay(clock, 1_000, ({ name }) => due.push(`${name} ${clock.now()}`));
});

describe('SameDelay', () => {
  it('tells of each when its time has come, with one timer for all', async () => {
    line.add(a);
    await clock.advance(400);
    line.add(b);
    line.add(c);
    expect(clock.waiting).toBe(1);
    await clock.advance(5_000);
    expect(due).toEqual(['a 1000', 'b 1400', 'c 1400']);
    expect(clock.waiting).toBe(0);
  });

  it('says nothing of what was cancelled, and tells of the others in time', async () => {
    const first = line.add(a);
    await clock.advance(300);
    line.add(b);
    const last = line.add(c);
    first.cancel();
    last.cancel();
    await clock.advance(5_000);
    expect(due).toEqual(['b 1300']);
    first.cancel();
    line.add(a);
    await clock.advance(5_000);
    expect(due).toEqual(['b 1300', 'a 6300']);
  });

  it('may be added to by what is due', async () => {
    line = new SameDelay(clock, 1_000, (item) => {
      due.push(`${item.name} ${clock.now()}`);
      if (clock.now() < 3_000) line.add(item);
    });
    line.add(a);
    await clock.advance(10_000);
    expect(due).toEqual(['a 1000', 'a 2000', 'a 3000']);
  });

  it('tells all that have come due when the event loop was busy', async () => {
    line.add(a);
    await clock.advance(500);
    line.add(b);
    clock.stall(5_000);
    await clock.advance(0);
    expect(due).toEqual(['a 5500', 'b 5500']);
  });
});
