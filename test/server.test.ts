import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { BARE_ENV } from './helpers/gateway-process.ts';

const ENTRY = fileURLToPath(new URL('../src/server.ts', import.meta.url));

/** Starts the entry on a Node that says it is another one. */
function startOn(version: string, ...args: string[]) {
  const versions = `Object.defineProperties(process, {
    version: { value: 'v${version}' }, versions: { value: { ...process.versions, node: '${version}' } } })`;
  const pretend = `data:text/javascript,${encodeURIComponent(versions)}`;
  return spawnSync(process.execPath, ['--import', pretend, ENTRY, ...args], { env: BARE_ENV, encoding: 'utf8' });
}

it.each([['20.20.2'], ['22.19.0'], ['18.0.0', '--help']])(
  'says in one line what to do on Node %s',
  (version, ...args) => {
    const { status, stderr, stdout } = startOn(version, ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^malgil needs Node 22\.20 or newer and this is v[\d.]+: use `npm start`.*\n$/);
  },
);

it.each(['22.20.0', '24.0.0'])('starts on Node %s', (version) => {
  expect(startOn(version, '--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
});

it('imports nothing that an old Node could lack, and asks for what the package asks for', () => {
  const source = readFileSync(ENTRY, 'utf8');
  expect(source).not.toMatch(/^import\s/m);
  expect(manifest.engines.node).toBe('>=22.20');
});
