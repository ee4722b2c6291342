import { expect, it } from 'vitest';
import { threadAsOf } from '../../../src/conversation/thread/thread.ts';
import type { Thread } from '../../../src/storage/store.ts';

const agents: Thread = { owner: 'agent', since: 1_000, until: 5_000, held: [] };

it("is the bot's when the time of the agents is over, although nobody has spoken since", () => {
  expect(threadAsOf(agents, 4_999)).toBe(agents);
  expect(threadAsOf(agents, 5_000)).toEqual({ owner: 'bot', since: 5_000, held: [] });
});

it.each<Thread>([
  { ...agents, step: 'taking' },
  { ...agents, owner: 'waiting', held: [{ turnId: 't1', standby: true }] },
  { owner: 'bot', since: 0, held: [] },
])('is as it is while something is under way: %o', (thread) => {
  expect(threadAsOf(thread, 9_000)).toBe(thread);
});
