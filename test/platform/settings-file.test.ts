import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettingsText, whyUnusable } from '../../src/platform/settings-file.ts';

const TEXT = '친절하게 답하세요.\n';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'malgil-files-'));
  writeFileSync(join(folder, 'secret'), TEXT);
  mkdirSync(join(folder, '..data'));
  symlinkSync('../secret', join(folder, '..data', 'secret'));
  symlinkSync('..data/secret', join(folder, 'mounted'));
  writeFileSync(join(folder, 'cp949'), iconv.encode(TEXT, 'cp949'));
  writeFileSync(join(folder, 'utf16'), Buffer.from(`\ufeff${TEXT}`, 'utf16le'));
  writeFileSync(join(folder, 'marked'), `\ufeff${TEXT}`);
  writeFileSync(join(folder, 'huge'), '');
  truncateSync(join(folder, 'huge'), 32 * 1_048_576 + 1);
  symlinkSync('nowhere', join(folder, 'dangling'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reasonAgainst(path: string): string {
  try {
    readSettingsText(path);
  } catch (thrown) {
    return whyUnusable(thrown);
  }
  return '';
}

describe('readSettingsText', () => {
  it.each(['secret', 'mounted', 'cp949', 'utf16', 'marked'])('reads %s', (name) => {
    expect(readSettingsText(join(folder, name))).toBe(TEXT);
  });

  it.each([
    ['nowhere', 'cannot be read (ENOENT)'],
    ['dangling', 'cannot be read (ENOENT)'],
    ['..data', 'is a folder'],
    ['pipe', 'is a pipe or a device, where a regular file is needed'],
    ['huge', 'is larger than 32 MiB'],
  ])('refuses %s at once', (name, reason) => expect(reasonAgainst(join(folder, name))).toBe(reason));

  it.each(['/dev/zero', '/dev/urandom', '/dev/null'])('refuses %s at once', (device) => {
    expect(reasonAgainst(device)).toBe('is a pipe or a device, where a regular file is needed');
  });
});
