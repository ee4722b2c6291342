import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InboundEvent } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { SPOOL_FILE } from '../../../src/storage/data-directory.ts';
import { openFileSpool } from '../../../src/storage/spool/file-spool.ts';
import type { Spool, SpooledEvent } from '../../../src/storage/spool/spool.ts';

let directory: string;
let spool: Spool;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'malgil-spool-'));
  spool = await open();
});

afterEach(async () => {
  await spool.close();
  await rm(directory, { recursive: true, force: true });
});

const open = (limits: { maxEvents?: number; maxBytes?: number } = {}) =>
  openFileSpool({ directory, logger: silentLogger, ...limits });
const file = () => join(directory, SPOOL_FILE);
const content = () => readFile(file(), 'utf8');

async function reopen(): Promise<void> {
  await spool.close();
  spool = await open();
}

function entry(id: string, conversationKey = 'a', receivedAt = 1, text = '안녕하세요'): SpooledEvent {
  const event: InboundEvent = {
    type: 'message-received',
    id,
    conversation: { botId: 'default', channel: 'naver', user: conversationKey },
    receivedAt,
    requestId: 'r',
    replyWindows: [{ mode: 'push' }],
    text,
    input: 'typed',
  };
  return { conversationKey, receivedAt, event };
}

const idsOf = (events: readonly SpooledEvent[]) => events.map(({ event }) => event.id);

it('gives back after a restart what was added and not removed, in order', async () => {
  for (const id of ['1', '2', '3']) expect(spool.add(entry(id))).toBe(true);
  expect(spool.add(entry('4', 'b', 0))).toBe(true);
  spool.remove(['2']);
  await reopen();
  expect(idsOf(spool.of('a'))).toEqual(['1', '3']);
  expect(idsOf(spool.heads())).toEqual(['4', '1']);
  expect(spool.of('b')[0]).toMatchObject(entry('4', 'b', 0));
  expect(spool.size).toBe(3);
});

it('is a file that nobody else can read, and an empty one when nothing waits', async () => {
  await chmod(file(), 0o644);
  await reopen();
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  spool.add(entry('1'));
  await spool.flushed();
  expect(await content()).toContain('안녕하세요');
  spool.remove(['1']);
  await spool.flushed();
  expect(await content()).toBe('');
  expect(spool.has('a')).toBe(false);
});

/** As who wants to be forgotten goes. */
function erase(key: string): void {
  spool.remove(idsOf(spool.of(key)));
  spool.purge();
}

it('erases a conversation from the file while others wait', async () => {
  spool.add(entry('1', 'a', 1, '지워 주세요'));
  spool.add(entry('2', 'b'));
  await spool.flushed();
  erase('a');
  await spool.flushed();
  expect(await content()).not.toContain('지워 주세요');
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  spool.add(entry('3', 'b'));
  await reopen();
  expect(idsOf(spool.of('b'))).toEqual(['2', '3']);
});

it('is bounded in events and in bytes', async () => {
  await spool.close();
  spool = await open({ maxEvents: 2, maxBytes: 2_000 });
  expect(spool.add(entry('1'))).toBe(true);
  expect(spool.add(entry('2', 'a', 1, '가'.repeat(1_000)))).toBe(false);
  expect(spool.add(entry('3'))).toBe(true);
  expect(spool.add(entry('4'))).toBe(false);
  spool.remove(['1']);
  expect(spool.add(entry('5'))).toBe(true);
  expect(idsOf(spool.of('a'))).toEqual(['3', '5']);
});

it('leaves room for payments and withdrawals when questions have filled it', async () => {
  await spool.close();
  spool = await open({ maxEvents: 100 });
  const questions = Array.from({ length: 100 }, (_, index) => spool.add(entry(`q${index}`)));
  expect(questions.filter(Boolean)).toHaveLength(95);
  const settled = (id: string): SpooledEvent => {
    const { event, ...rest } = entry(id);
    const { conversation, receivedAt, requestId, replyWindows } = event;
    const payment = { isSuccess: true, details: {} };
    return {
      ...rest,
      event: { type: 'payment-settled', id, conversation, receivedAt, requestId, replyWindows, payment },
    };
  };
  const payments = Array.from({ length: 10 }, (_, index) => spool.add(settled(`p${index}`)));
  expect(payments.filter(Boolean)).toHaveLength(5);
});

it.each(['{"conversationKey":"a","receivedAt":1,"event":{"id"', 'null', '[]', '7', '{"done":5}', '\u0000\u0000'])(
  'reads past a line that is none of ours: %j',
  async (line) => {
    spool.add(entry('1'));
    await spool.close();
    await writeFile(file(), `${line}\n${await content()}${line}`);
    spool = await open();
    expect(idsOf(spool.of('a'))).toEqual(['1']);
    spool.add(entry('2'));
    await reopen();
    expect(idsOf(spool.of('a'))).toEqual(['1', '2']);
  },
);

it('does not grow with what has come and gone while one event stays', async () => {
  spool.add(entry('stays'));
  for (let n = 0; n < 200; n += 1) {
    spool.add(entry(String(n), 'b', 1, '가'.repeat(10_000)));
    spool.remove([String(n)]);
    await spool.flushed();
  }
  expect((await stat(file())).size).toBeLessThan(1_200_000);
  await reopen();
  expect(spool.size).toBe(1);
});

it('keeps in memory what the disk refuses, and writes it when the disk is back', async () => {
  await spool.close();
  const broken: string[] = [];
  spool = await openFileSpool({
    directory,
    logger: { ...silentLogger, error: (_fields, text) => void broken.push(text) },
  });
  // A folder where the new file would be: a rewrite cannot succeed.
  await mkdir(`${file()}.new`);
  spool.add(entry('0', 'gone'));
  spool.add(entry('1'));
  expect(await spool.flushed()).toBe(true);
  erase('gone');
  expect(await spool.flushed()).toBe(false);
  spool.add(entry('2'));
  expect(await spool.flushed()).toBe(false);
  expect(broken).toHaveLength(1);
  expect(idsOf(spool.of('a'))).toEqual(['1', '2']);
  await rm(`${file()}.new`, { recursive: true });
  spool.add(entry('3'));
  expect(await spool.flushed()).toBe(true);
  await reopen();
  expect(idsOf(spool.of('a'))).toEqual(['1', '2', '3']);
  expect(spool.has('gone')).toBe(false);
});

it('is after any sequence of calls and a restart what a list would be', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), id: fc.nat(20), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('remove' as const), id: fc.nat(20) }),
    fc.record({ do: fc.constant('erase' as const), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('reopen' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let list: { id: string; key: string }[] = [];
      for (const key of ['a', 'b', 'c']) erase(key);
      for (const [serial, call] of steps.entries()) {
        if (call.do === 'add') {
          const id = `${call.id}-${serial}`;
          spool.add(entry(id, call.key));
          list.push({ id, key: call.key });
        } else if (call.do === 'remove') {
          const ids = list.filter(({ id }) => id.startsWith(`${call.id}-`)).map(({ id }) => id);
          spool.remove(ids);
          list = list.filter(({ id }) => !ids.includes(id));
        } else if (call.do === 'erase') {
          erase(call.key);
          list = list.filter(({ key }) => key !== call.key);
        } else await reopen();
      }
      await reopen();
      for (const key of ['a', 'b', 'c']) {
        expect(idsOf(spool.of(key))).toEqual(list.filter((item) => item.key === key).map(({ id }) => id));
      }
      expect(spool.size).toBe(list.length);
    }),
    { numRuns: 60 },
  );
});
