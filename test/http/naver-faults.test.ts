import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../src/app.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { createNaverChannel } from '../../src/channels/index.ts';
import type { Bot } from '../../src/conversation/bot.ts';
import type { Handled } from '../../src/conversation/handled.ts';
import type { AppParts } from '../../src/http/app-parts.ts';
import { createLimits } from '../../src/http/limits.ts';
import type { ChannelName } from '../../src/message.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { DATABASE_FILE } from '../../src/storage/sqlite/index.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { json, listen, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const USER = 'AAECAwQFBgcICQoLDA0ODw';
const say = (text: string, user = USER) => ({ event: 'send', user, textContent: { text, inputType: 'typing' } });
const PAYMENT = { event: 'pay_complete', user: USER, options: { paymentResult: { code: 'Success' } } };

let program: TestProgram | undefined;
let directory: string;
let sendApi: JsonServer;
let database: DatabaseSync | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'malgil-naver-faults-'));
  sendApi = await JsonServer.open();
  sendApi.reaction = { body: { success: true, resultCode: '00' } };
});

afterEach(async () => {
  unlock();
  await program?.end();
  program = undefined;
  await sendApi.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<void> {
  const own = { DATA_DIR: directory, NAVER_BASE_URL: sendApi.origin, NAVER_SENDS_PER_SECOND: '1000' };
  program = await startProgram({ ...own, ...env });
}

function started(): TestProgram {
  if (program === undefined) throw new Error('nothing was started');
  return program;
}

/** As a backup program does that holds the file. */
function lockStore(): void {
  database = new DatabaseSync(join(directory, DATABASE_FILE));
  database.exec('BEGIN IMMEDIATE');
}

function unlock(): void {
  database?.close();
  database = undefined;
}

const post = (event: object) => started().app.inject({ method: 'POST', url: '/query/NAVER', ...json(event) });

/** Puts a bug into the channel of the only bot. */
function breakChannel(broken: Partial<Channel>): void {
  const channels = started().bots[0]?.channels as Map<ChannelName, Channel>;
  const naver = channels.get('naver');
  if (naver === undefined) throw new Error('the bot has no TalkTalk');
  channels.set('naver', { ...naver, ...broken });
}

const answers = () =>
  sendApi.received
    .map(({ body }) => JSON.parse(body) as { event: string; user: string; textContent?: { text: string } })
    .filter(({ event }) => event === 'send');

const bug = () => {
  throw new TypeError('a bug');
};

describe('a store that another program has locked', () => {
  it('keeps every question, and every one is answered once and in order when it is free again', async () => {
    await start({ NAVER_AUTHORIZATION: 'key', RATE_LIMIT_PER_CONVERSATION: '0' });
    lockStore();
    const users = Array.from({ length: 5 }, (_, n) => `${USER.slice(0, 21)}${n}`);
    const responses = await Promise.all(users.map((user) => post(say('반품 배송비는 얼마예요?', user))));
    const more = await Promise.all(users.map((user) => post({ event: 'leave', user: `${user}x` })));
    for (const { statusCode, body } of [...responses, ...more]) expect([statusCode, body]).toEqual([200, '']);
    expect((await post(PAYMENT)).statusCode).toBe(404);
    expect(answers()).toEqual([]);
    unlock();
    const prices = () => answers().filter(({ textContent }) => textContent?.text.includes('3,000원'));
    await vi.waitFor(
      () =>
        expect(
          prices()
            .map(({ user }) => user)
            .sort(),
        ).toEqual(users),
      WAIT,
    );
    // Not while the machine is late: that passes.
    await expect.poll(async () => (await started().app.inject('/readyz')).statusCode, WAIT).toBe(200);
    expect(prices()).toHaveLength(users.length);
  });

  it('without a key the customer is answered without memory, in the response', async () => {
    await start();
    lockStore();
    let customers = 10;
    // A response has a second. Where the machine stood still, it is empty or an excuse, and the next customer has the answer.
    await vi.waitFor(async () => {
      customers += 1;
      const { statusCode, body } = await post(say('반품 배송비는 얼마예요?', `${USER.slice(0, 20)}${customers}`));
      expect(statusCode).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        event: 'send',
        compositeContent: { compositeList: [{ description: expect.stringContaining('3,000원') }] },
      });
    }, WAIT);
    const lines = started().logged.filter(({ msg }) => String(msg).includes('answered without memory'));
    expect(new Set(lines.map(({ code }) => code))).toEqual(new Set(['STORE_BUSY']));
  });

  it('greets nobody, and is 200 for everything', async () => {
    await start({ NAVER_AUTHORIZATION: 'key' });
    lockStore();
    for (const event of ['open', 'leave', 'friend', 'echo', 'handover', 'profile', 'pay_confirm', 'new_event']) {
      expect((await post({ event, user: USER })).statusCode, event).toBe(200);
    }
  });
});

describe('a bug in our own code', () => {
  it.each([
    ['while reading', { parse: bug }],
    ['while judging the caller', { verify: bug }],
    ['while rendering', { render: bug }],
    ['while responding', { respond: bug }],
  ])('%s costs the answer, not the 200', async (_where, broken) => {
    await start();
    breakChannel(broken);
    for (const event of [say('안녕하세요'), { event: 'open', user: USER }, { event: 'leave', user: USER }]) {
      expect((await post(event)).statusCode).toBe(200);
    }
  });

  it.each([
    ['while reading', { parse: bug }],
    ['while judging the caller', { verify: bug }],
  ])('%s never charges anybody', async (_where, broken) => {
    await start();
    breakChannel(broken);
    expect((await post(PAYMENT)).statusCode).not.toBe(200);
  });
});

describe('a core that never comes back', () => {
  it('is 200 before TalkTalk loses its patience, and hears that nobody heard it', async () => {
    const clock = new ManualClock();
    const { promise: handling, resolve: comeBack } = Promise.withResolvers<Handled>();
    const naver = createNaverChannel({
      botId: 'default',
      secrets: [],
      authorization: 'key',
      baseUrl: sendApi.origin,
      typing: false,
      synchronousBudgetMs: 900,
      newId: () => 'id',
      logger: silentLogger,
    });
    const bot = { id: 'default', channels: new Map([['naver', naver]]) };
    let isReceived = false;
    const handle = () => {
      isReceived = true;
      return handling;
    };
    const parts: Partial<AppParts> = {
      clock,
      newId: () => 'id',
      bots: new Map(),
      defaultBot: bot as unknown as Bot,
      limits: createLimits({ perConversation: 0, perAddress: 0 }),
      gateway: { handle } as unknown as AppParts['gateway'],
      silence: { heard: () => {} },
      metrics: createMetrics({ botIds: ['default'] }),
      logger: silentLogger,
      maxBodyBytes: 1_000,
      isStopping: () => false,
      notReadyBecause: () => [],
      asksForPayment: () => false,
      beginsHarmlessly: () => true,
    };
    const log = pino({ level: 'silent' });
    const app = await buildApp(parts as AppParts, { maxBodyBytes: 1_000, trustedProxies: [], log, version: '0' });
    const responding = app.inject({ method: 'POST', url: '/query/NAVER', ...json(say('안녕하세요')) });
    let isAnswered = false;
    void responding.then(() => {
      isAnswered = true;
    });
    await vi.waitFor(() => expect(isReceived).toBe(true), WAIT);
    await clock.advance(899);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    await vi.waitFor(() => expect(isAnswered).toBe(true), WAIT);
    expect((await responding).statusCode).toBe(200);
    const flushed = vi.fn(async () => {});
    comeBack({ kind: 'respond', outcome: { kind: 'accepted' }, flushed });
    await vi.waitFor(() => expect(flushed).toHaveBeenCalledExactlyOnceWith(clock.now(), false), WAIT);
    await app.close();
    await naver.close();
  });
});

describe('calls from outside the networks of TalkTalk, when that is checked', () => {
  const open = (user: string, via: string) => ({
    method: 'POST' as const,
    url: '/query/NAVER',
    payload: JSON.stringify({ event: 'open', user }),
    headers: { 'content-type': 'application/json', 'x-forwarded-for': via },
  });

  it('get 200, nothing happens, and the operator hears of it; behind a proxy that is named TalkTalk gets through', async () => {
    await start({ NAVER_CHECK_ADDRESS: 'on', TRUST_PROXY: 'loopback' });
    const { app, logged } = started();
    const stranger = await app.inject(open(USER, '203.0.113.5'));
    expect([stranger.statusCode, stranger.body]).toEqual([200, '']);
    expect(logged.filter(({ alert }) => alert === 'talktalk-foreign-address')).toHaveLength(1);
    // Whoever invents the header behind the proxy only adds to it.
    const inventor = await app.inject(open(USER, '211.249.40.5, 203.0.113.5'));
    expect(inventor.body).toBe('');
    expect((await app.inject(open(USER, '211.249.40.5'))).json().event).toBe('send');
    const payment = await app.inject({ ...open(USER, '203.0.113.5'), payload: JSON.stringify(PAYMENT) });
    expect(payment.statusCode).toBe(404);
  });

  it('are believed about nothing when no proxy is named', async () => {
    await start({ NAVER_CHECK_ADDRESS: 'on' });
    expect((await started().app.inject(open(USER, '211.249.40.5'))).body).toBe('');
  });
});

describe('our own limits', () => {
  it('tell a customer who writes too much, and are no limit for echoes', async () => {
    await start({ NAVER_AUTHORIZATION: 'key', RATE_LIMIT_PER_CONVERSATION: '3' });
    const echo = { event: 'echo', echoedEvent: 'send', user: USER, textContent: { text: '봇의 말' } };
    for (let n = 0; n < 5; n += 1) expect((await post(echo)).body).toBe('');
    for (let n = 0; n < 3; n += 1) expect((await post(say('네'))).body).toBe('');
    const { statusCode, body } = await post(say('네'));
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ event: 'send', textContent: { text: expect.stringContaining('다시') } });
    // An agent has the thread: the bot must not say even that.
    expect((await post({ ...say('네'), standby: true })).body).toBe('');
    const tap = { ...say('네'), textContent: { text: '네', code: 'x', inputType: 'button' } };
    expect((await post(tap)).body).toBe('');
  });

  it('of open questions: the customer is told to come back', async () => {
    await start({ NAVER_AUTHORIZATION: 'key', MAX_OPEN_TURNS: '1', MAX_CONCURRENT_TURNS: '1' });
    lockStore();
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, n) => post(say('질문', `${USER.slice(0, 20)}${n + 10}`))),
    );
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const told = responses.filter(({ body }) => body.includes('접수하지 못했어요'));
    expect(told).toHaveLength(12 - 4);
  });
});

describe('bytes that are hardly HTTP', () => {
  it.each([
    ['an unknown method', 'HELLO /query/NAVER HTTP/1.1\r\nHost: a\r\n\r\n', 200],
    [
      'headers that are too long',
      `POST /bots/x/query/NAVER/s HTTP/1.1\r\nHost: a\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`,
      200,
    ],
    ['a header that is none', 'POST /query/NAVER HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n', 200],
    ['a payment in it', `HELLO /query/NAVER HTTP/1.1\r\nHost: a\r\n\r\n${JSON.stringify(PAYMENT)}`, 400],
    ['another address', 'HELLO /query/KAKAO HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    [
      'another address with long headers',
      `POST /query/KAKAO HTTP/1.1\r\nHost: a\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`,
      431,
    ],
    ['no request at all', '\u0016\u0003\u0001\u0002', 400],
  ])('%s: %#', async (_what, bytes, status) => {
    await start();
    const port = await listen(started());
    const answer = await new Promise<string>((resolve, reject) => {
      let read = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => {
        read += chunk;
      });
      socket.on('close', () => resolve(read));
      socket.on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});
