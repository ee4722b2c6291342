import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { conversationKey } from '../../../src/message.ts';
import type { PostgresStore } from '../../../src/storage/postgres/index.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from '../../helpers/store-contract-records.ts';
import { WAIT } from '../../helpers/wait.ts';
import { createStoreDatabase, type StoreDatabase } from './store-database.ts';

const MINJI = conversationKey(customer('minji'));
const never = new AbortController().signal;

describe.skipIf(!hasPostgres)('the order of turns over processes that share a database', () => {
  let database: StoreDatabase;
  /** Time stands still: nobody looks by itself, so whoever goes on was told. */
  let clock: ManualClock;
  let first: PostgresStore;
  let second: PostgresStore;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  beforeEach(async () => {
    await database.empty();
    clock = new ManualClock();
    first = await database.openStore({ replicaId: 'first', clock });
    second = await database.openStore({ replicaId: 'second', clock });
    await vi.waitFor(() => expect([first.replicas.others, second.replicas.others]).toEqual([1, 1]), WAIT);
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  afterAll(() => database.drop());

  async function isAwaited(): Promise<void> {
    await vi.waitFor(
      async () =>
        expect(
          await database.query('SELECT count(*)::int AS awaited FROM malgil.conversations WHERE awaited_until > now()'),
        ).toEqual([{ awaited: 1 }]),
      WAIT,
    );
  }

  /** Until somebody else waits, who would be told again of an end. */
  async function nobodyIsAwaited(): Promise<void> {
    await database.query('UPDATE malgil.conversations SET awaited_until = NULL');
  }

  /** Still pending after what else is under way has had its time. */
  async function isPending(promise: Promise<unknown>): Promise<boolean> {
    const pending = Symbol();
    for (let round = 0; round < 3; round += 1) await second.counts();
    const later = new Promise((resolve) => setImmediate(() => resolve(pending)));
    return (await Promise.race([promise, later])) === pending;
  }

  it('a turn waits for an earlier one of another process, and is told of its end', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    expect(await first.turnOrder.enter('t1', false, never)).toBe(false);
    const entered = second.turnOrder.enter('t2', false, never);
    await isAwaited();
    expect(await isPending(entered)).toBe(true);
    await first.answerTurn('t1', turnAnswer(), []);
    expect(await entered).toBe(true);
  });

  it('a turn waits until an earlier answer has gone out, too', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await first.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'waiting', mode: 'push' })]);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    const entered = second.turnOrder.enter('t2', false, never);
    await isAwaited();
    await first.moveDelivery('d1', ['waiting'], 'sending', START);
    expect(await isPending(entered)).toBe(true);
    await first.moveDelivery('d1', ['sending'], 'delivered', START);
    expect(await entered).toBe(true);
  });

  it('a turn that nobody has begun to answer is waited for as well, by all but those that go first', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first', state: 'received' }), 0);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    await second.acceptTurn(newTurn('tap', { ownerId: 'second' }), 0);
    const entered = second.turnOrder.enter('t2', false, never);
    await isAwaited();
    expect(await second.turnOrder.enter('tap', true, never)).toBe(false);
    // Now it waits for the one that went first.
    await nobodyIsAwaited();
    const beginning = first.turnOrder.enter('t1', false, never);
    await isAwaited();
    expect(await isPending(beginning)).toBe(true);
    await second.answerTurn('tap', turnAnswer(), []);
    expect(await beginning).toBe(true);
    expect(await isPending(entered)).toBe(true);
    await first.moveTurn('t1', ['received'], 'merged', START);
    expect(await entered).toBe(true);
  });

  it('nobody waits for a turn that waits for one behind it: what was taken over stands last in its lane', async () => {
    await first.acceptTurn(newTurn('taken-over', { ownerId: 'second', state: 'received' }), 0);
    await first.acceptTurn(newTurn('t2', { ownerId: 'first' }), 0);
    await second.acceptTurn(newTurn('t3', { ownerId: 'second' }), 0);
    const entered = first.turnOrder.enter('t2', false, never);
    await isAwaited();
    await second.turnOrder.enter('t3', false, never);
    await second.answerTurn('t3', turnAnswer(), []);
    await second.turnOrder.enter('taken-over', false, never);
    expect(await isPending(entered)).toBe(true);
    await second.moveTurn('taken-over', ['received'], 'answering', START);
    await second.answerTurn('taken-over', turnAnswer(), []);
    expect(await entered).toBe(true);
  });

  it('goes on without a process that has gone once its question was taken over, and without a notification that was lost', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    await first.turnOrder.enter('t1', false, never);
    const entered = second.turnOrder.enter('t2', false, never);
    await isAwaited();
    await first.close();
    await clock.advance(1_000);
    expect(await isPending(entered)).toBe(true);
    const third = await database.openStore({ replicaId: 'third', clock });
    expect((await third.takeOver('third', START)).turns).toMatchObject([{ id: 't1' }]);
    await clock.advance(1_000);
    expect(await isPending(entered)).toBe(true);
    await third.answerTurn('t1', turnAnswer(), []);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await isPending(entered)).toBe(false);
    }, WAIT);
    await third.close();
    expect(await entered).toBe(true);
    first = await database.openStore({ replicaId: 'first', clock });
  });

  it('asks again where the database is too busy to tell', async () => {
    const third = await database.openStore({ replicaId: 'third', clock, lockTimeoutMs: 50 });
    await vi.waitFor(() => expect(third.replicas.others).toBe(2), WAIT);
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await third.acceptTurn(newTurn('t2', { ownerId: 'third' }), 0);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM malgil.conversations FOR UPDATE');
    const entered = third.turnOrder.enter('t2', false, never);
    const refused = `SELECT coalesce(sum(xact_rollback), 0)::int AS refused FROM pg_stat_database WHERE datname = current_database()`;
    const [before] = await database.query(refused);
    await vi.waitFor(async () => expect((await database.query(refused))[0]).not.toEqual(before), WAIT);
    await other.query('COMMIT');
    await other.end();
    await clock.advance(1_000);
    expect(await isPending(entered)).toBe(true);
    await first.answerTurn('t1', turnAnswer(), []);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await isPending(entered)).toBe(false);
    }, WAIT);
    expect(await entered).toBe(true);
    await third.close();
  });

  it('waits no longer than it may', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    await first.turnOrder.enter('t1', false, never);
    const impatient = new AbortController();
    const entered = second.turnOrder.enter('t2', false, impatient.signal);
    await isAwaited();
    impatient.abort();
    expect(await entered).toBe(true);
  });

  it('is left to the lanes where nobody else is at work', async () => {
    await second.close();
    await vi.waitFor(async () => {
      await first.replicas.lookAgain();
      expect(first.replicas.others).toBe(0);
    }, WAIT);
    await first.acceptTurn(newTurn('t1', { ownerId: 'second' }), 0);
    await first.acceptTurn(newTurn('t2', { ownerId: 'first' }), 0);
    expect(await first.turnOrder.enter('t2', false, never)).toBe(false);
    expect(await first.turnOrder.leavesToFetch('t2')).toBe(false);
    expect(await database.query('SELECT count(*)::int AS leases FROM malgil.leases')).toEqual([{ leases: 0 }]);
    second = await database.openStore({ replicaId: 'second', clock });
  });

  it('tells who waits for the end of a turn elsewhere, also when it has ended already', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    const ended = second.turnOrder.untilEnded('t1', never);
    await isAwaited();
    expect(await isPending(ended)).toBe(true);
    await first.moveTurn('t1', ['answering'], 'failed', START);
    await ended;
    await second.turnOrder.untilEnded('t1', never);
    await second.turnOrder.untilEnded('nobody', never);
  });

  it('knows of an earlier answer elsewhere that has to be fetched, from its question until it was fetched', async () => {
    const leaves = (turnId: string, at = second) => at.turnOrder.leavesToFetch(turnId);
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    // Its own process knows by itself, and nothing is before the first one.
    expect([await leaves('t2'), await leaves('t2', first), await leaves('t1')]).toEqual([true, false, false]);
    await first.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'held' })]);
    expect([await leaves('t2'), await leaves('t2', first), await leaves('t1')]).toEqual([true, true, false]);
    await first.moveDelivery('d1', ['held'], 'sending', START);
    await first.moveDelivery('d1', ['sending'], 'picked-up', START);
    expect(await leaves('t2')).toBe(false);
  });

  it('knows that an answer comes through its callback, unless that has shown the beginning', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    await first.recordAcknowledgement('t1', START);
    await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
    expect(await second.turnOrder.leavesToFetch('t2')).toBe(false);
    await first.addDelivery('t1', newDelivery('d1', { state: 'waiting', mode: 'callback' }));
    expect(await second.turnOrder.leavesToFetch('t2')).toBe(true);
  });

  it('is told again after its connection was lost', async () => {
    await first.acceptTurn(newTurn('t1', { ownerId: 'first' }), 0);
    const ended = second.turnOrder.untilEnded('t1', never);
    await isAwaited();
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await first.moveTurn('t1', ['answering'], 'failed', START);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await isPending(ended)).toBe(false);
    }, WAIT);
  });

  it('keeps the order of the questions, one at a time, however they are spread', async () => {
    const stores = [first, second];
    const names = ['first', 'second'];
    const order: string[] = [];
    let running = 0;
    let most = 0;
    const turns = Array.from({ length: 12 }, (_, index) => `t${index}`);
    for (const [index, id] of turns.entries()) {
      await stores[index % 2]?.acceptTurn(newTurn(id, { ownerId: names[index % 2] ?? '' }), 0);
    }
    // Within one process the lane lets one after the other go.
    const work = stores.map(async (store, process) => {
      for (const id of turns.filter((_, index) => index % 2 === process)) {
        await store.turnOrder.enter(id, false, never);
        running += 1;
        most = Math.max(most, running);
        order.push(id);
        await store.readMemory(MINJI, 100, 5);
        running -= 1;
        await store.answerTurn(id, turnAnswer(), []);
      }
    });
    const ticking = setInterval(() => void clock.advance(1_000), 50);
    await Promise.all(work);
    clearInterval(ticking);
    expect(order).toEqual(turns);
    expect(most).toBe(1);
  });
});
