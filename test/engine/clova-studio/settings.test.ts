import { describe, expect, it } from 'vitest';
import { type ClovaEngineSettings, checkSettings } from '../../../src/engine/clova-studio/settings.ts';
import { thrownBy } from '../../helpers/engine-contract.ts';
import { clovaSettings } from '../clova-settings.ts';

describe('settings', () => {
  it.each<[Partial<ClovaEngineSettings>, string]>([
    [{ apiKey: '' }, 'apiKey'],
    [{ apiKey: 'nv-secret\n' }, 'apiKey'],
    [{ apiKey: 'old-secret' }, 'apiKey'],
    [{ apigwKey: 'ga te' }, 'apigwKey'],
    [{ model: '' }, 'model'],
    [{ model: 'HCX/../007' }, 'model'],
    [{ visionModel: 'HCX-007' }, 'visionModel'],
    [{ visionModel: 'HCX/005' }, 'visionModel'],
    [{ visionModel: '' }, 'visionModel'],
    [{ baseUrl: 'clovastudio' }, 'baseUrl'],
    [{ baseUrl: 'ftp://clova.example' }, 'baseUrl'],
    [{ baseUrl: 'https://me:pw@clova.example' }, 'baseUrl'],
    [{ baseUrl: 'https://clova.example/?key=1' }, 'baseUrl'],
    [{ baseUrl: 'https://clovastudio.apigw.ntruss.com' }, 'baseUrl'],
    [{ pathPrefix: '/other' as '/testapp' }, 'pathPrefix'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
    [{ maxOutputTokens: 1.5 }, 'maxOutputTokens'],
    [{ maxOutputTokens: 32_769 }, 'maxOutputTokens'],
    [{ model: 'HCX-005', maxOutputTokens: 4_097 }, 'maxOutputTokens'],
    [{ model: 'HCX-DASH-001', maxOutputTokens: 4_096 }, 'maxOutputTokens'],
    [{ thinkingEffort: 'max' as 'high' }, 'thinkingEffort'],
    [{ model: 'HCX-005', thinkingEffort: 'low' }, 'thinkingEffort'],
    [{ temperature: 1.01 }, 'temperature'],
    [{ temperature: Number.NaN }, 'temperature'],
    [{ model: 'HCX-003', temperature: 0 }, 'temperature'],
    [{ connectTimeoutMs: 0 }, 'connectTimeoutMs'],
    [{ firstTokenTimeoutMs: Number.POSITIVE_INFINITY }, 'firstTokenTimeoutMs'],
    [{ idleTimeoutMs: -1 }, 'idleTimeoutMs'],
    [{ connections: 0 }, 'connections'],
  ])('%o is refused', async (settings, field) => {
    const thrown = await thrownBy(async () => checkSettings(clovaSettings(settings)));
    expect(thrown).toMatchObject({ code: 'SETTINGS_INVALID', details: { field } });
    expect((thrown as Error).message).toContain(field);
    expect((thrown as Error).message).not.toMatch(/secret|pw/);
  });

  it.each<Partial<ClovaEngineSettings>>([
    {},
    { thinkingEffort: 'high', temperature: 0 },
    { model: 'HCX-005', thinkingEffort: 'none', maxOutputTokens: 4_096 },
    { model: 'HCX-003', temperature: 0.01 },
    { model: 'HCX-008', maxOutputTokens: 32_768 },
    { visionModel: 'HCX-005', thinkingEffort: 'high', maxOutputTokens: 32_768 },
    { visionModel: 'HCX-009' },
    { baseUrl: 'http://127.0.0.1:8801' },
    { baseUrl: 'https://clovastudio.stream.gov-ntruss.com', pathPrefix: '/serviceapp' },
    { apiKey: 'old', apigwKey: 'gw' },
  ])('%o is fine', (settings) => {
    expect(() => checkSettings(clovaSettings(settings))).not.toThrow();
  });
});
