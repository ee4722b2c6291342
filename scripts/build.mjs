// Compiles src/ with tsc and console/ with Vite into dist/, then stamps it with the hash of what it was built from.
import { spawn } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources } from './bootstrap.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function run(name, args) {
  const path = join(root, 'node_modules', '.bin', name);
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} exited with ${code}`))));
  });
}

const sourceHash = hashSources(root);
rmSync(join(root, 'dist'), { recursive: true, force: true });
try {
  await Promise.all([
    run('tsc', ['-p', 'tsconfig.build.json']),
    run('vite', ['build', '--config', 'console/vite.config.ts', '--logLevel', 'warn']),
  ]);
} catch (error) {
  console.error(`malgil: the build failed: ${error.message}`);
  process.exit(1);
}
cpSync(join(root, 'src', 'knowledge', 'sample'), join(root, 'dist', 'knowledge', 'sample'), { recursive: true });
writeFileSync(join(root, 'dist', '.source-hash'), sourceHash);
