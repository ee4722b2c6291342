/** Two processes that share a store hear of the same room, and the store answers in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/conversation/bot.ts';
import { botMaySpeak } from '../../../src/conversation/thread/thread.ts';
import { Threads } from '../../../src/conversation/thread/threads.ts';
import { UNCOUNTED } from '../../../src/jobs/send-budget.ts';
import { type ConversationRef, conversationKey, type MessageReceived } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { Store, StoredThread } from '../../../src/storage/store.ts';
import { FakeChannel } from '../../helpers/fake-channel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const ROOM: ConversationRef = { botId: 'default', channel: 'naver', user: 'minji' };
const KEY = conversationKey(ROOM);
const BOT = {
  id: 'default',
  handover: {
    reasons: new Set(['request']),
    hours: { isOpen: () => true, text: '' },
    rules: { waitingMs: 1_800_000, agentMs: 3_600_000, agentsFirstMs: 45_000, answersOldButtons: false },
  },
} as unknown as Bot;

const news = fc.constantFrom(
  'types' as const,
  'types-to-agents' as const,
  'taps' as const,
  'agent-spoke' as const,
  'returned' as const,
  'pass-wanted' as const,
  'passed' as const,
  'taken' as const,
  'taken-back-refused' as const,
  'time-passed' as const,
);
type Step = { readonly replica: 0 | 1; readonly news: typeof news extends fc.Arbitrary<infer News> ? News : never };
const steps = fc.array(fc.record({ replica: fc.constantFrom(0 as const, 1 as const), news }), {
  minLength: 1,
  maxLength: 14,
});

class House {
  readonly clock = new ManualClock(1_800_000_000_000);
  readonly held = new Set<string>();
  /** Told to answer or to drop. */
  readonly done = new Set<string>();
  readonly replicas: readonly [Threads, Threads];
  stored: StoredThread | undefined;
  #ids = 0;

  constructor(scheduler: fc.Scheduler) {
    // A call takes its effect when its turn comes, and is heard of later.
    const arrive = async <Result>(name: string, effect: () => Result): Promise<Result> => {
      await scheduler.schedule(Promise.resolve(), name);
      const result = effect();
      await scheduler.schedule(Promise.resolve(), `answer to ${name}`);
      return result;
    };
    const store = {
      readThread: () => arrive('read', () => this.stored),
      saveThread: (saved: StoredThread, from: string | undefined) =>
        arrive('save', () => {
          if (this.stored?.revision !== from) return false;
          this.stored = saved;
          return true;
        }),
      moveTurn: async (turnId: string) => this.done.add(turnId),
      silenceConversation: async () => [],
    } as unknown as Store;
    const start = (ownerId: string) => {
      const threads = new Threads({
        bots: new Map([[BOT.id, { ...BOT, channels: new Map([['naver', channel]]) }]]),
        store,
        queue: {
          enqueue: async () => {},
          work: () => {},
          settled: async () => {},
          depth: () => 0,
          drain: async () => 0,
        },
        clock: this.clock,
        newId: () => `id${this.#ids++}`,
        logger: silentLogger,
        sendBudget: { reserve: async () => UNCOUNTED, reserveRest: async () => UNCOUNTED, tryReserve: () => true },
        ownerId,
        replicas: { others: 1 },
      });
      threads.attach({
        answer: async (_bot, _channel, turnIds) => {
          for (const turnId of turnIds) this.done.add(turnId);
        },
        stop: () => {},
        isBusy: () => true,
      });
      return threads;
    };
    const channel = Object.assign(new FakeChannel('naver'), {
      takeThread: async () => ({ outcome: 'delivered', code: '00', retryable: false }) as const,
    });
    this.replicas = [start('first'), start('second')];
  }

  async happens({ replica, news: what }: Step): Promise<void> {
    const threads = this.replicas[replica];
    switch (what) {
      case 'types':
      case 'types-to-agents':
      case 'taps':
        await this.says(replica, { standby: what === 'types-to-agents', input: what === 'taps' ? 'tap' : 'typed' });
        return;
      case 'pass-wanted':
        await threads.tell(BOT, ROOM, { type: 'pass-wanted', turnId: 'pass' });
        return;
      case 'taken-back-refused':
        await threads.tell(BOT, ROOM, { type: 'take-refused' });
        return;
      default:
        await threads.tell(BOT, ROOM, { type: what });
    }
  }

  async says(replica: 0 | 1, rest: Partial<MessageReceived>): Promise<string> {
    const id = `turn${this.#ids++}`;
    const event: MessageReceived = {
      type: 'message-received',
      id,
      conversation: ROOM,
      receivedAt: this.clock.now(),
      requestId: id,
      replyWindows: [{ mode: 'push' }],
      text: '배송은요?',
      input: 'typed',
      ...rest,
    };
    const channel = Object.assign(new FakeChannel('naver'), { takeThread: async () => ({}) as never });
    const heard = await this.replicas[replica].hear(BOT, channel, event, true);
    const verdict = await heard.apply();
    if (verdict === 'hold') this.held.add(id);
    return verdict;
  }

  async agree(scheduler: fc.Scheduler): Promise<void> {
    await scheduler.waitIdle();
    const learning = this.replicas.map((threads) => threads.learn(ROOM));
    await scheduler.waitIdle();
    await Promise.all(learning);
  }
}

describe('two processes that share a store, in any order of its answers', () => {
  it('agree in the end, and forget no question that was to wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, taken) => {
        const house = new House(scheduler);
        const happening = taken.map((step) => house.happens(step));
        await scheduler.waitIdle();
        await Promise.all(happening);
        await house.agree(scheduler);
        const kept = house.stored?.thread.held.map(({ turnId }) => turnId) ?? [];
        for (const threads of house.replicas) {
          if (house.stored !== undefined) expect(threads.of(KEY)).toEqual(house.stored.thread);
        }
        expect([...house.held].filter((turnId) => !kept.includes(turnId) && !house.done.has(turnId))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('both keep quiet once one of them has heard an agent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        steps,
        fc.constantFrom(0 as const, 1 as const),
        async (scheduler, taken, ear) => {
          const house = new House(scheduler);
          const happening = taken.map((step) => house.happens(step));
          await scheduler.waitIdle();
          await Promise.all(happening);
          const other = ear === 0 ? 1 : 0;
          // Its answer may come last.
          const looking = house.replicas[other].learn(ROOM);
          await scheduler.waitFor(house.happens({ replica: ear, news: 'agent-spoke' }));
          await scheduler.waitFor(house.replicas[ear].store(ROOM));
          await scheduler.waitFor(house.replicas[other].learn(ROOM));
          expect(house.replicas[other].maySpeak(BOT, ROOM)).toBe(false);
          await scheduler.waitIdle();
          await looking;
          expect(house.replicas.map((threads) => threads.maySpeak(BOT, ROOM))).toEqual([false, false]);
          const said = house.says(other, { standby: true });
          await scheduler.waitIdle();
          expect(await said).toBe('quiet');
          expect(botMaySpeak(house.stored?.thread ?? { owner: 'bot', since: 0, held: [] })).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
