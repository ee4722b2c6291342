/** The READMEs say how TalkTalk is connected; the product must do and say the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NOT_CONNECTED, readSendResult, readSendStatus } from '../../src/channels/naver/send-results.ts';
import { loadSettings } from '../../src/config.ts';

interface Row {
  readonly codes: readonly string[];
  readonly message: string;
  readonly rest: readonly string[];
}

/** Rows of the chapter's table of result codes. */
function readRows(file: string): readonly Row[] {
  const chapter = readFileSync(file, 'utf8').split('<!-- talktalk-bots:end -->')[1]?.split(/^## /m)[0] ?? '';
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '))
    .filter(([first = '']) => /^`[0-9A-Z]/.test(first))
    .map(([codes = '', message = '', ...rest]) => ({ codes: codes.replaceAll('`', '').split(', '), message, rest }));
}

function resultsOf({ codes, message }: Row) {
  return codes.map((code) => {
    if (code === 'NOT_CONNECTED') return { outcome: 'refused', retryable: true, ...NOT_CONNECTED };
    return code.startsWith('HTTP_') ? readSendStatus(Number(code.slice(5))) : readSendResult(code, message);
  });
}

describe('the table of result codes', () => {
  const rows = readRows('README.md');

  it('gives the advice of the log for every code that has been published', () => {
    expect(new Set(rows.flatMap((row) => row.codes)).size).toBeGreaterThanOrEqual(14);
    for (const row of rows) {
      for (const result of resultsOf(row)) expect(result?.advice, row.codes.join()).toBe(row.rest[0]);
    }
  });

  it.each(['README.md', 'README.en.md'])('of %s says truly what is done', (file) => {
    const korean = file === 'README.md';
    expect(readRows(file).map(({ codes, message }) => [codes, message])).toEqual(
      rows.map(({ codes, message }) => [codes, message]),
    );
    for (const row of readRows(file)) {
      const done = row.rest.at(-1) ?? '';
      for (const result of resultsOf(row)) {
        expect(/다시 보냄|tries again/.test(done), done).toBe(result?.retryable);
        expect(done.includes(korean ? '알림' : 'alerts'), done).toBe(result?.needsOperator === true);
      }
    }
  });
});

describe('the set-up with several accounts', () => {
  it.each(['README.md', 'README.en.md'])('of %s works as it stands, and with sixteen', (file) => {
    const example = /<!-- talktalk-bots:begin -->\s*```json\s*([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))?.[1];
    const written = JSON.parse(example ?? '') as { bots: Record<string, unknown>[] };
    const [, second] = written.bots;
    const more = Array.from({ length: 13 }, (_, i) => ({ ...second, id: `shop${i + 4}`, naverSecret: `secret-${i}` }));
    const bots = JSON.stringify({ bots: [...written.bots, ...more] });
    const settings = loadSettings({ BOTS_FILE: './bots.json', PUBLIC_URL: 'https://shop.example' }, (path) =>
      path === './bots.json' ? bots : `content-of-${path.replaceAll(/\W/g, '-')}`,
    );
    expect(settings.bots).toHaveLength(16);
    expect(settings.bots[0]).toMatchObject({ id: 'shop01', handoverOn: ['request', 'failures'] });
    expect(settings.bots[2]?.naverAuthorization).toBe('content-of---secrets-shop03-key');
    expect(new Set(settings.bots.map((bot) => bot.naverSecret.join()))).toHaveLength(16);
  });

  it('names only settings that there are', () => {
    const settings = readFileSync('.env.example', 'utf8');
    for (const file of ['README.md', 'README.en.md']) {
      const text = readFileSync(file, 'utf8');
      const chapter = text.slice(
        text.search(/^## (네이버 톡톡 연결하기|Connecting Naver TalkTalk)/m),
        text.search(/^## (운영|Operation)$/m),
      );
      const names = chapter.match(
        /\b(?:NAVER|HANDOVER|AGENTS?|BUSINESS|LUNCH|CLOSED|DAYS|AWAY|GREETING|OPERATOR|ALERT|BOTS|PUBLIC)_[A-Z_]+\b/g,
      );
      expect(names?.length).toBeGreaterThan(20);
      for (const name of names ?? []) expect(settings, name).toContain(name);
    }
  });
});
