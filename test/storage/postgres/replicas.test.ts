import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PostgresStore } from '../../../src/storage/postgres/index.ts';
import { openPostgresStore } from '../../../src/storage/postgres/index.ts';
import { BEAT_MS, LAPSE_MS } from '../../../src/storage/postgres/replicas.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { canStartServers, createDatabaseAt, hasPostgres, startOwnServer } from '../../helpers/postgres.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from '../../helpers/store-contract-records.ts';
import { WAIT } from '../../helpers/wait.ts';
import { createStoreDatabase, databaseOptions, type StoreDatabase } from './store-database.ts';

const LONG_AGO = `UPDATE malgil.replicas SET beat_at = now() - interval '1 hour'`;
const LOCK_WAITS = `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
const openTurn = (id: string, ownerId: string) => newTurn(id, { conversation: customer(id), ownerId });
const takenBy = async (store: PostgresStore, ownerId: string) =>
  (await store.takeOver(ownerId, START)).turns.map(({ id }) => id);

describe.skipIf(!hasPostgres)('processes that share a database', () => {
  let database: StoreDatabase;
  let clock: ManualClock;
  let first: PostgresStore;
  let second: PostgresStore;

  beforeAll(async () => {
    database = await createStoreDatabase();
    // Signs of life are not called old while the server itself is young.
    await vi.waitFor(
      async () =>
        expect(
          await database.query(
            `SELECT pg_postmaster_start_time() < now() - interval '${LAPSE_MS + 1_000} milliseconds' AS is_old`,
          ),
        ).toEqual([{ is_old: true }]),
      WAIT,
    );
  });
  beforeEach(async () => {
    await database.empty();
    clock = new ManualClock();
    // Time stands still for the first, so it gives one sign of life and no more.
    first = await database.openStore({ replicaId: 'first', clock: new ManualClock() });
    second = await database.openStore({ replicaId: 'second', clock });
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  afterAll(() => database.drop());

  /** A beat that has reached the database, and what follows from it. */
  async function beat(): Promise<void> {
    await database.query(`UPDATE malgil.replicas SET beat_at = now() - interval '1 second' WHERE id = 'second'`);
    await clock.advance(BEAT_MS);
    await vi.waitFor(
      async () =>
        expect(
          await database.query(
            `SELECT beat_at > now() - interval '900 milliseconds' AS is_new FROM malgil.replicas WHERE id = 'second'`,
          ),
        ).toEqual([{ is_new: true }]),
      WAIT,
    );
  }

  it('leave the work of one that gives signs of life alone, and take it when they are too old', async () => {
    await first.acceptTurn(openTurn('t1', 'first'), 0);
    await first.acceptTurn(openTurn('t2', 'first'), 0);
    await first.answerTurn('t2', turnAnswer(), [newDelivery('d1', { state: 'sending', mode: 'push' })]);
    expect(await second.takeOver('second', START)).toEqual({ turns: [], deliveries: [] });
    await database.query(`${LONG_AGO} WHERE id = 'first'`);
    const { turns, deliveries } = await second.takeOver('second', START);
    expect(turns).toMatchObject([{ id: 't1', ownerId: 'second' }]);
    expect(deliveries).toMatchObject([{ id: 'd1', state: 'unknown' }]);
  });

  describe('of an answer to a question that another one took in', () => {
    const claim = (store: PostgresStore, ownerId: string) =>
      store.moveDelivery('d1', ['held'], 'sending', START, { mode: 'pickup', attempted: true, ownerId });

    beforeEach(async () => {
      await second.acceptTurn(newTurn('t1', { ownerId: 'second' }), 0);
      await second.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'held', mode: 'pickup' })]);
    });

    it('find out what is unknown when one goes that was showing it', async () => {
      expect(await claim(first, 'first')).toBe(true);
      expect(await second.takeOver('second', START)).toEqual({ turns: [], deliveries: [] });
      await database.query(`${LONG_AGO} WHERE id = 'first'`);
      expect((await second.takeOver('second', START)).deliveries).toMatchObject([{ id: 'd1', state: 'unknown' }]);
      expect(await second.takeOver('second', START)).toEqual({ turns: [], deliveries: [] });
      await second.acceptTurn(newTurn('t2', { ownerId: 'second' }), 0);
      await expect(second.turnOrder.enter('t2', false, new AbortController().signal)).resolves.toBe(false);
    });

    it('leave it to the one that is showing it when the one goes that took the question in', async () => {
      await claim(first, 'first');
      await database.query(`${LONG_AGO} WHERE id = 'second'`);
      expect(await first.takeOver('first', START)).toEqual({ turns: [], deliveries: [] });
      expect(await first.moveDelivery('d1', ['sending'], 'picked-up', START)).toBe(true);
    });

    it('have nothing left to do for it once it was put back', async () => {
      await claim(first, 'first');
      await first.moveDelivery('d1', ['sending'], 'held', START);
      await claim(second, 'second');
      await database.query(`${LONG_AGO} WHERE id = 'first'`);
      expect(await second.takeOver('second', START)).toEqual({ turns: [], deliveries: [] });
      expect(await second.readDeliveries('t1')).toMatchObject([{ state: 'sending' }]);
    });

    it('send what one was about to add to it', async () => {
      const { message } = newDelivery('d2');
      await first.addFollowUp('t1', { id: 'd2', message, ownerId: 'first' }, START);
      await database.query(`${LONG_AGO} WHERE id = 'first'`);
      expect(await second.takeOver('second', START)).toMatchObject({ deliveries: [{ id: 'd2', state: 'waiting' }] });
      await database.query(`${LONG_AGO} WHERE id = 'second'`);
      expect(await first.takeOver('first', START)).toMatchObject({ deliveries: [{ id: 'd2', state: 'waiting' }] });
    });
  });

  it('know which part of what all may do is their own', async () => {
    await beat();
    expect(second.replicas.share).toEqual({ processes: 2, rank: 1 });
    await first.replicas.lookAgain();
    expect(first.replicas.share).toEqual({ processes: 2, rank: 0 });
    await first.close();
    await beat();
    expect(second.replicas.share).toEqual({ processes: 1, rank: 0 });
  });

  it('take over at once what one leaves that ends properly', async () => {
    await first.acceptTurn(openTurn('t1', 'first'), 0);
    await first.close();
    expect(await takenBy(second, 'second')).toEqual(['t1']);
  });

  it('take over at once what the process left whose place one has taken', async () => {
    await first.acceptTurn(openTurn('t1', 'first'), 0);
    const next = await database.openStore({ replicaId: 'next', predecessorId: 'first', clock: new ManualClock() });
    expect(next.replicas.others).toBe(1);
    expect(await takenBy(next, 'next')).toEqual(['t1']);
    await next.close();
  });

  it('have sessions by which the others find them, whatever the address of the database says', async () => {
    const url = new URL(database.url);
    url.searchParams.set('application_name', 'our shop');
    const named = await openPostgresStore(databaseOptions(url.href, { replicaId: 'named' }));
    await named.counts();
    expect(
      await database.query(
        `SELECT DISTINCT application_name FROM pg_stat_activity
         WHERE datname = current_database() AND application_name IN ('our shop', 'malgil named')`,
      ),
    ).toEqual([{ application_name: 'malgil named' }]);
    await named.close();
  });

  it('leave nothing under way of the process whose place one has taken', async () => {
    await first.acceptTurn(openTurn('t1', 'first'), 0);
    // Its answer waits for the conversation, which somebody else has locked for as long as the test likes.
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM malgil.conversations FOR UPDATE');
    const late = first.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'sending', mode: 'inline' })]);
    const failed = expect(late).rejects.toMatchObject({ code: 'STORE_BUSY' });
    await vi.waitFor(
      async () =>
        expect(
          await database.query(
            `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE application_name = 'malgil first' AND wait_event_type = 'Lock'`,
          ),
        ).toEqual([{ waiting: 1 }]),
      WAIT,
    );
    const next = await database.openStore({ replicaId: 'next', predecessorId: 'first', clock: new ManualClock() });
    await other.query('COMMIT');
    await other.end();
    await failed;
    expect(await takenBy(next, 'next')).toEqual(['t1']);
    expect(await next.readTurn('t1')).toMatchObject({ state: 'answering' });
    expect(await next.readDeliveries('t1')).toEqual([]);
    await next.close();
  });

  it('take each piece of work once when two come for it at the same time', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    await Promise.all(ids.map((id) => first.acceptTurn(openTurn(id, 'gone'), 0)));
    const taken = await Promise.all([
      takenBy(first, 'first'),
      takenBy(second, 'second'),
      takenBy(first, 'first'),
      takenBy(second, 'second'),
    ]);
    expect(taken.flat().sort()).toEqual(ids);
  });

  it('leave to the other what it took while one waited for it', async () => {
    await first.acceptTurn(openTurn('t1', 'gone'), 0);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM malgil.turns FOR UPDATE');
    const taken = Promise.all([takenBy(first, 'first'), takenBy(second, 'second')]);
    await vi.waitFor(async () => expect(await database.query(LOCK_WAITS)).toEqual([{ waiting: 2 }]), WAIT);
    await other.query('COMMIT');
    await other.end();
    expect((await taken).flat()).toEqual(['t1']);
  });

  it('are told of one that has gone, once it is sure that not they themselves were cut off', async () => {
    const gone = vi.fn(async () => {
      await takenBy(second, 'second');
    });
    second.replicas.onOthersGone(gone);
    await first.acceptTurn(openTurn('t1', 'first'), 0);
    await database.query(`${LONG_AGO} WHERE id = 'first'`);
    for (let beats = 1; beats * BEAT_MS < LAPSE_MS; beats += 1) await beat();
    expect(gone).not.toHaveBeenCalled();
    await beat();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce(), WAIT);
    await vi.waitFor(
      async () => expect(await database.query('SELECT id FROM malgil.replicas')).toEqual([{ id: 'second' }]),
      WAIT,
    );
    expect(await first.readTurn('t1')).toMatchObject({ ownerId: 'second' });
    await beat();
    expect(gone).toHaveBeenCalledOnce();
  });

  it('give signs of life while they take over, and take over once at a time', async () => {
    const { promise: taken, resolve: finish } = Promise.withResolvers<void>();
    const gone = vi.fn(() => taken);
    second.replicas.onOthersGone(gone);
    await database.query(`${LONG_AGO} WHERE id = 'first'`);
    for (let beats = 0; beats * BEAT_MS < LAPSE_MS; beats += 1) await beat();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce(), WAIT);
    await beat();
    await beat();
    expect(gone).toHaveBeenCalledOnce();
    finish();
    await vi.waitFor(
      async () => expect(await database.query('SELECT id FROM malgil.replicas')).toEqual([{ id: 'second' }]),
      WAIT,
    );
  });

  it('are told again when they could not take over', async () => {
    const gone = vi.fn(async () => {
      if (gone.mock.calls.length === 1) throw new Error('no');
    });
    second.replicas.onOthersGone(gone);
    await database.query(`${LONG_AGO} WHERE id = 'first'`);
    for (let beats = 0; beats * BEAT_MS < LAPSE_MS; beats += 1) await beat();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce(), WAIT);
    await beat();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(2), WAIT);
  });
});

it.skipIf(!canStartServers)('an outage of the database makes nobody lose work to the others', async () => {
  const server = await startOwnServer({ durable: true });
  const { url, query } = await createDatabaseAt(server.url);
  const busy = await openPostgresStore(databaseOptions(url, { replicaId: 'busy', clock: new ManualClock() }));
  await busy.acceptTurn(openTurn('t1', 'busy'), 0);
  await query(LONG_AGO);
  await server.stop();
  await server.start();
  const other = await openPostgresStore(databaseOptions(url, { replicaId: 'other', clock: new ManualClock() }));
  expect(await takenBy(other, 'other')).toEqual([]);
  await Promise.all([busy.close(), other.close()]);
  await server.remove();
});
