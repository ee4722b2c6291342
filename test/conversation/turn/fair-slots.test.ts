import { describe, expect, it } from 'vitest';
import { FairSlots } from '../../../src/conversation/turn/fair-slots.ts';

const never = new AbortController().signal;

describe('FairSlots', () => {
  it('lets at most the limit through, and the next one when a slot comes back', async () => {
    const slots = new FairSlots(1);
    await slots.acquire('a', never);
    let second: unknown = 'waiting';
    const waiting = slots.acquire('a', never).then((granted) => {
      second = granted;
    });
    await Promise.resolve();
    expect(second).toBe('waiting');
    slots.release();
    await waiting;
    expect(second).toBe(true);
  });

  it('serves bots in turn: a noisy one waits for the quiet one', async () => {
    const slots = new FairSlots(1);
    await slots.acquire('noisy', never);
    const order: string[] = [];
    const take = async (bot: string, name: string) => {
      await slots.acquire(bot, never);
      order.push(name);
      slots.release();
    };
    const all = [take('noisy', 'n1'), take('noisy', 'n2'), take('noisy', 'n3'), take('quiet', 'q1')];
    slots.release();
    await Promise.all(all);
    expect(order).toEqual(['n1', 'q1', 'n2', 'n3']);
  });

  it('a caller who gives up takes no slot', async () => {
    const slots = new FairSlots(1);
    await slots.acquire('a', never);
    const abort = new AbortController();
    const givenUp = slots.acquire('a', abort.signal);
    abort.abort();
    expect(await givenUp).toBe(false);
    slots.release();
    expect(await slots.acquire('b', never)).toBe(true);
    let other = false;
    void slots.acquire('b', never).then(() => {
      other = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(other).toBe(false);
  });
});
