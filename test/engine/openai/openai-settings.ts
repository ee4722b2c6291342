import type { OpenAiEngineSettings } from '../../../src/engine/openai/index.ts';

/** Settings that are valid in every field; timeouts far beyond what a test takes. */
export function openAiSettings(overrides: Partial<OpenAiEngineSettings> = {}): OpenAiEngineSettings {
  return {
    baseUrl: 'https://clovastudio.stream.ntruss.com/v1/openai',
    dialect: 'clova',
    apiKey: 'nv-test-key',
    model: 'HCX-005',
    maxOutputTokens: 1_024,
    connectTimeoutMs: 10_000,
    firstTokenTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    connections: 8,
    ...overrides,
  };
}
