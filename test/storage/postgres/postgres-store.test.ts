import { afterAll, beforeAll, describe } from 'vitest';
import { hasPostgres } from '../../helpers/postgres.ts';
import { storeContract } from '../../helpers/store-contract.ts';
import { createStoreDatabase, type StoreDatabase } from './store-database.ts';

describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });

  afterAll(() => database.drop());

  storeContract('the PostgreSQL store', async () => {
    await database.empty();
    let current = await database.openStore();
    return {
      store: current,
      async reopen() {
        await current.close();
        current = await database.openStore();
        return current;
      },
      cleanup: () => current.close(),
    };
  });
});
