import { describe, expect, it } from 'vitest';
import { capabilitiesOf, isKnownModel, sightOf } from '../../../../src/engine/clova/facts/models.ts';
import { readModelOverrides } from '../../../../src/engine/clova/model-overrides.ts';

describe('a model that the operator describes', () => {
  const models = readModelOverrides({
    'HCX-008': { like: 'HCX-007', maxOutputTokens: 65_536, images: true },
    'HCX-005': { maxOutputTokens: 8_192, ranges: { temperature: [0, 2] } },
    'ft:old': { like: 'HCX-003', apiVersion: 'v2' },
    'ft:new': { like: 'HCX-007' },
  });

  it('is like another in all that is not said', () => {
    expect(capabilitiesOf('HCX-008', models)).toMatchObject({
      apiVersion: 'v3',
      maxTokensField: 'maxCompletionTokens',
      maxOutputTokens: 65_536,
      thinking: true,
      images: capabilitiesOf('HCX-005').images,
    });
    expect(isKnownModel('HCX-008', models)).toBe(true);
  });

  it('may correct one of the table', () => {
    const corrected = capabilitiesOf('HCX-005', models);
    expect(corrected).toMatchObject({ maxOutputTokens: 8_192, contextTokens: 128_000 });
    expect(corrected.sampling.temperature).toMatchObject({ name: 'temperature', min: 0, max: 2 });
    expect(corrected.sampling.topP).toEqual(capabilitiesOf('HCX-005').sampling.topP);
  });

  it('may be tuned, and then does nothing but talk', () => {
    expect(capabilitiesOf('ft:new', models)).toMatchObject({
      thinking: false,
      tools: false,
      structuredOutput: false,
      maxOutputTokens: 4_096,
    });
    expect(capabilitiesOf('ft:old', models).sampling.stop.name).toBe('stopBefore');
    expect(sightOf('ft:new', models)).toBeUndefined();
  });

  it.each([
    [null, /object/],
    [[], /object/],
    [{ 'HCX-008': 1 }, /object as entry 1/],
    [{ a: {}, 'HCX-008': { vision: true } }, /field in entry 2 that is none of like/],
    [{ 'HCX-008': { like: '' } }, /one of HCX-007, .+ as like/],
    [{ 'HCX-008': { like: 'HCX-999' } }, /one of HCX-007, .+ as like/],
    [{ 'HCX-008': { like: '__proto__' } }, /one of HCX-007, .+ as like/],
    [JSON.parse('{"__proto__": {"like": "HCX-007"}}'), /name a model .+ in entry 1/],
    [{ 'HCX-008': { apiVersion: 'v4' } }, /v1, v2 or v3/],
    [{ 'HCX-008': { maxTokensField: 'max_tokens' } }, /maxCompletionTokens/],
    [{ 'HCX-008': { contextTokens: 0 } }, /above 0 as contextTokens/],
    [{ 'HCX-008': { maxOutputTokens: '4096' } }, /above 0 as maxOutputTokens/],
    [{ 'HCX-008': { tools: 'yes' } }, /true or false as tools/],
    [{ 'HCX-008': { ranges: { temperature: [1, 0] } } }, /ranges/],
    [{ 'HCX-008': { ranges: { warmth: [0, 1] } } }, /ranges/],
    [{ 'HCX-008': { __proto__: null, toString: true } }, /none of like/],
  ])('is refused as %j', (value, reason) => {
    expect(() => readModelOverrides(value)).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_INVALID',
        details: { field: 'models', reason: expect.any(String) },
        message: expect.stringMatching(reason),
      }),
    );
  });
});

describe('names that are none of the table', () => {
  it.each(['HCX-999', 'toString', '__proto__', 'ft:toString'])('%s is called like a v3 model', (model) => {
    expect(capabilitiesOf(model)).toMatchObject({ apiVersion: 'v3', maxTokensField: 'maxTokens', thinking: false });
    expect(isKnownModel(model)).toBe(false);
  });
});
