/** What the READMEs say about CLOVA Studio is what the command line says, and every command that they show is one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADVICE } from '../../src/cli/advice.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { systemClock } from '../../src/platform/clock.ts';

describe.each([
  ['README.md', 'ko', '## CLOVA Studio 연결하기'],
  ['README.en.md', 'en', '## Connecting CLOVA Studio'],
] as const)('the chapter of %s', (file, language, heading) => {
  const chapter = readFileSync(file, 'utf8').split(`${heading}\n`)[1]?.split(/^## /m)[0] ?? '';

  it('explains every code as the command line does', () => {
    const rows = /<!-- clova-errors:begin -->\n([\s\S]*?)\n<!-- clova-errors:end -->/.exec(chapter)?.[1]?.split('\n');
    expect(rows?.slice(2)).toEqual(
      ADVICE.map(
        ({ codes, meaning, remedy }) =>
          `| ${codes.map((code) => `\`${code}\``).join(', ')} | ${meaning[language]} | ${remedy[language]} |`,
      ),
    );
  });

  it('shows commands that there are', async () => {
    const shown = [...chapter.matchAll(/npm run clova -- ((?:gov )?(?:rag )?[a-z]+)/g)].map(([, name = '']) => name);
    expect(shown.length).toBeGreaterThan(5);
    for (const name of shown) {
      const code = await runCommandLine([...name.split(' '), '--help'], {
        env: {},
        envProblems: [],
        readSettingsText: () => '',
        clock: systemClock,
        signal: new AbortController().signal,
        inputIsTerminal: true,
        errorsAreTerminal: false,
        readFile: () => new Uint8Array(),
        kindOf: () => 'nothing',
        writeFile: () => undefined,
        readInput: async () => '',
        print: () => undefined,
        printError: () => undefined,
      });
      expect(code, name).toBe(0);
    }
  });

  it('names settings that there are', () => {
    const settings = readFileSync('.env.example', 'utf8');
    for (const [name] of chapter.matchAll(/\b(?:CLOVA|GOV)_[A-Z_]+\b/g)) expect(settings, name).toContain(name);
  });
});
