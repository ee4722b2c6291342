import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { BARE_ENV } from './helpers/gateway-process.ts';

const sourceOf = (name: string) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
const PROGRAMS = [
  ['server', 'npm start'],
  ['cli/clova', 'npm run clova'],
  ['cli/store', 'npm run store'],
] as const;

/** Starts a program on a Node that says it is another one. */
function startOn(version: string, program: string, ...args: string[]) {
  const versions = `Object.defineProperties(process, {
    version: { value: 'v${version}' }, versions: { value: { ...process.versions, node: '${version}' } } })`;
  const pretend = `data:text/javascript,${encodeURIComponent(versions)}`;
  return spawnSync(process.execPath, ['--import', pretend, sourceOf(program), ...args], {
    env: BARE_ENV,
    encoding: 'utf8',
  });
}

describe.each(PROGRAMS)('%s', (program, command) => {
  it.each([['20.20.2'], ['22.19.0'], ['18.0.0', '--help']])(
    'says in one line what to do on Node %s',
    (version, ...args) => {
      const { status, stderr, stdout } = startOn(version, program, ...args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^malgil needs Node 22\.20 or newer and this is v[\d.]+: .*\n$/);
      expect(stderr).toContain(`use \`${command}\`, which`);
    },
  );

  it('imports nothing that an old Node could lack', () => {
    const imports = readFileSync(sourceOf(program), 'utf8').match(/^import\s.*/gm);
    expect(imports).toEqual([expect.stringMatching(/^import \{ onFittingNode \} from '\.{1,2}\/fitting-node\.ts';$/)]);
    expect(readFileSync(sourceOf('fitting-node'), 'utf8')).not.toMatch(/^import\s/m);
  });
});

it.each(['22.20.0', '24.0.0'])('the server starts on Node %s', (version) => {
  expect(startOn(version, 'server', '--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
});

it.each(['cli/clova', 'cli/store'])('%s starts on Node 22.20', (program) => {
  expect(startOn('22.20.0', program, '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^사용법: /),
  });
});

it('asks for what the package asks for', () => {
  expect(manifest.engines.node).toBe('>=22.20');
});
