/** The file `.env` of the working directory: settings of people who set no environment variables. */
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSettingsText, whyUnusable } from '../platform/settings-file.ts';
import { SETTING_NAMES } from './setting-names.ts';

const DOT_ENV = '.env';

export interface DotEnv {
  readonly variables: Readonly<Record<string, string>>;
  /** Such as `NAME: reason`; they hold no value. */
  readonly problems: readonly string[];
}

/** What the environment says already wins, an empty value too.
 *  @param folder where the file may stand
 *  @returns what is wrong with the file, `NAME: reason` each; it may be missing */
export function loadDotEnv(env: Record<string, string | undefined>, folder = '.'): readonly string[] {
  let text: string;
  try {
    text = readSettingsText(join(folder, DOT_ENV));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const hint = ' (a container makes a folder where the file to mount is missing)';
    const reason = whyUnusable(thrown);
    return [`${DOT_ENV}: ${reason}${reason === 'is a folder' ? hint : ''}`];
  }
  const { variables, problems } = parseDotEnv(text);
  for (const [name, value] of Object.entries(variables)) env[name] ??= value;
  return problems;
}

/** Nothing, a remark, `NAME=value` whose value goes on over lines between quotation marks, or what is none of them. */
const STATEMENT =
  /^[ \t]*(?:(?:#[^\n]*)?|(?:export[ \t]+)?(?<name>[\w.-]+)[ \t]*=[ \t]*(?:(?<quote>["'`])[\s\S]*?\k<quote>(?<rest>[^\n]*)|[^\n]*)|(?<other>[^\n]+))$/gm;

/** As Node reads such files, but one assignment at a time, since Node reads past the end of a line after `NAME= `; and nothing is
 *  dropped in silence: a gate whose secret was dropped stands open.
 *  @param text with `\n` as line end */
export function parseDotEnv(text: string): DotEnv {
  const variables: Record<string, string> = {};
  const problems: string[] = [];
  const emptyLines: number[] = [];
  let at = 0;
  let line = 1;
  for (const { 0: statement, index, groups } of text.matchAll(STATEMENT)) {
    line += text.slice(at, index).split('\n').length - 1;
    at = index;
    const { name, rest = '', other } = groups ?? {};
    if (other !== undefined) {
      const known = /^\s*(?:export\s+)?(\w+)/.exec(other)?.[1] ?? '';
      if (SETTING_NAMES.includes(known))
        problems.push(`${known}: line ${line} of ${DOT_ENV} sets nothing: write ${known}=…`);
      else emptyLines.push(line);
    }
    if (name === undefined) continue;
    const value = parseEnv(statement)[name] ?? '';
    variables[name] = value;
    const subject = SETTING_NAMES.includes(name) ? `${name}: line ${line} of ${DOT_ENV}` : `${DOT_ENV}: line ${line}`;
    if (/[\0\ufffd]/.test(value)) problems.push(`${subject} holds broken characters: save the file in UTF-8`);
    if (!/^[ \t]*(?:#|$)/.test(rest)) problems.push(`${subject} goes on behind its closing quotation mark`);
  }
  if (emptyLines.length > 0)
    problems.push(`${DOT_ENV}: ${describeLines(emptyLines)}: write NAME=value, or # before a remark`);
  return { variables, problems };
}

const MOST_LINES_NAMED = 10;

function describeLines(lines: readonly number[]): string {
  const left = lines.length - MOST_LINES_NAMED;
  const named = lines.slice(0, MOST_LINES_NAMED).join(', ');
  if (lines.length === 1) return `line ${named} sets nothing`;
  return `lines ${named}${left > 0 ? ` and ${left} more` : ''} set nothing`;
}
