import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/platform/alerts.ts';
import { type CertificateFinding, certificateAdvice, inspectCertificate } from '../../src/platform/certificate.ts';
import { watchCertificate } from '../../src/platform/certificate-watch.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { readTraffic, writeTraffic } from '../../src/platform/traffic-file.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
const certificate = read('certificate.pem');
const key = read('key.pem');
const VALID_TO = Date.parse('2126-10-29T05:28:11Z');
const DAY_MS = 86_400_000;

// nock shakes every hand itself; these tests are about real ones, on this machine.
beforeAll(() => nock.restore());
afterAll(() => nock.activate());

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

async function listen(made: Server): Promise<URL> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return new URL(`https://localhost:${(made.address() as AddressInfo).port}/query`);
}

const tls = (options: TlsOptions = {}) => listen(createServer({ cert: certificate, key, ...options }));
const inspect = (url: URL, now: number, ca?: string) =>
  inspectCertificate(url, { now, timeoutMs: 5_000, ...(ca === undefined ? {} : { ca }) });

describe('a certificate', () => {
  it.each([
    [15, { kind: 'fine', daysLeft: 15 }],
    [14, { kind: 'expiring', daysLeft: 14 }],
    [0, { kind: 'expiring', daysLeft: 0 }],
  ])('with %i days left', async (days, finding) => {
    expect(await inspect(await tls(), VALID_TO - days * DAY_MS - 1, certificate)).toEqual(finding);
  });

  it('that has expired', async () => {
    expect(await inspect(await tls(), VALID_TO, certificate)).toMatchObject({ kind: 'expired' });
  });

  it('of an authority that nobody knows', async () => {
    const finding = await inspect(await tls(), Date.now());
    expect(finding).toEqual({ kind: 'untrusted', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('of another name', async () => {
    const url = await tls();
    url.hostname = '127.0.0.2';
    expect(await inspect(url, Date.now(), certificate)).toMatchObject({
      kind: expect.stringMatching(/untrusted|unreachable/),
    });
  });

  it('behind TLS 1.3 alone', async () => {
    expect(await inspect(await tls({ minVersion: 'TLSv1.3' }), Date.now(), certificate)).toEqual({ kind: 'too-new' });
  });

  it('that nobody shows', async () => {
    const url = await listen(createTcpServer((socket) => socket.destroy()));
    expect(await inspect(url, Date.now())).toMatchObject({ kind: 'unreachable' });
  });

  it('that never comes', async () => {
    const url = await listen(createTcpServer(() => {}));
    expect(await inspectCertificate(url, { now: 0, timeoutMs: 50 })).toEqual({
      kind: 'unreachable',
      reason: 'TIMEOUT',
    });
  });
});

describe('the daily look', () => {
  it('alerts with advice, and leaves alone what is fine or not certain', async () => {
    const clock = new ManualClock();
    const alerts: Alert[] = [];
    const findings: CertificateFinding[] = [
      { kind: 'fine', daysLeft: 60 },
      { kind: 'unreachable', reason: 'ECONNREFUSED' },
      { kind: 'expiring', daysLeft: 13 },
      { kind: 'expired', daysLeft: -1 },
    ];
    const stop = watchCertificate({
      publicUrl: 'https://bot.example/x',
      clock,
      alerts: { raise: (alert) => void alerts.push(alert) },
      logger: silentLogger,
      inspect: async () => findings.shift() ?? { kind: 'fine', daysLeft: 90 },
    });
    await clock.advance(60_000 + DAY_MS);
    expect(alerts).toEqual([]);
    await clock.advance(2 * DAY_MS);
    expect(alerts.map(({ text }) => text)).toEqual([
      expect.stringContaining('13일 뒤에 만료'),
      expect.stringContaining('다시 저장'),
    ]);
    stop();
    const asked = findings.length;
    await clock.advance(5 * DAY_MS);
    expect(findings).toHaveLength(asked);
  });

  it.each(['untrusted', 'too-new'] as const)('has advice for %s', (kind) => {
    expect(certificateAdvice({ kind, reason: 'X' } as CertificateFinding, 'bot.example')).toContain('bot.example');
  });
});

it('what was learned of the traffic survives in a private file, and nonsense there is no trouble', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'malgil-traffic-'));
  const path = join(directory, 'traffic.json');
  expect(await readTraffic(path)).toEqual({});
  await writeTraffic(path, { shop: [0.5, null] });
  expect(await readTraffic(path)).toEqual({ shop: [0.5, null] });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readTraffic(directory)).toEqual({});
  await rm(directory, { recursive: true });
});
