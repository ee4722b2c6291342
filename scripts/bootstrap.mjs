// Runs before `npm start`, `npm test` and `npm run simulate`, the first time on whatever Node the machine has:
// built-in modules only, no syntax newer than Node 18. It installs what the lock file names and builds what changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdAlone } from './one-at-a-time.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MINIMUM_NODE = [22, 20];

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** npm records what it really installed in node_modules/.package-lock.json; a folder's existence proves nothing
 *  (an interrupted install leaves one behind). Packages for other platforms are absent there, and marked optional. */
export function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'));
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && existsSync(join(folder, path));
  });
}

function* filesUnder(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== 'node_modules') yield* filesUnder(join(path, name));
  }
}

/** What the build reads; a change in any of them makes `dist/` stale. */
export function hashSources(folder) {
  const hash = createHash('sha256');
  const inputs = ['src', 'console', 'scripts/build.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  for (const input of inputs) {
    for (const file of filesUnder(join(folder, input))) {
      hash.update(file.slice(folder.length)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Started by name so that the Node 24 in node_modules/.bin, which npm puts first on the path, is the one that runs. */
function run(command, args, extraEnv = {}) {
  const env = { ...process.env, ...extraEnv };
  env.PATH = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${env.PATH}`;
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(`malgil: "${command} ${args.join(' ')}" failed; nothing was started.`);
    process.exit(result.status === null ? 1 : result.status);
  }
}

function checkNode() {
  const path = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const result = spawnSync('node', ['--version'], { env: { ...process.env, PATH: path }, encoding: 'utf8' });
  const [major, minor] = String(result.stdout).replace('v', '').split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(
    `malgil: Node ${MINIMUM_NODE.join('.')} or newer is needed, and the copy that comes with the dependencies did not arrive` +
      ' (are install scripts switched off? `npm config get ignore-scripts`). Install Node 24 and try again.',
  );
  process.exit(1);
}

function isBuilt() {
  const stamp = join(root, 'dist', '.source-hash');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashSources(root);
}

function main() {
  if (!isInstalled(root) || !isBuilt()) {
    const release = holdAlone(join(root, '.bootstrap.lock'), () =>
      console.log('malgil: another command installs or builds in this folder; waiting for it …'),
    );
    if (!isInstalled(root)) {
      console.log('malgil: installing dependencies (first start, or the lock file changed) …');
      // Without include=dev, NODE_ENV=production would leave out the compiler and Node 24 itself.
      run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    }
    if (!isBuilt()) {
      checkNode();
      console.log('malgil: building …');
      run('node', [join('scripts', 'build.mjs')]);
    }
    release();
  }
  checkNode();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
