import { expect, it } from 'vitest';
import { InOrder } from '../../src/platform/in-order.ts';

it('lets a call begin when the one before it has ended, well or not, and other keys at once', async () => {
  const calls = new InOrder();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = calls.run('a', async () => {
    seen.push('first');
    await gate.promise;
    throw new Error('no');
  });
  const second = calls.run('a', async () => seen.push('second'));
  await calls.run('b', async () => seen.push('other'));
  expect(seen).toEqual(['first', 'other']);
  gate.resolve();
  await expect(first).rejects.toThrow('no');
  await second;
  expect(seen).toEqual(['first', 'other', 'second']);
});
