import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallPath } from '../../../src/engine/call-path/index.ts';
import { GatewayError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { PostgresStore } from '../../../src/storage/postgres/index.ts';
import { engineRequest, thrownBy } from '../../helpers/engine-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { peersContract } from '../../helpers/peers-contract.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import { WAIT } from '../../helpers/wait.ts';
import { createStoreDatabase, type StoreDatabase } from './store-database.ts';

describe.skipIf(!hasPostgres)('with PostgreSQL', () => {
  let database: StoreDatabase;
  beforeAll(async () => {
    database = await createStoreDatabase();
  });
  beforeEach(() => database.empty());
  afterAll(() => database.drop());

  peersContract('over a database', async () => {
    const stores: PostgresStore[] = [];
    for (const replicaId of ['a', 'b', 'c']) stores.push(await database.openStore({ replicaId }));
    const close = async () => void (await Promise.all(stores.map((store) => store.close())));
    return { all: stores.map(({ peers }) => peers), close };
  });

  it('a call that one process was refused holds up the next one of another', async () => {
    const stores = await Promise.all(['a', 'b'].map((replicaId) => database.openStore({ replicaId })));
    const clock = new ManualClock();
    const gates = stores.map(({ peers }) => {
      const callPath = createCallPath({ clock, logger: silentLogger, metrics: { circuitChanged: () => {} } });
      callPath.shareWith(peers);
      return callPath.gate('clova:HCX-007', { requestsPerMinute: 60, tokensPerMinute: 1e6 }, 0);
    });
    const call = { ...engineRequest(), inputTokens: 1, outputTokens: 1, botId: 'shop', closesAt: clock.now() + 60_000 };
    const enter = async (index: number) => gates[index]?.enter({ ...call, signal: new AbortController().signal });
    (await enter(0))?.failed(new GatewayError('ENGINE_RATE_LIMITED', 'no', { retryAfterMs: 20_000 }));
    await vi.waitFor(async () => {
      expect(await thrownBy(() => enter(1))).toMatchObject({ code: 'ENGINE_NOT_ASKED', retryAfterMs: 20_000 });
    }, WAIT);
    await Promise.all(stores.map((store) => store.close()));
  });
});
