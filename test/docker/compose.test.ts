import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const FILE = 'docker/compose.yaml';
const content = readFileSync(FILE, 'utf8');

/** The text under a key of the gateway service: the rest of its line, and the deeper lines below. */
function under(key: string): string {
  const found = new RegExp(`^ {4}${key}:(.*\\n(?: {6,}.*\\n| *#.*\\n)*)`, 'm').exec(content);
  return found?.[1] ?? '';
}

// Without the plugin nothing here parses YAML; these lines are what must not get lost.
describe('docker/compose.yaml, line by line', () => {
  it('locks the container down', () => {
    expect(under('read_only').trim()).toBe('true');
    expect(under('tmpfs')).toContain('- /tmp');
    expect(under('cap_drop')).toContain('- ALL');
    expect(under('security_opt')).toContain('- no-new-privileges:true');
    expect(content).not.toMatch(/privileged|network_mode|docker\.sock/);
  });

  it('opens the port to this machine only', () => {
    const ports = under('ports').match(/- "[^"]+"/g) ?? [];
    expect(ports).toHaveLength(1);
    expect(ports[0]).toMatch(/^- "127\.0\.0\.1:\$\{MALGIL_PORT:-3000\}:3000"$/);
  });

  it('keeps the data on a named volume', () => {
    expect(under('volumes')).toContain('- data:/data');
    expect(content).toMatch(/^volumes:\n {2}data:/m);
  });

  it('starts without a settings file, and overrules what would cut it off', () => {
    expect(under('env_file')).toMatch(/path: \.\.\/\.env\n\s+required: false/);
    const pairs = [...under('environment').matchAll(/([A-Z_]+): "([^"]*)"/g)].map(([, name, value]) => [name, value]);
    expect(loadSettings(Object.fromEntries(pairs), () => '')).toMatchObject({
      host: '0.0.0.0',
      port: 3_000,
      dataDir: '/data',
    });
  });

  it('waits longer for the end than the gateway takes', () => {
    const graceSeconds = Number(/^\s*(\d+)s\s*$/m.exec(under('stop_grace_period'))?.[1]);
    const image = /SHUTDOWN_DRAIN_MS=(\d+)/.exec(readFileSync('Dockerfile', 'utf8'))?.[1];
    const { shutdownLimitMs } = loadSettings({}, () => '');
    expect(graceSeconds * 1_000).toBeGreaterThan(Number(image) + shutdownLimitMs);
  });

  it('asks the gateway how it is', () => {
    expect(under('healthcheck')).toContain('/healthz');
  });

  it('holds no secret', () => {
    expect(content).not.toMatch(/(KEY|SECRET|TOKEN|PASSWORD|AUTHORIZATION)[A-Z_]*:/);
  });
});

const compose = spawnSync('docker', ['compose', '-f', FILE, 'config', '--format', 'json'], {
  encoding: 'utf8',
  timeout: 20_000,
});
const hasCompose = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8', timeout: 20_000 }).status === 0;
if (!hasCompose) console.warn(`SKIPPED: docker compose is not installed, so ${FILE} was only checked line by line`);

describe.skipIf(!hasCompose)('docker/compose.yaml, as docker compose reads it', () => {
  it('is one locked-down service', () => {
    expect(compose.stderr).toBe('');
    expect(compose.status).toBe(0);
    expect(JSON.parse(compose.stdout)).toMatchObject({
      services: {
        gateway: {
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          environment: { HOST: '0.0.0.0', DATA_DIR: '/data' },
          ports: [{ host_ip: '127.0.0.1', target: 3000 }],
          volumes: [{ type: 'volume', source: 'data', target: '/data' }],
        },
      },
    });
  });
});
