// `npm run check`: formatter and linter, import rules, types, unused exports. Runs all of them, then says which failed.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function run(name, args, options = {}) {
  return spawnSync(join(root, 'node_modules', '.bin', name), args, { cwd: root, encoding: 'utf8', ...options });
}

/** TypeScript 7 has no compiler API, and dependency-cruiser without one cruises nothing and passes: count the modules. */
function cruise() {
  const result = run('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src']);
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  const cruised = Number(/\((\d+) modules/.exec(result.stdout)?.[1] ?? 0);
  if (cruised < 30) console.error(`import rules: only ${cruised} modules were cruised, so nothing was proved`);
  return result.status === 0 && cruised >= 30;
}

const inherit = { stdio: 'inherit' };
const checks = {
  'format and lint (biome)': () => run('biome', ['ci', '.'], inherit).status === 0,
  'types (tsc)': () => run('tsc', ['--noEmit', '-p', 'tsconfig.json'], inherit).status === 0,
  'types of the pages (tsc)': () => run('tsc', ['--noEmit', '-p', 'console/tsconfig.json'], inherit).status === 0,
  'import rules (dependency-cruiser)': cruise,
  'unused files, exports and dependencies (knip)': () => run('knip', [], inherit).status === 0,
};

const failed = [];
for (const [name, check] of Object.entries(checks)) {
  console.log(`\n── ${name}`);
  if (!check()) failed.push(name);
}
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
