/** Child of the permission tests: tries to claim the directory and to open its store, prints how each ended, waits to be killed. */
import { GatewayError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { claimDataDirectory, openSqliteStore } from '../../../src/storage/sqlite/index.ts';

const [directory = ''] = process.argv.slice(2);

async function attempt(run: () => Promise<unknown>): Promise<void> {
  const outcome = await run().then(
    () => 'ok',
    (thrown) => (thrown instanceof GatewayError ? `${thrown.code}: ${thrown.message}` : String(thrown)),
  );
  process.stdout.write(`${outcome}\n`);
}

await attempt(() => claimDataDirectory(directory));
await attempt(() => openSqliteStore({ directory, logger: silentLogger }));
process.stdin.resume();
