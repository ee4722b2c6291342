import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { openUpstream } from '../../src/platform/upstream.ts';

const TLS = new URL('../fixtures/tls/', import.meta.url);
let server: Server;
let origin: string;
beforeAll(async () => {
  nock.restore();
  const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => readFileSync(new URL(name, TLS)));
  server = createServer({ key, cert }, (_, response) => void response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => vi.unstubAllEnvs());

it('nothing in the environment turns the checking of certificates off', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const limits = { connectTimeoutMs: 10_000, headersTimeoutMs: 10_000, bodyTimeoutMs: 10_000, connections: 1 };
  const pool = openUpstream({ origin, ...limits });
  await expect(pool.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: /SELF_SIGNED/ });
  await pool.destroy();
});
