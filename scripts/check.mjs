// `npm run check`: formatter and linter, import rules, types, unused exports. Runs all of them, two at a time, then says which failed.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const AT_A_TIME = 2;

/** Ends with everything that the tool wrote: two that write at once would not be read by anybody. */
function run(name, args) {
  const child = spawn(join(root, 'node_modules', '.bin', name), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ isGood: false, output: `${error.message}\n` }));
    child.on('close', (status) => resolve({ isGood: status === 0, output }));
  });
}

/** What the compiler learnt the last time spares it most of the work; it looks itself which files have changed. */
function checkTypes(project) {
  const memory = join('node_modules', '.cache', 'types', `${project.replaceAll('/', '-')}.tsbuildinfo`);
  return run('tsc', ['--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', memory]);
}

/** TypeScript 7 has no compiler API, and dependency-cruiser without one cruises nothing and passes: count the modules. */
async function cruise() {
  const { isGood, output } = await run('depcruise', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err-long',
    'src',
  ]);
  const cruised = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  if (cruised >= 30) return { isGood, output };
  return {
    isGood: false,
    output: `${output}import rules: only ${cruised} modules were cruised, so nothing was proved\n`,
  };
}

/** The longest first. */
const checks = [
  ['types (tsc)', () => checkTypes('tsconfig.json')],
  ['format and lint (biome)', () => run('biome', ['ci', '.'])],
  ['types of the pages (tsc)', () => checkTypes('console/tsconfig.json')],
  ['unused files, exports and dependencies (knip)', () => run('knip', [])],
  ['import rules (dependency-cruiser)', cruise],
];

const failed = [];
const waiting = checks.values();
async function work() {
  for (const [name, check] of waiting) {
    const { isGood, output } = await check();
    console.log(`\n── ${name}\n${output.trimEnd()}`);
    if (!isGood) failed.push(name);
  }
}
await Promise.all(Array.from({ length: AT_A_TIME }, work));
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
