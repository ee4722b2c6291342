import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventPush, EventReceipt, EventSender, TaskLookUp } from '../../src/channels/event-sender.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { PushService } from '../../src/push/push-service.ts';
import { openSqliteStore } from '../../src/storage/sqlite/index.ts';
import type { Store } from '../../src/storage/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const START = Date.parse('2026-11-22T03:00:00Z');

/** A platform that takes two recipients a call and answers as told, `SUCCESS` by default. */
class TwoAtATime implements EventSender {
  readonly wonPerMessage = 15;
  readonly sent: EventPush[] = [];
  answers: (EventReceipt | Promise<EventReceipt>)[] = [];
  result: TaskLookUp | undefined;
  #tasks = 0;

  plan(push: EventPush): readonly EventPush[] {
    const { recipients } = push;
    const pairs = Array.from({ length: Math.ceil(recipients.length / 2) }, (_, i) =>
      recipients.slice(2 * i, 2 * i + 2),
    );
    return pairs.map((pair) => ({ ...push, recipients: pair }));
  }

  async send(call: EventPush): Promise<EventReceipt> {
    this.sent.push(call);
    this.#tasks += 1;
    const taskId = `task-${this.#tasks}`;
    return this.answers.shift() ?? { outcome: 'accepted', code: 'SUCCESS', retryable: false, taskId };
  }

  async lookUp(): Promise<TaskLookUp> {
    return this.result ?? { outcome: 'not-found', code: 'HTTP_404', advice: '없습니다.' };
  }

  async close(): Promise<void> {}
}

const PUSH: EventPush = { event: 'e', recipients: ['a', 'b', 'c'].map((id) => ({ type: 'botUserKey', id })) };
const refused = (extra: Partial<EventReceipt> = {}): EventReceipt => ({
  outcome: 'refused',
  code: 'RATE_LIMITED',
  retryable: true,
  ...extra,
});

let directory: string;
let store: Store;
let clock: ManualClock;
let sender: TwoAtATime;
let counted: Record<string, number>;
let service: PushService;
let ids = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'malgil-push-'));
  store = await openSqliteStore({ directory, logger: silentLogger });
  clock = new ManualClock(START);
  sender = new TwoAtATime();
  counted = {};
  service = start();
});

afterEach(async () => {
  await service.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

function start(logger = silentLogger): PushService {
  const count = (name: string, amount: number) => {
    counted[name] = (counted[name] ?? 0) + amount;
  };
  return new PushService({
    senders: new Map([['shop', sender]]),
    store,
    clock,
    logger,
    metrics: {
      pushed: (bot, outcome, messages) => count(`${bot} ${outcome}`, messages),
      pushBilled: (bot, won) => count(`${bot} won`, won),
    },
    newId: () => `p${ids++}`,
  });
}

/** Lets time pass until the promise settles. */
async function inTime<Value>(promise: Promise<Value>, stepMs = 500): Promise<Value> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  while (!settled) await clock.advance(stepMs);
  return promise;
}

describe('a push', () => {
  it('tells of each call what became of it', async () => {
    sender.answers = [
      { outcome: 'accepted', code: 'SUCCESS', retryable: false, taskId: 't1' },
      {
        outcome: 'refused',
        code: 'KEY_REFUSED',
        retryable: false,
        advice: '키를 확인해 주세요.',
        message: 'wrong key',
      },
    ];
    expect(await service.push('shop', PUSH)).toEqual({
      pushId: expect.any(String),
      recipients: 3,
      accepted: 2,
      calls: [
        { recipients: 2, outcome: 'accepted', code: 'SUCCESS', taskId: 't1' },
        {
          recipients: 1,
          outcome: 'refused',
          code: 'KEY_REFUSED',
          advice: '키를 확인해 주세요.',
          message: 'wrong key',
        },
      ],
    });
    expect(counted).toEqual({ 'shop accepted': 2, 'shop refused': 1 });
  });

  it('is tried again where nothing was accepted, after the time that was asked for', async () => {
    sender.answers = [refused({ retryAfterMs: 4_000 }), refused()];
    const pushing = service.push('shop', { ...PUSH, recipients: PUSH.recipients.slice(0, 1) });
    while (sender.sent.length < 1) await clock.advance(0);
    await clock.advance(3_999);
    expect(sender.sent).toHaveLength(1);
    expect(await inTime(pushing)).toMatchObject({ accepted: 1 });
    expect(sender.sent).toHaveLength(3);
  });

  it('gives up after three attempts, and at once when the wait would be too long', async () => {
    const one = { ...PUSH, recipients: PUSH.recipients.slice(0, 1) };
    sender.answers = [refused(), refused(), refused()];
    expect(await inTime(service.push('shop', one))).toMatchObject({ accepted: 0, calls: [{ code: 'RATE_LIMITED' }] });
    expect(sender.sent).toHaveLength(3);
    sender.answers = [refused({ retryAfterMs: 60_000 })];
    await service.push('shop', one);
    expect(sender.sent).toHaveLength(4);
  });

  it('is never tried again when nobody knows what became of it', async () => {
    sender.answers = [{ outcome: 'unknown', code: 'CUT', retryable: false }];
    const result = await service.push('shop', PUSH);
    expect(result.calls.map(({ outcome }) => outcome)).toEqual(['unknown', 'accepted']);
    expect(sender.sent).toHaveLength(2);
  });

  it('keeps recipients out of the log', async () => {
    const logged: unknown[] = [];
    const log = (fields: object, message: string) => void logged.push([fields, message]);
    const logging = start({ debug: log, info: log, warn: log, error: log });
    await logging.push('shop', { ...PUSH, recipients: [{ type: 'botUserKey', id: 'secret-person' }] });
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain('secret-person');
  });

  it('needs a bot that can speak first', async () => {
    await expect(service.push('clinic', PUSH)).rejects.toMatchObject({ code: 'FEATURE_OFF', httpStatus: 404 });
    await expect(service.lookUp('clinic', 't')).rejects.toMatchObject({ code: 'FEATURE_OFF' });
  });
});

describe('a repeated push', () => {
  it('gives the first result and sends nothing, after a restart too', async () => {
    const first = await service.push('shop', PUSH, 'key');
    expect(await service.push('shop', PUSH, 'key')).toEqual(first);
    await service.close();
    service = start();
    expect(await service.push('shop', PUSH, 'key')).toEqual(first);
    expect(sender.sent).toHaveLength(2);
    expect(counted).toEqual({ 'shop accepted': 3 });
  });

  it('waits for the one that is under way', async () => {
    const gate = Promise.withResolvers<EventReceipt>();
    sender.answers = [gate.promise];
    const first = service.push('shop', PUSH, 'key');
    const second = service.push('shop', PUSH, 'key');
    while (sender.sent.length < 1) await clock.advance(0);
    gate.resolve({ outcome: 'accepted', code: 'SUCCESS', retryable: false, taskId: 't' });
    expect(await second).toEqual(await first);
    expect(sender.sent).toHaveLength(2);
  });

  it('may write its fields in another order, but not say something else', async () => {
    const first = await service.push('shop', { ...PUSH, params: { a: 1, b: { c: 2, d: 3 } } }, 'key');
    const reordered = { params: { b: { d: 3, c: 2 }, a: 1 }, recipients: PUSH.recipients, event: 'e' };
    expect(await service.push('shop', reordered, 'key')).toEqual(first);
    for (const other of [PUSH, { ...PUSH, event: 'f' }, { ...PUSH, recipients: PUSH.recipients.toReversed() }]) {
      await expect(service.push('shop', other, 'key')).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
        httpStatus: 409,
      });
    }
    expect(sender.sent).toHaveLength(2);
  });

  it('without a key is a new one', async () => {
    await service.push('shop', PUSH);
    await service.push('shop', PUSH);
    expect(sender.sent).toHaveLength(4);
  });

  it('goes on after a crash with what was not begun; what was cut stays in doubt', async () => {
    sender.answers = [
      { outcome: 'accepted', code: 'SUCCESS', retryable: false, taskId: 't1' },
      new Promise(() => {}), // the process dies here
    ];
    const five = { ...PUSH, recipients: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ type: 'botUserKey', id })) };
    void service.push('shop', five, 'key');
    while (sender.sent.length < 2) await clock.advance(1);
    const next = start();
    expect(await next.push('shop', five, 'key')).toMatchObject({
      accepted: 3,
      calls: [
        { outcome: 'accepted', taskId: 't1', recipients: 2 },
        { outcome: 'unknown', code: 'CUT', recipients: 2 },
        { outcome: 'accepted', recipients: 1 },
      ],
    });
    expect(sender.sent.map((call) => call.recipients.map(({ id }) => id).join(''))).toEqual(['ab', 'cd', 'e']);
    expect(await next.push('shop', five, 'key')).toMatchObject({ calls: [{}, { outcome: 'unknown' }, {}] });
    service = next; // the first one never ends
  });

  it('sends what a stop has left', async () => {
    sender.answers = [refused({ retryAfterMs: 5_000 })];
    const pushing = service.push('shop', PUSH, 'key');
    while (sender.sent.length < 1) await clock.advance(1);
    await service.close();
    expect(await pushing).toMatchObject({ accepted: 0, calls: [{ code: 'RATE_LIMITED' }, { code: 'STOPPING' }] });
    service = start();
    expect(await service.push('shop', PUSH, 'key')).toMatchObject({ accepted: 1, calls: [{}, { recipients: 1 }] });
  });
});

describe('what was delivered', () => {
  const found = (delivered: number, isFinal: boolean): TaskLookUp => ({
    outcome: 'found',
    task: { taskId: 'task-1', recipients: 2, delivered, unresolved: 0, failed: 0, isFinal, failures: [] },
  });

  it('is billed once, whoever asks and however often', async () => {
    await service.push('shop', { ...PUSH, recipients: PUSH.recipients.slice(0, 2) });
    sender.result = found(1, false);
    expect(await service.lookUp('shop', 'task-1')).toMatchObject({ delivered: 1 });
    sender.result = found(2, true);
    await clock.advance(10_000);
    await service.settleRecent();
    await service.settleRecent();
    await service.lookUp('shop', 'task-1');
    expect(counted).toMatchObject({ 'shop delivered': 2, 'shop won': 30 });
    expect(await store.readUsage('2026-11')).toEqual([
      { botId: 'shop', month: '2026-11', kind: 'kakao-event-messages', count: 2 },
    ]);
  });

  it('is not billed for a task that we did not start', async () => {
    sender.result = found(2, true);
    expect(await service.lookUp('shop', 'task-1')).toMatchObject({ delivered: 2 });
    expect(counted).toEqual({ 'shop delivered': 0, 'shop won': 0 });
  });

  it('is asked for after a while, by the next process too, and for an hour', async () => {
    await service.push('shop', { ...PUSH, recipients: PUSH.recipients.slice(0, 2) });
    sender.result = found(2, true);
    await clock.advance(9_999);
    await service.settleRecent();
    expect(counted['shop delivered']).toBeUndefined();
    await service.close();
    service = start();
    await clock.advance(1);
    await service.settleRecent();
    expect(counted['shop delivered']).toBe(2);

    await service.push('shop', PUSH);
    await clock.advance(60 * 60_000);
    await service.settleRecent();
    expect(counted['shop delivered']).toBe(2);
  });

  it('says why a result is not there', async () => {
    await expect(service.lookUp('shop', 't')).rejects.toMatchObject({
      code: 'TASK_UNKNOWN',
      httpStatus: 404,
      details: { advice: '없습니다.' },
    });
    sender.result = { outcome: 'failed', code: 'HTTP_500', advice: '나중에' };
    await expect(service.lookUp('shop', 't')).rejects.toMatchObject({ code: 'PLATFORM_FAILED', httpStatus: 502 });
  });
});
