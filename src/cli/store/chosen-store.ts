/** Which store a command works on: the one that the gateway would use with these settings. */
import type { StoreCommandSettings } from '../../config/command-line-settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StoreReader, StoreWriter } from '../../storage/dump/dump.ts';
import { openSqliteReader, openSqliteWriter } from '../../storage/sqlite/dump.ts';

export type ChosenStore =
  | { readonly kind: 'sqlite'; readonly directory: string }
  | { readonly kind: 'postgres'; readonly url: string };

export function chooseStore({ dataDir, databaseUrl }: StoreCommandSettings, mustBeEmbedded: boolean): ChosenStore {
  return databaseUrl === undefined || mustBeEmbedded
    ? { kind: 'sqlite', directory: dataDir }
    : { kind: 'postgres', url: databaseUrl };
}

/** For people: no user and no password. */
export function nameStore(store: ChosenStore): string {
  if (store.kind === 'sqlite') return `내장 저장소 ${store.directory}`;
  const { host, pathname } = new URL(store.url);
  return `PostgreSQL ${host}${pathname}`;
}

export async function openReader(store: ChosenStore): Promise<StoreReader> {
  if (store.kind === 'sqlite') return openSqliteReader(store.directory);
  // Who runs without it neither loads nor needs the driver.
  const { openPostgresReader } = await import('../../storage/postgres/dump.ts');
  return openPostgresReader(store.url);
}

export async function openWriter(store: ChosenStore, clock: Clock): Promise<StoreWriter> {
  if (store.kind === 'sqlite') return openSqliteWriter(store.directory, clock);
  const { openPostgresWriter } = await import('../../storage/postgres/dump.ts');
  return openPostgresWriter(store.url);
}
