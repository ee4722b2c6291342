import { describe, expect, it } from 'vitest';
import { AwaitedValue } from '../../../src/conversation/turn/awaited-value.ts';

describe('AwaitedValue', () => {
  it('tells whoever asked before and whoever asks after, and only the first value', async () => {
    const value = new AwaitedValue<string>();
    const early = [value.promise, value.promise];
    value.give('first');
    value.give('second');
    expect(await Promise.all([...early, value.promise])).toEqual(['first', 'first', 'first']);
  });

  it('keeps those waiting who asked before there was anything', async () => {
    const value = new AwaitedValue<number>();
    const told: number[] = [];
    const waiting = value.promise.then((number) => told.push(number));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    value.give(0);
    await waiting;
    expect(told).toEqual([0]);
  });
});
