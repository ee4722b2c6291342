import { mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFiles } from '../../src/platform/file-watch.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { WAIT } from '../helpers/wait.ts';

const EVERY_MS = 1_000;
const BEFORE_ANY_CHANGE = 0;
const AFTER_ALL_CHANGES = Number.MAX_SAFE_INTEGER;

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
    stop = watchFiles({
      files: () => [file],
      everyMs: EVERY_MS,
      clock,
      changedSince: BEFORE_ANY_CHANGE,
      onChange: () => (calls += 1),
    });
    await isCalled(1);
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
    changedSince: BEFORE_ANY_CHANGE,
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

describe('the first look', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'malgil-watch-'));
    file = join(folder, 'bots.json');
    await writeFile(file, 'one');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const callsOfFirstLooks = async (files: readonly string[], changedSince: number) => {
    const clock = new ManualClock();
    let calls = 0;
    const stop = watchFiles({
      files: () => files,
      everyMs: EVERY_MS,
      clock,
      changedSince,
      onChange: () => {
        calls += 1;
      },
    });
    for (let i = 0; i < 4; i += 1) await look(clock);
    stop();
    return calls;
  };

  it('finds nothing new in what has not changed since it was read', async () => {
    expect(await callsOfFirstLooks([file], AFTER_ALL_CHANGES)).toBe(0);
    expect(await callsOfFirstLooks([], BEFORE_ANY_CHANGE)).toBe(0);
  });

  it('finds what has changed since, be it gone, or older than what it took the place of', async () => {
    const readAt = (await stat(file)).ctimeMs;
    expect(await callsOfFirstLooks([file, join(folder, 'missing')], AFTER_ALL_CHANGES)).toBe(1);
    await writeFile(join(folder, 'old'), 'two');
    await utimes(join(folder, 'old'), 1, 1);
    await rename(join(folder, 'old'), file);
    expect(await callsOfFirstLooks([file], readAt)).toBe(1);
  });
});
