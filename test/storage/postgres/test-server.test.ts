import { describe, expect, it } from 'vitest';
import {
  canStartServers,
  createDatabaseAt,
  createTestDatabase,
  hasPostgres,
  startOwnServer,
} from '../../helpers/postgres.ts';

describe.skipIf(!hasPostgres)('PostgreSQL for tests', () => {
  it('gives each caller a database of its own', async () => {
    const [first, second] = [await createTestDatabase(), await createTestDatabase()];
    await first.query('CREATE TABLE mine (id int)');
    expect(await second.query(`SELECT to_regclass('mine') AS found`)).toEqual([{ found: null }]);
    await Promise.all([first.drop(), second.drop()]);
  });

  it.skipIf(!canStartServers)('keeps the data of a server that is stopped and started', async () => {
    const server = await startOwnServer();
    const database = await createDatabaseAt(server.url);
    await database.query('CREATE TABLE kept (id int)');
    await server.stop();
    await server.start();
    expect(await database.query('SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 0 }]);
    await server.remove();
  });
});
