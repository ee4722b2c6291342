import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'malgil-ci-'));
  mkdirSync(join(folder, '.ci'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync('.ci/run', join(folder, '.ci', 'run'));
  // The machine of the test is left as it is, Chromium or not.
  stub('apt-get', 'exit 1');
});
afterEach(() => rmSync(folder, { recursive: true }));

function stub(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(path, 0o755);
}

/** @param failureMessages of its attempts */
const test = (
  status: 'passed' | 'failed' | 'pending',
  fullName = 'a test',
  failureMessages = status === 'failed' ? ['no', 'no'] : [],
) => ({ status, fullName, failureMessages });
const file = (status: 'passed' | 'failed', ...assertionResults: object[]) => ({
  name: join(folder, 'test', 'a.test.ts'),
  status,
  assertionResults,
});

interface Outcome {
  readonly install?: number;
  readonly check?: number;
  readonly test?: number;
  readonly report?: unknown;
}

/** Runs a copy of the script with an npm that ends as told and writes the report where it is asked for. */
function run(outcome: Outcome) {
  writeFileSync(
    join(folder, 'report.json'),
    outcome.report === undefined ? '' : JSON.stringify({ testResults: outcome.report }),
  );
  stub(
    'npm',
    `echo "$* NODE_ENV=\${NODE_ENV-unset}" >> "${folder}/calls"
case "$1 \${2-}" in
  ci*) exit ${outcome.install ?? 0} ;;
  "run check") exit ${outcome.check ?? 0} ;;
  test*)
    for argument; do case "$argument" in --outputFile.json=*) cp "${folder}/report.json" "\${argument#*=}" ;; esac; done
    exit ${outcome.test ?? 0} ;;
esac`,
  );
  const { status, stdout } = spawnSync(join(folder, '.ci', 'run'), {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    },
  });
  const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  const lines = stdout.trimEnd().split('\n');
  return { status, lines, lastLine: lines.at(-1), calls };
}

describe('.ci/run', () => {
  it('counts the tests, and the check as one more', () => {
    const { status, lastLine, calls } = run({
      report: [file('passed', test('passed'), test('passed'), test('pending'))],
    });
    expect(lastLine).toBe('3 passed, 0 failed');
    expect(status).toBe(0);
    expect(calls[0]).toContain('ci --include=dev');
    expect(calls.every((call) => call.endsWith('NODE_ENV=unset'))).toBe(true);
  });

  it('fails with the check, and runs the tests all the same', () => {
    expect(run({ check: 1, report: [file('passed', test('passed'))] })).toMatchObject({
      status: 1,
      lastLine: '1 passed, 1 failed',
    });
  });

  it('fails with the tests', () => {
    const report = [file('failed', test('passed'), test('failed'), test('failed')), file('passed', test('passed'))];
    expect(run({ test: 1, report })).toMatchObject({ status: 1, lastLine: '3 passed, 2 failed' });
  });

  it('counts a file that does not load', () => {
    expect(run({ test: 1, report: [file('failed'), file('passed', test('passed'))] }).lastLine).toBe(
      '2 passed, 1 failed',
    );
  });

  it('names at the end what failed, by the path in the project', () => {
    const report = [file('failed', test('passed'), test('failed', 'the store > keeps')), file('failed')];
    expect(run({ test: 1, report }).lines.slice(-3)).toEqual([
      'failed: test/a.test.ts > the store > keeps',
      'failed: test/a.test.ts',
      '2 passed, 2 failed',
    ]);
  });

  it('names what passed only at its second attempt, and does not count it twice', () => {
    const report = [file('passed', test('passed'), test('passed', 'the store > keeps', ['no']))];
    const { status, lines } = run({ report });
    expect(status).toBe(0);
    expect(lines.slice(-2)).toEqual([
      'passed only at the second attempt: test/a.test.ts > the store > keeps',
      '3 passed, 0 failed',
    ]);
  });

  it('counts a runner that fails although no test did', () => {
    expect(run({ test: 1, report: [file('passed', test('passed'))] })).toMatchObject({
      status: 1,
      lastLine: '2 passed, 1 failed',
    });
  });

  it('takes no report, and no tests, for a failure', () => {
    expect(run({ test: 134 })).toMatchObject({ status: 1, lastLine: '1 passed, 1 failed' });
    expect(run({ report: [] })).toMatchObject({ status: 1, lastLine: '1 passed, 1 failed' });
  });

  it('stops when nothing can be installed', () => {
    const { status, lastLine, calls } = run({ install: 1 });
    expect(lastLine).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
    expect(calls).toHaveLength(1);
  });
});
