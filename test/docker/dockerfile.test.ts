import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { copiedFromContext, dockerfileFaults, isIgnored, parseDockerfile } from '../helpers/dockerfile-rules.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const ignoreRules = readFileSync('.dockerignore', 'utf8');

describe('Dockerfile', () => {
  it('keeps every rule', () => {
    expect(dockerfileFaults(dockerfile)).toEqual([]);
  });

  it.each([
    ['an unpinned base', /node:24-bookworm-slim/g, 'node:latest', 'not pinned'],
    ['root', 'USER 1000:1000', 'USER 0', 'the user is root'],
    ['no user', 'USER 1000:1000', '', 'names no user'],
    ['a shell around the server', /CMD \["node"[^\n]*/g, 'CMD node dist/server.js', 'exec form'],
    ['npm around the server', /"node", .*"dist\/server.js"/g, '"npm", "start"', 'through npm'],
    ['no health check', /HEALTHCHECK[^\n]*\n[^\n]*\n/, '', 'HEALTHCHECK'],
    ['no stop signal', 'STOPSIGNAL SIGTERM', '', 'STOPSIGNAL'],
    ['a secret in ENV', 'PORT=3000', 'CLOVA_API_KEY=x', 'may hold a secret'],
    ['a secret in ARG', 'EXPOSE 3000', 'ARG NPM_TOKEN', 'may hold a secret'],
    [
      'sources before the install',
      'COPY package.json package-lock.json ./',
      'COPY package.json package-lock.json src ./',
      'installs anew',
    ],
    ['an install without the lock file', 'npm ci', 'npm install', 'ignores the lock file'],
    ['a closed door', 'HOST=0.0.0.0', 'HOST=127.0.0.1', 'nothing outside'],
    ['data in the container', 'VOLUME /data', '', 'not on a volume'],
    ['everything copied', 'COPY src ./src', 'COPY . .', 'whole folder'],
  ])('would be refused with %s', (_name, from, to, fault) => {
    const worse = dockerfile.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
    expect(worse).not.toBe(dockerfile);
    expect(dockerfileFaults(worse).join('\n')).toContain(fault);
  });

  it('starts the server as `npm start` does', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const command = parseDockerfile(dockerfile).findLast(({ name }) => name === 'CMD');
    expect(JSON.parse(command?.value ?? '[]')).toEqual(scripts.start.split(' '));
  });

  it('sets only what the settings know, to values that they accept', () => {
    const pairs = parseDockerfile(dockerfile)
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ value }) => value.split(' '))
      .map((pair) => pair.split('='));
    const settings = loadSettings(Object.fromEntries(pairs), () => '');
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 3_000,
      dataDir: '/data',
      shutdownDrainMs: 3_000,
      // What only whoever starts the container can set.
      warnings: [expect.stringContaining('KAKAO_SECRET')],
    });
  });
});

describe('.dockerignore', () => {
  it.each([
    '.env',
    '.env.production',
    'src/.env',
    '.git/config',
    'node_modules/fastify/package.json',
    'console/node_modules/react/index.js',
    'data/malgil.sqlite',
    'dist/server.js',
    'test/config/settings.test.ts',
    'bots.json',
    'server.log',
  ])('keeps %s out', (path) => {
    expect(isIgnored(ignoreRules, path)).toBe(true);
  });

  it('lets in what the Dockerfile copies, and what is in there', () => {
    const copied = copiedFromContext(dockerfile);
    expect(copied).toContain('src');
    for (const path of [
      ...copied,
      'src/server.ts',
      'src/knowledge/sample/shop.csv',
      'console/vite.config.ts',
      'scripts/build.mjs',
    ]) {
      expect(isIgnored(ignoreRules, path), path).toBe(false);
    }
  });
});
