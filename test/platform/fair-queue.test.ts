import { expect, it } from 'vitest';
import { FairQueue } from '../../src/platform/fair-queue.ts';

function queueOf(...items: string[]): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const item of items) queue.push(item.charAt(0), item);
  return queue;
}

function drain(queue: FairQueue<string>): string[] {
  const order: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) order.push(item);
  return order;
}

it('serves owners in turns, and each in its own order', () => {
  const queue = queueOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
  expect(queue.peek()).toBe('a1');
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect(queue.size).toBe(0);
});

it('says who comes before the next one of an owner', () => {
  expect([...queueOf('a1', 'a2', 'a3', 'b1').ahead('b')].sort()).toEqual(['a1', 'a2', 'b1']);
  expect([...queueOf('a1', 'a2', 'a3').ahead('new')]).toEqual(['a1']);
});

it('lets go whoever gives up, once', () => {
  const queue = queueOf('a1', 'a2', 'b1');
  expect(queue.remove('a', 'a1')).toBe(true);
  expect(queue.remove('a', 'a1')).toBe(false);
  expect(queue.remove('b', 'b1')).toBe(true);
  expect(queue.size).toBe(1);
  expect(drain(queue)).toEqual(['a2']);
});
