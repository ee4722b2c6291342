import type { ClovaEngineSettings } from '../../src/engine/clova-studio/settings.ts';

/** Settings that are valid in every field; timeouts far beyond what a test takes. */
export function clovaSettings(overrides: Partial<ClovaEngineSettings> = {}): ClovaEngineSettings {
  return {
    apiKey: 'nv-test-key',
    model: 'HCX-007',
    baseUrl: 'https://clovastudio.stream.ntruss.com',
    pathPrefix: '',
    maxOutputTokens: 1_024,
    connectTimeoutMs: 10_000,
    firstTokenTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    connections: 8,
    ...overrides,
  };
}
