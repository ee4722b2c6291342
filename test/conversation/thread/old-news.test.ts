/** News of a room that another process could not store when it received them, and brings much later. */
import { beforeEach, expect, it } from 'vitest';
import type { Bot } from '../../../src/conversation/bot.ts';
import { Threads } from '../../../src/conversation/thread/threads.ts';
import { UNCOUNTED } from '../../../src/jobs/send-budget.ts';
import { type ConversationRef, conversationKey, type MessageReceived } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { Store, StoredThread } from '../../../src/storage/store.ts';
import { FakeChannel } from '../../helpers/fake-channel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const MINUTE_MS = 60_000;
const AGENT_MS = 60 * MINUTE_MS;
const ROOM: ConversationRef = { botId: 'default', channel: 'naver', user: 'minji' };
const KEY = conversationKey(ROOM);
const channel = new FakeChannel('naver');
const BOT = {
  id: 'default',
  channels: new Map([['naver', channel]]),
  handover: {
    reasons: new Set(['request']),
    hours: { isOpen: () => true, text: '' },
    rules: { waitingMs: 30 * MINUTE_MS, agentMs: AGENT_MS, agentsFirstMs: 0, answersOldButtons: false },
  },
} as unknown as Bot;

let clock: ManualClock;
let stored: StoredThread | undefined;
let silenced: number;

const store = {
  readThread: async () => stored,
  saveThread: async (saved: StoredThread, from: string | undefined) => {
    if (stored?.revision !== from) return false;
    stored = saved;
    return true;
  },
  removeThread: async (_key: string, revision: string) => {
    if (stored?.revision === revision) stored = undefined;
  },
  silenceConversation: async () => {
    silenced += 1;
    return [];
  },
} as unknown as Store;

function start(ownerId: string): Threads {
  let ids = 0;
  const threads = new Threads({
    bots: new Map([[BOT.id, BOT]]),
    store,
    queue: { enqueue: async () => {}, work() {}, settled: async () => {}, depth: () => 0, drain: async () => 0 },
    clock,
    newId: () => `${ownerId}-${ids++}`,
    logger: silentLogger,
    sendBudget: { reserve: async () => UNCOUNTED, reserveRest: async () => UNCOUNTED, tryReserve: () => true },
    ownerId,
    replicas: { others: 1 },
  });
  threads.attach({ answer: async () => {}, stop() {}, isBusy: () => false });
  return threads;
}

let heardAll: Threads;
let heardLate: Threads;
let spokeAt: number;

/** An agent speaks twice, and gives the room back: only one of the processes can tell the store of all but the first. */
beforeEach(async () => {
  clock = new ManualClock(1_800_000_000_000);
  stored = undefined;
  silenced = 0;
  heardAll = start('heard-all');
  heardLate = start('heard-late');
  spokeAt = clock.now();
  await clock.advance(MINUTE_MS);
  await heardAll.tell(BOT, ROOM, { type: 'agent-spoke' });
  await clock.advance(MINUTE_MS);
  await heardAll.tell(BOT, ROOM, { type: 'returned' });
  await heardAll.store(ROOM);
  silenced = 0;
});

const old = (rest: Partial<MessageReceived>): MessageReceived => ({
  type: 'message-received',
  id: 'old',
  conversation: ROOM,
  receivedAt: spokeAt,
  requestId: 'old',
  replyWindows: [{ mode: 'push' }],
  text: '배송은요?',
  input: 'typed',
  ...rest,
});

it.each([2, 30, 57, 58, 59, 61, 600])(
  'what an agent said before the room was given back takes it from nobody, %i minutes later',
  async (minutes) => {
    await clock.advance(minutes * MINUTE_MS);
    await heardLate.tell(BOT, ROOM, { type: 'agent-spoke' }, spokeAt);
    await clock.advance(0);
    expect(heardLate.maySpeak(BOT, ROOM)).toBe(true);
    expect(stored?.thread.owner ?? 'bot').toBe('bot');
    expect(silenced).toBe(0);
  },
);

it.each([2, 61, 600])(
  'nor does what a customer said to the agent, who has seen it, %i minutes later',
  async (minutes) => {
    await clock.advance(minutes * MINUTE_MS);
    const heard = await heardLate.hear(BOT, channel, old({ standby: true }), true);
    expect([heard.verdict, await heard.apply()]).toEqual(['quiet', 'quiet']);
    expect(heardLate.maySpeak(BOT, ROOM)).toBe(true);
  },
);

it('a room that is the bot’s again is forgotten once nothing older can count, by all', async () => {
  await heardLate.learn(ROOM);
  await clock.advance(AGENT_MS);
  expect(stored).toBeUndefined();
  expect([heardAll, heardLate].map((threads) => threads.of(KEY).since)).toEqual([0, 0]);
});

it('an agent of whom nobody else has heard has the room for the rest of the usual time', async () => {
  stored = undefined;
  const late = start('late');
  await clock.advance(30 * MINUTE_MS);
  await late.tell(BOT, { ...ROOM, user: 'other' }, { type: 'agent-spoke' }, spokeAt);
  expect(late.of(conversationKey({ ...ROOM, user: 'other' }))).toMatchObject({
    owner: 'agent',
    until: spokeAt + AGENT_MS,
  });
});
