import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadSettings } from '../../src/config.ts';

interface Service {
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly env_file?: readonly { readonly path: string; readonly required: boolean }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const FILES = {
  embedded: { file: 'docker/compose.embedded.yaml', gateways: ['gateway'], open: 'gateway' },
  replicas: { file: 'docker/compose.yaml', gateways: ['gateway-1', 'gateway-2'], open: 'proxy' },
} as const;

/** Compose refuses to start without it. */
const NEEDED = /\$\{DATABASE_PASSWORD:\?[^}]+\}/;
const text = (file: string) => readFileSync(file, 'utf8');
const read = (file: string) => parse(text(file), { merge: true }) as ComposeFile;
const hasCompose = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8', timeout: 20_000 }).status === 0;
if (!hasCompose) console.warn('SKIPPED: docker compose is not installed, so its files were only read as YAML');

describe.each(Object.values(FILES))('$file', ({ file, gateways, open }) => {
  const { services, volumes } = read(file);
  const gatewayServices = gateways.map((name): Service => services[name] ?? {});

  it('locks the gateways down', () => {
    for (const service of gatewayServices) {
      expect(service).toMatchObject({
        read_only: true,
        tmpfs: ['/tmp'],
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    expect(text(file)).not.toMatch(/privileged|network_mode|docker\.sock/);
  });

  it('opens one port, to this machine only', () => {
    const ports = Object.entries(services).flatMap(([name, service]) =>
      (service.ports ?? []).map((port) => [name, port]),
    );
    expect(ports).toEqual([[open, expect.stringMatching(/^127\.0\.0\.1:\$\{MALGIL_PORT:-3000\}:3000$/)]]);
  });

  it('keeps the data of each service on a volume of its own', () => {
    const named = Object.values(services).flatMap((service) =>
      (service.volumes ?? []).filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[0]),
    );
    expect([...named].sort()).toEqual(Object.keys(volumes).sort());
    for (const service of gatewayServices)
      expect(service.volumes?.map((volume) => volume.split(':')[1])).toEqual(['/data']);
  });

  it('starts without a settings file, and overrules what would cut it off', () => {
    for (const service of gatewayServices) {
      expect(service.env_file).toEqual([{ path: '../.env', required: false }]);
      const environment = Object.entries(service.environment ?? {});
      const settings = environment.map(([name, value]) => [name, value.replace(NEEDED, 'pw')]);
      expect(loadSettings(Object.fromEntries(settings), () => '')).toMatchObject({
        host: '0.0.0.0',
        port: 3_000,
        dataDir: '/data',
      });
    }
  });

  it('overrules .env also where that names a file with the value', () => {
    for (const service of gatewayServices) {
      const own = Object.fromEntries(
        Object.entries(service.environment ?? {}).map(([name, value]) => [name, value.replace(NEEDED, 'pw')]),
      );
      const fromFile = { DATABASE_URL_FILE: '/run/secrets/database-url' };
      const { databaseUrl } = loadSettings({ ...fromFile, ...own }, () => 'postgres://elsewhere:5432/malgil');
      expect(databaseUrl).toBe(own.DATABASE_URL ?? 'postgres://elsewhere:5432/malgil');
    }
  });

  it('waits longer for the end than the gateway takes', () => {
    const drainMs = Number(/SHUTDOWN_DRAIN_MS=(\d+)/.exec(text('Dockerfile'))?.[1]);
    const { shutdownLimitMs } = loadSettings({}, () => '');
    for (const service of gatewayServices) {
      const graceSeconds = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]);
      expect(graceSeconds * 1_000).toBeGreaterThan(drainMs + shutdownLimitMs);
    }
  });

  it('asks the gateways how they are', () => {
    for (const service of gatewayServices) expect(service.healthcheck?.test.join(' ')).toContain('/healthz');
  });

  it('holds no secret', () => {
    const secrets = text(file).match(/^.*(KEY|SECRET|TOKEN|PASSWORD|AUTHORIZATION)[A-Z_]*"?: .*$/gm) ?? [];
    for (const line of secrets) expect(line).toMatch(NEEDED);
  });

  it.skipIf(!hasCompose)('is what docker compose reads without complaint', () => {
    const compose = spawnSync('docker', ['compose', '-f', file, 'config', '--quiet'], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, DATABASE_PASSWORD: 'pw' },
    });
    expect(compose.stderr).toBe('');
    expect(compose.status).toBe(0);
  });
});

describe('the proxy', () => {
  const caddyfile = text('docker/Caddyfile');

  it('knows every gateway, asks whether it wants traffic, and notices in less time than a gateway drains', () => {
    for (const name of FILES.replicas.gateways) expect(caddyfile).toContain(`${name}:3000`);
    expect(caddyfile).toContain('health_uri /readyz?exclude=overloaded');
    const everySeconds = Number(/health_interval (\d+)s/.exec(caddyfile)?.[1]);
    const drainMs = Number(/SHUTDOWN_DRAIN_MS=(\d+)/.exec(text('Dockerfile'))?.[1]);
    expect(everySeconds * 2_000).toBeLessThan(drainMs);
  });
});
