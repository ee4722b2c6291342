import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDotEnv, parseDotEnv } from '../../src/config/dot-env.ts';
import { loadSettings } from '../../src/config.ts';

const SETTINGS = {
  KAKAO_SECRET: '0123456789abcdef',
  NAME: '행복 상점',
  GREETING: '어서 오세요!\n무엇을 도와드릴까요?',
};
const TEXT = `KAKAO_SECRET=${SETTINGS.KAKAO_SECRET}\nNAME=행복 상점 # 소개\nGREETING="${SETTINGS.GREETING}"\n`;

describe('loadDotEnv', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malgil-dot-env-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function load(env: Record<string, string | undefined> = {}) {
    return { problems: loadDotEnv(env, folder), env };
  }

  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16, as PowerShell redirects', Buffer.from(`\ufeff${TEXT.replaceAll('\n', '\r\n')}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le')],
    ['CP949, which Notepad calls ANSI', iconv.encode(TEXT, 'cp949')],
    [
      'UTF-8 to which the command prompt has added a line',
      Buffer.concat([Buffer.from(TEXT.replace(/^NAME.*\n/m, '')), iconv.encode('NAME=행복 상점\r\n', 'cp949')]),
    ],
  ])('reads %s', (_, bytes) => {
    writeFileSync(join(folder, '.env'), bytes);
    expect(load()).toEqual({ problems: [], env: SETTINGS });
  });

  it('lets the environment win, an empty value too', () => {
    writeFileSync(join(folder, '.env'), TEXT);
    expect(load({ NAME: '', GREETING: '네' }).env).toEqual({ ...SETTINGS, NAME: '', GREETING: '네' });
  });

  it('needs no file, and says what stands in its place', () => {
    expect(load()).toEqual({ problems: [], env: {} });
    mkdirSync(join(folder, '.env'));
    expect(load()).toEqual({
      problems: ['.env: is a folder (a container makes a folder where the file to mount is missing)'],
      env: {},
    });
  });
});

describe('parseDotEnv', () => {
  it('gives every assignment its own line: Node reads on into the next one after a blank value', () => {
    expect(parseDotEnv('CLOVA_API_KEY= \nKAKAO_SECRET=0123\n  # an apostrophe\'s = "\nexport  PORT=1\n')).toEqual({
      variables: { CLOVA_API_KEY: '', KAKAO_SECRET: '0123', PORT: '1' },
      problems: [],
    });
  });

  it('names what is no assignment by its line, and a setting by its name, but never a value', () => {
    const text = [
      '# 설정',
      'KAKAO_SECRET 0123456789abcdef',
      'NAME: 내 상점',
      'export TEST_SECRET: c2VjcmV0LXRva2Vu=',
      '\u00a0PORT=1',
      'HOST=127.0.0.1',
      '====',
      'c2VjcmV0LXRva2Vu',
      '\ufeffNAVER_SECRET=secret-token',
      '',
    ].join('\n');
    const { variables, problems } = parseDotEnv(text);
    expect(variables).toEqual({ HOST: '127.0.0.1' });
    expect(problems).toEqual([
      'KAKAO_SECRET: line 2 of .env sets nothing: write KAKAO_SECRET=…',
      'NAME: line 3 of .env sets nothing: write NAME=…',
      'TEST_SECRET: line 4 of .env sets nothing: write TEST_SECRET=…',
      'PORT: line 5 of .env sets nothing: write PORT=…',
      'NAVER_SECRET: line 9 of .env sets nothing: write NAVER_SECRET=…',
      '.env: lines 7, 8 set nothing: write NAME=value, or # before a remark',
    ]);
    expect(parseDotEnv('a secret').problems).toEqual([
      '.env: line 1 sets nothing: write NAME=value, or # before a remark',
    ]);
    expect(parseDotEnv('x\n'.repeat(12)).problems).toEqual([
      expect.stringContaining('lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more set nothing'),
    ]);
  });

  it('names a value that has swallowed others, or was cut at a quotation mark', () => {
    expect(parseDotEnv('GREETING="어서 오세요\nKAKAO_SECRET=0123\nNAME="상점"\n').problems).toEqual([
      'GREETING: line 1 of .env goes on behind its closing quotation mark',
    ]);
    expect(parseDotEnv(`X='가'라고 하세요`).problems).toEqual([
      '.env: line 1 goes on behind its closing quotation mark',
    ]);
  });

  it('names a line with broken characters', () => {
    expect(parseDotEnv('# \ufffd\nNAME="내\n상\ufffd"\nPORT=1').problems).toEqual([
      'NAME: line 2 of .env holds broken characters: save the file in UTF-8',
    ]);
  });

  it('agrees with Node wherever it finds nothing wrong', () => {
    const value = fc.oneof(
      fc.constantFrom('', 'x', '가 나', `it's`, 'a=b', '"x y" # z', "'x # y'", '`a\nb`', '"a\\nb"', 'x # y', '"open'),
      fc.stringMatching(/^[\w"'`=#:-]{0,6}$/),
    );
    const name = fc.constantFrom('PORT', 'KAKAO_SECRET', 'X.y', 'A B', 'A:');
    const line = fc.oneof(
      fc.tuple(name, fc.constantFrom('=', ' = ', '=\t'), value).map((parts) => parts.join('').trimEnd()),
      fc.constantFrom('', '# x', 'KAKAO_SECRET x'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = lines.join('\n');
        const { variables, problems } = parseDotEnv(text);
        if (problems.length === 0) expect(variables).toEqual({ ...parseEnv(text) });
      }),
      { numRuns: 2_000 },
    );
  });
});

it('stands in one list with what else is wrong', () => {
  const told = parseDotEnv('CLOVA_API_KEY nv-secret\nKAKAO_SECRET: 0123\n').problems;
  const start = () =>
    loadSettings({ PORT: 'x', ENGINE: 'clova', KAKAO_SOURCE_ADDRESSES: '10.0.0.1' }, () => '', undefined, told);
  // What needs the two is not told again: they are meant to be set.
  expect(start).toThrow(
    /^These settings are wrong:\nCLOVA_API_KEY: line 1 [^\n]+\nKAKAO_SECRET: line 2 [^\n]+\nPORT: must [^\n]+$/,
  );
});
