/** The READMEs say what Kakao's refusals mean; the product says the same in its log. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  adviceForRefusal,
  NOT_CONNECTED_ADVICE,
  ORIGIN_ADVICE,
  readCallbackMessage,
  UNKNOWN_ADVICE,
} from '../../src/channels/kakao/callback-results.ts';
import { CALLBACK_URL_IGNORED } from '../../src/channels/kakao/callback-url.ts';

/** Cells of the rows that begin with a text of Kakao's callback endpoint and its code. */
function readRows(file: string): readonly (readonly string[])[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => /^\| `([^`]+)` \| `([A-Z_]{5,})` \| (.+) \| (.+) \|$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => match.slice(1));
}

describe('the table of refused callbacks', () => {
  it('gives the advice of the log, in Korean', () => {
    const rows = readRows('README.md');
    expect(rows.length).toBeGreaterThanOrEqual(7);
    for (const [text = '', ...cells] of rows) {
      const { code, advice, retryable } = readCallbackMessage(text, 'FAIL');
      expect(cells, text).toEqual([code, advice, retryable ? '예' : '아니요']);
    }
  });

  it('gives the advice for what happened on the way to Kakao, too', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const advice of [
      NOT_CONNECTED_ADVICE,
      adviceForRefusal(302),
      adviceForRefusal(403),
      ORIGIN_ADVICE,
      UNKNOWN_ADVICE,
    ]) {
      expect(readme).toContain(`| ${advice} |`);
    }
  });

  /** Neither a text of the table nor a failed connection. */
  const OTHERS = [
    { codes: ['FAIL', 'ERROR', 'UNRECOGNISED'], advice: readCallbackMessage('something new', 'FAIL').advice },
    { codes: ['CUT', 'HTTP_502', 'HTTP_200'], advice: UNKNOWN_ADVICE },
  ];

  it.each(OTHERS)('has a row for every other code that the log can show: $codes', ({ codes, advice }) => {
    const rowsOf = (file: string) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => codes.every((code) => new RegExp(`^\\| .*\`${code}\`.* \\|`).test(line)));
    const [row, ...more] = rowsOf('README.md');
    expect([row?.split(' | ').slice(-2), more]).toEqual([[advice, '아니요 |'], []]);
    expect(rowsOf('README.en.md')).toEqual([expect.stringMatching(/\| no \|$/)]);
  });

  it('names the same refusals in English', () => {
    const codesOf = (file: string) => readRows(file).map((cells) => cells[1]);
    expect(codesOf('README.en.md')).toEqual(codesOf('README.md'));
    for (const [text = '', code, , again] of readRows('README.en.md')) {
      const known = readCallbackMessage(text, 'FAIL');
      expect([code, again], text).toEqual([known.code, known.retryable ? 'yes' : 'no']);
    }
  });
});

it.each(['README.md', 'README.en.md'])('%s quotes the line about an ignored callback URL as it is logged', (file) => {
  expect(readFileSync(file, 'utf8')).toContain(`\`${CALLBACK_URL_IGNORED}\``);
});
