/** The whole way, with real processes: a gateway, its store backed up while it runs and moved when it has stopped, the gateway again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { DATABASE_FILE } from '../../../src/storage/sqlite/index.ts';
import { BARE_ENV, GatewayProcess } from '../../helpers/gateway-process.ts';
import { createTestDatabase, hasPostgres } from '../../helpers/postgres.ts';

const STORE = fileURLToPath(new URL('../../../src/cli/store.ts', import.meta.url));

async function store(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(process.execPath, [STORE, ...args], { env: { ...BARE_ENV, ...env }, cwd });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, errors };
}

async function ask(gateway: GatewayProcess, query: string): Promise<void> {
  const { statusCode, body } = await request(`${gateway.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, conversation: 'moving' }),
  });
  await body.dump();
  expect(statusCode).toBe(200);
}

it.runIf(hasPostgres)('a conversation goes on in PostgreSQL, and in a backup', { timeout: 120_000 }, async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const gateway = await GatewayProcess.start();
  onTestFinished(() => gateway.stop());
  const { folder, dataDir } = gateway;
  const embedded = { DATA_DIR: dataDir };
  await ask(gateway, '반품 배송비는 얼마예요?');

  const backup = join(folder, 'backup.sqlite');
  expect(await store(['backup', backup], embedded, folder)).toMatchObject({ code: 0, errors: '' });
  const early = await store(['export', 'early.gz'], embedded, folder);
  expect(early).toMatchObject({ code: 0, errors: expect.stringContaining('서버가 켜져 있습니다') });
  expect(await store(['import', 'early.gz'], embedded, folder)).toMatchObject({ code: 2 });

  await ask(gateway, '교환도 되나요?');
  gateway.terminate();
  await gateway.exit;
  expect(await store(['export', 'all.gz'], embedded, folder)).toMatchObject({ code: 0, errors: '' });
  const there = { ...embedded, DATABASE_URL: database.url };
  expect(await store(['import', 'all.gz'], there, folder)).toMatchObject({ code: 0, errors: '' });

  await gateway.restart({ DATABASE_URL: database.url });
  await ask(gateway, '영업시간은요?');
  expect(await database.query('SELECT sequence, state FROM malgil.turns ORDER BY serial')).toEqual(
    ['1', '2', '3'].map((sequence) => ({ sequence, state: 'answered' })),
  );
  await gateway.kill();

  const restored = join(folder, 'restored');
  await mkdir(restored);
  await rename(backup, join(restored, DATABASE_FILE));
  await gateway.restart({ DATA_DIR: restored });
  await ask(gateway, '영업시간은요?');
  await gateway.kill();
  const { out } = await store(['verify', '--json'], { DATA_DIR: restored }, folder);
  expect(JSON.parse(out).tables).toContainEqual(expect.objectContaining({ name: 'turns', rows: 2 }));
});
