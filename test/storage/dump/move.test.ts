/** Whatever a store holds arrives in the other database, and comes back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationKey } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { DUMP_TABLES } from '../../../src/storage/dump/tables.ts';
import { DATABASE_FILE, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import type { Store } from '../../../src/storage/store.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import {
  customer,
  newDelivery,
  newTurn,
  START,
  storedThread,
  turnAnswer,
} from '../../helpers/store-contract-records.ts';
import { createStoreDatabase, type StoreDatabase } from '../postgres/store-database.ts';
import { temporaryDirectory } from '../sqlite/temporary-directory.ts';
import { embedded, exportFrom, fill, importInto, inPostgres, linesOf } from './moving.ts';
import { storeContents } from './random-store.ts';
import { rewriteDump } from './rewrite-dump.ts';

describe.runIf(hasPostgres)('SQLite, PostgreSQL and back', () => {
  let database: StoreDatabase;
  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  afterAll(() => database.drop());

  it('keeps every row of every table, whatever is in it', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(storeContents, async (contents) => {
        const folder = await mkdtemp(join(tmpdir(), 'malgil-move-'));
        const [first, second, third] = ['a', 'b', 'c'].map((name) => join(folder, `${name}.gz`)) as [
          string,
          string,
          string,
        ];
        await fill(embedded(join(folder, 'from')), contents);
        await exportFrom(embedded(join(folder, 'from')), first);
        await database.empty();
        await importInto(inPostgres(database.url), first);
        await exportFrom(inPostgres(database.url), second);
        await importInto(embedded(join(folder, 'to')), second);
        await exportFrom(embedded(join(folder, 'to')), third);

        const rows = [...contents].flatMap(([name, its]) => its.map((row) => JSON.stringify([name, ...row])));
        expect(linesOf(first).slice(1, -1).toSorted()).toEqual(rows.toSorted());
        // PostgreSQL sorts texts with U+0000 elsewhere; what has a serial number keeps its place.
        expect(linesOf(second).slice(1, -1).toSorted()).toEqual(rows.toSorted());
        const inOrder = (path: string) =>
          linesOf(path).filter((line) => /^\["(conversations|turns|deliveries|threads|summaries)"/.test(line));
        expect(inOrder(second)).toEqual(inOrder(first));
        expect(linesOf(third)).toEqual(linesOf(first));
        await rm(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  it('gives the gateway the same store: questions, held answers, memory, and what comes next', async () => {
    const folder = await temporaryDirectory();
    const dump = join(folder, 'dump.gz');
    const open = () => openSqliteStore({ directory: join(folder, 'from'), logger: silentLogger });
    const before = await open();
    await live(before);
    const seen = await look(before);
    await before.close();
    await exportFrom(embedded(join(folder, 'from')), dump);
    await database.empty();
    await importInto(inPostgres(database.url), dump);

    const moved = await database.openStore();
    expect(await look(moved)).toEqual(seen);
    const next = await moved.acceptTurn(newTurn('after-the-move', { receivedAt: START + 9 }), 5);
    expect(next).toMatchObject({ outcome: 'accepted', sequence: 4 });
    expect(await moved.answerTurn('after-the-move', turnAnswer(), [newDelivery('next-delivery')])).toBe(true);
    const seenThere = await look(moved);
    await moved.close();

    const back = join(folder, 'back.gz');
    await exportFrom(inPostgres(database.url), back);
    await importInto(embedded(join(folder, 'to')), back);
    const returned = await openSqliteStore({ directory: join(folder, 'to'), logger: silentLogger });
    expect(await look(returned)).toEqual(seenThere);
    await returned.close();
  });

  it('knows every table and column of both schemas', async () => {
    const folder = await temporaryDirectory();
    await (await openSqliteStore({ directory: folder, logger: silentLogger })).close();
    const file = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
    const inSqlite = file
      .prepare(
        `SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
      )
      .all()
      .map(({ name }) => name);
    file.close();
    await database.empty();
    await (await database.openStore()).close();
    const inPostgresql = (
      await database.query(
        `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
         WHERE table_schema = 'malgil' AND table_name NOT IN ('migrations', 'replicas', 'leases')`,
      )
    ).map(({ name }) => name);

    const moved = DUMP_TABLES.flatMap(({ name, columns }) => Object.keys(columns).map((column) => `${name}.${column}`));
    expect(moved.toSorted()).toEqual(inSqlite.toSorted());
    // The first moves as part of its event; the second lapses by itself; the third means nothing where nobody is at work.
    const ownWays = ['turns.open_windows', 'conversations.awaited_until', 'deliveries.owner_id'];
    expect([...moved, ...ownWays].toSorted()).toEqual(inPostgresql.toSorted());
  });
});

it('replaces half a surrogate pair on the way into SQLite, as its store always does', async () => {
  const folder = await temporaryDirectory();
  const [from, to] = [join(folder, 'a.gz'), join(folder, 'b.gz')];
  await fill(embedded(join(folder, 'from')), new Map([['notes', [['key', 'MARK']]]]));
  await exportFrom(embedded(join(folder, 'from')), from);
  rewriteDump(from, (rows) => rows.map((row) => row.replace('MARK', '\\ud800')));
  await importInto(embedded(join(folder, 'to')), from);
  await exportFrom(embedded(join(folder, 'to')), to);
  expect(linesOf(to)[1]).toBe('["notes","key","\ufffd"]');
});

const MINJI = customer('minji');
const KEY = conversationKey(MINJI);

async function live(store: Store): Promise<void> {
  const callback = newTurn('t1').event;
  const replyWindows = [
    { mode: 'inline' as const, closesAt: START },
    { mode: 'callback' as const, closesAt: START + 60_000, url: 'https://bot-api.kakao.com/callback/1' },
  ];
  await store.acceptTurn(newTurn('t1', { event: { ...callback, replyWindows } }), 5);
  await store.acceptTurn(newTurn('t2', { text: '환불 \u0000\ud800 "되나요"', dedupeKey: 'k2' }), 5);
  await store.answerTurn('t2', turnAnswer(), [
    newDelivery('d1', { state: 'held' }),
    newDelivery('d2', { position: 1 }),
  ]);
  await store.acceptTurn(newTurn('t3', { state: 'received' }), 5);
  const thread = { owner: 'agent', since: START, held: [{ turnId: 't3', standby: true }] } as const;
  await store.saveThread(storedThread('r1', { thread }), undefined, START);
  await store.savePersonalField(MINJI, 'phone', { sealed: 'v1:sealed', expiresAt: START + 10 }, START);
  await store.saveUnder14(customer('child'), true, START);
  await store.saveUnder14(customer('withdrawn'), true, START);
  await store.openPayment(customer('withdrawn'), 'pay-0', START);
  await store.settlePayment(customer('withdrawn'), 'pay-2', { id: 'pay-2', isSuccess: false }, START);
  await store.eraseConversation(conversationKey(customer('withdrawn')), START);
  await store.saveSummary(KEY, { text: '환불을 물었다', throughSequence: 1, throughAt: START });
  await store.writeNote('menu', '[{"title":"메뉴"}]');
  await store.addUsage('default', '2026-11', 'kakao-callback', 7);
  await store.openPush({ id: 'p1', botId: 'default', idempotencyKey: 'order-1', bodyDigest: 'x', createdAt: START });
  await store.startPushCall('p1', 0, 3, START);
  await store.endPushCall('p1', 0, { state: 'accepted', taskId: 'task', receipt: { ok: true } });
  await store.openPayment(MINJI, 'pay-1', START);
  await store.settlePayment(MINJI, 'pay-1', { id: 'pay-1', serviceId: 's-1', isSuccess: true }, START);
}

async function look(store: Store): Promise<unknown> {
  return {
    turns: await store.readTurns(KEY, 0, 100),
    deliveries: await Promise.all(['t1', 't2', 't3'].map((id) => store.readDeliveries(id))),
    memory: await store.readMemory(KEY, 100, 10),
    threads: await store.readThreads(),
    personal: await store.readPersonalData(KEY, START),
    child: await store.readPersonalData(conversationKey(customer('child')), START),
    withdrawn: await store.readPersonalData(conversationKey(customer('withdrawn')), START),
    withdrawnPayment: await store.readPayment('default', 'pay-0'),
    note: await store.readNote('menu'),
    usage: await store.readUsage('2026-11'),
    push: await store.openPush({
      id: 'p2',
      botId: 'default',
      idempotencyKey: 'order-1',
      bodyDigest: 'x',
      createdAt: START,
    }),
    unsettled: await store.unsettledPushCalls(0, START + 1, 10),
    payments: await store.untoldPayments(),
    isSeenBefore: await store.openPayment(MINJI, 'pay-1', START),
    counts: await store.counts(),
  };
}
