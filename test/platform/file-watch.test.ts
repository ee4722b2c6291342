import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFiles } from '../../src/platform/file-watch.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { WAIT } from '../helpers/wait.ts';

const EVERY_MS = 1_000;

/** Resolves when the disk has answered and the watch waits for its next look. */
async function look(clock: ManualClock): Promise<void> {
  await clock.advance(EVERY_MS);
  await vi.waitFor(() => expect(clock.waiting).toBe(1), WAIT);
}

describe('a watch over files', () => {
  let folder: string;
  let file: string;
  let clock: ManualClock;
  let stop: () => void;
  let calls: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'malgil-watch-'));
    file = join(folder, 'bots.json');
    await writeFile(file, 'one');
    clock = new ManualClock();
    calls = 0;
    stop = watchFiles({ files: () => [file], everyMs: EVERY_MS, clock, onChange: () => (calls += 1) });
    await isCalled(1); // for what may have changed before the first look
  });
  afterEach(async () => {
    stop();
    await rm(folder, { recursive: true });
  });

  const isCalled = (times: number) =>
    vi.waitFor(async () => {
      await clock.advance(EVERY_MS);
      expect(calls).toBe(times);
    }, WAIT);
  const looks = async (count: number) => {
    for (let i = 0; i < count; i += 1) await look(clock);
  };

  it('says nothing while nothing changes', async () => {
    await looks(10);
    expect(calls).toBe(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is written', () => writeFile(file, 'two, which is longer')],
    ['is replaced', () => writeFile(`${file}.new`, 'two').then(() => rename(`${file}.new`, file))],
    ['goes away', () => rm(file)],
    [
      'becomes a link to another one',
      async () => {
        await writeFile(join(folder, 'other'), 'two');
        await symlink('other', `${file}.new`);
        await rename(`${file}.new`, file);
      },
    ],
  ])('says once that a file %s', async (_, change) => {
    await change();
    await isCalled(2);
    await looks(5);
    expect(calls).toBe(2);
  });

  it('sees a file come', async () => {
    await rm(file);
    await isCalled(2);
    await writeFile(file, 'back');
    await isCalled(3);
  });

  it('says nothing any more once it is stopped', async () => {
    stop();
    await writeFile(file, 'two, which is longer');
    expect(clock.waiting).toBe(0);
    await clock.advance(5 * EVERY_MS);
    expect(calls).toBe(1);
  });
});

it('waits until a file is at rest: half of it would be taken for all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'malgil-watch-'));
  const file = join(folder, 'faq.csv');
  const clock = new ManualClock();
  let looked = 0;
  let text = '';
  const calledAt: number[] = [];
  const stop = watchFiles({
    files: () => {
      looked += 1;
      return [file];
    },
    everyMs: EVERY_MS,
    clock,
    onChange: () => calledAt.push(looked),
  });
  // It grows before each of the first five looks.
  for (let i = 1; i <= 5; i += 1) {
    text += '질문,답변\n';
    await writeFile(file, text);
    await look(clock);
    expect(looked).toBe(i);
  }
  expect(calledAt).toEqual([]);
  await vi.waitFor(async () => {
    await clock.advance(EVERY_MS);
    expect(calledAt).toHaveLength(1);
  }, WAIT);
  expect(calledAt[0]).toBeGreaterThanOrEqual(6);
  stop();
  await rm(folder, { recursive: true });
});
