import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasLeft } from '../../src/conversation/arrival/forgetting.ts';
import { PersonalFields } from '../../src/conversation/arrival/personal-fields.ts';
import type { Bot } from '../../src/conversation/bot.ts';
import { CustomerSigns } from '../../src/conversation/delivery/customer-signs.ts';
import { createDeliverer } from '../../src/conversation/delivery/deliver.ts';
import { Gateway } from '../../src/conversation/gateway.ts';
import type { GatewayParts } from '../../src/conversation/gateway-parts.ts';
import type { Handled } from '../../src/conversation/handled.ts';
import { recover } from '../../src/conversation/recover.ts';
import { Threads } from '../../src/conversation/thread/threads.ts';
import { createFaqEngine } from '../../src/engine/faq/index.ts';
import { KeyedQueue } from '../../src/jobs/local/keyed-queue.ts';
import { type SendBudget, UNCOUNTED } from '../../src/jobs/send-budget.ts';
import { createKnowledge } from '../../src/knowledge/index.ts';
import type { KnowledgeEntry } from '../../src/knowledge/knowledge.ts';
import {
  type ChannelName,
  type ConversationRef,
  conversationKey,
  type MessageReceived,
  type ReplyWindow,
} from '../../src/message.ts';
import type { Alert } from '../../src/platform/alerts.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createSeal, SEAL_KEY_BYTES } from '../../src/privacy/seal.ts';
import { SPOOL_FILE } from '../../src/storage/data-directory.ts';
import { openFileSpool } from '../../src/storage/spool/file-spool.ts';
import type { Spool } from '../../src/storage/spool/spool.ts';
import { openSqliteStore } from '../../src/storage/sqlite/index.ts';
import type { Store } from '../../src/storage/store.ts';
import type { TurnOrder } from '../../src/storage/turn-order.ts';
import { FakeChannel, type FakeWire } from './fake-channel.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedEngine } from './scripted-engine.ts';

const FEE: KnowledgeEntry = {
  id: 'return-fee',
  question: '반품 배송비는 얼마인가요?',
  aliases: [],
  answer: '반품 배송비는 편도 3,000원입니다.',
  links: [],
};

export const CALLBACK_URL = 'https://bot-api.kakao.com/v1/bots/b/callback/cbtoken:0';

type Limits = Pick<GatewayParts, 'maxConcurrentTurns' | 'maxOpenTurns'>;

/** The whole core on a real store, with time, engine and platform in the hands of the test. */
export class GatewayRig {
  readonly clock = new ManualClock(1_800_000_000_000);
  readonly engine = new ScriptedEngine();
  readonly channels = new Map<ChannelName, FakeChannel>();
  readonly bot: Bot;
  readonly bots: ReadonlyMap<string, Bot>;
  readonly #directory: string;
  readonly #limits: Limits;
  #ids = 0;
  #alive = 'first';
  loopDelayMs = 0;
  agentsAreAtWork = true;
  readonly #turnOrder: TurnOrder | undefined;
  sendBudget: SendBudget = {
    reserve: async () => UNCOUNTED,
    reserveRest: async () => UNCOUNTED,
    tryReserve: () => true,
  };
  seal = createSeal(new Uint8Array(SEAL_KEY_BYTES));
  store: Store;
  spool: Spool;
  readonly alerts: Alert[] = [];
  readonly metrics = createMetrics({ botIds: ['default'] });
  gateway: Gateway;
  queue: KeyedQueue;
  threads: Threads;

  private constructor(directory: string, store: Store, spool: Spool, limits: Limits, turnOrder: TurnOrder | undefined) {
    this.#directory = directory;
    this.#limits = limits;
    this.#turnOrder = turnOrder;
    this.spool = spool;
    for (const name of ['kakao', 'naver', 'web', 'test'] as const) this.channels.set(name, new FakeChannel(name));
    this.bot = {
      id: 'default',
      name: '테스트 봇',
      channels: this.channels,
      knowledge: createKnowledge([FEE]),
      topics: [FEE],
      usesSampleKnowledge: false,
      engines: [this.engine],
      approvedEngine: createFaqEngine(),
      answerMode: 'free',
      systemPrompt: '당신은 상담원입니다.',
      greeting: '안녕하세요',
      englishGreeting: 'Hello',
      contact: '고객센터 02-000-0000',
      waitingText: '답변을 준비하고 있어요.',
      resetWords: ['처음부터'],
      engineTotalMs: 120_000,
      historyTokens: 3_000,
      historyTurns: 20,
      conversationIdleMs: 1_800_000,
      greetingCooldownMs: 3_600_000,
      quiet: { quietMs: 0, longestMs: 0 },
      handover: {
        reasons: new Set(['request']),
        hours: { isOpen: () => this.agentsAreAtWork, text: '평일 09:00-18:00' },
        awayText: '지금은 상담 시간이 아니에요.',
        waitingText: '상담원을 부를게요.',
        rules: { waitingMs: 1_800_000, agentMs: 3_600_000, agentsFirstMs: 0, answersOldButtons: false },
      },
    };
    this.bots = new Map([[this.bot.id, this.bot]]);
    this.store = store;
    [this.gateway, this.queue, this.threads] = this.#start('first');
  }

  /** @param turnOrder of other processes on the same store, whose part the test plays */
  static async open(
    limits: Limits = { maxConcurrentTurns: 10, maxOpenTurns: 1_000 },
    turnOrder?: TurnOrder,
  ): Promise<GatewayRig> {
    const directory = await mkdtemp(join(tmpdir(), 'malgil-gateway-'));
    const store = await openSqliteStore({ directory, logger: silentLogger });
    const spool = await openFileSpool({ directory, logger: silentLogger });
    return new GatewayRig(directory, store, spool, limits, turnOrder);
  }

  #start(ownerId: string): [Gateway, KeyedQueue, Threads] {
    const parts = {
      bots: this.bots,
      store: this.#mortalStore(ownerId),
      clock: this.clock,
      logger: silentLogger,
      metrics: this.metrics,
      sendBudget: this.sendBudget,
      alerts: { raise: (alert: Alert) => void this.alerts.push(alert) },
    };
    const signs = new CustomerSigns(parts);
    const queue = new KeyedQueue(this.clock, silentLogger);
    const newId = () => `d${this.#ids++}`;
    const threads = new Threads({ ...parts, queue, newId, ownerId });
    const deliver = createDeliverer({
      ...parts,
      signs,
      learnOwner: (room) => threads.learn(room),
      maySpeak: (...asked) => threads.maySpeak(...asked),
      hasLeft: (room) => hasLeft(this.spool, room),
    });
    queue.work((job, signal) => (job.kind === 'send-deliveries' ? deliver(job, signal) : threads.run(job, signal)));
    const { seal } = this;
    const personalFields = new PersonalFields({ ...parts, seal, keepMs: 3_600_000 });
    const gateway = new Gateway({
      ...parts,
      signs,
      threads,
      personalFields,
      seal,
      spool: this.spool,
      storedIn: 'data-directory',
      queue,
      newId,
      ownerId,
      ...(this.#turnOrder === undefined ? {} : { turnOrder: this.#turnOrder }),
      ...this.#limits,
      eventLoopDelayMs: () => this.loopDelayMs,
    });
    if (ownerId === 'first') gateway.replaySpool(this.bots);
    return [gateway, queue, threads];
  }

  /** The store as one process sees it: once that process is dead, none of its calls arrives or returns. */
  #mortalStore(ownerId: string): Store {
    return new Proxy(this.store, {
      get: (store, name) => {
        const call = Reflect.get(store, name) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => (this.#alive === ownerId ? call.apply(store, args) : new Promise(() => {}));
      },
    });
  }

  /** kill -9: from now on nothing that this process started comes to anything. */
  die(): void {
    this.#alive = 'nobody';
  }

  /** Another process on the same data: the first one is dead, and what it had in memory is gone. */
  async restart(): Promise<void> {
    this.#alive = 'second';
    await this.spool.close();
    this.spool = await openFileSpool({ directory: this.#directory, logger: silentLogger });
    [this.gateway, this.queue, this.threads] = this.#start('second');
    await this.threads.load();
    const recovering = {
      store: this.store,
      queue: this.queue,
      clock: this.clock,
      logger: silentLogger,
      ownerId: 'second',
      threads: this.threads,
      signal: new AbortController().signal,
    };
    const { gateway, bots } = this;
    const recovered = gateway.finishErasures(bots).then(() => recover(gateway, bots, recovering));
    gateway.holdMessagesUntil(recovered);
    await recovered;
    gateway.replaySpool(bots);
    gateway.tellHooks(bots);
  }

  channel(name: ChannelName): FakeChannel {
    const channel = this.channels.get(name);
    if (channel === undefined) throw new Error(name);
    return channel;
  }

  windows(channel: ChannelName, hasCallback = false): ReplyWindow[] {
    const now = this.clock.now();
    if (channel === 'naver') return [{ mode: 'push' }];
    if (channel === 'web') return [{ mode: 'stream' }];
    if (channel === 'test') return [{ mode: 'inline', closesAt: now + 125_000 }];
    return [
      { mode: 'inline', closesAt: now + 4_000 },
      ...(hasCallback ? [{ mode: 'callback' as const, closesAt: now + 50_000, url: CALLBACK_URL }] : []),
      { mode: 'pickup' },
    ];
  }

  message(
    channel: ChannelName,
    text: string,
    rest: Partial<MessageReceived> & { hasCallback?: boolean } = {},
  ): MessageReceived {
    const { hasCallback = false, ...fields } = rest;
    this.#ids += 1;
    return {
      type: 'message-received',
      id: `turn${this.#ids}`,
      conversation: { botId: 'default', channel, user: 'user' },
      receivedAt: this.clock.now(),
      requestId: `req${this.#ids}`,
      replyWindows: this.windows(channel, hasCallback),
      text,
      input: 'typed',
      ...fields,
    };
  }

  send(event: MessageReceived): Promise<Handled> {
    return this.gateway.handle(this.bot, this.channel(event.conversation.channel), event);
  }

  key(channel: ChannelName, user = 'user'): string {
    const ref: ConversationRef = { botId: 'default', channel, user };
    return conversationKey(ref);
  }

  get spoolFile(): string {
    return join(this.#directory, SPOOL_FILE);
  }

  /** Lets the store's thread and the queue answer, without moving the clock. */
  async settle(): Promise<void> {
    for (let i = 0; i < 12; i += 1) {
      await this.store.counts();
      await this.clock.advance(0);
    }
  }

  async close(): Promise<void> {
    const draining = this.gateway.drain(0);
    await this.clock.advance(0); // nobody else moves it, and turns may be open
    await draining;
    await this.spool.close();
    await this.store.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** What the customer sees of an outcome: texts and labels, in order. */
export function seen(handled: Handled): { texts: string[]; choices: string[] } {
  if (handled.kind !== 'respond') throw new Error(`not a response: ${handled.kind}`);
  const { outcome } = handled;
  if (outcome.kind === 'promised') return { texts: [`(promised) ${outcome.text}`], choices: [] };
  if (outcome.kind !== 'answered') return { texts: [`(${outcome.kind})`], choices: [] };
  const wires = outcome.messages.map((message) => message.wire as FakeWire);
  return { texts: wires.flatMap((wire) => wire.texts), choices: wires.flatMap((wire) => wire.choices) };
}

export async function flush(rig: GatewayRig, handled: Handled, written = true): Promise<void> {
  await handled.flushed(rig.clock.now(), written);
}
