import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { conversationKey } from '../../../src/message.ts';
import { type Logger, silentLogger } from '../../../src/platform/logger.ts';
import { openPostgresStore } from '../../../src/storage/postgres/index.ts';
import type { Store } from '../../../src/storage/store.ts';
import { canStartServers, createDatabaseAt, hasPostgres, startOwnServer } from '../../helpers/postgres.ts';
import {
  customer,
  newDelivery,
  newTurn,
  START,
  storedThread,
  turnAnswer,
} from '../../helpers/store-contract-records.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { WAIT } from '../../helpers/wait.ts';
import { createStoreDatabase, databaseOptions, type StoreDatabase } from './store-database.ts';

const BUSY = { code: 'STORE_BUSY', retryable: true };
const MINJI = conversationKey(customer('minji'));

/** The server says COMMIT; the client never hears it. */
const hasCommitted = (bytes: Buffer) => bytes.includes('COMMIT\0');
const hasAnswered = (tag: string) => (bytes: Buffer) => bytes.includes(tag);

describe.skipIf(!hasPostgres)('the PostgreSQL store in trouble', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  beforeEach(() => database.empty());
  afterAll(() => database.drop());

  /** Another session that holds what `sql` locks until the work is done. */
  async function whileLocked<Outcome>(sql: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`BEGIN; ${sql}`);
    try {
      return await work();
    } finally {
      await client.end();
    }
  }

  it('says that it is busy when a lock is not to be had in time, and goes on afterwards', async () => {
    const store = await database.openStore({ lockTimeoutMs: 100 });
    await store.acceptTurn(newTurn('t1'), 0);
    await whileLocked('SELECT 1 FROM malgil.conversations FOR UPDATE', async () => {
      await expect(store.acceptTurn(newTurn('t2'), 0)).rejects.toMatchObject({ ...BUSY, details: { code: '55P03' } });
    });
    expect(await store.acceptTurn(newTurn('t2'), 0)).toMatchObject({ sequence: 2 });
    await store.close();
  });

  it('waits at the start for a server that does not answer yet, and says so once', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await startTcpProxy(Number(port), hostname);
    proxy.cut();
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const waits: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: unknown, message?: string) => waits.push(message) } as Logger;
    const opening = openPostgresStore(databaseOptions(url.href, { startWaitMs: 60_000, logger }));
    await vi.waitFor(() => expect(waits).toEqual(['the start waits for the database']), WAIT);
    proxy.restore();
    const store = await opening;
    expect(await store.counts()).toMatchObject({ openTurns: 0 });
    expect(waits).toHaveLength(1);
    await store.close();
    await proxy.close();
  });

  it('ends a statement that takes too long', async () => {
    const store = await database.openStore({ statementTimeoutMs: 1_000, lockTimeoutMs: 30_000 });
    await whileLocked('LOCK malgil.notes', async () => {
      await expect(store.readNote('any')).rejects.toMatchObject({ ...BUSY, details: { code: '57014' } });
    });
    expect(await store.readNote('any')).toBeUndefined();
    await store.close();
  });

  it('waits no longer than it was told for a connection, when all of them are in use', async () => {
    const store = await database.openStore({ poolSize: 1, connectTimeoutMs: 2_000 });
    await store.counts();
    await whileLocked('LOCK malgil.notes', async () => {
      const stuck = expect(store.readNote('any')).rejects.toMatchObject(BUSY);
      await expect(store.counts()).rejects.toMatchObject(BUSY);
      await database.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      await stuck;
    });
    expect(await store.counts()).toMatchObject({ openTurns: 0 });
    await store.close();
  });

  it('turns calls away when far too many wait', async () => {
    const store = await database.openStore({ poolSize: 1 });
    const calls = await Promise.allSettled(Array.from({ length: 300 }, () => store.readNote('any')));
    const refused = calls.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(110);
    expect(refused[0]).toMatchObject({ reason: BUSY });
    await store.close();
  });

  it('bears sessions that are ended behind its back', async () => {
    const store = await database.openStore();
    await Promise.all(Array.from({ length: 4 }, () => store.counts()));
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    // At most one failure for each connection of the pool.
    let failures = 0;
    for (;;) {
      try {
        await store.counts();
        break;
      } catch (thrown) {
        expect(thrown).toMatchObject(BUSY);
        failures += 1;
        expect(failures).toBeLessThanOrEqual(4);
      }
    }
    await store.close();
  });

  it('tells nothing of what it could not store', async () => {
    const store = await database.openStore();
    await store.acceptTurn(newTurn('t1'), 0);
    const secret = newDelivery('the-secret-id', { mode: 'pickup' });
    const clash = await store.answerTurn('t1', turnAnswer(), [secret, secret]).catch((thrown: unknown) => thrown);
    expect(clash).toMatchObject({ code: 'STORE_FAILED', details: { code: '23505' } });
    const cause = clash instanceof Error ? clash.cause : undefined;
    expect(String(cause)).toBe('Error: 23505 deliveries deliveries_id_key');
    await store.close();
  });

  describe('behind a network that is cut between a change and its result', () => {
    let proxy: TcpProxy;
    let store: Store;

    beforeEach(async () => {
      const { port, hostname } = new URL(database.url);
      proxy = await startTcpProxy(Number(port || 5432), hostname);
      store = await openPostgresStore(databaseOptions(proxied(), { poolSize: 1 }));
      return async () => {
        await store.close();
        await proxy.close();
      };
    });

    /** The address of the database behind the proxy. */
    function proxied(): string {
      const url = new URL(database.url);
      url.host = `127.0.0.1:${proxy.port}`;
      return url.href;
    }

    async function lockWaits(): Promise<unknown> {
      const [row] = await database.query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.waiting;
    }

    async function repeated<Outcome>(matches: (bytes: Buffer) => boolean, call: () => Promise<Outcome>) {
      proxy.cutBefore(matches);
      await expect(call()).rejects.toMatchObject({ ...BUSY, details: { inDoubt: true } });
      return call();
    }

    it('takes an event once, and knows it for its own when it is asked again', async () => {
      await store.acceptTurn(newTurn('t1'), 0);
      await store.answerTurn('t1', turnAnswer(), [newDelivery('held')]);
      expect(await repeated(hasCommitted, () => store.acceptTurn(newTurn('t2'), 5))).toMatchObject({
        outcome: 'accepted',
        sequence: 2,
        memory: { recentTurns: [{ id: 't1' }], heldDeliveries: [{ id: 'held' }] },
      });
      expect(await store.acceptTurn(newTurn('t2'), 5)).toEqual({ outcome: 'duplicate', turnId: 't2' });
      expect(await store.readTurns(MINJI, 0, 10)).toHaveLength(2);
    });

    it('knows its own transitions from those of others', async () => {
      await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
      const move = () => store.moveTurn('t1', ['received'], 'answering', START + 7);
      expect(await repeated(hasAnswered('UPDATE 1'), move)).toBe(true);
      expect(await move()).toBe(false);

      const answer = () => store.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'waiting' })]);
      expect(await repeated(hasAnswered('SELECT 1'), answer)).toBe(true);
      expect(await answer()).toBe(false);
      expect(await store.readDeliveries('t1')).toHaveLength(1);

      const claim = () => store.moveDelivery('d1', ['waiting'], 'sending', START + 8, { attempted: true });
      expect(await repeated(hasAnswered('UPDATE 1'), claim)).toBe(true);
      expect(await claim()).toBe(false);
      expect(await store.readDeliveries('t1')).toMatchObject([{ attempts: 1 }]);
    });

    it('does not take for its own what somebody else did before it', async () => {
      await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
      proxy.cutBefore((bytes) => bytes.includes('UPDATE 0'));
      const other = await database.openStore();
      await other.moveTurn('t1', ['received'], 'answering', START + 1);
      const move = () => store.moveTurn('t1', ['received'], 'answering', START + 2);
      await expect(move()).rejects.toMatchObject({ details: { inDoubt: true } });
      expect(await move()).toBe(false);
      await other.close();
    });

    it.each([
      ['taking', hasAnswered('UPDATE 2')],
      ['reading what was taken', hasCommitted],
    ])('finds again what it took when it is cut off while %s', async (_moment, matches) => {
      await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
      await store.acceptTurn(newTurn('t2'), 0);
      await store.answerTurn('t2', turnAnswer(), [
        newDelivery('cut', { position: 0, state: 'sending', mode: 'callback' }),
        newDelivery('waits', { position: 1, state: 'waiting', mode: 'push' }),
      ]);
      await store.acceptTurn(newTurn('mine', { ownerId: 'next' }), 0);
      const { turns, deliveries } = await repeated(matches, () => store.takeOver('next', START + 9));
      expect(turns).toMatchObject([{ id: 't1', ownerId: 'next' }]);
      expect(deliveries).toMatchObject([
        { id: 'cut', state: 'unknown' },
        { id: 'waits', state: 'waiting' },
      ]);
      expect(await store.takeOver('next', START + 10)).toEqual({ turns: [], deliveries: [] });
    });

    it('waits for a take-over of its own that is still at work, and has all that it took', async () => {
      await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
      const patient = await openPostgresStore(databaseOptions(proxied()));
      let again: ReturnType<Store['takeOver']> | undefined;
      await whileLocked('SELECT 1 FROM malgil.turns FOR UPDATE', async () => {
        const taking = expect(patient.takeOver('next', START)).rejects.toMatchObject({ details: { inDoubt: true } });
        await vi.waitFor(async () => expect(await lockWaits()).toBe(1), WAIT);
        proxy.cut();
        await taking;
        proxy.restore();
        again = patient.takeOver('next', START + 1);
        await vi.waitFor(async () => expect(await lockWaits()).toBe(2), WAIT);
      });
      expect((await again)?.turns).toMatchObject([{ id: 't1', ownerId: 'next' }]);
      await patient.close();
    });

    it('finds the rooms again that it took', async () => {
      await store.saveThread(storedThread('r1'), undefined, START);
      proxy.cutBefore(hasAnswered('UPDATE 1'));
      await expect(store.takeThreads('next', 'r2')).rejects.toMatchObject({ details: { inDoubt: true } });
      expect(await store.takeThreads('next', 'r3')).toMatchObject([{ revision: 'r3', driverId: 'next' }]);
      expect(await store.takeThreads('next', 'r4')).toEqual([]);
    });

    it('leaves a room alone that has moved on since it was perhaps taken', async () => {
      await store.saveThread(storedThread('r1'), undefined, START);
      proxy.cutBefore(hasAnswered('UPDATE 1'));
      await expect(store.takeThreads('next', 'r2')).rejects.toMatchObject({ details: { inDoubt: true } });
      expect(await store.saveThread(storedThread('r3', { driverId: 'next' }), 'r2', START)).toBe(true);
      expect(await store.takeThreads('next', 'r4')).toEqual([]);
    });

    it('gives up on a server that says nothing any more', async () => {
      const impatient = await openPostgresStore(
        databaseOptions(proxied(), { poolSize: 1, statementTimeoutMs: 1_000, connectTimeoutMs: 1_000 }),
      );
      await impatient.counts();
      proxy.freeze();
      await expect(impatient.counts()).rejects.toMatchObject(BUSY);
      await expect(impatient.counts()).rejects.toMatchObject(BUSY);
      proxy.restore();
      expect(await impatient.counts()).toMatchObject({ openTurns: 0 });
      await impatient.close();
    });
  });
});

describe.skipIf(!canStartServers)('a PostgreSQL server of its own', () => {
  it('loses nothing that was acknowledged when it crashes, and the store finds it again', async () => {
    const server = await startOwnServer({ durable: true });
    const { url } = await createDatabaseAt(server.url);
    const store = await openPostgresStore(databaseOptions(url));
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        store.acceptTurn(newTurn(`t${index}`, { conversation: customer(`user-${index}`) }), 0),
      ),
    );
    await server.stop('immediate');
    await expect(store.counts()).rejects.toMatchObject(BUSY);
    await server.start();
    const giveUpAt = Date.now() + 20_000;
    for (;;) {
      try {
        expect(await store.counts()).toMatchObject({ openTurns: 50 });
        break;
      } catch (thrown) {
        expect(thrown).toMatchObject(BUSY);
        if (Date.now() > giveUpAt) throw thrown;
      }
    }
    await store.close();
    await server.remove();
  });

  it('says that it is busy when the server has no connections left', async () => {
    const server = await startOwnServer({ maxConnections: 10 });
    const { url } = await createDatabaseAt(server.url);
    const store = await openPostgresStore(databaseOptions(url));
    const role = new URL(url);
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query('CREATE ROLE limited LOGIN CONNECTION LIMIT 0; GRANT ALL ON SCHEMA public TO limited');
    role.username = 'limited';
    await expect(openPostgresStore(databaseOptions(role.href))).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining('it has no connections left'),
    });
    await admin.end();
    await store.close();
    await server.remove();
  });
});
