// Bundles src/ and console/ with Vite into dist/ while tsc checks the types, then stamps it with the hash of what it was built from.
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { hashSources } from './bootstrap.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

function run(name, args) {
  const path = join(root, 'node_modules', '.bin', name);
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} exited with ${code}`))));
  });
}

/** Fastify requires them when an application validates, serializes or is injected into; the gateway's own does none of that
 *  (src/app.ts), the pages of /docs do. Their source would take 0.6 MB of every process. */
const FOR_FASTIFY_DEFAULTS = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request'];

/** One program and its libraries in a few files: finding, reading and linking the 500 modules they come from takes as long as all
 *  else that a start does. Nothing is minified: names and lines of a stack are those of the code. */
function bundle(entry, codeSplitting, chunkPrefix = '') {
  return build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    ssr: {
      noExternal: true,
      // Loaded when somebody looks at /docs, at a terminal or has a PostgreSQL; the pages of swagger-ui are files beside its code.
      external: ['@fastify/swagger', '@fastify/swagger-ui', 'pg', 'pino-pretty', ...FOR_FASTIFY_DEFAULTS],
    },
    build: {
      ssr: true,
      target: 'node22.20',
      outDir: dist,
      emptyOutDir: false,
      sourcemap: true,
      rolldownOptions: {
        input: join(root, 'src', entry),
        output: {
          // Side by side: the code looks for the worker, the sample and the pages beside the file that it is in.
          entryFileNames: '[name].js',
          chunkFileNames: `${chunkPrefix}[name].js`,
          codeSplitting,
          comments: false,
          minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
        },
      },
    },
  });
}

/** Apart from our code, and with every letter beyond ASCII escaped: V8 keeps a source that holds a single one in two bytes a character
 *  for as long as the process lives, and the libraries are 4 MB. */
const LIBRARIES = { groups: [{ name: 'libraries', test: /[\\/]node_modules[\\/]/ }] };

const sourceHash = hashSources(root);
rmSync(dist, { recursive: true, force: true });
try {
  await Promise.all([
    run('tsc', ['-p', 'tsconfig.build.json']),
    run('vite', ['build', '--config', 'console/vite.config.ts', '--logLevel', 'warn']),
    bundle('server.ts', LIBRARIES),
    // By itself: a file that it shared with the server could become part of server.js, and importing that starts a second server.
    bundle(join('storage', 'sqlite', 'worker.ts'), false),
    // Each with files of its own behind the entry, which looks at Node before it loads them.
    bundle(join('cli', 'clova.ts'), LIBRARIES, 'clova-'),
    bundle(join('cli', 'store.ts'), LIBRARIES, 'store-'),
  ]);
} catch (error) {
  console.error(`malgil: the build failed: ${error.message}`);
  process.exit(1);
}
const inTwoBytes = readdirSync(dist).filter(
  (name) => name.endsWith('.js') && /[^\0-\x7f]/.test(readFileSync(join(dist, name), 'utf8')),
);
if (inTwoBytes.length > 0) {
  console.error(
    `malgil: ${inTwoBytes.join(', ')} hold letters beyond ASCII and would take twice the memory. Those of a String.raw cannot be escaped: take the source of a regular expression.`,
  );
  process.exit(1);
}
cpSync(join(root, 'src', 'knowledge', 'sample'), join(dist, 'knowledge', 'sample'), { recursive: true });
writeFileSync(join(dist, '.source-hash'), sourceHash);
