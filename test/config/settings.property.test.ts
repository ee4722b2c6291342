import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeSettings } from '../../src/config/describe.ts';
import { loadSettings } from '../../src/config.ts';
import { GatewayError } from '../../src/errors.ts';

const rows = describeSettings();
const names = rows.flatMap(({ name, fromFile }) => (fromFile ? [name, `${name}_FILE`] : [name]));
const secretNames = rows.filter(({ secret }) => secret).map(({ name }) => name);

const plausible = fc.constantFrom(
  '0',
  '1',
  '-5',
  '3000',
  '0.5',
  'on',
  'clova',
  'faq,clova',
  'kakao',
  'none',
  'https://a.example/',
  ',',
  '/x',
);
const value = fc.oneof(plausible, fc.string(), fc.string({ unit: 'binary' }));
const anyEnv = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);

/** A message, or undefined when the settings loaded. Anything but SETTINGS_INVALID fails the test. */
function refusal(env: Record<string, string>, readFile: (path: string) => string): string | undefined {
  try {
    const settings = loadSettings(env, readFile);
    expect(settings.bots.length).toBeGreaterThan(0);
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'SETTINGS_INVALID') throw error;
    return error.message;
  }
}

it('loads any environment or refuses it with a reason', () => {
  fc.assert(
    fc.property(anyEnv, fc.string({ unit: 'binary' }), (env, content) => {
      refusal(env, () => content);
    }),
    { numRuns: 1_000 },
  );
});

it('reads any JSON as a bots file or refuses it with a reason', () => {
  const field = fc.oneof(
    fc.constantFrom('id', 'kakaoSecret', 'kakaoSecretFile', 'channels', 'engine', 'naverSync', 'bots'),
    fc.string(),
  );
  const entry = fc.dictionary(field, fc.oneof(fc.jsonValue(), value));
  const file = fc.oneof(fc.array(entry), fc.record({ bots: fc.array(entry) }), fc.jsonValue());
  fc.assert(
    fc.property(file, (bots) => {
      refusal({ BOTS_FILE: 'bots.json' }, () => JSON.stringify(bots));
    }),
    { numRuns: 1_000 },
  );
});

it('puts no secret into a message or a warning', () => {
  // The mark makes the secret recognisable; what follows makes it good, too short, badly formed or a list.
  const secret = fc
    .string({ unit: fc.constantFrom('a', '7', ' ', ',', '"', '\n', '가', '{') })
    .map((tail) => `Zq9!${tail}`);
  fc.assert(
    fc.property(secret, fc.constantFrom(...secretNames), fc.boolean(), fc.boolean(), (text, name, fromFile, broken) => {
      const env: Record<string, string> = { PORT: 'wrong', [fromFile ? `${name}_FILE` : name]: fromFile ? 'f' : text };
      if (broken) env.BOTS_FILE = 'bots.json';
      const message = refusal(env, (path) =>
        path === 'f' ? text : `[{ "id": "a", "kakaoSecret": ${text}, "naverSecret": "x`,
      );
      expect(message).toContain('PORT');
      expect(message).not.toContain('Zq9!');
    }),
  );
  fc.assert(
    fc.property(secret, (text) => {
      const bots = [
        {
          id: text,
          kakaoSecret: text,
          naverSecret: { [`${text}`]: text },
          clovaApiKey: [text],
          testSecret: 5,
          engine: text,
          channels: [text],
        },
      ];
      expect(refusal({ BOTS_FILE: 'b' }, () => JSON.stringify(bots))).not.toContain('Zq9!');
    }),
  );
});
