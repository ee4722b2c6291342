import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { koreanReason } from '../../src/cli/korean-reason.ts';
import { describeRefusal } from '../../src/cli/korean-refusal.ts';
import { loadCommandLineSettings } from '../../src/config/command-line-settings.ts';
import { GatewayError } from '../../src/errors.ts';

/** What the clients that the command line uses say when they refuse something, with a number in the place of each expression. */
function reasonsInSources(): readonly string[] {
  const files = [
    ...globSync('src/engine/clova/**/*.ts'),
    ...globSync('src/gov/*.ts'),
    'src/http-client/answer-fields.ts',
    'src/http-client/upstream-settings.ts',
  ];
  const literal =
    /(?:refuse\w*|badMessages)\(\s*(?:upstream,\s*)?(?:[\w.]+|'\w+'),\s*(['`])(.+?)\1\s*[,)]|return (['`])((?:must|names|leaves|cannot) .+?)\3;/gs;
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(literal)].map((match) =>
      (match[2] ?? match[4] ?? '')
        .replace(/\$\{which\}/g, 'entry 2')
        .replace(/\$\{range\}/g, 'from 1 to 2')
        .replace(/\$\{isInteger[^}]*\}/g, '')
        .replace(/\$\{[^}]*\}/g, '5'),
    ),
  );
}

describe('what the clients refuse', () => {
  it('is found in their sources', () => {
    expect(reasonsInSources().length).toBeGreaterThan(45);
  });

  it.each([...new Set(reasonsInSources())])('has Korean words: %s', (reason) => {
    expect(koreanReason(reason, (field) => field)).toMatch(/[가-힣]/);
  });

  it('leaves no particle for the reader to choose', () => {
    const files = [...globSync('src/cli/**/*.ts'), ...globSync('src/channels/**/*.ts')];
    expect(files.length).toBeGreaterThan(60);
    const raw = /(?:은\(는|는\(은|이\(가|가\(이|을\(를|를\(을|와\(과|과\(와|\(으\)로)/;
    expect(files.filter((file) => raw.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('has Korean words for settings that are wrong', () => {
    const wrong: Readonly<Record<string, string>> = {
      CLOVA_API_KEY: '"nv-1"',
      CLOVA_APIGW_KEY: '두 낱말',
      CLOVA_BASE_URL: 'nowhere',
      CLOVA_PATH_PREFIX: '/app',
      CLOVA_MODEL: '한글',
      CLOVA_MODELS: '{"HCX-008":',
      OBJECT_STORAGE_ACCESS_KEY_FILE: 'empty',
      OBJECT_STORAGE_SECRET_KEY: 'key',
      OBJECT_STORAGE_SECRET_KEY_FILE: 'key',
      GOV_API_KEY_FILE: 'missing',
      GOV_BASE_URL: 'ftp://gov',
      GOV_CA: 'zzz',
      GOV_TENANT: '두 낱말',
      GOV_RAG: 'perhaps',
    };
    const readFile = (path: string) => {
      if (path === 'missing') throw new Error('missing');
      return path === 'empty' ? '' : 'key';
    };
    let said = '';
    try {
      loadCommandLineSettings(wrong, readFile);
    } catch (thrown) {
      said = describeRefusal(thrown as GatewayError);
    }
    const lines = said.split('\n');
    expect(lines).toHaveLength(Object.keys(wrong).length - 1); // the two of one secret are one
    expect(lines.filter((line) => line.includes('쓸 수 없는 값입니다'))).toEqual([]);
    expect(said).toContain('GOV_CA: -----BEGIN CERTIFICATE-----로 시작하는 온전한 PEM 인증서여야 합니다.');
  });

  it('is said with the option that the person wrote', () => {
    const details = { field: 'thinkingEffort', reason: 'cannot be combined with schema: the service refuses the two' };
    const error = new GatewayError('SETTINGS_INVALID', 'CLOVA Studio setting', { details });
    expect(describeRefusal(error)).toBe('--thinking: --schema 옵션과 함께 쓸 수 없습니다.');
  });

  it('is readable where nobody has foreseen it', () => {
    const error = new GatewayError('ENGINE_BAD_REQUEST', 'CLOVA Studio takes tea as cup', {
      details: { parameters: 'cup' },
    });
    expect(describeRefusal(error)).toBe('cup: 쓸 수 없는 값입니다. (CLOVA Studio takes tea as cup)');
  });
});
