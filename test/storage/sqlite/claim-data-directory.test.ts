import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.ts';
import { claimDataDirectory } from '../../../src/storage/sqlite/claim-data-directory.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { WAIT } from '../../helpers/wait.ts';
import { nextLine, startChild } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const OPENING_PROCESS = new URL('./opening-process.ts', import.meta.url);

describe('claiming a data directory', () => {
  it('creates the directory and lets it go again', async () => {
    const directory = join(await temporaryDirectory(), 'not', 'there', 'yet');
    const first = await claimDataDirectory(directory);
    await first.release();
    await first.release();
    const second = await claimDataDirectory(directory);
    await second.release();
  });

  it('names the owner in the refusal', async () => {
    const directory = await temporaryDirectory();
    const claim = await claimDataDirectory(directory, new ManualClock(Date.UTC(2026, 10, 21, 9)));
    await expect(claimDataDirectory(directory)).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message:
        `The data directory ${directory} is in use by process ${process.pid} on ${hostname()} ` +
        `(running since 2026-11-21T09:00:00.000Z, last sign of life 2026-11-21T09:00:00.000Z); stop it or choose another DATA_DIR`,
      details: { pid: process.pid, host: hostname() },
    });
    await claim.release();
  });

  it('refuses as well when nobody can say who the owner is', async () => {
    const directory = await temporaryDirectory();
    const claim = await claimDataDirectory(directory);
    await writeFile(join(directory, 'owner.json'), '{');
    await expect(claimDataDirectory(directory)).rejects.toThrow('is in use by another process;');
    await claim.release();
  });

  it('gives a sign of life until it is released', async () => {
    const directory = await temporaryDirectory();
    const clock = new ManualClock(0);
    const claim = await claimDataDirectory(directory, clock);
    const heartbeat = async () => JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8')).heartbeatAt;
    for (const second of [10, 20]) {
      await clock.advance(10_000);
      await vi.waitFor(async () => expect(await heartbeat()).toBe(new Date(second * 1_000).toISOString()), WAIT);
    }
    await claim.release();
    await clock.advance(60_000);
    await expect(heartbeat()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('lets one of several processes in, however close they come, and the next one after a kill -9', async () => {
    const directory = await temporaryDirectory();
    const children = Array.from({ length: 3 }, () => startChild(OPENING_PROCESS, [directory]));
    const outcomes = await Promise.all(children.map(nextLine));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    const owner = children[outcomes.indexOf('ok')];
    await expect(claimDataDirectory(directory)).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      details: { pid: owner?.pid },
    });
    await owner?.kill();
    await (await claimDataDirectory(directory)).release();
  });

  it('says so when the directory cannot be written', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o555);
    expect(await nextLine(startChild(OPENING_PROCESS, [directory], { unprivileged: true }))).toBe(
      `STORE_FAILED: The database file ${directory}/owner.lock cannot be written; check the rights of its directory`,
    );
  });

  // SQLite would open it for reading, and two processes would both hold the "exclusive" lock.
  it('does not take a lock file that it may not write for a lock', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o777);
    await writeFile(join(directory, 'owner.lock'), '', { mode: 0o444 });
    expect(await nextLine(startChild(OPENING_PROCESS, [directory], { unprivileged: true }))).toContain(
      'owner.lock cannot be written',
    );
  });

  it('says so when the path is no directory', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    await expect(claimDataDirectory(join(file, 'data'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('makes whatever is missing above the directory', async () => {
    const directory = join(await temporaryDirectory(), 'a', 'b', 'c');
    await (await claimDataDirectory(directory)).release();
    expect((await stat(join(directory, '..'))).mode & 0o777).toBe(0o700);
  });

  // Node's recursive mkdir tries for ever there.
  it.skipIf(process.platform !== 'linux').each(['/proc/nope', '/proc/nope/deeper'])(
    'says so when nothing can be made in a place: %s',
    async (directory) => {
      const refusal = {
        code: 'STORE_FAILED',
        message: expect.stringMatching(/^The data directory \/proc\/nope .*DATA_DIR/),
      };
      await expect(claimDataDirectory(directory)).rejects.toMatchObject(refusal);
      await expect(openSqliteStore({ directory, logger: silentLogger })).rejects.toMatchObject(refusal);
    },
  );
});
