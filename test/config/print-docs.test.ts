import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderEnvExample, renderTable } from '../../scripts/print-docs.ts';
import { describeSettings } from '../../src/config/describe.ts';
import { loadSettings } from '../../src/config.ts';

const SCRIPT = 'scripts/print-docs.ts';
const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'malgil-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('finds .env.example and the tables of the READMEs fresh', () => {
  const { status, stderr } = run('--check');
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('.env.example', () => {
  it('names every setting, all commented out', () => {
    const lines = renderEnvExample().split('\n');
    for (const { name } of describeSettings()) {
      expect(lines.filter((line) => line.startsWith(`# ${name}=`))).toHaveLength(1);
    }
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });

  it('shows the values that hold without it', () => {
    const shown = renderEnvExample().matchAll(/^# ([A-Z\d_]+)=(.+)$/gm);
    const env = Object.fromEntries([...shown].map(([, name = '', value = '']) => [name, value]));
    expect(Object.keys(env).length).toBeGreaterThan(30);
    const none = () => '';
    expect(loadSettings(env, none)).toEqual(loadSettings({}, none));
  });
});

it('describes every setting in both languages', () => {
  for (const row of describeSettings()) {
    expect(row.description, row.name).toMatch(/^\S.*\.$/);
    expect(row.descriptionKo, row.name).toMatch(/[가-힣]/);
    expect(row.defaultText === undefined, row.name).toBe(row.defaultTextKo === undefined);
  }
});

it('draws a table with one row a setting', () => {
  for (const language of ['ko', 'en'] as const) {
    const names = [...renderTable(language).matchAll(/^\| `([A-Z\d_]+)`/gm)].map(([, name]) => name);
    expect(names).toEqual(describeSettings().map(({ name }) => name));
  }
  expect(run('--table', 'en').stdout).toBe(`${renderTable('en')}\n`);
});

it('renews stale files, and only the part between the markers', () => {
  writeFileSync(
    join(folder, 'README.md'),
    '앞\n<!-- settings:begin -->\nold\n<!-- settings:end -->\n뒤\n<!-- metrics:begin --><!-- metrics:end -->\n',
  );
  expect(run('--check', '--folder', folder).status).toBe(1);
  expect(run('--write', '--folder', folder).status).toBe(0);
  expect(run('--check', '--folder', folder).status).toBe(0);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(readme).toMatch(/^앞\n<!-- settings:begin -->\n/);
  expect(readme).toContain('<!-- settings:end -->\n뒤\n<!-- metrics:begin -->\n');
  expect(readme).toContain('`malgil_turns_total`');
  expect(readme).toContain('`KAKAO_SECRET`');
  expect(readme).not.toContain('old');
});

it('fails for a README without a place for the table', () => {
  run('--write', '--folder', folder);
  writeFileSync(join(folder, 'README.en.md'), 'no markers\n');
  const { status, stderr } = run('--check', '--folder', folder);
  expect(status).toBe(1);
  expect(stderr).toContain('README.en.md');
});

it('prints .env.example on demand', () => {
  expect(execFileSync(process.execPath, [SCRIPT, '--env'], { encoding: 'utf8' })).toBe(renderEnvExample());
});
