import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCommandLineSettings } from '../../src/config/command-line-settings.ts';
import { GatewayError } from '../../src/errors.ts';

const PEM = readFileSync(new URL('../fixtures/tls/certificate.pem', import.meta.url), 'utf8');
const load = (env: Record<string, string>) =>
  loadCommandLineSettings(env, (path) => (path === '/ca.pem' ? PEM : 'nv-from-a-file\n'));

describe('the settings of the command line', () => {
  it('are those of the gateway, defaults included', () => {
    expect(load({ CLOVA_API_KEY_FILE: '/key', GOV_CA_FILE: '/ca.pem' })).toEqual({
      clovaApiKey: 'nv-from-a-file',
      clovaBaseUrl: 'https://clovastudio.stream.ntruss.com',
      clovaPathPrefix: '',
      clovaModel: 'HCX-007',
      govBaseUrl: 'https://api.clovastudio.go.kr',
      govRag: false,
      govCa: PEM.trimEnd(),
    });
  });

  it.each([
    ['is none', 'secret-no-pem'],
    ['is broken', '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n'],
    ['ends too early', PEM.slice(0, 200)],
    ['stands behind a good one and is broken', `${PEM}-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n`],
  ])('refuse a certificate that %s', (_, pem) => {
    expect(() => loadCommandLineSettings({ GOV_CA_FILE: '/ca.pem' }, () => pem)).toThrow('GOV_CA_FILE: must be');
  });

  it('do not care what else is wrong', () => {
    expect(load({ PORT: 'none', BOTS_FILE: '/missing' }).clovaModel).toBe('HCX-007');
  });

  it('are refused by name and without the value', () => {
    const wrong = { GOV_CA: 'secret-no-pem', GOV_TENANT: '한글', CLOVA_BASE_URL: 'ftp://a' };
    const refused = (() => {
      try {
        return load(wrong);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(GatewayError);
    const { message } = refused as GatewayError;
    for (const name of Object.keys(wrong)) expect(message).toContain(`${name}: must`);
    expect(message).not.toContain('secret-no-pem');
  });
});
