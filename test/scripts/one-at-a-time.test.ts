import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MODULE = new URL('../../scripts/one-at-a-time.mjs', import.meta.url).href;

let folder: string;
let lock: string;
let diary: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'malgil-lock-'));
  lock = join(folder, 'lock');
  diary = join(folder, 'diary');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes "in" and "out" into the diary, and stays between them for a moment. */
const WORK = `
  import { appendFileSync } from 'node:fs';
  import { holdAlone } from ${JSON.stringify(MODULE)};
  const [lock, diary, end] = process.argv.slice(1);
  const release = holdAlone(lock, () => console.log('waits'));
  appendFileSync(diary, 'in ');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  appendFileSync(diary, 'out ');
  if (end === 'exits') process.exit(1);
  release();
`;

const args = (end: string) => ['--input-type=module', '--eval', WORK, lock, diary, end];

function work(end = 'releases'): Promise<string> {
  const child = spawn(process.execPath, args(end), { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(said)));
}

it('lets one after the other in, and tells those who wait', async () => {
  const said = await Promise.all([work(), work(), work()]);
  expect(readFileSync(diary, 'utf8')).toBe('in out in out in out ');
  expect(said.filter((text) => text === 'waits\n').length).toBeGreaterThan(0);
  expect(existsSync(lock)).toBe(false);
});

it('is released when the process exits in between', async () => {
  await work('exits');
  expect(existsSync(lock)).toBe(false);
});

it('does not wait for a process that was killed', async () => {
  const { pid } = spawnSync(process.execPath, ['--eval', '']);
  writeFileSync(lock, String(pid));
  expect(await work()).toBe('');
  expect(readFileSync(diary, 'utf8')).toBe('in out ');
});

it('does not wait for ever for one that was killed before it wrote its number', async () => {
  writeFileSync(lock, '');
  expect(await work()).toBe('waits\n');
  expect(readFileSync(diary, 'utf8')).toBe('in out ');
});
