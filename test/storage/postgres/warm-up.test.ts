import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgresStore } from '../../../src/storage/postgres/index.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createLimitedUser, hasPostgres } from '../../helpers/postgres.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from '../../helpers/store-contract-records.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { createStoreDatabase, databaseOptions, type StoreDatabase } from './store-database.ts';

const POOL_SIZE = 4;

describe.skipIf(!hasPostgres)('before the first customer comes', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  beforeEach(() => database.empty());
  afterAll(() => database.drop());

  const sessions = () =>
    database.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'malgil warm' ORDER BY pid`);

  it('all connections are open, know the statements of a turn, and have left nothing behind', async () => {
    const store = await database.openStore({ replicaId: 'warm', poolSize: POOL_SIZE });
    await store.warmUp();
    const open = await sessions();
    // With those for signs of life and for notifications.
    expect(open).toHaveLength(POOL_SIZE + 2);
    expect(await database.query('SELECT count(*)::int AS rows FROM malgil.conversations')).toEqual([{ rows: 0 }]);

    const parse = vi.spyOn(pg.Connection.prototype, 'parse');
    const ids = Array.from({ length: 2 * POOL_SIZE }, (_, index) => `t${index}`);
    await Promise.all(
      ids.map(async (id) => {
        const turn = newTurn(id, { conversation: customer(id), state: 'received', dedupeKey: id });
        expect(await store.acceptTurn(turn, 5)).toMatchObject({ outcome: 'accepted', sequence: 1 });
        await store.moveTurn(id, ['received'], 'answering', START);
        await store.answerTurn(id, turnAnswer(), [newDelivery(`d-${id}`, { mode: 'push', state: 'waiting' })]);
        await store.moveDelivery(`d-${id}`, ['waiting'], 'sending', START, { attempted: true });
        expect(await store.moveDelivery(`d-${id}`, ['sending'], 'delivered', START)).toBe(true);
      }),
    );
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(await sessions()).toEqual(open);
    await store.close();
  });

  it('a database that gives fewer connections than were asked for says so, with how many it gave', async () => {
    const user = await createLimitedUser(database, 5);
    const warn = vi.fn();
    const logger = { ...databaseOptions(user.url).logger, warn };
    const store = await openPostgresStore(databaseOptions(user.url, { poolSize: POOL_SIZE, logger }));
    await store.warmUp();
    expect(warn.mock.calls).toEqual([
      [
        {
          err: expect.objectContaining({ details: { code: '53300' } }),
          connections: 3,
          databasePoolSize: POOL_SIZE,
        },
        expect.stringMatching(/^the database gives fewer connections than DATABASE_POOL_SIZE/),
      ],
    ]);
    await store.close();
    await user.drop();
  });

  it('a database that goes away or says nothing holds nobody up for long', async () => {
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port || 5432), url.hostname);
    url.host = `127.0.0.1:${proxy.port}`;
    const clock = new ManualClock();
    const warn = vi.fn();
    const logger = { ...databaseOptions(url.href).logger, warn };
    const store = await openPostgresStore(databaseOptions(url.href, { clock, logger }));
    const said = () =>
      warn.mock.calls.filter(([, text]) => text === 'connections to the database are slow at their first use');

    proxy.cut();
    await store.warmUp();
    expect(said()).toHaveLength(1);

    proxy.restore();
    proxy.freeze();
    const warmUp = store.warmUp();
    await clock.advance(3_000);
    await warmUp;
    expect(said()).toHaveLength(1);

    proxy.restore();
    await store.warmUp();
    expect(await store.counts()).toMatchObject({ openTurns: 0 });
    await store.close();
    await proxy.close();
  });
});
