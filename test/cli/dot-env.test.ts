/** The command lines as processes, in a folder with a file .env. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BARE_ENV } from '../helpers/gateway-process.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'malgil-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(program: 'store' | 'clova', ...args: string[]) {
  const script = fileURLToPath(new URL(`../../src/cli/${program}.ts`, import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { env: BARE_ENV, cwd: folder, encoding: 'utf8' });
}

const DOT_ENV = 'DATA_DIR=./가게\nCLOVA_BASE_URL=http://127.0.0.1:1\nCLOVA_API_KEY_FILE=열쇠.txt\n';

it('read it in UTF-16, and files that it names', () => {
  writeFileSync(join(folder, '.env'), Buffer.from(`\ufeff${DOT_ENV}`, 'utf16le'));
  writeFileSync(join(folder, '열쇠.txt'), Buffer.from('\ufeffnv-test\r\n', 'utf16le'));
  expect(run('store', 'export', 'all.gz')).toMatchObject({ status: 2, stderr: expect.stringContaining('가게') });
  // With a key, it fails at the address and not before.
  expect(run('clova', 'chat', '안녕')).toMatchObject({ status: 1 });
});

it('name what is wrong with it, and help all the same', () => {
  writeFileSync(join(folder, '.env'), `${DOT_ENV}CLOVA_API_KEY: nv-of-mine\n내 상점\n`);
  const [clova, store] = [run('clova', 'chat', '안녕'), run('store', 'export', 'all.gz')];
  expect(clova).toMatchObject({
    status: 2,
    stderr: [
      'CLOVA_API_KEY: .env 4번째 줄이 이름=값 모양이 아닙니다.',
      '.env: 5번째 줄이 이름=값 모양이 아닙니다.',
      'CLOVA_API_KEY_FILE: 적힌 파일을 읽을 수 없습니다.\n',
    ].join('\n'),
  });
  expect(store).toMatchObject({ status: 2, stderr: expect.stringContaining('\n.env: line 5 sets nothing') });
  expect(clova.stderr + store.stderr).not.toContain('of-mine');
  expect(run('store', '--help').status).toBe(0);
});

it('say so where it is a folder', () => {
  mkdirSync(join(folder, '.env'));
  expect(run('clova', 'chat', '안녕')).toMatchObject({ status: 2, stderr: '.env: 파일이 아니라 폴더입니다.\n' });
});
