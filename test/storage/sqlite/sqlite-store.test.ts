import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/platform/logger.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { storeContract } from '../../helpers/store-contract.ts';

storeContract('the SQLite store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'malgil-store-'));
  let current = await openSqliteStore({ directory, logger: silentLogger });
  return {
    store: current,
    async reopen() {
      await current.close();
      current = await openSqliteStore({ directory, logger: silentLogger });
      return current;
    },
    async cleanup() {
      await current.close();
      await rm(directory, { recursive: true });
    },
  };
});
