import type { Settings } from '../config.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ALONE, type Peers } from '../platform/peers.ts';
import type { PostgresStore } from '../storage/postgres/index.ts';
import { openSqliteStore } from '../storage/sqlite/index.ts';
import type { Store } from '../storage/store.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly peers: Peers;
  /** There when other processes may share the store. */
  readonly shared?: Pick<PostgresStore, 'replicas' | 'turnOrder' | 'onThreadChanged' | 'warmUp'>;
}

/** The embedded store, or PostgreSQL where a setting names one. The data directory is claimed.
 *  @throws GatewayError `STORE_FAILED`, `STORE_BUSY` */
export async function openStore(
  settings: Settings,
  ownerId: string,
  clock: Clock,
  logger: Logger,
): Promise<OpenedStore> {
  const { databaseUrl: url } = settings;
  if (url === undefined) {
    return { store: await openSqliteStore({ directory: settings.dataDir, logger }), peers: ALONE };
  }
  // Who runs without it neither loads nor needs the driver.
  const { leaveWord, openPostgresStore, readPredecessor } = await import('../storage/postgres/index.ts');
  const predecessorId = await readPredecessor(settings.dataDir);
  const store = await openPostgresStore({
    url,
    replicaId: ownerId,
    ...(predecessorId === undefined ? {} : { predecessorId }),
    poolSize: settings.databasePoolSize,
    startWaitMs: settings.databaseStartWaitSeconds * 1_000,
    connectTimeoutMs: settings.databaseConnectTimeoutMs,
    statementTimeoutMs: settings.databaseStatementTimeoutMs,
    lockTimeoutMs: settings.databaseLockTimeoutMs,
    clock,
    logger,
  });
  await leaveWord(settings.dataDir, ownerId);
  return { store, peers: store.peers, shared: store };
}
